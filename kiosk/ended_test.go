package kiosk

import (
	"testing"
	"time"

	"example.org/inloop/sync/count"
)

func TestEnded(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	tuesday := count.Date(2026, 11, 24)
	hours := func(spans ...OpeningHours) Timetable {
		return Timetable{Zone: zone, PartTimes: DefaultPartTimes(), Exceptions: map[count.Day][]OpeningHours{tuesday: spans}}
	}
	twice := hours(OpeningHours{From: 10 * 60, Until: 12*60 + 30}, OpeningHours{From: 19 * 60, Until: 21 * 60})
	for _, tt := range []struct {
		name string
		tt   Timetable
		day  count.Day
		at   count.ClockTime
		shut count.Day
		want Ended
	}{
		{"the morning runs", hours(OpeningHours{From: 540, Until: 1020}), tuesday, 719, 0, Ended{tuesday, 0}},
		{"it has ended", hours(OpeningHours{From: 540, Until: 1020}), tuesday, 720, 0, Ended{tuesday, 1}},
		{"just closed", hours(OpeningHours{From: 540, Until: 1020}), tuesday, 1024, 0, Ended{tuesday, 1}},
		{"five minutes later", hours(OpeningHours{From: 540, Until: 1020}), tuesday, 1025, 0, Ended{tuesday, 3}},
		{"midnight", hours(OpeningHours{From: 540, Until: 1020}), tuesday + 1, 0, 0, Ended{tuesday + 1, 0}},
		{"a host closed early", hours(OpeningHours{From: 540, Until: 1020}), tuesday, 905, tuesday, Ended{tuesday, 3}},
		{"a host closed yesterday", hours(OpeningHours{From: 540, Until: 1020}), tuesday, 905, tuesday - 1, Ended{tuesday, 1}},
		{"closed between two times", twice, tuesday, 15 * 60, 0, Ended{tuesday, 1}},
		{"open for the evening", twice, tuesday, 20 * 60, 0, Ended{tuesday, 2}},
		{"closed after it", twice, tuesday, 21*60 + 5, 0, Ended{tuesday, 3}},
		{"a day without hours", hours(), tuesday, 1439, 0, Ended{tuesday, 2}},
		{"and its night", hours(), tuesday + 1, 1, 0, Ended{tuesday + 1, 0}},
		{"open until midnight", hours(OpeningHours{From: 1080, Until: 1440}), tuesday + 1, 4, 0, Ended{tuesday, 2}},
		{"and closed", hours(OpeningHours{From: 1080, Until: 1440}), tuesday + 1, 5, 0, Ended{tuesday + 1, 0}},
		{"and closed by a host", hours(OpeningHours{From: 1080, Until: 1440}), tuesday + 1, 1, tuesday, Ended{tuesday + 1, 0}},
	} {
		if got := tt.tt.Ended(tt.day.At(tt.at, zone), tt.shut); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

// However the hours and the clock are, what has ended only grows, all parts end before
// the day, and a number is never let go while its part runs.
func TestEnded_Grows(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	for _, until := range []count.ClockTime{0, 11 * 60, 12 * 60, 17 * 60, 18*60 - 3, 23*60 + 57, 24 * 60} {
		tt := Timetable{Zone: zone, PartTimes: DefaultPartTimes(), Week: map[time.Weekday][]OpeningHours{}}
		for wd := time.Sunday; until > 0 && wd < time.Saturday; wd++ {
			tt.Week[wd] = []OpeningHours{{From: 10 * 60, Until: until}}
		}
		start := count.Date(2026, 3, 27).At(0, zone) // over the night of summer time
		before := Ended{}
		for at := start; at.Before(start.AddDate(0, 0, 5)); at = at.Add(time.Minute) {
			e := tt.Ended(at, count.NoDay)
			if e.Compare(before) < 0 {
				t.Fatalf("until %d, at %s: %+v after %+v", until, at, e, before)
			}
			before = e
			if day := tt.Day(at); !e.Has(day, count.PartNone) && e.Has(day, tt.Part(at)) || e.Has(day+1, count.PartMorning) {
				t.Fatalf("until %d, at %s: the part that runs has ended: %+v", until, at, e)
			}
		}
	}
}

func TestEnded_Within(t *testing.T) {
	day := count.Date(2026, 11, 24)
	for _, tt := range []struct {
		heard count.Day
		want  Ended
	}{
		{count.NoDay, Ended{}}, {day - 41, Ended{}}, {day - 40, Ended{Day: day - 38}}, {day - 3, Ended{Day: day - 1}}, {day - 2, Ended{Day: day}}, {day - 1, Ended{day, 2}}, {day, Ended{day, 2}}, {day + 365, Ended{day, 2}},
	} {
		if got := (Ended{day, 2}).Within(tt.heard); got != tt.want {
			t.Errorf("heard %s: %+v, want %+v", tt.heard, got, tt.want)
		}
	}
}
