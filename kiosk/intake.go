package kiosk

import (
	"errors"
	"fmt"
)

// ErrIntake is returned for answers that are not among the choices.
var ErrIntake = errors.New("not one of the answers")

// Contact is how often a resident is in touch with family, with friends or
// with neighbours; phone calls and messages count.
type Contact string

// The answers; NotSaid is a complete answer too.
const (
	NotSaid   Contact = ""
	Daily     Contact = "daily"
	Weekly    Contact = "weekly"
	Monthly   Contact = "monthly"
	LessOften Contact = "less"
	Never     Contact = "never"
)

// Contacts returns the answers in the order in which they are asked.
func Contacts() []Contact { return []Contact{Daily, Weekly, Monthly, LessOften, Never, NotSaid} }

// Isolation is what the answers come to: all that is ever kept of them.
type Isolation int

// The three states. Nothing but the quarter's reckoning reads them.
const (
	IsolationUnknown Isolation = iota
	FewContacts                // less than weekly contact with each of the three
	EnoughContacts             // weekly or more with at least one
)

// IsolationOf applies the rule of CBS for objective isolation: one contact
// that is weekly or more decides "enough" even when other answers are missing;
// "few" needs all three; all else is unknown. An answer that is none of the
// choices is ErrIntake.
func IsolationOf(family, friends, neighbours Contact) (Isolation, error) {
	said := 0
	for _, c := range []Contact{family, friends, neighbours} {
		switch c {
		case Daily, Weekly:
			said += 10
		case Monthly, LessOften, Never:
			said++
		case NotSaid:
		default:
			return IsolationUnknown, fmt.Errorf("%w: contact %.20q", ErrIntake, string(c))
		}
	}
	switch {
	case said >= 10:
		return EnoughContacts, nil
	case said == 3:
		return FewContacts, nil
	default:
		return IsolationUnknown, nil
	}
}

// Route is how somebody came to know the room.
type Route string

// The routes; the empty one is "not said".
const (
	ByNeighbour Route = "neighbour"
	ByDoctor    Route = "doctor"
	ByTeam      Route = "district_team"
	ByFlyer     Route = "flyer"
	WalkedIn    Route = "walked_in"
)

// Routes returns the routes in the order in which they are asked.
func Routes() []Route { return []Route{ByNeighbour, ByDoctor, ByTeam, ByFlyer, WalkedIn} }

// ConsentText is the version of the text to which a resident consents before
// the contact questions. It changes with the words in the catalogue.
const ConsentText = "2026-11"

// Intake is what a resident, holding the screen herself, answered. The three
// contacts never reach the store: only what they come to does.
type Intake struct {
	Consent    bool // to the contact questions; without it they are not kept
	Family     Contact
	Friends    Contact
	Neighbours Contact
	Route      Route
}
