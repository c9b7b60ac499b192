package timeline_test

import (
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/timeline"
)

func TestBelieved(t *testing.T) {
	noon := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	tt := kiosk.Timetable{Zone: time.UTC, PartTimes: kiosk.DefaultPartTimes()}
	// boot began at start, ahead of what was noted, and was anchored days before now.
	boot := func(trust kiosk.Trust, source string, start time.Time, leap time.Duration) timeline.Boot {
		return timeline.Boot{
			Alignment: timeline.Alignment{At: start, Since: time.Minute, Trust: trust}, First: time.Minute, LowerBound: start.Add(-leap), Source: source,
		}
	}
	running := func(start time.Time, leap time.Duration) timeline.Boot {
		return boot(kiosk.TrustBounded, timeline.SourceRunning, start, leap)
	}
	word := func(daysAgo int, leap time.Duration) timeline.Boot {
		return boot(kiosk.TrustAnchored, timeline.SourceVolunteer, noon.AddDate(0, 0, -daysAgo), leap)
	}
	day := 24 * time.Hour
	for _, x := range []struct {
		what  string
		boots []timeline.Boot
		want  bool
	}{
		{"nothing unproven", nil, true},
		{"a night off", []timeline.Boot{running(noon, 20*time.Hour)}, true},
		{"a clock that went on where it stopped", []timeline.Boot{running(noon, -time.Minute)}, true},
		{"a leap of two days", []timeline.Boot{running(noon, 2*day)}, false},
		{"a leap of forty days", []timeline.Boot{running(noon, 40*day)}, false},
		{"many small leaps", []timeline.Boot{running(noon.AddDate(0, 0, -1), 20*time.Hour), running(noon, 20*time.Hour)}, false},
		{"a boot without a date between", []timeline.Boot{boot(kiosk.TrustUnknown, "", noon, 900*day), running(noon, 20*time.Hour)}, true},
		{"a volunteer's word of today for a leap", []timeline.Boot{word(0, 30*day)}, false},
		{"that has stood for two nights", []timeline.Boot{word(2, 30*day)}, false},
		{"that has stood for three", []timeline.Boot{word(3, 30*day)}, true},
		{"a word for no leap", []timeline.Boot{word(0, 20*time.Hour)}, true},
		{"three nights, with the machine off between", []timeline.Boot{word(3, 30*day), running(noon, time.Minute)}, true},
		{"three nights that a clock only leapt over", []timeline.Boot{word(3, 30*day), running(noon.AddDate(0, 0, -1), 11*time.Hour), running(noon, day)}, false},
		{"words of each morning, with the machine off at night", []timeline.Boot{word(2, 14*time.Hour), word(1, 14*time.Hour), word(0, 14*time.Hour)}, true},
		{"likewise, after a holiday that nobody can prove", []timeline.Boot{word(3, 30*day), word(2, 14*time.Hour), word(1, 14*time.Hour), word(0, 14*time.Hour)}, true},
		{"likewise, a day sooner", []timeline.Boot{word(2, 30*day), word(1, 14*time.Hour), word(0, 14*time.Hour)}, false},
		{"a leap, and a word for it in a later boot", []timeline.Boot{running(noon.AddDate(0, 0, -1), 30*day), word(0, time.Minute)}, false},
		{"a second leap after a word that has stood", []timeline.Boot{word(9, 30*day), running(noon, 2*day)}, false},
		{"the first boot of all", []timeline.Boot{running(noon, time.Duration(noon.UnixNano()))}, true},
	} {
		if got := timeline.Believed(x.boots, noon, tt); got != x.want {
			t.Errorf("%s: believed %v", x.what, got)
		}
	}
}
