package kiosk

import (
	"errors"
	"fmt"
	"unicode/utf8"
)

// Errors of a resident's profile.
var (
	ErrSign      = errors.New("no such sign")
	ErrSignTaken = errors.New("sign is held by somebody else")
	ErrLanguage  = errors.New("no such language")
	ErrName      = errors.New("name cannot be used")
)

// Language is the language that a resident chose, as a BCP 47 tag.
type Language string

// Languages returns the languages that the kiosk speaks, Dutch first.
func Languages() []Language { return []Language{"nl", "en", "tr", "ar"} }

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
	if utf8.RuneCountInString(r.Name) > 60 || !utf8.ValidString(r.Name) {
		return fmt.Errorf("%w: want at most 60 letters", ErrName)
	}
	for _, l := range Languages() {
		if l == r.Language {
			return nil
		}
	}
	return fmt.Errorf("%w: %.10q", ErrLanguage, string(r.Language))
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
