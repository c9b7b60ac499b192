package central_test

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/inloop/sync/central"
	"example.org/inloop/sync/count"
	"example.org/inloop/sync/wire"
)

// sendDays sends n visits by badge in the morning of each day, and that it
// ended, open.
func (s *server) sendDays(t testing.TB, k *kiosk, from, until string, n int64) {
	t.Helper()
	var cells []wire.Cell
	for d := day(from); d < day(until); d++ {
		p := d.Period()
		cells = append(cells, k.cell(p, count.MeasureBadgeVisits, count.PartMorning, n), k.cell(p, count.MeasureOpen, count.PartNone, 1))
	}
	for batch := range slices.Chunk(cells, wire.MaxRows) {
		s.report(t, k, batch...)
	}
}

func day(s string) count.Day {
	d, err := count.ParseDay(s)
	if err != nil {
		panic(err) // a test's own text
	}
	return d
}

// room returns a room with its kiosk and coordinator, and how to look at it.
func room(t *testing.T, s *server) (*kiosk, func(count.Period) central.Overview) {
	a := s.coordinator(t, "Stichting Een", "a@een.example")
	k := newKiosk(1)
	s.pair(t, k, a, "Laak")
	return k, func(p count.Period) central.Overview {
		t.Helper()
		v, err := s.Overview(t.Context(), a, p)
		must(t, err)
		return v
	}
}

func TestOverview_SameElapsedDays(t *testing.T) {
	s := newServer(t)
	k, look := room(t, s)
	s.sendDays(t, k, "2026-10-01", "2026-11-24", 10)
	s.report(t, k, k.cell("2026-11-24", count.MeasureBadgeVisits, count.PartMorning, 3), k.cell("2026-11-24", count.MeasureGuests, count.PartEvening, 2),
		k.cell("2026-11-24", count.MeasureGuestsTeen, count.PartEvening, 1), k.cell("2026-11-24", count.MeasureAssumed, count.PartMorning, 1))
	v := look("")
	c := v.Total
	if v.Period != "2026Q4" || !v.Running || v.Today != day("2026-11-24") {
		t.Errorf("period %s, today %s", v.Period, v.Today)
	}
	for _, tt := range []struct {
		what                   string
		got                    central.Comparison
		now, before            int64
		beforeFrom, beforeLast string
	}{
		{"today", c.Today, 5, 10, "2026-11-17", "2026-11-17"},
		{"this week, Monday and Tuesday", c.Week, 15, 20, "2026-11-16", "2026-11-17"},
		{"this month, 24 days", c.Month, 235, 240, "2026-10-01", "2026-10-24"},
	} {
		g := tt.got
		if g.Now.Total() != tt.now || !maps.Equal(g.Comparable, g.Now) || g.Before.Total() != tt.before || g.Rooms != 1 || g.NowReason != "" || g.BeforeReason != "" ||
			g.DaysBefore != (count.Days{First: day(tt.beforeFrom), Last: day(tt.beforeLast)}) {
			t.Errorf("%s: %+v, want %d beside %d of %s to %s", tt.what, g, tt.now, tt.before, tt.beforeFrom, tt.beforeLast)
		}
	}
	if c.Visits.Total() != 545 || c.Visits.Assumed() != 1 || c.Visits[count.MeasureGuestsTeen] != 1 || c.Visits.Unasked() != 1 {
		t.Errorf("quarter %+v, want 545 visits", c.Visits)
	}
	if c.Parts[0].Visits.Badge() != 543 || c.Parts[2].Visits.Guests() != 2 || c.Parts[1].Visits.Total() != 0 {
		t.Errorf("parts %+v", c.Parts)
	}
	if last := c.Days[len(c.Days)-1]; len(c.Days) != 31+24 || last.State != central.DayLive || last.Visits.Total() != 5 {
		t.Errorf("%d days, the last %+v", len(c.Days), last)
	}
	if c.Weeks != (central.Weeks{Received: 7, Expected: 8}) { // that of 28 September began before the first cell
		t.Errorf("weeks %+v, want 7 of 8", c.Weeks)
	}
	if want := []count.Period{"2026-11", "2026-10"}; !slices.Equal(v.Months, want) {
		t.Errorf("months %v, want %v", v.Months, want)
	}
}

// At the end of March there is no 31st of February to compare with.
func TestOverview_ShortMonthBefore(t *testing.T) {
	s := newServer(t)
	s.clock.now = time.Date(2027, 3, 31, 10, 0, 0, 0, time.UTC)
	_, look := room(t, s)
	m := look("").Total.Month
	now, before := count.Days{First: day("2027-03-01"), Last: day("2027-03-31")}, count.Days{First: day("2027-02-01"), Last: day("2027-02-28")}
	if m.Days != now || m.DaysBefore != before {
		t.Errorf("month %+v", m)
	}
}

func TestOverview_DayIsTheRoomsDay(t *testing.T) {
	s := newServer(t)
	_, look := room(t, s)
	for _, tt := range []struct{ at, today string }{
		{"2026-11-24T22:59:59Z", "2026-11-24"}, // 23:59 in the room
		{"2026-11-24T23:00:00Z", "2026-11-25"},
		{"2027-03-28T21:59:59Z", "2027-03-28"}, // the clock went forward that night
		{"2027-03-28T22:00:00Z", "2027-03-29"},
	} {
		now, err := time.Parse(time.RFC3339, tt.at)
		must(t, err)
		s.clock.now = now
		if v := look(""); v.Today.String() != tt.today {
			t.Errorf("%s is %s, want %s", tt.at, v.Today, tt.today)
		}
	}
}

func TestOverview_MissingIsNotZero(t *testing.T) {
	s := newServer(t)
	k, look := room(t, s)
	s.sendDays(t, k, "2026-09-28", "2026-10-26", 10)
	s.sendDays(t, k, "2026-11-02", "2026-11-22", 10) // a week is missing before
	s.report(t, k, k.cell("2026-11-22", count.MeasureOpen, count.PartNone, 0), k.cell("2026-11-23", count.MeasureBadgeVisits, count.PartMorning, 4))
	c := look("2026Q4").Total
	states := map[string]central.DayState{}
	for _, d := range c.Days {
		states[d.Date.String()] = d.State
	}
	for date, want := range map[string]central.DayState{
		"2026-10-25": central.DayReceived, "2026-10-26": central.DayMissing, "2026-11-22": central.DayClosed, "2026-11-23": central.DayPartial, "2026-11-24": central.DayLive,
	} {
		if states[date] != want {
			t.Errorf("%s is %s, want %s", date, states[date], want)
		}
	}
	if c.Weeks != (central.Weeks{Received: 7, Expected: 8}) {
		t.Errorf("weeks %+v, want 7 of 8", c.Weeks)
	}
	if c.Month.NowReason != "" || c.Month.BeforeReason != central.AbsenceNotReceived || c.Month.Rooms != 0 {
		t.Errorf("month %+v: a comparison with days that did not come", c.Month)
	}
	s.clock.add(48 * time.Hour)
	if c := look("2026Q4").Total; c.Today.NowReason != central.AbsenceNotReceived || c.Today.Now.Total() != 0 {
		t.Errorf("today, nothing heard: %+v, want not received", c.Today)
	}
}

// A room that fell silent does not turn the comparison of all into a fall.
func TestOverview_ComparesRoomsThatSentBoth(t *testing.T) {
	s := newServer(t)
	a := s.coordinator(t, "Stichting Een", "a@een.example")
	loud, silent := newKiosk(1), newKiosk(2)
	s.clock.now = day("2026-10-01").UTC().Add(12 * time.Hour)
	s.pair(t, loud, a, "Laak")
	s.pair(t, silent, a, "Moerwijk")
	s.clock.now = tuesday
	s.sendDays(t, loud, "2026-10-01", "2026-11-24", 10)
	s.sendDays(t, silent, "2026-10-01", "2026-11-01", 10)
	v, err := s.Overview(t.Context(), a, "")
	must(t, err)
	m := v.Total.Month // nothing of today has come, so neither has the day beside it
	if m.Now.Total() != 230 || m.Comparable.Total() != 230 || m.Before.Total() != 230 || m.Rooms != 1 || m.Of != 2 {
		t.Errorf("month %+v", m)
	}
	if v.Rooms[0].Room.Name != "Laak" || v.Rooms[1].Counts.Month.BeforeReason != central.AbsenceNotReceived {
		t.Errorf("rooms %+v", v.Rooms)
	}
	if d := v.Total.Days[31]; d.State != central.DayPartial || d.Visits.Total() != 10 {
		t.Errorf("1 November: %+v, want it marked as partial", d)
	}
	s.clock.add(48 * time.Hour)
	if rooms, err := s.Rooms(t.Context(), a); err != nil || !rooms[0].Kiosk.Silent(s.clock.Now()) {
		t.Errorf("%+v, %v: not silent after two days", rooms, err)
	}
}

func TestOverview_Persons(t *testing.T) {
	s := newServer(t)
	k, look := room(t, s)
	n := func(n int64) central.Number { return central.Number{N: n} }
	why := func(r central.Absence) central.Number { return central.Number{Reason: r} }
	s.report(t, k,
		k.cell("2026-10-05", count.MeasureBadgeVisits, count.PartMorning, 30), k.cell("2026-10-05", count.MeasureGuests, count.PartMorning, 20),
		k.cell("2026-10", count.MeasureUnique, count.PartNone, 12), k.withdrawn("2026-10", count.MeasureNew),
		k.cell("2026-11-02", count.MeasureBadgeVisits, count.PartMorning, 59), k.cell("2026-11-02", count.MeasureGuests, count.PartMorning, 41),
		k.cell("2026-11", count.MeasureUnique, count.PartNone, 14))
	want := central.PersonFigures{Numbers: map[count.Measure]central.Number{
		count.MeasureUnique: n(12), count.MeasureNew: why(central.AbsenceWithheld),
		count.MeasureKnown: why(central.AbsenceNotReceived), count.MeasureRegular: why(central.AbsenceQuarters),
	}, BadgeShare: n(60)}
	if got := look("2026-10").Rooms[0].Persons; !reflect.DeepEqual(got, want) {
		t.Errorf("October\n%+v, want\n%+v", got, want)
	}
	if got := look("2026-11").Rooms[0].Persons; got.Numbers[count.MeasureUnique] != why(central.AbsenceFewBadges) || got.BadgeShare != n(59) {
		t.Errorf("November, 59 %% by badge: %+v", got)
	}
	// After a restore the newest epoch that holds the month speaks alone.
	k.epoch, k.token = wire.Epoch{Ordinal: 2, ID: strings.Repeat("ee", 16)}, ""
	s.report(t, k, k.cell("2026-10", count.MeasureUnique, count.PartNone, 9), k.cell("2026-10-06", count.MeasureBadgeVisits, count.PartMorning, 1))
	got := look("2026-10").Rooms[0].Persons
	if got.Numbers[count.MeasureUnique] != n(9) || got.Numbers[count.MeasureNew] != why(central.AbsenceNotReceived) || !got.AtLeast {
		t.Errorf("after a restore: %+v", got)
	}
	if total := look("2026-10").Total.Visits.Total(); total != 51 {
		t.Errorf("%d visits over both epochs, want 51", total)
	}
}

func TestOverview_FixedPeriodsOnly(t *testing.T) {
	s := newServer(t)
	a := s.coordinator(t, "Stichting Een", "a@een.example")
	k := newKiosk(1)
	s.pair(t, k, a, "Laak")
	s.sendDays(t, k, "2026-07-01", "2026-07-02", 1)
	for _, p := range []count.Period{"2026", "2026-11-24", "2026-W48", "2027Q1", "2026Q2", "2026-06", "'; drop", "2026-13"} {
		_, err := s.Overview(t.Context(), a, p)
		wantError(t, string(p), err, central.ErrNotFound)
	}
	for _, p := range []count.Period{"2026Q3", "2026Q4", "2026-07", "2026-11"} {
		v, err := s.Overview(t.Context(), a, p)
		if err != nil || v.Period != p {
			t.Errorf("%s: %v", p, err)
		}
	}
}
