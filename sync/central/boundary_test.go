package central_test

import (
	"testing"
	"time"

	"example.org/inloop/sync/central"
)

// at sets the clock to an hour of the rooms' day.
func (s *server) at(t testing.TB, moment string) {
	t.Helper()
	zone, err := time.LoadLocation(central.Zone)
	must(t, err)
	now, err := time.ParseInLocation("2006-01-02 15:04", moment, zone)
	must(t, err)
	s.clock.mu.Lock()
	defer s.clock.mu.Unlock()
	s.clock.now = now
}

// Each day is sent with as many visits as its day of the month, so that a span
// that is a day off has another sum. All sums were added up by hand.
func TestOverview_AtTheEdgesOfTheCalendar(t *testing.T) {
	s := newServer(t)
	k, look := room(t, s)
	for d := day("2026-09-28"); d < day("2027-04-02"); d++ {
		s.clock.mu.Lock()
		s.clock.now = d.UTC().Add(12 * time.Hour)
		s.clock.mu.Unlock()
		s.sendDays(t, k, d.String(), (d + 1).String(), int64(d.UTC().Day()))
	}
	type sums struct{ day, dayBefore, week, weekBefore, month, monthBefore int64 }
	for _, tt := range []struct {
		at, today, quarter string
		want               sums
		weeks              central.Weeks
	}{
		// The clock goes back: the 25th lasts 25 hours. Of September three days came: no month is beside October.
		{"2026-10-25 23:30", "2026-10-25", "2026Q4", sums{25, 18, 154, 105, 325, -1}, central.Weeks{Received: 3, Expected: 3}},
		{"2026-10-26 00:30", "2026-10-26", "2026Q4", sums{26, 19, 26, 19, 351, -1}, central.Weeks{Received: 4, Expected: 4}},
		// All of October.
		{"2026-10-31 12:00", "2026-10-31", "2026Q4", sums{31, 24, 26 + 27 + 28 + 29 + 30 + 31, 19 + 20 + 21 + 22 + 23 + 24, 496, -1}, central.Weeks{Received: 4, Expected: 4}},
		// The last evening of a year in ISO week 53, then the first minutes of the next year in the same week.
		{"2026-12-31 23:59", "2026-12-31", "2026Q4", sums{31, 24, 28 + 29 + 30 + 31, 21 + 22 + 23 + 24, 496, 465}, central.Weeks{Received: 13, Expected: 13}},
		{"2027-01-01 00:01", "2027-01-01", "2027Q1", sums{1, 25, 28 + 29 + 30 + 31 + 1, 21 + 22 + 23 + 24 + 25, 1, 1}, central.Weeks{}},
		{"2027-01-04 09:00", "2027-01-04", "2027Q1", sums{4, 28, 4, 28, 10, 10}, central.Weeks{}},
		{"2027-01-11 09:00", "2027-01-11", "2027Q1", sums{11, 4, 11, 4, 66, 66}, central.Weeks{Received: 1, Expected: 1}},
		// The clock goes forward: the 28th lasts 23 hours, the 1st of April begins at 22:00 UTC.
		{"2027-03-28 23:30", "2027-03-28", "2027Q1", sums{28, 21, 22 + 23 + 24 + 25 + 26 + 27 + 28, 15 + 16 + 17 + 18 + 19 + 20 + 21, 406, 406}, central.Weeks{Received: 11, Expected: 11}},
		{"2027-03-29 00:30", "2027-03-29", "2027Q1", sums{29, 22, 29, 22, 435, 406}, central.Weeks{Received: 12, Expected: 12}},
		{"2027-04-01 00:30", "2027-04-01", "2027Q2", sums{1, 25, 29 + 30 + 31 + 1, 22 + 23 + 24 + 25, 1, 1}, central.Weeks{}},
	} {
		s.at(t, tt.at)
		v := look("")
		c := v.Total
		before := func(c central.Comparison) int64 {
			if c.BeforeReason != "" {
				return -1
			}
			return c.Before.Total()
		}
		got := sums{c.Today.Now.Total(), before(c.Today), c.Week.Now.Total(), before(c.Week), c.Month.Now.Total(), before(c.Month)}
		if got != tt.want || v.Today.String() != tt.today || string(v.Period) != tt.quarter || c.Weeks != tt.weeks {
			t.Errorf("%s: %s in %s, weeks %+v, sums %+v\nwant %s in %s, weeks %+v, sums %+v",
				tt.at, v.Today, v.Period, c.Weeks, got, tt.today, tt.quarter, tt.weeks, tt.want)
		}
	}
	// Week 53 lies in the fourth quarter, for its Thursday does: 14 weeks, and
	// only when the week has ended, in the next year.
	for at, want := range map[string]central.Weeks{
		"2027-01-03 23:59": {Received: 13, Expected: 13}, "2027-01-04 00:01": {Received: 14, Expected: 14},
	} {
		s.at(t, at)
		if got := look("2026Q4").Total.Weeks; got != want {
			t.Errorf("2026Q4 at %s: weeks %+v, want %+v", at, got, want)
		}
	}
	if q := look("2026Q4"); q.Running || q.Total.Visits.Total() != 496+465+496 {
		t.Errorf("2026Q4: running %v, %d visits, want 1457 and that it has ended", q.Running, q.Total.Visits.Total())
	}
}
