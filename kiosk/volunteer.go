package kiosk

import (
	"errors"
	"fmt"
	"time"
)

// Errors of a volunteer's sign-in.
var (
	ErrOneTimeCode = errors.New("one-time code is wrong, used or too old")
	ErrWeakPIN     = errors.New("PIN is too easy to guess")
	ErrNoPIN       = errors.New("volunteer has no PIN yet")
	// ErrPINOnBadge is the ErrWeakPIN of digits that one can read off the
	// volunteer's own badge.
	ErrPINOnBadge = fmt.Errorf("%w: it stands on the badge", ErrWeakPIN)
)

// Volunteer is a neighbour who runs the room.
type Volunteer struct {
	No     int64
	Name   string // sealed at rest
	HasPIN bool
	Badges int
}

// PINError is a PIN that was not taken.
type PINError struct {
	Left int           // tries before the next wait
	Wait time.Duration // until the next try is looked at; 0 when it may be made now
}

func (e *PINError) Error() string {
	if e.Wait > 0 {
		return fmt.Sprintf("PIN not looked at: wait %s", e.Wait.Round(time.Second))
	}
	return fmt.Sprintf("wrong PIN: %d tries left", e.Left)
}
