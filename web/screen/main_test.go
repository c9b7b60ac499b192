package screen

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/web"
	"example.org/inloop/web/browser"
)

func TestMain(m *testing.M) { browser.Main(m) }

// tuesday is a day on which the test room is open, with an activity going on.
var tuesday = time.Date(2026, time.March, 3, 14, 5, 0, 0, time.UTC)

// testRoom is open on Tuesday and Thursday.
func testRoom() Idle {
	open := []kiosk.OpeningHours{{From: 10 * 60, Until: 12 * 60}, {From: 13 * 60, Until: 17 * 60}}
	return Idle{
		Room: "Buurtkamer De Linde",
		Timetable: kiosk.Timetable{
			Zone: time.UTC, PartTimes: kiosk.DefaultPartTimes(),
			Week: map[time.Weekday][]kiosk.OpeningHours{time.Tuesday: open, time.Thursday: open},
		},
		Programme: []kiosk.Activity{
			{Weekday: time.Tuesday, OpeningHours: kiosk.OpeningHours{From: 15*60 + 30, Until: 17 * 60}, Title: "Samen zingen"},
			{Weekday: time.Tuesday, OpeningHours: kiosk.OpeningHours{From: 13*60 + 30, Until: 15*60 + 30}, Title: "Kaarten en koffie"},
			{Weekday: time.Tuesday, OpeningHours: kiosk.OpeningHours{From: 10 * 60, Until: 12 * 60}, Title: "Taalcafé"},
			{Weekday: time.Thursday, OpeningHours: kiosk.OpeningHours{From: 10 * 60, Until: 12 * 60}, Title: "Fietsles"},
		},
	}
}

// green is how a kiosk is doing that has nothing to complain of.
func green() []kiosk.Health {
	return []kiosk.Health{
		{Part: "reader", Level: kiosk.LevelGreen}, {Part: "store", Level: kiosk.LevelGreen},
		{Part: "clock", Level: kiosk.LevelGreen}, {Part: "sync", Level: kiosk.LevelGreen},
	}
}

// newDoor is a door screen at now, with the test room behind it and all lights
// green.
func newDoor(t testing.TB, now time.Time) *Screen {
	t.Helper()
	catalogue, err := web.NewCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	s, err := newScreen(catalogue, slog.New(slog.DiscardHandler), func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	s.SetIdle(testRoom())
	s.SetLights(green())
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := s.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return s
}

// handler is a door screen as the kiosk mounts it, beside the shared files.
func handler(s *Screen) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/door", s)
	mux.Handle("/door/", s)
	mux.Handle("/assets/", web.Assets())
	return mux
}

// open shows the door screen in a tab and waits until it has its first state.
func open(t testing.TB, s *Screen, width, height int64) *browser.Page {
	t.Helper()
	p := browser.Start(t).Page(t, width, height)
	server := httptest.NewServer(handler(s))
	t.Cleanup(server.Close)
	p.Expect("WebSocket connection") // the page outlives its server by a moment
	p.Open(server.URL + "/door")
	p.Wait("document.querySelector('#idle-title').textContent")
	return p
}
