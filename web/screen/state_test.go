package screen_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/sync/count"
	"example.org/inloop/web/screen"
	"example.org/inloop/web/screen/screentest"
	"example.org/inloop/web/webtest"
)

// shown is the state that a page would get now, as JSON and decoded.
func shown(t *testing.T, s *screen.Screen) (screen.State, string) {
	t.Helper()
	raw := s.First()
	var st screen.State
	if err := json.Unmarshal(raw, &st); err != nil {
		t.Fatal(err)
	}
	return st, string(raw)
}

func TestShow_SpeaksHerLanguageAndOnlyThat(t *testing.T) {
	s := screentest.Open(t, screentest.Tuesday())
	var all []string
	for _, l := range webtest.Translations(t).Languages() {
		all = append(all, l.Lang())
	}
	for _, tt := range []struct {
		name     string
		greeting kiosk.Greeting
		langs    []string
		title    string // in the first of them
		sign     string
	}{
		{"a resident's own language", kiosk.Greeting{Kind: kiosk.GreetingWelcome, Sign: "tulip.red", Language: "tr"},
			[]string{"tr"}, "Hoş geldiniz!", "lale, kırmızı"},
		{"a name when she wants one", kiosk.Greeting{Kind: kiosk.GreetingWelcome, Sign: "tulip.red", Name: "Deniz", Language: "tr"},
			[]string{"tr"}, "Hoş geldiniz, Deniz!", "lale, kırmızı"},
		{"a name amid Arabic is kept apart", kiosk.Greeting{Kind: kiosk.GreetingGoodbye, Name: "Els", Language: "ar"},
			[]string{"ar"}, "مع السلامة، \u2068Els\u2069!", ""},
		{"a sign without a language is Dutch", kiosk.Greeting{Kind: kiosk.GreetingAlreadyIn, Sign: "moon.black"},
			[]string{"nl"}, "U bent al binnen", "maan, zwart"},
		{"a guest in whatever the door speaks", kiosk.Greeting{Kind: kiosk.GreetingGuest},
			all, "Welkom!", ""},
		{"no name for who is not known", kiosk.Greeting{Kind: kiosk.GreetingUnknownBadge, Name: "Deniz", Language: "nl"},
			[]string{"nl"}, "Welkom!", ""},
		{"a broken sign is no sign", kiosk.Greeting{Kind: kiosk.GreetingWelcome, Sign: "ghost.grey", Language: "nl"},
			[]string{"nl"}, "Welkom!", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s.Show(tt.greeting)
			st, _ := shown(t, s)
			var langs []string
			for lang := range st.Says {
				langs = append(langs, lang)
			}
			slices.Sort(langs)
			if !slices.Equal(langs, slices.Sorted(slices.Values(tt.langs))) {
				t.Fatalf("speaks %v, want %v", langs, tt.langs)
			}
			if w := st.Says[tt.langs[0]]; w.Title != tt.title || w.Sign != tt.sign {
				t.Errorf("says %q, sign %q; want %q, %q", w.Title, w.Sign, tt.title, tt.sign)
			}
		})
	}
}

func TestShow_EveryKindHasItsWords(t *testing.T) {
	s := screentest.Open(t, screentest.Tuesday())
	for _, face := range screentest.Faces() {
		for _, l := range webtest.Translations(t).Languages() {
			lang := l.Lang()
			face.Show(s, kiosk.Language(lang))
			st, raw := shown(t, s)
			if st.Kind != face.Kind || strings.Contains(raw, `"door.`) {
				t.Errorf("%s in %s: %s", face.Kind, lang, raw)
			}
			s.SetLights(screentest.Green())
			s.Show(kiosk.Greeting{})
		}
	}
}

func TestShow_ForgetsAfterFiveSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := screentest.Run(t)
		s.Show(kiosk.Greeting{Kind: kiosk.GreetingWelcome, Sign: "tulip.red", Name: "Deniz", Language: "nl"})
		time.Sleep(screen.GreetFor - time.Millisecond)
		if st, _ := shown(t, s); st.Kind != "welcome" {
			t.Fatalf("just before: %s", st.Kind)
		}
		time.Sleep(2 * time.Millisecond)
		st, raw := shown(t, s)
		if st.Kind != screen.KindIdle || strings.Contains(raw, "Deniz") || strings.Contains(raw, "tul") {
			t.Errorf("after five seconds: %s", raw)
		}
		if s.Greets() {
			t.Error("the program still holds the greeting")
		}
	})
}

func TestShow_AnotherBadgeHasItsOwnFiveSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := screentest.Run(t)
		s.Show(kiosk.Greeting{Kind: kiosk.GreetingWelcome, Sign: "tulip.red"})
		time.Sleep(3 * time.Second)
		s.Show(kiosk.Greeting{Kind: kiosk.GreetingGoodbye, Sign: "moon.black"})
		time.Sleep(3 * time.Second)
		if st, _ := shown(t, s); st.Kind != "goodbye" {
			t.Errorf("the first badge's end took the second's greeting: %s", st.Kind)
		}
		time.Sleep(3 * time.Second)
		if st, _ := shown(t, s); st.Kind != screen.KindIdle {
			t.Errorf("after its own five seconds: %s", st.Kind)
		}
	})
}

func TestShow_AVolunteersBadgeIsNotGreeted(t *testing.T) {
	s := screentest.Open(t, screentest.Tuesday())
	s.Show(kiosk.Greeting{Kind: kiosk.GreetingWelcome, Sign: "tulip.red"})
	s.Show(kiosk.Greeting{Kind: kiosk.GreetingNone})
	if st, raw := shown(t, s); st.Kind != screen.KindIdle {
		t.Errorf("got %s", raw)
	}
}

func TestSetLights_WhatTheDoorMakesOfThem(t *testing.T) {
	s := screentest.Open(t, screentest.Tuesday())
	light := func(part string, c kiosk.Level, reason string) kiosk.Health {
		return kiosk.Health{Part: part, Level: c, Reason: reason}
	}
	for _, tt := range []struct {
		name   string
		lights []kiosk.Health
		want   string
	}{
		{"all is well", screentest.Green(), screen.KindIdle},
		{"no word yet of any part", nil, screen.KindIdle},
		{"the reader is gone", []kiosk.Health{light("reader", kiosk.LevelRed, "reader.gone")}, screen.KindAway},
		{"the reader stutters", []kiosk.Health{light("reader", kiosk.LevelOrange, "reader.fault")}, screen.KindIdle},
		{"the reader starts", []kiosk.Health{light("reader", kiosk.LevelOrange, "reader.starting")}, screen.KindStarting},
		{"the store starts", []kiosk.Health{light("store", kiosk.LevelOrange, "store.starting")}, screen.KindStarting},
		{"the disk is full", []kiosk.Health{light("store", kiosk.LevelRed, "store.full")}, "notsaved"},
		{"both are broken: what is not kept goes first",
			[]kiosk.Health{light("reader", kiosk.LevelRed, "reader.gone"), light("store", kiosk.LevelRed, "store.readonly")}, "notsaved"},
		{"the network is never the door's business", []kiosk.Health{light("sync", kiosk.LevelRed, "sync.revoked")}, screen.KindIdle},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s.SetLights(tt.lights)
			if st, _ := shown(t, s); st.Kind != tt.want {
				t.Errorf("got %s, want %s", st.Kind, tt.want)
			}
		})
	}
}

func TestNew_SaysOneMomentUntilToldMore(t *testing.T) {
	s := screentest.Run(t)
	s.SetLights([]kiosk.Health{{Part: "store", Level: kiosk.LevelRed, Reason: "store.starting"}})
	if st, _ := shown(t, s); st.Kind != screen.KindStarting {
		t.Errorf("got %s", st.Kind)
	}
}

func TestIdle_OpenOrWhen(t *testing.T) {
	at := func(day, hour, minute int) time.Time {
		return time.Date(2026, time.March, day, hour, minute, 0, 0, time.UTC) // the 3rd is a Tuesday
	}
	holiday := screentest.OpenRoom()
	holiday.Timetable.Exceptions = map[count.Day][]kiosk.OpeningHours{count.Date(2026, time.March, 5): nil}
	for _, tt := range []struct {
		name string
		idle screen.Idle
		now  time.Time
		open bool
		want string
	}{
		{"before the first opening", screentest.OpenRoom(), at(3, 9, 0), false, "Nog dicht. Open om 10:00"},
		{"on the minute of opening", screentest.OpenRoom(), at(3, 10, 0), true, "Open tot 12:00"},
		{"between two spans", screentest.OpenRoom(), at(3, 12, 0), false, "Nog dicht. Open om 13:00"},
		{"in the second span", screentest.OpenRoom(), at(3, 16, 59), true, "Open tot 17:00"},
		{"closed for today", screentest.OpenRoom(), at(3, 17, 0), false, "Nu dicht. Open op donderdag om 10:00"},
		{"open tomorrow", screentest.OpenRoom(), at(4, 12, 0), false, "Nu dicht. Morgen open om 10:00"},
		{"not on a holiday", holiday, at(3, 18, 0), false, "Nu dicht. Open op dinsdag om 10:00"},
		{"never open", screen.Idle{}, at(3, 12, 0), false, "Nu dicht"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := view(t, tt.idle, tt.now, true)
			if v.Open != tt.open || v.Status != tt.want {
				t.Errorf("got %t %q, want %t %q", v.Open, v.Status, tt.open, tt.want)
			}
		})
	}
}

func TestIdle_TodaysProgramme(t *testing.T) {
	v := view(t, screentest.OpenRoom(), screentest.Tuesday(), true)
	want := []screen.Item{
		{Time: "nu", Title: "Kaarten en koffie", Note: "Aanschuiven mag", On: true},
		{Time: "15:30", Title: "Samen zingen"},
	}
	if !slices.Equal(v.Items, want) {
		t.Errorf("got %+v, want %+v", v.Items, want)
	}
	if v := view(t, screentest.OpenRoom(), screentest.Tuesday().AddDate(0, 0, 1), true); len(v.Items) != 0 {
		t.Errorf("on a closed day: %+v", v.Items)
	}
}

func TestIdle_AnUnsureClockShowsNoTime(t *testing.T) {
	v := view(t, screentest.OpenRoom(), screentest.Tuesday(), false)
	if v.Clock != "" || v.Date != "De tijd wordt gezocht" || len(v.Items) != 0 || v.Status != "Kom gerust binnen" {
		t.Errorf("got %+v", v)
	}
}

func TestDoor_ServesItselfOnly(t *testing.T) {
	h := screentest.Handler(screentest.Open(t, screentest.Tuesday()))
	for _, tt := range []struct {
		method, path string
		want         int
	}{
		{http.MethodGet, "/door", http.StatusOK},
		{http.MethodGet, "/door/door.js", http.StatusOK},
		{http.MethodGet, "/door/door.css", http.StatusOK},
		{http.MethodGet, "/door/door.html", http.StatusNotFound},
		{http.MethodGet, "/door/live", http.StatusBadRequest}, // no websocket
		{http.MethodPost, "/door", http.StatusMethodNotAllowed},
		{http.MethodGet, "/door/../page.go", http.StatusTemporaryRedirect},
	} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(tt.method, tt.path, nil))
		if w.Code != tt.want {
			t.Errorf("%s %s: got %d, want %d", tt.method, tt.path, w.Code, tt.want)
		}
	}
}

func view(t *testing.T, i screen.Idle, now time.Time, sure bool) screen.Face {
	t.Helper()
	return i.View(webtest.Translations(t).In("nl"), now, sure)
}

// face is the idle face that a page would get now, in Dutch.
func face(t *testing.T, s *screen.Screen) screen.Face {
	t.Helper()
	st, _ := shown(t, s)
	return st.Idle["nl"]
}

// A room without a reader asks nobody to lay a badge on one.
func TestIdle_WithoutAReader(t *testing.T) {
	s := screentest.Run(t)
	s.SetLights([]kiosk.Health{{Part: "reader", Level: kiosk.LevelOrange, Reason: "reader.none"}})
	if got := face(t, s); got.Picture != "" || got.Title != "Welkom!" || strings.Contains(got.Guest, "pas") {
		t.Errorf("says %q, %q beside %q", got.Title, got.Guest, got.Picture)
	}
	s.SetLights(screentest.Green())
	if got := face(t, s); got.Picture == "" || got.Title != "Leg uw pas op de lezer" {
		t.Errorf("says %q beside %q", got.Title, got.Picture)
	}
}

// A beat repeats the state, and no greeting: that was told once.
func TestBeats_RepeatNoGreeting(t *testing.T) {
	s := screentest.Open(t, screentest.Tuesday())
	beat := s.Beats()
	for i := range 3 {
		if beat() == nil {
			t.Errorf("beat %d of a door that waits is empty", i)
		}
	}
	s.Show(kiosk.Greeting{Kind: kiosk.GreetingGuest})
	if got := beat(); got != nil {
		t.Errorf("the greeting is told again: %s", got)
	}
	if joining := s.Beats(); joining() == nil {
		t.Error("a page that joins while somebody is greeted gets no state")
	}
	s.Show(kiosk.Greeting{Kind: kiosk.GreetingNone})
	if beat() == nil {
		t.Error("after the greeting there is no beat")
	}
}
