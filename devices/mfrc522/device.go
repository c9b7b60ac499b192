package mfrc522

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"periph.io/x/conn/v3/spi"

	"example.org/inloop/devices/clock"
	"example.org/inloop/devices/iso14443a"
	"example.org/inloop/devices/isodep"
	"example.org/inloop/devices/spibus"
)

var (
	// ErrNoChip means that the bus works but nothing answers on it: every read
	// gives 00 or FF.
	ErrNoChip = errors.New("mfrc522: no chip answers")
	// ErrClosed means that the device was not opened, or was closed.
	ErrClosed = errors.New("mfrc522: not open")
)

// Device is one chip. It belongs to one goroutine at a time.
type Device struct {
	bus       *spibus.Bus
	registers registers
	clock     clock.Clock
	log       *slog.Logger
	gain      int

	version     byte      // of the chip that was last set up
	wanted      []want    // what Check compares
	mark        byte      // that was left last: see leaveMark
	marked      bool      // the chip keeps marks
	unsetWarned bool      // that settings do not stick
	failed      int       // openings in a row on which nothing answered
	quiet       time.Time // before it, no further frame to a card
	request     time.Time // before it, no further REQA or WUPA
	unread      iso14443a.Unread
}

var _ iso14443a.Transceiver = (*Device)(nil)

// New makes a device that is still closed. open opens the SPI port; it is
// called by every [Device.Open], since a port connects only once.
func New(open func() (spi.PortCloser, error), o Options) *Device {
	o.Open = open
	bus := spibus.New(chip(), o)
	return &Device{bus: bus, registers: registers{bus}, clock: bus.Clock(), log: bus.Log(), gain: DefaultGain}
}

// Open opens the bus, finds the fastest speed that it bears, resets the chip,
// sets it up and switches the field on. A device that is open is closed first,
// so Open is also the cure for any error but a card's: the reset is a soft one,
// and at the first opening and at one that follows soon the reset pin's, where
// it is wired. Its errors: the bus's own, [ErrNoChip], or [iso14443a.ErrChip]
// when the chip does not keep what it was told.
func (d *Device) Open(ctx context.Context) error {
	hard, err := d.bus.Open()
	if err != nil {
		return err
	}
	if err := d.begin(ctx, hard); err != nil {
		_ = d.bus.Close() // the first error tells more
		return err
	}
	return nil
}

// Refresh resets the chip and sets it up anew, over the open bus: against a
// receiver that has gone deaf, which no register shows. The field is off for
// about a millisecond, so it is for a field in which nothing lies. Its errors
// are those of [Device.Open].
func (d *Device) Refresh(ctx context.Context) error {
	if !d.bus.IsOpen() {
		return ErrClosed
	}
	if _, err := d.reset(ctx, true); err != nil {
		return err
	}
	return d.setUp(ctx)
}

// Close switches the field off and closes the bus. Closing a closed device does
// nothing.
func (d *Device) Close() error {
	if d.bus.IsOpen() {
		// A chip that is gone has no field.
		_ = d.registers.write("field off", set(txControlReg, txControlReset))
	}
	return d.bus.Close()
}

// Scan reads and halts the cards that are new in the field, as
// [iso14443a.List] does.
func (d *Device) Scan(ctx context.Context) (cards []iso14443a.Target, err error) {
	cards, d.unread, err = iso14443a.List(ctx, d)
	return cards, err
}

// Unread is what the last [Device.Scan] heard and could not read.
func (d *Device) Unread() iso14443a.Unread { return d.unread }

// Find tests whether a card that was read is still in the field, as
// [iso14443a.Find] does.
func (d *Device) Find(ctx context.Context, uid iso14443a.UID, beside ...iso14443a.UID) (iso14443a.Sighting, error) {
	return iso14443a.Find(ctx, d, uid, beside...)
}

// Talk wakes a card that was read, lets do speak to it and sends it back to
// sleep, as [isodep.Talk] does.
func (d *Device) Talk(ctx context.Context, card iso14443a.Target, do func(context.Context, iso14443a.Link) error) error {
	return isodep.Talk(ctx, d, d.clock, card, do)
}
