package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"periph.io/x/conn/v3"
	"periph.io/x/conn/v3/physic"
	"periph.io/x/conn/v3/spi"

	"example.org/inloop/devices/iso14443a"
	"example.org/inloop/devices/mfrc522"
)

const (
	benchIdle  = 200 // looks at an empty field
	benchReads = 50  // readings of a badge
)

// floors are the least that a reading takes with six writes and one read
// frame an exchange at 4 MHz, by the bytes of the UID.
var floors = map[int]struct {
	least        string // ms
	calls, bytes int
}{
	4:  {"2.5", 6, 73},
	7:  {"4.6", 10, 126},
	10: {"6.7", 14, 179},
}

// readerBench measures what the reader costs on this machine.
type readerBench struct{}

// Run prints time, calls and bytes of an idle look and of a reading, each
// beside its floor.
func (*readerBench) Run(a *app) error {
	w, err := a.workbench()
	if err != nil {
		return err
	}
	var m meter
	open := w.wiring.PortOpener()
	w.wiring.Port = func() (port, error) {
		p, err := open()
		if err != nil {
			return nil, err
		}
		return &metered{PortCloser: p, meter: &m}, nil
	}
	chip := w.wiring.MFRC522(w.log)
	defer func() { _ = chip.Close() }() // what was measured counts
	if err := w.open(chip); err != nil {
		return err
	}
	w.note("lay", map[string]any{"Seconds": int(layWithin.Seconds())})
	card, err := w.await(chip)
	if err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("read a badge: %w", err)
	}
	// The card is halted now: it does not answer to REQA, so a look is idle.
	idle, err := m.measure(benchIdle,
		func() error { return silent(iso14443a.Request(a.ctx, chip, iso14443a.REQA)) },
		func() error { return nil })
	if err != nil {
		return fmt.Errorf("look at the field: %w", err)
	}
	w.say(" ", "bench.idle", idle.data())
	w.say(" ", "bench.others", nil)
	if card.UID == (iso14443a.UID{}) {
		w.note("none", nil)
		return nil
	}
	reading, err := m.measure(benchReads,
		func() error { return wake(a.ctx, chip) },
		func() error { return iso14443a.Halt(a.ctx, chip) })
	if err != nil {
		return fmt.Errorf("read the badge again and again: %w", err)
	}
	n := len(card.UID.Bytes())
	data := reading.data()
	data["Size"], data["Least"], data["LeastCalls"], data["LeastBytes"] = n, floors[n].least, floors[n].calls, floors[n].bytes
	w.say(" ", "bench.card", data)
	return nil
}

func silent(err error) error {
	if errors.Is(err, iso14443a.ErrNoAnswer) {
		return nil
	}
	return err
}

// wake reads the halted card once more.
func wake(ctx context.Context, chip *mfrc522.Device) error {
	if err := iso14443a.Request(ctx, chip, iso14443a.WUPA); err != nil {
		return err
	}
	_, err := iso14443a.Select(ctx, chip)
	return err
}

// port is what a wiring opens.
type port = spi.PortCloser

// meter counts what a bus carries.
type meter struct{ calls, bytes int }

// measured is the mean of some rounds.
type measured struct {
	time         time.Duration
	calls, bytes float64
}

// measure counts do alone; after each round, rest puts things back.
func (m *meter) measure(rounds int, do, rest func() error) (measured, error) {
	var sum measured
	n := float64(rounds)
	for range rounds {
		*m = meter{}
		began := time.Now()
		if err := do(); err != nil {
			return measured{}, err
		}
		sum.time += time.Since(began) / time.Duration(rounds)
		sum.calls += float64(m.calls) / n
		sum.bytes += float64(m.bytes) / n
		if err := rest(); err != nil {
			return measured{}, err
		}
	}
	return sum, nil
}

func (m measured) data() map[string]any {
	return map[string]any{
		"Time":  fmt.Sprintf("%.2f ms", m.time.Seconds()*1000),
		"Calls": fmt.Sprintf("%.0f", m.calls), "Bytes": fmt.Sprintf("%.0f", m.bytes),
	}
}

// metered is a port whose connection is counted.
type metered struct {
	spi.PortCloser
	meter *meter
}

// Connect counts what the connection carries.
func (p *metered) Connect(f physic.Frequency, mode spi.Mode, bits int) (spi.Conn, error) {
	c, err := p.PortCloser.Connect(f, mode, bits)
	if err != nil {
		return nil, err
	}
	return &meteredConn{Conn: c, meter: p.meter}, nil
}

type meteredConn struct {
	spi.Conn
	meter *meter
}

// Tx counts a single frame.
func (c *meteredConn) Tx(w, r []byte) error {
	c.meter.calls++
	c.meter.bytes += len(w)
	return c.Conn.Tx(w, r)
}

// TxPackets counts a batch.
func (c *meteredConn) TxPackets(list []spi.Packet) error {
	c.meter.calls++
	for _, p := range list {
		c.meter.bytes += len(p.W)
	}
	return c.Conn.TxPackets(list)
}

// MaxTxSize is that of the connection, if it has one.
func (c *meteredConn) MaxTxSize() int {
	if l, ok := c.Conn.(conn.Limits); ok {
		return l.MaxTxSize()
	}
	return 0
}
