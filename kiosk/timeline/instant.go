package timeline

import (
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/sync/count"
)

// Instant is a moment and when that was, as far as a clock can be trusted.
type Instant struct {
	Read  kiosk.Moment // as the machine read it
	At    time.Time    // when it was, in the room's zone; zero while that is not known
	Trust kiosk.Trust
	Day   count.Day  // NoDay while that is not known
	Part  count.Part // likewise PartNone
}

// undated returns a moment of which no time is known.
func undated(m kiosk.Moment) Instant { return Instant{Read: m} }

// dated returns a moment that was at a time.
func dated(m kiosk.Moment, at time.Time, trust kiosk.Trust, tt kiosk.Timetable) Instant {
	// Whole milliseconds: what is stored reads back as the same instant.
	at = time.UnixMilli(at.UnixMilli()).In(tt.Zone)
	if tt.Day(at) == count.NoDay { // 1 January 1970, where a dead clock begins
		return undated(m)
	}
	return Instant{Read: m, At: at, Trust: trust, Day: tt.Day(at), Part: tt.Part(at)}
}

// Dated tells whether it is known when it was.
func (i Instant) Dated() bool { return i.Trust != kiosk.TrustUnknown }

// Moment returns the instant as the rules of package kiosk want it: with the
// wall clock that is trusted.
func (i Instant) Moment() kiosk.Moment {
	m := i.Read
	if i.Dated() {
		m.Wall = i.At
	}
	return m
}
