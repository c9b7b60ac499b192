package screentest

import (
	"context"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/web"
	"example.org/inloop/web/screen"
	"example.org/inloop/web/webtest"
)

// Tuesday is a day on which the room is open, with an activity going on.
func Tuesday() time.Time { return time.Date(2026, time.March, 3, 14, 5, 0, 0, time.UTC) }

// OpenRoom is open on Tuesday and Thursday.
func OpenRoom() screen.Idle {
	open := []kiosk.OpeningHours{{From: 10 * 60, Until: 12 * 60}, {From: 13 * 60, Until: 17 * 60}}
	return screen.Idle{
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

// Green is how a kiosk is doing that has nothing to complain of.
func Green() []kiosk.Health {
	return []kiosk.Health{
		{Part: "reader", Level: kiosk.LevelGreen}, {Part: "store", Level: kiosk.LevelGreen},
		{Part: "clock", Level: kiosk.LevelGreen}, {Part: "sync", Level: kiosk.LevelGreen},
	}
}

// Open is a door screen at now, with the test room behind it and all lights
// green. It speaks the languages of the house, or those of other translations.
func Open(t testing.TB, now time.Time, translations ...*web.Translations) *screen.Screen {
	t.Helper()
	return open(t, func() time.Time { return now }, append(translations, webtest.Translations(t))[0])
}

// Run is a door screen on the running clock, a bubble's or the real one.
func Run(t testing.TB) *screen.Screen {
	t.Helper()
	return open(t, time.Now, webtest.Translations(t))
}

func open(t testing.TB, now func() time.Time, translations *web.Translations) *screen.Screen {
	t.Helper()
	s, err := screen.New(screen.Config{Translations: translations, Log: slog.New(slog.DiscardHandler), Now: now})
	if err != nil {
		t.Fatal(err)
	}
	s.SetIdle(OpenRoom())
	s.SetLights(Green())
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 2*time.Minute)
		defer cancel()
		if err := s.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Handler is a door screen as the kiosk mounts it, beside the shared files.
func Handler(s *screen.Screen) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/door", s)
	mux.Handle("/door/", s)
	mux.Handle("/assets/", web.Assets())
	return mux
}
