package kiosk

import (
	"context"

	"example.org/inloop/sync/count"
)

// PooledRoom is another room with which the organisation's class C is counted.
type PooledRoom struct {
	ID    string // of its kiosk's key, in hex
	Name  string
	Check string    // the kiosk's fingerprint, as both screens show it while pairing
	Since count.Day // the day on which this kiosk first heard of it
	Left  bool      // it is not listed any more
	Aside bool      // a volunteer said that it does not count along
}

// PooledState is how far the counting together of a period has come.
type PooledState string

// How far it can have come.
const (
	PooledStateWaiting PooledState = "waiting" // the period has ended, its round has not
	PooledStateTold    PooledState = "told"    // Figures
	PooledStateFailed  PooledState = "failed"  // not all came in time
)

// PooledFigure is one number of a result: a quarter's or a year's. N means something only
// when State is "shown"; else it is "small", under 8, or "withheld".
type PooledFigure struct {
	Period  count.Period
	Measure count.Measure
	State   string
	N       int64
}

// PooledPeriod is what became of one period. What is told never changes.
type PooledPeriod struct {
	Period  count.PoolPeriod
	State   PooledState
	Figures []PooledFigure
	Day     count.Day // on which it was told
	Rooms   int       // whose numbers are in it
	Due     int       // that should have been
}

// Pooled is a room's part in counting together, for the volunteers' page.
type Pooled struct {
	Alone    bool // never paired: it counts by itself
	Paired   bool //
	Rooms    []PooledRoom
	Periods  []PooledPeriod // the newest first
	Refusal  string         // why this kiosk does not do what it was asked, a key of texts; "" for nothing
	Accept   bool           // another organisation asks, and a person is to say whether it may
	Newcomer []PooledRoom   // listed for less than NewcomerDays
}

// NewcomerDays is for how long the desk tells of a room that is new.
const NewcomerDays = 14

// PoolKeeper keeps a room's part in counting together.
type PoolKeeper interface {
	Pooled(ctx context.Context) (Pooled, error)
	// SetRoomAside says whether a room counts along; ErrNotFound. While one that is
	// listed does not, this room has no part in counting together.
	SetRoomAside(ctx context.Context, room string, aside bool) error
	// AcceptOrganisation lets the organisation that asks take the former one's place;
	// ErrAlready when none does.
	AcceptOrganisation(ctx context.Context) error
}
