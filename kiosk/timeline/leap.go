package timeline

import (
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/sync/count"
)

// Leap returns by how much a boot began ahead of what was noted before it: for how
// long the machine was off, or how wrong its clock was. Nothing tells which.
func (b Boot) Leap() time.Duration {
	if b.Trust == kiosk.TrustUnknown || !b.LowerBound.After(earliest) {
		return 0
	}
	return max(0, b.When(b.First).Sub(b.LowerBound))
}

// Believed tells whether the time now is sure enough for what nothing takes back, and
// for work that grows with each day: days that are closed out, figures that are
// settled, rows that are deleted. The boots are those since the last one that
// anything but a volunteer has anchored, as they were.
//
// Clocks alone may leap by as much as one may step while it runs, all of their leaps
// together, and a volunteer's word for that is an anchor like any other. More is
// believed after an anchor, or when a volunteer's word for it has stood three nights.
func Believed(boots []Boot, now time.Time, tt kiosk.Timetable) bool {
	ahead, claim := time.Duration(0), count.NoDay
	for _, b := range boots {
		ahead += b.Leap()
		if b.Trust != kiosk.TrustAnchored {
			continue
		}
		if ahead > farStep {
			claim = tt.Day(b.At)
		}
		ahead = 0
	}
	stood := claim == count.NoDay || tt.Day(now.Add(-ahead)) >= claim+wordNights
	return stood && ahead <= farStep
}
