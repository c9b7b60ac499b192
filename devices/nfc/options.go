package nfc

import (
	"context"
	"time"

	"example.org/inloop/devices/iso14443a"
	"example.org/inloop/kiosk"
)

// Chip is what a reader chip must do. It is used by one goroutine at a time.
// An error of Scan, Find, Check or Refresh, and one of Talk that is no card's,
// means that the chip wants opening again; [iso14443a.ErrChip] in it, that the
// chip is there but at fault.
type Chip interface {
	// Open opens the bus, or opens it again, and makes the chip ready.
	Open(ctx context.Context) error
	// Scan reads the cards that are new in the field. What was read whole
	// counts even beside an error.
	Scan(ctx context.Context) ([]iso14443a.Target, error)
	// Unread is what the last Scan heard and could not read.
	Unread() iso14443a.Unread
	// Find tests whether a card that was read is still there, and tells which
	// others it met; beside are some that should lie there too.
	Find(ctx context.Context, uid iso14443a.UID, beside ...iso14443a.UID) (iso14443a.Sighting, error)
	// Check finds out whether the chip is still as it was set up.
	Check(ctx context.Context) error
	// Refresh sets the chip up anew, against what Check cannot see. The field
	// may go off for a moment.
	Refresh(ctx context.Context) error
	// Talk selects a card that was read and lets do speak to it; afterwards it
	// is halted. An error of do's is given back as it is.
	Talk(ctx context.Context, card iso14443a.Target, do func(context.Context, iso14443a.Link) error) error
	// Close closes the bus.
	Close() error
}

// HealthPart is the reader's name among the kiosk's lights.
const HealthPart = "reader"

// Reasons of a red light.
const (
	ReasonGone  = "reader.gone"  // no chip answers, or the bus is dead
	ReasonFault = "reader.fault" // the chip answers but does not work

	ReasonNoNode = "reader.nonode" // the bus is switched off: its file is not there
	ReasonDenied = "reader.denied" // this program may not use the bus
)

// Reasons of an orange light.
const (
	ReasonUnread  = "reader.unread"  // something is heard all the time, and nothing is read
	ReasonStalled = "reader.stalled" // the machine stood still: who tapped then was not seen
)

// Options of a [Reader]. The zero value is good.
type Options struct {
	// OnLight hears of every change of the reader's light, in order, from the
	// reader's goroutines. It must not block nor call the reader.
	OnLight func(kiosk.Health)
	// OnUnread hears that a card lies there that cannot be read, once for each
	// time that it is laid down. It must not block.
	OnUnread func()
	// Pace gives the time from one poll to the next, nil for [Pace] always. It
	// is asked at every poll.
	Pace func() time.Duration
	// Examine asks a newcomer for more than its UID, nil for nothing. An
	// error of the card's is worth a few tries; then the card is doubted.
	Examine func(context.Context, iso14443a.Target, iso14443a.Link) (Finding, error)
}

// Finding is what a card showed beside its UID.
type Finding struct {
	Doubt   bool   // it is not what it seems
	Counter uint32 // of the proof that it gave, 0 for none
}

// Pace is the time from one poll to the next while people come, just over twenty
// a second: a card that gets its power just too late for one poll, after 5 ms,
// and needs 7 ms to be read at the next, is an event within 60 ms.
const Pace = 48 * time.Millisecond

func (o Options) withDefaults() Options {
	if o.OnLight == nil {
		o.OnLight = func(kiosk.Health) {}
	}
	if o.OnUnread == nil {
		o.OnUnread = func() {}
	}
	if o.Pace == nil {
		o.Pace = func() time.Duration { return Pace }
	}
	return o
}
