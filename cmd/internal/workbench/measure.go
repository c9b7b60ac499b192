package workbench

import (
	"context"
	"errors"
	"fmt"
	"time"

	"periph.io/x/conn/v3"
	"periph.io/x/conn/v3/physic"
	"periph.io/x/conn/v3/spi"

	"example.org/inloop/devices/clock"
	"example.org/inloop/devices/iso14443a"
	"example.org/inloop/devices/mfrc522"
	"example.org/inloop/devices/pn532"
)

const (
	idleLooks = 200 // looks at an empty field
	readings  = 50  // readings of a badge
	gap       = 50 * time.Millisecond
)

// minimum is the least that a look or a reading takes at the chip's usual speed.
type minimum struct {
	time         string // ms
	calls, bytes int
}

// minimums of an MFRC522: six writes and one read frame an exchange, by the bytes
// of the UID; 0 for nobody.
var minimums = map[int]minimum{0: {"0.43", 2, 20}, 4: {"2.5", 6, 73}, 7: {"4.6", 10, 126}, 10: {"6.7", 14, 179}}

// framed are those of a PN532 at 1 MHz, which looks by itself: a status byte for
// nobody; a badge by seven commands of five selects each, where its UID has 7 bytes.
var framed = map[int]minimum{0: {"0.02", 1, 2}, 4: {"12", 25, 186}, 7: {"17", 35, 269}, 10: {"21", 45, 352}}

// Measure prints time, calls and bytes of a look and of a reading on this
// machine, each beside the least that it can take.
func (w *Workbench) Measure(ctx context.Context) error {
	var m meter
	open := w.wiring.PortOpener()
	w.wiring.Port = func() (port, error) {
		p, err := open()
		if err != nil {
			return nil, err
		}
		return &metered{PortCloser: p, meter: &m}, nil
	}
	c, err := w.open(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }() // what was measured counts
	switch c := c.(type) {
	case *mfrc522.Device:
		return w.measureMFRC522(ctx, c, &m)
	case *pn532.Device:
		return w.measurePN532(ctx, c, &m)
	}
	return nil
}

// measureMFRC522 asks for a badge first: it is halted then, so that a look finds
// nobody though it lies there.
func (w *Workbench) measureMFRC522(ctx context.Context, c *mfrc522.Device, m *meter) error {
	card, none := w.badge(ctx, c)
	if none != nil && !errors.Is(none, errNoBadge) {
		return none
	}
	answered := false
	idle, err := m.measure(idleLooks,
		func() error {
			err := iso14443a.Request(ctx, c, iso14443a.REQA)
			answered = answered || err == nil
			return silent(err)
		},
		func() error { return nil })
	if err != nil {
		return fmt.Errorf("look at the field: %w", err)
	}
	w.tellIdle(idle, minimums[0], answered)
	w.say(" ", "bench.others", nil)
	if none != nil {
		return none
	}
	return w.measureReading(ctx, c, card, m, minimums)
}

// measureReading reads a badge that was read, again and again. A chip that looked
// by itself may have been stopped amid it: such a card keeps silent once, which is
// not measured.
func (w *Workbench) measureReading(ctx context.Context, t iso14443a.Transceiver, card iso14443a.Target, m *meter, least map[int]minimum) error {
	if err := wake(ctx, t); err != nil && !iso14443a.OfCard(err) {
		return fmt.Errorf("read the badge: %w", err)
	}
	if err := iso14443a.Halt(ctx, t); err != nil && !iso14443a.OfCard(err) {
		return fmt.Errorf("read the badge: %w", err)
	}
	reading, err := m.measure(readings,
		func() error { return wake(ctx, t) },
		func() error { return iso14443a.Halt(ctx, t) })
	if err != nil {
		return fmt.Errorf("read the badge again and again: %w", err)
	}
	w.tellCard(reading, card, least)
	return nil
}

// measurePN532 measures a chip that looks by itself, at the pace of the kiosk.
func (w *Workbench) measurePN532(ctx context.Context, c *pn532.Device, m *meter) error {
	var lying []iso14443a.Target
	idle, err := m.measure(readings,
		func() error {
			cards, err := c.Scan(ctx)
			lying = append(lying, cards...)
			return err
		},
		func() error { return clock.Precise{}.Sleep(ctx, gap) })
	if err != nil {
		return fmt.Errorf("look at the field: %w", err)
	}
	w.tellIdle(idle, framed[0], len(lying) > 0)
	if len(lying) == 0 {
		card, err := w.badge(ctx, c)
		if err != nil {
			return err
		}
		lying = append(lying, card)
	}
	return w.measureReading(ctx, c, lying[0], m, framed)
}

// tellIdle says what a look at nobody takes, or that somebody's card lay there
// all the while.
func (w *Workbench) tellIdle(m measured, least minimum, lying bool) {
	if lying {
		w.note("lying", nil)
		return
	}
	w.say(" ", "bench.idle", m.beside(least))
}

func (w *Workbench) tellCard(m measured, card iso14443a.Target, least map[int]minimum) {
	n := len(card.UID.Bytes())
	data := m.beside(least[n])
	data["Size"] = n
	w.say(" ", "bench.card", data)
}

func silent(err error) error {
	if errors.Is(err, iso14443a.ErrNoAnswer) {
		return nil
	}
	return err
}

// wake reads the halted card once more.
func wake(ctx context.Context, c iso14443a.Transceiver) error {
	if err := iso14443a.Request(ctx, c, iso14443a.WUPA); err != nil {
		return err
	}
	_, err := iso14443a.Select(ctx, c, iso14443a.WUPA)
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

// beside is what was measured and its minimum, as the texts want it.
func (m measured) beside(f minimum) map[string]any {
	return map[string]any{
		"Time":  fmt.Sprintf("%.2f ms", m.time.Seconds()*1000),
		"Calls": fmt.Sprintf("%.1f", m.calls), "Bytes": fmt.Sprintf("%.0f", m.bytes),
		"Least": f.time, "LeastCalls": f.calls, "LeastBytes": f.bytes,
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
