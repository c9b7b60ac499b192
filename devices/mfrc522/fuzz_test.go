package mfrc522_test

import (
	"testing"
	"testing/synctest"
	"time"

	"example.org/inloop/devices/mfrc522"
	"periph.io/x/conn/v3"
	"periph.io/x/conn/v3/physic"
	"periph.io/x/conn/v3/spi"
)

// noise is a bus on which, after a sane start, anything may be read.
type noise struct {
	data []byte
	next int
	sane bool
	fifo []byte
}

func (b *noise) String() string                    { return "noise" }
func (b *noise) Close() error                      { return nil }
func (b *noise) LimitSpeed(physic.Frequency) error { return nil }
func (b *noise) Duplex() conn.Duplex               { return conn.Full }

func (b *noise) TxPackets(list []spi.Packet) error {
	for _, p := range list {
		if err := b.Tx(p.W, p.R); err != nil {
			return err
		}
	}
	return nil
}

func (b *noise) Connect(physic.Frequency, spi.Mode, int) (spi.Conn, error) { return b, nil }

func (b *noise) Tx(w, r []byte) error {
	switch w[0] {
	case 0x0A << 1:
		b.fifo = nil
	case 0x09 << 1:
		b.fifo = append(b.fifo, w[1:]...)
	}
	for i := range r {
		switch {
		case b.sane && i > 0 && w[i-1] == 0x80|0x09<<1 && len(b.fifo) > 0:
			r[i], b.fifo = b.fifo[0], b.fifo[1:]
		case b.sane && i > 0:
			r[i] = sanely[w[i-1]>>1&0x3F]
		case len(b.data) > 0:
			r[i] = b.data[b.next%len(b.data)]
			b.next++
		}
	}
	return nil
}

// sanely is what a chip that was set up reads, by register.
var sanely = map[byte]byte{0x37: 0x92, 0x14: 0x83, 0x2A: 0x80, 0x11: 0x3D, 0x15: 0x40, 0x26: 0x48}

func FuzzScan(f *testing.F) {
	f.Add([]byte{0x00})
	f.Add([]byte{0xFF})
	f.Add([]byte{0, 0x24, 0, 2, 0x10, 0x20, 4, 0})
	f.Add([]byte{0, 0x26, 8, 64, 0x13, 0x01, 0xAA, 0x55})
	f.Fuzz(func(t *testing.T, data []byte) {
		synctest.Test(t, func(t *testing.T) {
			bus := &noise{data: data, sane: true}
			d := mfrc522.New(func() (spi.PortCloser, error) { return bus, nil }, mfrc522.Options{})
			if err := d.Open(t.Context()); err != nil {
				t.Fatal(err)
			}
			bus.sane = false
			start := time.Now()
			cards, _ := d.Scan(t.Context()) // any error will do: the chip is opened again
			for _, c := range cards {
				if n := len(c.UID.Bytes()); n != 4 && n != 7 && n != 10 {
					t.Errorf("a UID of %d bytes", n)
				}
			}
			if spent := time.Since(start); spent > 30*time.Second {
				t.Errorf("scan took %v", spent)
			}
		})
	})
}
