package kiosk

import (
	"testing"
	"time"

	"example.org/inloop/sync/count"
)

func TestTimetable_ClosesAtTheNextClosingOrAtMidnight(t *testing.T) {
	zone := amsterdam(t)
	table := Timetable{Zone: zone, PartTimes: DefaultPartTimes(),
		Week:       map[time.Weekday][]OpeningHours{time.Tuesday: {{600, 750}, {810, 1020}}}, // 10:00-12:30, 13:30-17:00
		Exceptions: map[count.Day][]OpeningHours{day(t, "2026-12-01"): nil, day(t, "2026-11-29"): {{600, 660}}},
	}
	for _, c := range []struct{ name, day, in, want string }{
		{"in the morning hours", "2026-11-24", "10:05", "2026-11-24 12:30"},
		{"before opening", "2026-11-24", "09:00", "2026-11-24 12:30"},
		{"between the hours", "2026-11-24", "13:00", "2026-11-24 17:00"},
		{"at closing time itself", "2026-11-24", "12:30", "2026-11-24 17:00"},
		{"after the last closing", "2026-11-24", "17:00", "2026-11-25 00:00"},
		{"a day without hours", "2026-11-25", "11:00", "2026-11-26 00:00"},
		{"a Tuesday closed for once", "2026-12-01", "11:00", "2026-12-02 00:00"},
		{"a Sunday open for once", "2026-11-29", "10:30", "2026-11-29 11:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			clock, err := count.ParseClockTime(c.in)
			if err != nil {
				t.Fatal(err)
			}
			got := table.Closes(day(t, c.day).At(clock, zone)).In(zone).Format("2006-01-02 15:04")
			if got != c.want {
				t.Errorf("closes at %s, want %s", got, c.want)
			}
		})
	}
}

func TestTimetable_OpenAt(t *testing.T) {
	zone := amsterdam(t)
	table := Timetable{Zone: zone, Week: map[time.Weekday][]OpeningHours{time.Tuesday: {{600, 750}}}}
	d := day(t, "2026-11-24")
	for clock, want := range map[count.ClockTime]bool{599: false, 600: true, 749: true, 750: false} {
		if got := table.OpenAt(d.At(clock, zone)); got != want {
			t.Errorf("%s: open %v, want %v", clock, got, want)
		}
	}
	if !table.Open(d) || table.Open(d+1) {
		t.Error("Tuesday is an open day, Wednesday is none")
	}
}

func TestBounds_SplitTheDay(t *testing.T) {
	b := DefaultPartTimes()
	for clock, want := range map[count.ClockTime]count.Part{0: count.PartMorning, 719: count.PartMorning, 720: count.PartAfternoon, 1079: count.PartAfternoon, 1080: count.PartEvening, 1439: count.PartEvening} {
		if got := b.Part(clock); got != want {
			t.Errorf("%s is %s, want %s", clock, got, want)
		}
	}
}

func amsterdam(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func day(t *testing.T, text string) count.Day {
	t.Helper()
	d, err := count.ParseDay(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
