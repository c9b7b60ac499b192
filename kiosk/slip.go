package kiosk

import (
	"errors"
	"fmt"
)

// ErrSettled is returned for what is told of a year that is settled: its figures have
// been counted, and never change.
var ErrSettled = errors.New("year is settled")

// MaxSlips is far above what a room collects in a year.
const MaxSlips = 5000

// fewSlips is how many there have to be: fewer are kept as none, since whoever counted
// them knows who wrote.
const fewSlips = 5

// SlipTotals is what the slips of one room and year come to: papers without a name,
// two weeks a year.
type SlipTotals struct {
	Slips      int `json:"slips"`
	OutsideYes int `json:"outside_yes"` // knows somebody here whom they also see elsewhere
	OutsideNo  int `json:"outside_no"`
	HelpYes    int `json:"help_yes"` // could ask somebody here for help
	HelpNo     int `json:"help_no"`
	Rooms1     int `json:"rooms_1"` // comes to this room only
	Rooms2     int `json:"rooms_2"`
	Rooms3     int `json:"rooms_3"` // or to more
}

// SlipError is a total that cannot be: Field says which question it is of.
type SlipError struct {
	Field  SlipField
	Most   int // how many it can be at most
	Number int // how many were typed
}

func (e *SlipError) Error() string {
	return fmt.Sprintf("slips, %s: %d, want 0 to %d", e.Field, e.Number, e.Most)
}

// SlipField is a question on the slip, or their number.
type SlipField string

// The questions whose totals can be wrong.
const (
	SlipFieldSlips   SlipField = "slips"
	SlipFieldOutside SlipField = "outside"
	SlipFieldHelp    SlipField = "help"
	SlipFieldRooms   SlipField = "rooms"
)

// Check returns a *SlipError where more answers than slips were typed to a question.
func (s SlipTotals) Check() error {
	if s.Slips < 0 || s.Slips > MaxSlips {
		return &SlipError{SlipFieldSlips, MaxSlips, s.Slips}
	}
	for _, x := range []struct {
		field   SlipField
		answers []int
	}{
		{SlipFieldOutside, []int{s.OutsideYes, s.OutsideNo}},
		{SlipFieldHelp, []int{s.HelpYes, s.HelpNo}},
		{SlipFieldRooms, []int{s.Rooms1, s.Rooms2, s.Rooms3}},
	} {
		sum := 0
		for _, n := range x.answers {
			if n < 0 || n > s.Slips {
				return &SlipError{x.field, s.Slips, n}
			}
			sum += n
		}
		if sum > s.Slips {
			return &SlipError{x.field, s.Slips, sum}
		}
	}
	return nil
}

// Kept is what is kept of them: nothing of fewer than five.
func (s SlipTotals) Kept() SlipTotals {
	if s.Slips < fewSlips {
		return SlipTotals{}
	}
	return s
}

// SlipYear is how the slips of a year stand.
type SlipYear struct {
	Totals  SlipTotals
	Typed   bool // somebody typed them
	Settled bool // nothing can be typed any more, and the totals are gone
}
