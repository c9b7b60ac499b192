package mfrc522

import (
	"context"
	"errors"
	"time"

	"example.org/inloop/devices/iso14443a"
	"periph.io/x/conn/v3/spi"
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
	open    func() (spi.PortCloser, error)
	options Options

	bus     *bus      // nil while closed
	version byte      // of the chip that was last set up
	wanted  []want    // what Check compares
	odd     bool      // whether settings that do not stick were warned of
	quiet   time.Time // before it, no further frame to a card
	request time.Time // before it, no further REQA or WUPA
}

var _ iso14443a.Transceiver = (*Device)(nil)

// New makes a device that is still closed. open opens the SPI port; it is
// called by every [Device.Open], since a port connects only once.
func New(open func() (spi.PortCloser, error), o Options) *Device {
	return &Device{open: open, options: o.withDefaults()}
}

// Open opens the bus, resets the chip, sets it up and switches the field on.
// A device that is open is closed first, so Open is also the cure for any
// error but a card's. Its errors: the bus's own, [ErrNoChip], or
// [iso14443a.ErrChip] when the chip does not keep what it was told.
func (d *Device) Open(ctx context.Context) error {
	if d.bus != nil {
		_ = d.Close() // it may well be dead: that is why it is opened again
	}
	b, err := connect(d.open, d.options)
	if err != nil {
		return err
	}
	d.bus = b
	if err := d.setUp(ctx); err != nil {
		_ = d.Close()
		return err
	}
	return nil
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

// wait lasts for d or until ctx ends, and then gives its error.
func wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
