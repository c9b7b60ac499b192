package pn532

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"periph.io/x/conn/v3/physic"
	"periph.io/x/conn/v3/spi"

	"example.org/inloop/devices/clock"
	"example.org/inloop/devices/iso14443a"
	"example.org/inloop/devices/isodep"
	"example.org/inloop/devices/spibus"
)

var (
	// ErrNoChip means that the bus works but nothing answers on it.
	ErrNoChip = errors.New("pn532: no chip answers")
	// ErrClosed means that the device was not opened, or was closed.
	ErrClosed = errors.New("pn532: not open")
	// ErrWires means that bytes come back from the chip other than they were
	// sent, at every speed. It is an [iso14443a.ErrChip] too.
	ErrWires = fmt.Errorf("%w: the wires garble bytes", iso14443a.ErrChip)
)

// Device is one chip. It belongs to one goroutine at a time.
type Device struct {
	bus   *spibus.Bus
	clock clock.Clock
	log   *slog.Logger

	firmware [4]byte // of the chip that was last set up
	strict   bool    // nothing is tried twice: the wires are under test
	busy     bool    // a command was sent whose answer was not read
	air      air
	ways
	listing
}

var _ iso14443a.Transceiver = (*Device)(nil)

// ways are what one chip was found to do. Another one may be plugged in, so each
// opening finds them out again.
type ways struct {
	lead  int  // zeros before the start code of its frames
	size  int  // of a listing's answer, as it is read
	mute  bool // it repeats no answer
	lists bool // it only lists cards, and takes no frame as it is
	pairs pairs
}

// listing is how far the chip has come with looking for cards.
type listing struct {
	unread   iso14443a.Unread   // of the last look
	pending  bool               // it waits in the chip, which is busy with it
	asked    byte               // for how many cards the last one was
	leftover leftover           // of the last one
	once     []iso14443a.Target // were listed, and could not be read twice
	heard    time.Time          // when a card last answered
	alone    time.Time          // from when the chip may be left alone with a listing
	glance   time.Time          // when it is looked by frames again
}

// New makes a device that is still closed. open opens the SPI port; it is
// called by every [Device.Open], since a port connects only once.
func New(open func() (spi.PortCloser, error), o Options) *Device {
	o.Open = open
	bus := spibus.New(chip(), o)
	return &Device{bus: bus, clock: bus.Clock(), log: bus.Log()}
}

// Open opens the bus, wakes the chip, finds the fastest speed that the wires
// bear, sets the chip up and switches the field on. A device that is open is
// closed first, so Open is also the cure for any error: at the first opening
// and at one that follows soon, the reset pin is pulled where it is wired. It
// takes some 40 ms, and at most 200 where nothing answers. Its errors: the bus's
// own, [ErrNoChip], or [iso14443a.ErrChip] when the chip answers but not as it
// should.
func (d *Device) Open(ctx context.Context) error {
	hard, err := d.bus.Open()
	if err != nil {
		return err
	}
	d.busy, d.ways, d.listing = false, ways{lead: 1, size: oneTarget}, listing{}
	if err := d.begin(ctx, hard); err != nil {
		_ = d.bus.Close() // the first error tells more
		return err
	}
	return nil
}

// Close ends what the chip is doing, switches the field off and closes the bus.
// Closing a closed device does nothing.
func (d *Device) Close() error {
	if !d.bus.IsOpen() {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = d.field(ctx, false) // a chip that is gone has no field
	return d.bus.Close()
}

// begin resets and sets up the chip of a bus that was just connected, at the
// fastest speed that the wires bear.
func (d *Device) begin(ctx context.Context, hard bool) error {
	if hard {
		if err := d.pulse(ctx); err != nil {
			return err
		}
	}
	if err := d.seek(ctx, d.bus.Speeds()); err != nil {
		return err
	}
	_, err := d.bus.Fastest(func() error {
		if err := d.rouse(ctx); err != nil {
			return err
		}
		return d.testWires(ctx)
	}, ofChip)
	if err != nil {
		return err
	}
	return d.setUp(ctx)
}

// seek wakes the chip at the first speed at which it answers. The configured one
// is tried twice, since a chip that was plugged in just now may not hear the
// first; then slower ones, since wires may be too bad for a single frame.
func (d *Device) seek(ctx context.Context, speeds []physic.Frequency) (err error) {
	for _, speed := range append(speeds[:1:1], speeds...) {
		if err = d.bus.SetSpeed(speed); err == nil {
			err = d.rouse(ctx)
		}
		if err == nil {
			err = d.withoutSAM(ctx)
		}
		if err == nil || !ofChip(err) {
			break
		}
	}
	return err
}

// ofChip tells the errors of the chip from those of the bus and of ctx.
func ofChip(err error) bool { return errors.Is(err, ErrNoChip) || errors.Is(err, iso14443a.ErrChip) }

// Find tests once whether a card that was read is still in the field, as
// [iso14443a.Find] does. Whether it is gone is for the caller to decide.
func (d *Device) Find(ctx context.Context, uid iso14443a.UID, beside ...iso14443a.UID) (iso14443a.Sighting, error) {
	if !d.lists {
		d.alone = d.clock.Now().Add(nobodyFor)
		s, err := iso14443a.Find(ctx, d, uid, beside...)
		if !errors.Is(err, errRefused) {
			return s, err
		}
		d.lists = true
	}
	return d.findListed(ctx, uid)
}

// Talk wakes a card that was read, lets do speak to it and sends it back to
// sleep, as [isodep.Talk] does. The field stays on, so that a phone keeps its
// UID.
func (d *Device) Talk(ctx context.Context, card iso14443a.Target, do func(context.Context, iso14443a.Link) error) error {
	return isodep.Talk(ctx, d, d.clock, card, do)
}
