package timeline

import (
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/sync/count"
)

// What a running clock may do and still be trusted.
const (
	smallStep = 2 * time.Second     // an ordinary correction, for which nothing is dated anew
	backStep  = 2 * time.Minute     // back within a boot that was dated: its own alignment goes on
	farStep   = 36 * time.Hour      // forward within such a boot: nobody knows what happened
	farBoot   = 40 * 24 * time.Hour // ahead of what was noted, at a start: longer than a room is away for
)

// Close is how far a moment may stand from where its boot's alignment puts it and
// still have been dated by it: a small step of the clock, and one of the anchor.
const Close = 2 * smallStep

// Alignment ties the two clocks of one boot together: one instant on both. Its
// zero value is that of a boot whose time is not known.
type Alignment struct {
	At    time.Time     // on the true clock
	Since time.Duration // on CLOCK_BOOTTIME
	Trust kiosk.Trust   // TrustUnknown while there is no such instant
}

// When returns the true time of another instant of the boot.
func (a Alignment) When(since time.Duration) time.Time { return a.At.Add(since - a.Since) }

// Date returns a moment of the boot that was written down by the time since its
// start, undated while its time is not known. The timetable is the one by which
// its part of the day is to be told.
func (a Alignment) Date(since time.Duration, tt kiosk.Timetable) Instant {
	if a.Trust == kiosk.TrustUnknown {
		return undated(kiosk.Moment{Since: since})
	}
	return dated(kiosk.Moment{Since: since}, a.When(since), a.Trust, tt)
}

// Boot is one run of the machine, as a room knows it.
type Boot struct {
	Alignment
	First      time.Duration // on CLOCK_BOOTTIME, when it was first seen
	LowerBound time.Time     // before which no true clock could stand then
	Source     string        // who aligned it
}

// Read returns when a moment of the boot was, when no true
// clock can stand before lowerBound, and the boot as it is aligned from then on.
func (b Boot) Read(m kiosk.Moment, lowerBound time.Time, tt kiosk.Timetable) (Instant, Boot) {
	expected := b.When(m.Since)
	byWall := b
	byWall.Alignment = Alignment{At: m.Wall, Since: m.Since, Trust: kiosk.TrustBounded}
	below := m.Wall.Before(lowerBound)
	switch b.Trust {
	case kiosk.TrustAnchored:
		return dated(m, expected, b.Trust, tt), b
	case kiosk.TrustUnknown:
		if start := byWall.When(b.First); below || start.Before(b.LowerBound) || b.leaps(start) {
			// Below the bound, or it has only run past it: still as wrong as it was.
			return undated(m), b
		}
		return dated(m, m.Wall, kiosk.TrustBounded, tt), byWall
	}
	switch ahead := m.Wall.Sub(expected); {
	case below && lowerBound.Sub(m.Wall) <= backStep:
		return dated(m, expected, b.Trust, tt), b
	case below || ahead > farStep:
		return undated(m), b
	case ahead.Abs() > smallStep:
		return dated(m, m.Wall, kiosk.TrustBounded, tt), byWall
	}
	return dated(m, m.Wall, kiosk.TrustBounded, tt), b
}

// leaps tells whether a boot that began at start is so far ahead of what was
// noted before it that its clock alone proves nothing: a year ahead for a few
// seconds would close out a year of days, and hold every later boot to it.
func (b Boot) leaps(start time.Time) bool {
	return b.LowerBound.After(earliest) && start.Sub(b.LowerBound) > farBoot
}

// Correction is what an anchor means for the moments of its boot that were
// written down before.
type Correction int

// What an anchor can mean.
const (
	CorrectionNone    Correction = iota // the boot is anchored there already
	CorrectionOnward                    // what was anchored stays, and only what follows goes by the new anchor
	CorrectionConfirm                   // what the boot's alignment dated is right; the rest is dated anew
	CorrectionRedate                    // all that is not anchored is dated anew
	CorrectionReplace                   // all is dated anew: what anchored it was only a chip's or a person's word
)

// Who may give a true time of a boot. A clock chip that was set wrong, or a
// person who reads a wrong watch, is put right by any other.
const (
	SourceNTP       = "ntp"
	SourceRTC       = "rtc"
	SourceCentre    = "sync" // its signed time
	SourceVolunteer = "volunteer"
	SourceAgreed    = "agreed" // the centre's, twice, and a volunteer who said that it is right
)

// What else may date a boot.
const (
	SourceRunning = "running" // its own clock, until a later boot is proven
	SourceClock   = "clock"   // its own clock, which agrees with what is proven around it
	SourceAsk     = "ask"     // its own clock, which may be right: a volunteer is asked
	SourceBounds  = "bounds"  // what is known before it and after it
	SourceGuess   = "guess"   // likewise, by clocks that nobody has proven
	SourceNobody  = "nobody"  // nothing does
)

// soft tells of a source that gives way to any other.
func soft(source string) bool { return source == SourceRTC || source == SourceVolunteer }

// Proven tells whether the boot's time is known well enough to delete by after a
// leap: a volunteer's word or a chip's alone has to stand some nights first.
func (b Boot) Proven() bool { return b.Trust == kiosk.TrustAnchored && !soft(b.Source) }

// Deletes tells whether rows may be deleted on a day after a leap: by a time that is
// proven, or by a volunteer's word that has stood for three nights.
func (b Boot) Deletes(today count.Day, tt kiosk.Timetable) bool {
	stood := b.Trust == kiosk.TrustAnchored && b.Source == SourceVolunteer && today >= tt.Day(b.At)+wordNights
	return b.Proven() || stood
}

// Anchor returns the boot as it is aligned by a true time of it, at.Wall at
// at.Since, which a source tells, and what that means for what was dated before.
func (b Boot) Anchor(at kiosk.Moment, source string) (Boot, Correction) {
	next := b
	next.Source = source
	next.Alignment = Alignment{At: at.Wall, Since: at.Since, Trust: kiosk.TrustAnchored}
	agrees := at.Wall.Sub(b.When(at.Since)).Abs() <= smallStep
	switch {
	case b.Trust == kiosk.TrustAnchored && (agrees || soft(source)):
		return b, CorrectionNone
	case b.Trust == kiosk.TrustAnchored && soft(b.Source):
		return next, CorrectionReplace
	case soft(source) && at.Wall.Before(LowerBound(b.LowerBound, time.Time{})):
		return b, CorrectionNone // an empty battery, a slip of the hand
	case b.Trust == kiosk.TrustAnchored:
		return next, CorrectionOnward
	case b.Trust == kiosk.TrustBounded && agrees:
		return next, CorrectionConfirm
	}
	return next, CorrectionRedate
}

// Refused tells why an anchor changed nothing: nil when it only said again what is
// known, kiosk.ErrAlready for a volunteer who was asked no more, kiosk.ErrPast for
// a time that had passed.
func (b Boot) Refused(source string) error {
	switch {
	case b.Trust != kiosk.TrustAnchored:
		return kiosk.ErrPast
	case source == SourceVolunteer:
		return kiosk.ErrAlready
	}
	return nil
}
