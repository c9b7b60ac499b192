package mfrc522_test

import (
	"bytes"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/physic"
	"periph.io/x/conn/v3/spi"

	"example.org/inloop/devices/iso14443a"
	"example.org/inloop/devices/mfrc522"
	"example.org/inloop/devices/sim"
	"example.org/inloop/devices/sim/simtest"
)

func TestOpen_LeavesNoPortOpen(t *testing.T) {
	for name, faults := range map[string]sim.Defects{
		"chip gone": {Gone: true}, "MISO low": {MISO: sim.MISOLow}, "bytes garbled": {Flips: 0.5},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newRig(t, sim.MFRC522Options{})
				b.chip.SetDefects(faults)
				for range 3 {
					if err := b.device.Open(t.Context()); err == nil {
						t.Error("opened")
					}
					if n := b.chip.Ports(); n != 0 {
						t.Errorf("%d ports are open after an opening that failed", n)
					}
				}
				b.chip.SetDefects(sim.Defects{})
				for range 3 {
					if err := b.device.Open(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
				if n := b.chip.Ports(); n != 1 {
					t.Errorf("%d ports are open after three openings", n)
				}
				if err := b.device.Close(); err != nil || b.chip.Ports() != 0 {
					t.Errorf("%d ports are open after the close: %v", b.chip.Ports(), err)
				}
			})
		})
	}
}

// recorder stands between driver and chip and keeps the frames that were sent.
type recorder struct {
	spi.PortCloser
	spi.Conn
	sent *[][]byte
}

func (r *recorder) String() string { return "recorder" }

func (r *recorder) Connect(f physic.Frequency, m spi.Mode, n int) (c spi.Conn, err error) {
	r.Conn, err = r.PortCloser.Connect(f, m, n)
	return r, err
}

func (r *recorder) Tx(w, in []byte) error {
	*r.sent = append(*r.sent, bytes.Clone(w))
	return r.Conn.Tx(w, in)
}

func (r *recorder) TxPackets(list []spi.Packet) error {
	for _, p := range list {
		*r.sent = append(*r.sent, bytes.Clone(p.W))
	}
	return r.Conn.TxPackets(list)
}

// What garbled writes may have hit is put right by a reset before the chip is
// set up.
func TestOpen_ResetsAfterItSteppedDown(t *testing.T) {
	const (
		txMode    = 0x12 << 1        // the first write of the set-up
		readFIFO  = 0x80 | 0x09<<1   // the last step of a wire test
		softReset = "\x02\x0F"       // CommandReg, SoftReset
		bearable  = physic.MegaHertz // what the wires bear
	)
	host := charged()
	host.MostSpeed = bearable
	chip := sim.NewMFRC522(sim.NewField(), sim.MFRC522Options{Host: host})
	var sent [][]byte
	d := mfrc522.New(func() (spi.PortCloser, error) {
		port, err := chip.Open()
		sent = nil
		return &recorder{PortCloser: port, sent: &sent}, err
	}, mfrc522.Options{Clock: host.Clock})
	// A garbled reset may take a try or two; the reader tries for ever.
	var err error
	for range 5 {
		if err = d.Open(t.Context()); err == nil {
			break
		}
	}
	if r, e := d.Details(); err != nil || e != nil || r.Speed != bearable {
		t.Fatalf("runs at %v: %v, %v", r.Speed, err, e)
	}
	reset := false
	for _, frame := range sent {
		switch {
		case frame[0] == readFIFO:
			reset = false
		case string(frame) == softReset:
			reset = true
		case frame[0] == txMode:
			if !reset {
				t.Error("set up without a reset after the wire test")
			}
			return
		}
	}
	t.Error("never set up")
}

func TestOpen_GainKeepsReservedBits(t *testing.T) {
	for gain, want := range map[int]byte{0: 0x48, 1: 0x18, 4: 0x48, 5: 0x58, 7: 0x78, 8: 0x48, -1: 0x48} {
		t.Run(fmt.Sprint(gain), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := &rig{t: t, field: sim.NewField()}
				b.chip = sim.NewMFRC522(b.field, sim.MFRC522Options{})
				b.device = mfrc522.New(b.chip.Open, mfrc522.Options{})
				b.device.SetGain(gain)
				if err := b.device.Open(t.Context()); err != nil {
					t.Fatal(err)
				}
				if got := b.peek(0x26); got != want {
					t.Errorf("RFCfgReg reads %02X, want %02X", got, want)
				}
				b.checkViolations()
			})
		})
	}
}

// peek reads a register past the driver.
func (b *rig) peek(register byte) byte {
	b.t.Helper()
	port, err := b.chip.Open()
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = port.Close() }() // a second one on the same chip: nothing hangs on it
	c, err := port.Connect(physic.MegaHertz, spi.Mode0, 8)
	if err != nil {
		b.t.Fatal(err)
	}
	got := make([]byte, 2)
	if err := c.Tx([]byte{0x80 | register<<1, 0}, got); err != nil {
		b.t.Fatal(err)
	}
	return got[1]
}

// An answer whose bytes look well is not trusted when the chip heard it badly.
func TestTransceive_TrustsErrorReg(t *testing.T) {
	for _, tt := range []struct {
		name string
		bits byte
		want error
	}{
		{"all is well", 0x00, nil},
		{"ProtocolErr", 0x01, iso14443a.ErrGarbled},
		{"ParityErr", 0x02, iso14443a.ErrGarbled},
		{"BufferOvfl", 0x10, iso14443a.ErrGarbled},
		{"WrErr", 0x80, iso14443a.ErrGarbled},
		{"TempErr", 0x40, iso14443a.ErrChip},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newRig(t, sim.MFRC522Options{})
				b.field.Lay(simtest.Card(t, "b0bb8904"))
				simtest.Pause(10 * time.Millisecond)
				b.chip.Mishear(tt.bits)
				if err := iso14443a.Request(t.Context(), b.device, iso14443a.REQA); !errors.Is(err, tt.want) {
					t.Errorf("request: %v, want %v", err, tt.want)
				}
			})
		})
	}
}
