package mfrc522

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"

	"example.org/inloop/devices/iso14443a"
)

// A line test writes and reads back so many bytes, in loads of the FIFO.
const (
	testBytes = 100
	mostLoad  = 50
)

// ErrLine means that bytes come back from the chip other than they were sent,
// at every speed. It is an [iso14443a.ErrChip] too.
var ErrLine = fmt.Errorf("%w: the wires garble bytes", iso14443a.ErrChip)

// begin resets and sets up the chip of a bus that was just connected, at the
// fastest speed that the wires bear.
func (d *Device) begin(ctx context.Context, hard bool) error {
	speeds := d.options.speeds()
	// Where nothing answered at one speed, the next try is at another: wires
	// may be too bad for a single sane byte.
	d.speed = speeds[d.failed%len(speeds)]
	if err := d.bus.limit(d.speed); err != nil {
		return err
	}
	version, err := d.reset(ctx, hard)
	if errors.Is(err, ErrNoChip) {
		d.failed++
	}
	if err != nil {
		return err
	}
	for i, speed := range speeds {
		d.speed = speed
		if err = d.bus.limit(speed); err == nil {
			err = d.testLine()
		}
		if err == nil && i > 0 {
			d.options.Log.Warn("the reader's wires garble bytes at the configured speed; running slower",
				"configured", d.options.Speed.String(), "speed", speed.String())
		}
		// What garbled writes may have hit, a reset puts right.
		if err == nil && (i > 0 || d.failed > 0) {
			version, err = d.reset(ctx, hard)
		}
		if err == nil || !errors.Is(err, ErrLine) {
			break
		}
	}
	if err != nil {
		return err
	}
	d.failed = 0
	d.greet(version)
	return d.setUp(ctx)
}

// testLine sends patterns through the FIFO and compares what comes back.
func (d *Device) testLine() error {
	patterns := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same ones each time are what is wanted
	for left := testBytes; left > 0; {
		n := min(left, mostLoad)
		if d.bus.most > 0 {
			n = min(n, d.bus.most-2) // an address before, a 00 behind
		}
		sent := make([]byte, n)
		for i := range sent {
			sent[i] = byte(patterns.Uint32())
		}
		got, err := d.echo(sent)
		if err != nil {
			return err
		}
		if !bytes.Equal(got, sent) {
			return fmt.Errorf("mfrc522: line test: %w at %s", ErrLine, d.speed)
		}
		left -= n
	}
	return nil
}

// echo writes bytes into an empty FIFO and reads them back.
func (d *Device) echo(sent []byte) ([]byte, error) {
	err := d.bus.write("line test", set(commandReg, cmdIdle), set(fifoLevelReg, fifoFlush), write{reg: fifoDataReg, data: sent})
	if err != nil {
		return nil, err
	}
	return d.bus.readFIFO("line test", len(sent))
}
