package pn532

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"periph.io/x/conn/v3/physic"
)

const (
	wakeSpan   = 2 * time.Millisecond // of chip select low, out of LowVbat
	resetPulse = time.Millisecond
	afterReset = 5 * time.Millisecond

	echoBytes = 50 // of a wire test
)

// pulse pulls the reset pin, if it is wired.
func (d *Device) pulse(ctx context.Context) error {
	d.air = air{}
	_, err := d.bus.PulseReset(ctx, resetPulse, afterReset)
	return err
}

// rouse wakes the chip and ends what it may still be doing for an earlier
// process.
func (d *Device) rouse(ctx context.Context) error {
	d.bus.Interrupt().Suspend() // until it was tried again
	d.air = air{}
	if err := d.holdSelect(int(wakeSpan*time.Duration(d.bus.Speed()/physic.Hertz)/time.Second/8) + 1); err != nil {
		return err
	}
	if err := d.clock.Sleep(ctx, turn); err != nil {
		return err
	}
	return d.abort(ctx)
}

// withoutSAM tells the chip that it is to run without a secure element, which
// it must know before all else (SAMConfiguration, user manual 7.2.10).
func (d *Device) withoutSAM(ctx context.Context) error {
	_, err := d.call(ctx, within, 0, samConfiguration, 0x01, 0x14, 0x01)
	return err
}

// testWires sends patterns to the chip and compares what it sends back
// (Diagnose, user manual 7.2.1, test 00). One damaged byte is enough: later,
// what is tried again would hide how bad the wires are.
func (d *Device) testWires(ctx context.Context) error {
	d.strict = true
	defer func() { d.strict = false }()
	patterns := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same ones each time are what is wanted
	for range 2 {
		sent := make([]byte, echoBytes)
		for i := 1; i < len(sent); i++ { // the first byte is the test's number: 00
			sent[i] = byte(patterns.Uint32())
		}
		got, err := d.call(ctx, within, len(sent), diagnose, sent...)
		if errors.Is(err, errRefused) {
			return nil // no chip of NXP's, but one that answers well
		}
		if err != nil {
			return err
		}
		if !bytes.Equal(got, sent) {
			return fmt.Errorf("pn532: wire test: %w at %s", ErrWires, d.bus.Speed())
		}
	}
	return nil
}
