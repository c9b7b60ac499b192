package mfrc522

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"

	"example.org/inloop/devices/iso14443a"
)

// A wire test writes and reads back so many bytes, in loads of the FIFO.
const (
	testBytes = 100
	mostLoad  = 50
)

// ErrWires means that bytes come back from the chip other than they were sent,
// at every speed. It is an [iso14443a.ErrChip] too.
var ErrWires = fmt.Errorf("%w: the wires garble bytes", iso14443a.ErrChip)

// begin resets and sets up the chip of a bus that was just connected, at the
// fastest speed that the wires bear.
func (d *Device) begin(ctx context.Context, hard bool) error {
	speeds := d.bus.Speeds()
	// Where nothing answered at one speed, the next try is at another: wires
	// may be too bad for a single sane byte.
	if err := d.bus.SetSpeed(speeds[d.failed%len(speeds)]); err != nil {
		return err
	}
	version, err := d.reset(ctx, hard)
	if errors.Is(err, ErrNoChip) {
		d.failed++
	}
	if err != nil {
		return err
	}
	slower, err := d.bus.Fastest(d.testWires, func(err error) bool { return errors.Is(err, ErrWires) })
	if err != nil {
		return err
	}
	// What garbled writes may have hit, a reset puts right.
	if slower || d.failed > 0 {
		if version, err = d.reset(ctx, hard); err != nil {
			return err
		}
	}
	d.failed = 0
	d.adoptVersion(version)
	return d.setUp(ctx)
}

// testWires sends patterns through the FIFO and compares what comes back.
func (d *Device) testWires() error {
	patterns := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same ones each time are what is wanted
	for left := testBytes; left > 0; {
		n := min(left, mostLoad)
		if most := d.bus.MaxTxSize(); most > 0 {
			n = min(n, most-2) // an address before, a 00 behind
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
			return fmt.Errorf("mfrc522: wire test: %w at %s", ErrWires, d.bus.Speed())
		}
		left -= n
	}
	return nil
}

// echo writes bytes into an empty FIFO and reads them back.
func (d *Device) echo(sent []byte) ([]byte, error) {
	err := d.registers.write("wire test", set(commandReg, cmdIdle), set(fifoLevelReg, fifoFlush), write{reg: fifoDataReg, data: sent})
	if err != nil {
		return nil, err
	}
	return d.registers.readFIFO("wire test", len(sent))
}
