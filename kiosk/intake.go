package kiosk

import (
	"errors"
	"fmt"
	"slices"
)

// ErrIntake is returned for answers that are not among the choices.
var ErrIntake = errors.New("not one of the answers")

// Contact is how often a resident is in touch with family, with friends or
// with neighbours; phone calls and messages count.
type Contact string

// The answers; NotSaid is a complete answer too.
const (
	ContactNotSaid   Contact = ""
	ContactDaily     Contact = "daily"
	ContactWeekly    Contact = "weekly"
	ContactMonthly   Contact = "monthly"
	ContactLessOften Contact = "less"
	ContactNever     Contact = "never"
)

// Contacts returns the answers in the order in which they are asked.
func Contacts() []Contact {
	return []Contact{ContactDaily, ContactWeekly, ContactMonthly, ContactLessOften, ContactNever, ContactNotSaid}
}

// Isolation is what the answers come to: all that is ever kept of them.
type Isolation int

// The three states. Nothing but the quarter's figures reads them.
const (
	IsolationUnknown Isolation = iota
	IsolationFew               // less than weekly contact with each of the three
	IsolationEnough            // weekly or more with at least one
)

// isolationOf applies the rule of CBS for objective isolation: one contact
// that is weekly or more decides "enough" even when other answers are missing;
// "few" needs all three; all else is unknown. An answer that is none of the
// choices is ErrIntake.
func isolationOf(family, friends, neighbours Contact) (Isolation, error) {
	said := 0
	for _, c := range []Contact{family, friends, neighbours} {
		switch c {
		case ContactDaily, ContactWeekly:
			said += 10
		case ContactMonthly, ContactLessOften, ContactNever:
			said++
		case ContactNotSaid:
		default:
			return IsolationUnknown, fmt.Errorf("%w: contact %.20q", ErrIntake, string(c))
		}
	}
	switch {
	case said >= 10:
		return IsolationEnough, nil
	case said == 3:
		return IsolationFew, nil
	default:
		return IsolationUnknown, nil
	}
}

// Route is how somebody came to know the room.
type Route string

// The routes; the empty one is "not said".
const (
	RouteNeighbour    Route = "neighbour"
	RouteDoctor       Route = "doctor"
	RouteDistrictTeam Route = "district_team"
	RouteFlyer        Route = "flyer"
	RouteWalkedIn     Route = "walked_in"
)

// Routes returns the routes in the order in which they are asked.
func Routes() []Route {
	return []Route{RouteNeighbour, RouteDoctor, RouteDistrictTeam, RouteFlyer, RouteWalkedIn}
}

// ConsentText is the version of the text to which a resident consents before
// the contact questions. It changes with the words in the translations.
const ConsentText = "2026-12"

// Intake is what a resident answered, holding the screen in their own hands. The three
// contacts never reach the store: only what they come to does.
type Intake struct {
	Consent    bool // to the contact questions; without it they are not kept
	Family     Contact
	Friends    Contact
	Neighbours Contact
	Route      Route
}

// Outcome returns what the contacts come to; ErrIntake for an
// answer or a route that is none of the choices.
func (in Intake) Outcome() (Isolation, error) {
	if in.Route != "" && !slices.Contains(Routes(), in.Route) {
		return IsolationUnknown, fmt.Errorf("%w: route %.20q", ErrIntake, string(in.Route))
	}
	return isolationOf(in.Family, in.Friends, in.Neighbours)
}
