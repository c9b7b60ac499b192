package central_test

import (
	"testing"
	"time"

	"example.org/inloop/sync/central"
	"example.org/inloop/sync/count"
	"example.org/inloop/sync/wire"
)

// tellUndated reports, in version 2, which visits wait for a date, and cells.
func (s *server) tellUndated(t testing.TB, k *kiosk, undated []wire.Undated, cells ...wire.Cell) {
	t.Helper()
	r := k.request(cells...)
	r.Version, r.Undated = wire.Newest, undated
	got := s.send(k.sealRequest(r))
	if got.status != 200 || !got.signed {
		t.Fatalf("sync: status %d, signed %v: %s", got.status, got.signed, got.body)
	}
	a, err := wire.Decode[wire.Answer](got.body)
	must(t, err)
	k.token = a.NextToken
}

func TestUndated_NoDayOfWhichTheyCanBeIsReceived(t *testing.T) {
	s := newServer(t)
	k, look := room(t, s)
	s.sendDays(t, k, "2026-09-28", "2026-11-24", 10)
	s.report(t, k, k.cell("2026-11-10", count.MeasureOpen, count.PartNone, 0))
	if v := look(""); v.Total.Weeks.Received != v.Total.Weeks.Expected || v.Total.Undated != 0 {
		t.Fatalf("before: %+v, %d undated", v.Total.Weeks, v.Total.Undated)
	}
	s.tellUndated(t, k, []wire.Undated{{From: "2026-11-09", To: "2026-11-10", N: 3}, {From: "2026-11-23", N: 2}})
	v := look("")
	c := v.Total
	state := map[count.Day]central.DayFigures{}
	for _, d := range c.Days {
		state[d.Date] = d
	}
	for _, tt := range []struct {
		day   string
		state central.DayState
		n     int64
	}{
		{"2026-11-08", central.DayReceived, 0}, {"2026-11-09", central.DayUndated, 3}, {"2026-11-10", central.DayUndated, 3},
		{"2026-11-11", central.DayReceived, 0}, {"2026-11-22", central.DayReceived, 0}, {"2026-11-23", central.DayUndated, 2}, {"2026-11-24", central.DayLive, 2},
	} {
		if d := state[day(tt.day)]; d.State != tt.state || d.Undated != tt.n {
			t.Errorf("%s is %s and may lack %d, want %s and %d", tt.day, d.State, d.Undated, tt.state, tt.n)
		}
	}
	if c.Weeks.Received != c.Weeks.Expected-1 {
		t.Errorf("%d of %d weeks are whole, want all but one", c.Weeks.Received, c.Weeks.Expected)
	}
	r := v.Rooms[0]
	for what, got := range map[string]int64{"the quarter": c.Undated - 3, "the room": r.Counts.Undated - 3, "today": c.Today.Undated, "this week": c.Week.Undated,
		"this month": c.Month.Undated - 3, "persons": r.Persons.Undated - 3} {
		if got != 2 {
			t.Errorf("%s: %d too many or too few are told of", what, got-2)
		}
	}
	if c.Week.Rooms != 0 || c.Month.Rooms != 0 {
		t.Errorf("spans that may lack visits are compared: %+v, %+v", c.Week, c.Month)
	}
	if o := look("2026-10"); o.Total.Undated != 0 || o.Total.Weeks.Received != o.Total.Weeks.Expected {
		t.Errorf("October may lack %d, %+v", o.Total.Undated, o.Total.Weeks)
	}

	// A volunteer dates three of them, and the rest is told of alone.
	s.tellUndated(t, k, []wire.Undated{{From: "2026-11-23", N: 2}}, k.cell("2026-11-09", count.MeasureBadgeVisits, count.PartMorning, 13))
	if v := look(""); v.Total.Undated != 2 || v.Total.Weeks.Received != v.Total.Weeks.Expected {
		t.Errorf("dated, %d are undated and %+v weeks came", v.Total.Undated, v.Total.Weeks)
	}
}

func TestUndated_StayUntilVersionTwoSaysOtherwise(t *testing.T) {
	s := newServer(t)
	k, look := room(t, s)
	s.tellUndated(t, k, []wire.Undated{{N: 3}})
	s.report(t, k) // version 1, after an older centre refused the other
	if n := look("").Total.Undated; n != 3 {
		t.Errorf("after a report that cannot tell, %d are undated, want 3", n)
	}
	s.tellUndated(t, k, nil)
	if n := look("").Total.Undated; n != 0 {
		t.Errorf("%d are undated of none", n)
	}
}

// A database that was unpaired will date its visits at this centre no more.
func TestUndated_OfAKioskThatWasUnpairedLackForGood(t *testing.T) {
	s := newServer(t)
	a := s.coordinator(t, "Stichting Een", "a@een.example")
	k := newKiosk(1)
	r := s.pair(t, k, a, "Laak")
	s.tellUndated(t, k, []wire.Undated{{From: "2026-11-20", To: "2026-11-20", N: 3}})
	look := func() int64 {
		t.Helper()
		v, err := s.Overview(t.Context(), a, "")
		must(t, err)
		return v.Total.Undated
	}
	must(t, s.Unpair(t.Context(), a, r.ID))
	other := newKiosk(2)
	pair := func(k *kiosk) {
		t.Helper()
		_, _, err := s.PairRoom(t.Context(), a, s.askPairing(t, k).Code, r.ID)
		must(t, err)
		k.id = s.askPairing(t, k).Kiosk
	}
	pair(other)
	s.tellUndated(t, other, []wire.Undated{{N: 1}})
	if n := look(); n != 4 {
		t.Errorf("beside another database, %d are undated, want 4", n)
	}
	s.clock.add(time.Minute)
	must(t, s.Unpair(t.Context(), a, r.ID))
	pair(k)
	k.token = ""
	if n := look(); n != 4 {
		t.Errorf("paired again and not yet heard, %d are undated, want 4", n)
	}
	s.tellUndated(t, k, nil)
	if n := look(); n != 1 {
		t.Errorf("its own word is not taken: %d are undated, want the other's one", n)
	}
}
