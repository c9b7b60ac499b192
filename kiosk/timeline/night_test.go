package timeline_test

import (
	"testing"

	"example.org/inloop/kiosk/timeline"
	"example.org/inloop/sync/count"
)

// TestNightBefore goes through what can have ended before 24 November.
func TestNightBefore(t *testing.T) {
	today := count.Date(2026, 11, 24)
	for _, tt := range []struct {
		name  string
		last  count.Day // that was closed out
		due   int       // days to be closed out, up to yesterday
		first bool
	}{
		{"the first day of a room", count.NoDay, 0, true},
		{"still the same day", today - 1, 0, false},
		{"one night", today - 2, 1, false},
		{"switched off for a week", today - 9, 8, false},
		{"a clock that ran ahead by a day", today, 0, false},
		{"a clock that ran ahead by a year", today + 365, 0, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := timeline.NightBefore(today, tt.last)
			due := 0
			for d := range n.Days.All() {
				if d <= tt.last {
					t.Errorf("%s is closed out twice", d)
				}
				due++
			}
			if due != tt.due || n.Ended() != (tt.due > 0) {
				t.Errorf("%d days are closed out, ended: %t, want %d", due, n.Ended(), tt.due)
			}
			if n.First != tt.first || n.Days.Last != today-1 {
				t.Errorf("first: %t, the last closed day is %s", n.First, n.Days.Last)
			}
		})
	}
}

func TestNight_Portion(t *testing.T) {
	today := count.Date(2026, 11, 24)
	oldest := today - 396
	for _, tt := range []struct {
		name  string
		last  count.Day
		days  int // in the first portion
		first count.Day
		more  bool
	}{
		{"one night", today - 2, 1, today - 1, false},
		{"a month", today - 32, 31, today - 31, false},
		{"longer", today - 33, 31, today - 32, true},
		{"years: from what is kept", today - 5000, 31, oldest, true},
		{"nothing", today - 1, 0, today, false},
		{"a clock that ran ahead", today + 9, 0, today + 10, false},
	} {
		n, more := timeline.NightBefore(today, tt.last).Portion(oldest)
		days := 0
		for range n.Days.All() {
			days++
		}
		if days != tt.days || more != tt.more || n.Days.First != tt.first {
			t.Errorf("%s: %d days from %s, more: %t, want %d from %s", tt.name, days, n.Days.First, more, tt.days, tt.first)
		}
	}
}
