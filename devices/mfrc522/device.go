package mfrc522

import (
	"context"
	"errors"
	"time"

	"periph.io/x/conn/v3/physic"
	"periph.io/x/conn/v3/spi"

	"example.org/inloop/devices/clock"
	"example.org/inloop/devices/iso14443a"
)

var (
	// ErrNoChip means that the bus works but nothing answers on it: every read
	// gives 00 or FF.
	ErrNoChip = errors.New("mfrc522: no chip answers")
	// ErrClosed means that the device was not opened, or was closed.
	ErrClosed = errors.New("mfrc522: not open")
)

// again is how soon after an opening another one means that a soft reset is
// no cure.
const again = 10 * time.Second

// Device is one chip. It belongs to one goroutine at a time.
type Device struct {
	open    func() (spi.PortCloser, error)
	options Options
	clock   clock.Clock
	bell    bell

	bus     *bus             // nil while closed
	speed   physic.Frequency // at which the bus runs
	version byte             // of the chip that was last set up
	wanted  []want           // what Check compares
	mark    byte             // that was left last: see leaveMark
	marked  bool             // the chip keeps marks
	odd     bool             // whether settings that do not stick were warned of
	opened  time.Time        // last try
	failed  int              // tries in a row on which nothing answered
	stuck   bool             // the reset pin could not be driven, which was said
	quiet   time.Time        // before it, no further frame to a card
	request time.Time        // before it, no further REQA or WUPA
}

var _ iso14443a.Transceiver = (*Device)(nil)

// New makes a device that is still closed. open opens the SPI port; it is
// called by every [Device.Open], since a port connects only once.
func New(open func() (spi.PortCloser, error), o Options) *Device {
	o = o.withDefaults()
	return &Device{open: open, options: o, clock: o.Clock, bell: bell{pin: o.IRQ, clock: o.Clock, log: o.Log}}
}

// Open opens the bus, finds the fastest speed that it bears, resets the chip,
// sets it up and switches the field on. A device that is open is closed first,
// so Open is also the cure for any error but a card's: the reset is a soft one,
// and at the first opening and at one that follows soon the reset pin's, where
// it is wired. Its errors: the bus's own, [ErrNoChip], or [iso14443a.ErrChip]
// when the chip does not keep what it was told.
func (d *Device) Open(ctx context.Context) error {
	if d.bus != nil {
		_ = d.Close() // it may well be dead: that is why it is opened again
	}
	now := d.clock.Now()
	hard := d.opened.IsZero() || now.Sub(d.opened) < again
	d.opened = now
	b, err := connect(d.open, d.options)
	if err != nil {
		return err
	}
	d.bus = b
	if err := d.begin(ctx, hard); err != nil {
		_ = d.Close()
		return err
	}
	return nil
}

// Refresh resets the chip and sets it up anew, over the open bus: against a
// receiver that has gone deaf, which no register shows. The field is off for
// about a millisecond, so it is for a field in which nothing lies. Its errors
// are those of [Device.Open].
func (d *Device) Refresh(ctx context.Context) error {
	if d.bus == nil {
		return ErrClosed
	}
	if _, err := d.reset(ctx, true); err != nil {
		return err
	}
	return d.setUp(ctx)
}

// Close closes the bus. Closing a closed device does nothing.
func (d *Device) Close() error {
	if d.bus == nil {
		return nil
	}
	b := d.bus
	d.bus = nil
	return b.close()
}

// Scan reads and halts the cards that are new in the field, as
// [iso14443a.List] does.
func (d *Device) Scan(ctx context.Context) ([]iso14443a.Card, error) {
	return iso14443a.List(ctx, d)
}

// Find tests whether a card that was read is still in the field, as
// [iso14443a.Find] does.
func (d *Device) Find(ctx context.Context, uid iso14443a.UID) (iso14443a.Sighting, error) {
	return iso14443a.Find(ctx, d, uid)
}
