package pn532_test

import (
	"context"
	"testing"
	"time"

	"periph.io/x/conn/v3/physic"
	"periph.io/x/conn/v3/spi"

	"example.org/inloop/devices/iso14443a"
	"example.org/inloop/devices/pn532"
	"example.org/inloop/devices/sim"
	"example.org/inloop/devices/sim/simtest"
)

// noise is a bus on which, after a sane start, anything may be read.
type noise struct {
	spi.PortCloser
	spi.Conn
	data []byte
	next int
	sane bool
}

func (b *noise) String() string { return "noise" }

func (b *noise) Connect(f physic.Frequency, m spi.Mode, n int) (c spi.Conn, err error) {
	b.Conn, err = b.PortCloser.Connect(f, m, n)
	return b, err
}

func (b *noise) Tx(w, r []byte) error {
	if b.sane {
		return b.Conn.Tx(w, r)
	}
	for i := range r {
		if r[i] = 0; len(b.data) > 0 {
			r[i] = b.data[b.next%len(b.data)]
			b.next++
		}
	}
	return nil
}

// Whatever comes back from the bus: no panic, no half UID, no call without end.
func FuzzDevice(f *testing.F) {
	f.Add([]byte{0x00})
	f.Add([]byte{0xFF})
	f.Add([]byte{0x80})
	// A status, an acknowledgement, a status, a listing: bits reversed.
	f.Add([]byte{0, 0x80, 0, 0, 0, 0xFF, 0, 0xFF, 0, 0, 0x80, 0, 0, 0, 0xFF, 0x28, 0xD8, 0xAB, 0xD2, 0x80, 0x80})
	f.Fuzz(func(t *testing.T, data []byte) {
		clock := simtest.NewClock()
		chip := sim.NewPN532(sim.NewField(), sim.PN532Options{Host: sim.Host{Clock: clock, Transfer: 20 * time.Microsecond}})
		bus := &noise{data: data}
		d := pn532.New(func() (spi.PortCloser, error) {
			port, err := chip.Open()
			bus.PortCloser = port
			return bus, err
		}, pn532.Options{Clock: clock})
		open := func(sane bool) error {
			bus.sane = sane
			return d.Open(t.Context())
		}
		uid := simtest.UID(t, badge)
		for name, call := range map[string]func() ([]iso14443a.Target, error){
			"scan": func() ([]iso14443a.Target, error) { return d.Scan(t.Context()) },
			"find": func() ([]iso14443a.Target, error) {
				s, err := d.Find(t.Context(), uid)
				return s.Others, err
			},
			"check":     func() ([]iso14443a.Target, error) { return nil, d.Check(t.Context()) },
			"refresh":   func() ([]iso14443a.Target, error) { return nil, d.Refresh(t.Context()) },
			"self test": func() ([]iso14443a.Target, error) { return nil, d.SelfTest(t.Context()) },
			"open":      func() ([]iso14443a.Target, error) { return nil, open(false) },
			"talk": func() ([]iso14443a.Target, error) {
				return nil, d.Talk(t.Context(), iso14443a.Target{UID: uid, SAK: 0x20}, func(ctx context.Context, l iso14443a.Link) error {
					_, err := l.Command(ctx, []byte{0x30, 0x00}, 16)
					if err == nil {
						_, err = l.APDU(ctx, []byte{0x00, 0xA4})
					}
					return err
				})
			},
		} {
			if err := open(true); err != nil {
				t.Fatal(err)
			}
			bus.sane = false
			began := clock.Now()
			cards, _ := call() // any error will do: the chip is opened again
			for _, c := range cards {
				if n := len(c.UID.Bytes()); n != 4 && n != 7 && n != 10 {
					t.Errorf("%s: a UID of %d bytes", name, n)
				}
			}
			if spent := clock.Now().Sub(began); spent > 15*time.Second {
				t.Errorf("%s took %v", name, spent)
			}
		}
	})
}
