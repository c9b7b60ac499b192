package kiosk

import (
	"errors"
	"fmt"
	"strings"

	"example.org/inloop/sync/count"
)

// Errors of a resident's profile.
var (
	ErrSign      = errors.New("no such sign")
	ErrSignTaken = errors.New("sign is held by somebody else")
	ErrLanguage  = errors.New("no such language")
	ErrName      = errors.New("name cannot be used")
)

// Language is the language that a resident chose, as a BCP 47 tag. Which
// languages a room can offer is for its pages to say: they have the texts.
type Language string

// DefaultLanguage is that of a resident who has not chosen.
const DefaultLanguage Language = "nl"

// wellFormed tells whether l has the form of a tag: parts of at most eight
// letters and digits joined by hyphens, the first of two or three letters or
// five and more (RFC 5646, 2.1).
func (l Language) wellFormed() bool {
	for i, part := range strings.Split(string(l), "-") {
		if len(part) < 1 || len(part) > 8 || strings.ContainsFunc(part, notAlphanumeric) {
			return false
		}
		if i == 0 && (len(part) == 1 || len(part) == 4 || strings.ContainsAny(part, "0123456789")) {
			return false
		}
	}
	return len(l) <= 35 // as long as RFC 5646 asks anybody to hold
}

func notAlphanumeric(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
}

// Resident is a person of the neighbourhood as the room knows them. Everything
// but the number is theirs to choose, and may be empty.
type Resident struct {
	No       int64 // room-local number, never shown on the door
	Sign     Sign
	Name     string // sealed at rest
	Label    string // what a list that was imported called them; sealed at rest
	OnScreen bool   // wants the name on the door screen
	Language Language
}

// Check returns ErrSign, ErrLanguage or ErrName for a profile that cannot be
// kept. A resident without a name is fine, and so is one without a sign.
func (r Resident) Check() error {
	if r.Sign != "" {
		if _, _, err := r.Sign.Split(); err != nil {
			return err
		}
	}
	if !count.Fits(r.Name, 60) {
		return fmt.Errorf("%w: want at most 60 letters", ErrName)
	}
	if !r.Language.wellFormed() {
		return fmt.Errorf("%w: %.10q", ErrLanguage, string(r.Language))
	}
	return nil
}

// BadgeKind is whose card was tapped.
type BadgeKind int

// Whose card it can be.
const (
	BadgeUnknown   BadgeKind = iota // nobody's yet
	BadgeResident                   // a resident's
	BadgeLost                       // a resident's, reported lost: answers as unknown
	BadgeVolunteer                  // a volunteer's
	BadgeGuestPass                  // hangs on the hook beside the reader
	BadgeRandomUID                  // a phone or a bank card, another number each time
)
