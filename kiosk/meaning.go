package kiosk

import (
	"time"

	"example.org/inloop/sync/count"
)

// The windows within which a tap means one thing and not another.
const (
	SameTap       = 2 * time.Second  // a tap sooner than this after an assumed arrival is the same tap
	GoingHomeSoon = 60 * time.Second // and one up to here is going home
	SameArrival   = 10 * time.Minute // a tap within this of the last one changes nothing
	LateGoodbye   = 60 * time.Minute // after the clock closed a stay, its end can still be measured
	GuestBurst    = 60 * time.Second // more than GuestLimit guests within it wait for the desk
	GuestLimit    = 8
	UndatedPart   = 6 * time.Hour // taps so far apart are of two parts of a day, whichever those are
	LongAway      = 90            // days after which a return is one "after long"
)

// Situation is all that decides what a tap means.
type Situation struct {
	Badge BadgeKind
	Now   Moment
	Today
	Guests int // guest pass: those taken or held within GuestBurst
}

// Today is what one resident did so far on the day of the tap.
type Today struct {
	Day       count.Day
	Part      count.Part
	FirstSeen count.Day // day of the first visit ever, NoDay if none
	LastSeen  count.Day // day of the last visit before today, NoDay if none
	Stay      *Stay     // the last stay of the day, nil if none
	Last      Moment    // the last arrival, re-opening or goodbye of the day, by tap or at the desk
	Visited   bool      // this part of the day has a visit of this person already
}

// Effect is what is to be written down for a tap.
type Effect int

// What can be written down for a tap.
const (
	EffectNone      Effect = iota
	EffectArrive           // a stay begins; the part gets a visit if it has none
	EffectLeave            // the stay ends, measured
	EffectReopen           // the same stay goes on
	EffectAssume           // the earlier stay ends without a time; a stay and a visit of this part begin, assumed
	EffectTakeBack         // the assumed stay and visit are taken back, the earlier stay ends measured
	EffectConfirm          // the end that the clock set becomes measured
	EffectAddGuest         // one guest
	EffectHoldGuest        // one guest that the desk has to look at
	EffectNoteBadge        // the unknown badge's first tap of the day is kept
	EffectAskPIN           // a volunteer
)

// Outcome is what a tap means: what to write down and what to say.
type Outcome struct {
	Effect   Effect
	Greeting GreetingKind
}

// Meaning decides what a tap means. It is a table whose rows are tried in their
// order; it reads nothing but its argument. Nobody ever has to tap out: who
// forgets is closed out by the clock, and who taps again later is asked nothing.
func Meaning(s Situation) Outcome {
	switch s.Badge {
	case BadgeVolunteer:
		return Outcome{EffectAskPIN, GreetingNone}
	case BadgeGuestPass:
		if s.Guests >= GuestLimit {
			return Outcome{EffectHoldGuest, GreetingGuest}
		}
		return Outcome{EffectAddGuest, GreetingGuest}
	case BadgeRandomUID:
		return Outcome{EffectNone, GreetingPhone}
	case BadgeUnknown, BadgeLost:
		return Outcome{EffectNoteBadge, GreetingUnknownBadge}
	}
	stay := s.Stay
	if stay == nil {
		return s.arrival()
	}
	since := s.Now.Sub(s.Last)
	in := stay.End == StayEndNone
	switch {
	case in && stay.Assumed && s.Now.Sub(stay.In) >= SameTap && s.Now.Sub(stay.In) <= GoingHomeSoon:
		return Outcome{EffectTakeBack, GreetingGoodbye}
	case in && since < SameArrival:
		return Outcome{EffectNone, GreetingAlreadyIn}
	case s.leftJustNow():
		return Outcome{EffectReopen, GreetingStillHere}
	case stay.End == StayEndEstimated && s.Now.Sub(stay.Out) < LateGoodbye:
		return Outcome{EffectConfirm, GreetingGoodbye}
	case in && s.samePart():
		return Outcome{EffectLeave, GreetingGoodbye}
	case in:
		return Outcome{EffectAssume, GreetingGoingHome}
	}
	return s.arrival()
}

// samePart tells whether the stay began in the part of the day that it is. While nobody
// knows the day, one that has lasted longer than any part did not.
func (s Situation) samePart() bool {
	return s.Stay.Part == s.Part && (s.Day != count.NoDay || s.Now.Sub(s.Stay.In) < UndatedPart)
}

// leftJustNow tells whether the resident said goodbye so short a time ago that
// the same stay goes on.
func (s Situation) leftJustNow() bool {
	return s.Stay != nil && s.Stay.End == StayEndMeasured && s.Now.Sub(s.Last) < SameArrival
}

// MeaningByHand decides what it means that a volunteer checks a resident in: an
// arrival as by a badge, but never a goodbye. ErrAlready for one who is in.
func MeaningByHand(s Situation) (Effect, error) {
	switch {
	case s.Stay != nil && s.Stay.End == StayEndNone:
		return EffectNone, ErrAlready
	case s.leftJustNow():
		return EffectReopen, nil
	}
	return EffectArrive, nil
}

// arrival greets one who is not in.
func (s Situation) arrival() Outcome {
	switch {
	case s.FirstSeen == count.NoDay || s.FirstSeen == s.Day && s.Stay == nil:
		return Outcome{EffectArrive, GreetingFirst}
	case s.LastSeen != count.NoDay && s.Day-s.LastSeen > LongAway && s.Stay == nil:
		return Outcome{EffectArrive, GreetingLongTime}
	}
	return Outcome{EffectArrive, GreetingWelcome}
}
