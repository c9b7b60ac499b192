package kiosk

import (
	"errors"
	"fmt"
	"time"
)

// Errors of a volunteer's sign-in.
var (
	ErrCode    = errors.New("one-time code is wrong, used or too old")
	ErrWeakPIN = errors.New("PIN is too easy to guess")
	ErrNoPIN   = errors.New("volunteer has no PIN yet")
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

// CheckPIN returns ErrWeakPIN unless pin is 6 digits that are no run, no
// repetition and no date-like pattern everybody tries first.
func CheckPIN(pin string) error {
	if len(pin) != 6 {
		return fmt.Errorf("%w: want 6 digits", ErrWeakPIN)
	}
	same, up, down := true, true, true
	for i := range len(pin) {
		if pin[i] < '0' || pin[i] > '9' {
			return fmt.Errorf("%w: want 6 digits", ErrWeakPIN)
		}
		if i > 0 {
			same = same && pin[i] == pin[i-1]
			up = up && pin[i] == pin[i-1]+1
			down = down && pin[i] == pin[i-1]-1
		}
	}
	pairs := pin[:2] == pin[2:4] && pin[2:4] == pin[4:]
	halves := pin[:3] == pin[3:]
	if same || up || down || pairs || halves {
		return fmt.Errorf("%w: no row of digits and no repetition", ErrWeakPIN)
	}
	return nil
}
