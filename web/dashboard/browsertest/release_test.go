package browsertest_test

import (
	"fmt"
	"testing"
	"time"

	"example.org/inloop/web/browser"
	"example.org/inloop/web/dashboard/dashboardtest"
)

// TestRelease_YearOfAHundredRooms is the longest page that there is: with a year's round,
// a second version, and what changed; on screen and on paper.
func TestRelease_YearOfAHundredRooms(t *testing.T) {
	b := browser.Start(t)
	s := newShop(t)
	s.Set(time.Date(2025, 12, 1, 9, 0, 0, 0, time.UTC))
	var rooms []*dashboardtest.FakeKiosk
	var ids []int64
	for i := range 100 {
		k := s.NewRoom(fmt.Sprintf("Kamer %03d", i+1))
		ids = append(ids, k.Room.ID)
		rooms = append(rooms, k)
	}
	s.Again()
	_, _ = s.Reader("Gemeente Den Haag", "kim@stad.example", true, ids...)
	s.Set(time.Date(2027, 1, 9, 9, 0, 0, 0, time.UTC))
	for _, k := range rooms[:40] {
		k.Report(k.Days(dashboardtest.Midnight(2026, 10, 1), dashboardtest.Midnight(2027, 1, 1)))
		k.Report(append(k.Persons("2026Q4", 9, 44, 13), k.Persons("2026", 19, 94, 23)...))
	}
	s.Set(time.Date(2027, 2, 6, 9, 0, 0, 0, time.UTC))
	s.Must(s.Central.Tidy(t.Context()))
	rooms[0].Report(rooms[0].Persons("2026", 80, 94, 23))
	s.Set(time.Date(2027, 5, 7, 9, 0, 0, 0, time.UTC))
	s.Must(s.Central.Tidy(t.Context()))
	s.Again()
	p := b.Page(t, 1280, 800)
	s.enter(p, "nl", s.Session)
	p.Open(fmt.Sprintf("%s/release/%d/2026", s.server.URL, s.Account.Organisation))
	if n := browser.Eval[int](p, `document.querySelectorAll(".release-room").length`); n != 100 {
		t.Errorf("%d rooms, want 100", n)
	}
	for _, fault := range p.Overflow(false) {
		t.Error(fault)
	}
	picture(p, "release-hundred")
	p.Print(true)
	if shown := browser.Eval[bool](p, `getComputedStyle(document.querySelector(".glossary")).display !== "none"
		&& getComputedStyle(document.querySelector(".back")).display === "none"`); !shown {
		t.Error("the print lacks the definitions, or has what cannot be pressed")
	}
	picture(p, "release-print")
}

// TestRelease_YearWithItsRound has every sentence and figure that there can be.
func TestRelease_YearWithItsRound(t *testing.T) {
	b := browser.Start(t)
	s := newShop(t)
	s.Set(time.Date(2025, 12, 1, 9, 0, 0, 0, time.UTC))
	first, second := s.NewRoom("Hobbemaplein"), s.NewRoom("Paulus Potterstraat")
	s.Again()
	_, _ = s.Reader("Gemeente Den Haag", "kim@stad.example", true, first.Room.ID)
	s.Set(time.Date(2027, 1, 9, 9, 0, 0, 0, time.UTC))
	year := []int64{60, 40, 11, 180, 105, 22, 60, 31, 30, 12, 30, 9, 2, 20, 40, 3, 60, 30, 25, 24, 24, 40, 12, 5}
	s.Together(map[*dashboardtest.FakeKiosk][]int64{first: year, second: year})
	for _, k := range []*dashboardtest.FakeKiosk{first, second} {
		k.Report(k.Days(dashboardtest.Midnight(2025, 12, 29), dashboardtest.Midnight(2027, 1, 4)))
		k.Report(append(k.Persons("2026Q4", 9, 44, 13), k.Persons("2026", 19, 94, 23)...))
	}
	s.Again()
	s.Must(s.Central.MakeRelease(t.Context(), s.Account))
	first.Report(first.Persons("2026", 80, 94, 23))
	s.Set(time.Date(2027, 5, 7, 9, 0, 0, 0, time.UTC))
	s.Must(s.Central.Tidy(t.Context()))
	s.Again()
	for _, size := range sizes {
		for _, language := range []string{"nl", "ar"} {
			p := b.Page(t, size.width, size.height)
			s.enter(p, language, s.Session)
			for name, target := range map[string]string{"year": fmt.Sprintf("/release/%d/2026", s.Account.Organisation), "overview-year": "/?period=2026Q4", "list-year": "/release"} {
				p.Open(s.server.URL + target)
				for _, fault := range append(p.Overflow(false), p.Axe()...) {
					t.Errorf("%s, %s in %s: %s", name, size.name, language, fault)
				}
				picture(p, name+"-"+size.name+"-"+language)
			}
		}
	}
}
