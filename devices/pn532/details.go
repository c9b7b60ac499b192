package pn532

import (
	"context"
	"errors"
	"fmt"
	"time"

	"periph.io/x/conn/v3/physic"

	"example.org/inloop/devices/iso14443a"
)

// Details is what an open device tells about itself.
type Details struct {
	Firmware   [4]byte          // name, version, revision, features
	Configured physic.Frequency // of the bus, as it was asked for
	Speed      physic.Frequency // at which it runs
	IRQ        bool             // whether the interrupt pin is used
}

// Genuine tells whether the chip calls itself a PN532.
func (r Details) Genuine() bool { return r.Firmware[0] == ic }

// Details tells how the device runs. [ErrClosed] when it does not.
func (d *Device) Details() (Details, error) {
	if !d.bus.IsOpen() {
		return Details{}, ErrClosed
	}
	return Details{d.firmware, d.bus.Configured(), d.bus.Speed(), d.bus.Interrupt().Works()}, nil
}

// SelfTest has the chip test its ROM and RAM (Diagnose, user manual 7.2.1,
// tests 01 and 02). [iso14443a.ErrChip] when one fails.
func (d *Device) SelfTest(ctx context.Context) error {
	if !d.bus.IsOpen() {
		return ErrClosed
	}
	for _, test := range []byte{0x01, 0x02} {
		got, err := d.call(ctx, time.Second, 1, diagnose, test)
		if errors.Is(err, errRefused) {
			continue // not every chip has every test
		}
		if err != nil {
			return err
		}
		if len(got) != 1 || got[0] != 0 {
			return fmt.Errorf("pn532: self test: %w: memory test %d fails", iso14443a.ErrChip, test)
		}
	}
	return d.setUp(ctx)
}
