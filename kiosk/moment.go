package kiosk

import "time"

// Moment is when something happened, in every way the room can know it. A Pi
// without a clock chip may be years off, so the wall clock is kept beside the
// boot and the time since that boot, which always grow.
type Moment struct {
	Wall  time.Time     // the system clock as it stood
	Boot  string        // /proc/sys/kernel/random/boot_id
	Since time.Duration // CLOCK_BOOTTIME: time since that boot, sleep included
}

// Before orders moments of one boot by the time since it, never by the wall
// clock; moments of different boots are ordered by their wall clocks, which is
// all that is left.
func (m Moment) Before(o Moment) bool {
	if m.Boot == o.Boot {
		return m.Since < o.Since
	}
	return m.Wall.Before(o.Wall)
}

// Clock gives the present moment. Tests bring their own.
type Clock interface {
	Now() Moment
}

// Sub returns how long after o this moment is: by the time since boot when both
// are of one boot, else by their wall clocks.
func (m Moment) Sub(o Moment) time.Duration {
	if m.Boot == o.Boot {
		return m.Since - o.Since
	}
	return m.Wall.Sub(o.Wall)
}

// Trust is how sure we are of a moment's wall clock.
type Trust int

// How sure a wall clock can be.
const (
	TrustUnknown   Trust = iota // no day: the clock was below the last time known to be right
	TrustBounded                // at or after it, in a running boot
	TrustAnchored               // corrected by a clock that we trust
	TrustConfirmed              // dated by a person
)
