package timeline

import (
	"slices"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/sync/count"
)

// idleStep is how often a room in which nothing is written notes that time has
// passed.
const idleStep = time.Hour

// earliest is long before the first line of the program: no true clock stands
// before it, also where nobody knows when the program was built. A machine
// without a clock chip wakes up in 1970.
var earliest = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// LowerBound returns the time before which no true clock can stand: the latest
// one that was noted, or that of the program's own making.
func LowerBound(noted, built time.Time) time.Time {
	for _, t := range []time.Time{built, earliest} {
		if t.After(noted) {
			noted = t
		}
	}
	return noted
}

// Raise returns the lower bound as it is to be noted at an instant, when
// something else is written at the same time or nothing is. It is the same
// while there is nothing to note: an instant without a date raises nothing, and
// an idle room writes once an hour.
func Raise(noted time.Time, now Instant, writes bool) time.Time {
	step := idleStep
	if writes {
		step = 0
	}
	if !now.Dated() || now.At.Sub(noted) <= step {
		return noted
	}
	return now.At
}

// BestTime returns the time it is for one who only reads: that of the anchored
// boot when the moment is of one, else the clock's, but never one before what is
// noted as past, nor one of a boot whose clock leapt far ahead of it.
func BestTime(m kiosk.Moment, boot Alignment, noted time.Time) time.Time {
	if boot.Trust == kiosk.TrustAnchored {
		return boot.When(m.Since)
	}
	leapt := boot.Trust == kiosk.TrustUnknown && noted.After(earliest) && m.Wall.Sub(noted) > farBoot
	if m.Wall.Before(noted) || leapt {
		return noted
	}
	return m.Wall
}

// PastBoot is a boot that ended before its time was known, between what is known
// before it and after it.
type PastBoot struct {
	LowerBound time.Time       // when it began, no true clock stood before this
	Next       time.Time       // when the next boot began whose time is known; zero while there is none
	Last       time.Duration   // from its start to its last visit
	Visits     []time.Duration // from its start to each visit, for Judge
}

// bounds returns the earliest and the latest alignment that the boot can have had;
// false when nothing bounds it, or nothing fits between.
func (e PastBoot) bounds() (early, late Alignment, ok bool) {
	if e.Next.IsZero() || e.LowerBound.IsZero() {
		return early, late, false
	}
	early = Alignment{At: e.LowerBound, Trust: kiosk.TrustBounded}
	late = Alignment{At: e.Next, Since: e.Last, Trust: kiosk.TrustBounded}
	return early, late, !late.When(0).Before(early.When(0))
}

// Align returns the earliest alignment that the boot can have had; false when
// it is not certain that all of its visits were in one and the same part of one
// day, in which case they stay without a date.
func (e PastBoot) Align(tt kiosk.Timetable) (Alignment, bool) {
	early, late, ok := e.bounds()
	if !ok {
		return Alignment{}, false
	}
	from, to := early.Date(0, tt), late.Date(e.Last, tt)
	return early, from.Day == to.Day && from.Part == to.Part
}

// resumed is how far from the time that was noted last a clock may begin to be
// one that merely goes on where it stopped: a machine without a clock chip saves
// its time now and then, and so does the room.
const resumed = idleStep + 10*time.Minute

// Judge returns what dates a boot that ended, once a later one is proven, and who
// says so; an alignment that is not known when nothing can. claim is the boot as
// it went by its own clock, if it did.
//
// Where the boots around it leave each visit but one part of one day, that is
// it. Else a clock that fits between them is taken at its word, and a volunteer
// asked, unless it only went on where it had stopped: then it knows nothing of
// how long the machine was off, and its visits wait for a volunteer to date them.
// A machine that was off for a moment only is told from one that was off for days by
// neither, so the first waits too.
func (e PastBoot) Judge(claim Boot, tt kiosk.Timetable) (Alignment, string) {
	own := claim.Trust == kiosk.TrustBounded && claim.Source == SourceRunning
	fits := own && !claim.When(e.Last).After(e.Next) && !claim.When(0).Before(e.LowerBound.Add(-backStep))
	if early, late, ok := e.bounds(); ok && e.leaves(early, late, tt) {
		if fits && e.leaves(early, claim.Alignment, tt) {
			return claim.Alignment, SourceClock
		}
		return early, SourceBounds
	}
	if fits && claim.When(claim.First).Sub(claim.LowerBound) > resumed {
		return claim.Alignment, SourceAsk
	}
	return Alignment{}, SourceNobody
}

// leaves tells whether two alignments put each visit into the same part of the
// same day.
func (e PastBoot) leaves(a, b Alignment, tt kiosk.Timetable) bool {
	return !slices.ContainsFunc(e.Visits, func(since time.Duration) bool {
		x, y := a.Date(since, tt), b.Date(since, tt)
		return x.Day != y.Day || x.Part != y.Part
	})
}

// When a clock that nothing proves is not trusted at once: it stands further
// ahead of the last day that the room knew than a room is away for, and has not
// since gone through so many nights.
const (
	leapDays    = 40
	doubtNights = 7
	wordNights  = 3 // with a volunteer's word for it
)

// Leapt tells whether a day is so far ahead of the one on which the room last looked
// at its figures that somebody should know before anything is deleted.
func Leapt(today, last count.Day) bool { return last != count.NoDay && last+leapDays < today }

// Doubt is for how many more nights a clock that leapt ahead is not trusted
// when it comes to deleting, because nothing brings back what is deleted.
type Doubt int

// OnDay returns the doubt on a day, when the room last looked at its figures on
// day last. A true clock ends it.
func (d Doubt) OnDay(today, last count.Day, anchored bool) Doubt {
	switch {
	case anchored:
		return 0
	case d == 0 && Leapt(today, last):
		return doubtNights + 1 // the leap itself is taken for a night
	}
	return d
}

// AfterNight returns the doubt when another night has passed.
func (d Doubt) AfterNight() Doubt { return max(d-1, 0) }
