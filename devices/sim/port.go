package sim

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"periph.io/x/conn/v3"
	"periph.io/x/conn/v3/physic"
	"periph.io/x/conn/v3/spi"
)

// port is a board's SPI port, from one opening to its close.
type port struct {
	board *board

	mu        sync.Mutex
	speed     physic.Frequency // of the connection; 0: not connected
	limit     physic.Frequency // of the port; 0: none
	connected bool
	closed    bool
}

var (
	_ spi.PortCloser = (*port)(nil)
	_ spi.Conn       = (*port)(nil)
	_ conn.Limits    = (*port)(nil)
)

func (p *port) String() string      { return "sim" }
func (p *port) Duplex() conn.Duplex { return conn.Full }
func (p *port) MaxTxSize() int      { return p.board.host.MaxTxSize }

func (p *port) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return errors.New("sim: port closed twice")
	}
	p.closed = true
	p.board.closePort()
	return nil
}

func (p *port) LimitSpeed(f physic.Frequency) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if f < 100*physic.Hertz || f > physic.GigaHertz {
		return fmt.Errorf("sim: invalid speed %s", f)
	}
	p.limit = f
	return nil
}

func (p *port) Connect(f physic.Frequency, mode spi.Mode, bits int) (spi.Conn, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.closed:
		return nil, errors.New("sim: port is closed")
	case p.connected:
		return nil, errors.New("sim: port connects only once")
	case f > 10*physic.MegaHertz || mode != spi.Mode0 || bits != 8:
		return nil, fmt.Errorf("sim: the chip takes mode 0, 8 bits, at most 10 MHz; got %v, %d, %s", mode, bits, f)
	}
	p.connected, p.speed = true, f
	return p, nil
}

// clocking gives the speed at which a transfer runs.
func (p *port) clocking() (physic.Frequency, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || !p.connected {
		return 0, errors.New("sim: transfer on a port that is not connected")
	}
	if p.limit > 0 {
		return min(p.speed, p.limit), nil
	}
	return p.speed, nil
}

func (p *port) Tx(w, r []byte) error {
	return p.transfer([]spi.Packet{{W: w, R: r}})
}

func (p *port) TxPackets(list []spi.Packet) error {
	if p.board.host.NoPackets {
		return errPackets
	}
	return p.transfer(list)
}

// transfer carries all packets; those with KeepCS run on into the next one.
func (p *port) transfer(list []spi.Packet) error {
	total := 0
	for _, k := range list {
		if len(k.W) == 0 || len(k.R) != 0 && len(k.R) != len(k.W) {
			return fmt.Errorf("sim: packet writes %d and reads %d bytes", len(k.W), len(k.R))
		}
		total += len(k.W)
	}
	speed, err := p.clocking()
	if err != nil {
		return err
	}
	if err := p.board.check(total); err != nil {
		return err
	}
	p.charge(p.board.host.Transfer)
	var w []byte
	first := 0
	for i, k := range list {
		w = append(w, k.W...)
		if k.KeepCS && i < len(list)-1 {
			continue
		}
		p.charge(clocked(len(w), speed))
		r, err := p.board.exchange(w, speed)
		if err != nil {
			return err
		}
		scatter(r, list[first:i+1])
		w, first = nil, i+1
	}
	return nil
}

// charge lets the time pass that the host needs, if this one needs any.
func (p *port) charge(d time.Duration) {
	if p.board.host.Transfer > 0 {
		_ = p.board.host.Clock.Sleep(context.Background(), d) // a transfer cannot be broken off
	}
}

// clocked is how long n bytes take on the wire.
func clocked(n int, speed physic.Frequency) time.Duration {
	return time.Duration(8*n) * speed.Period()
}

func scatter(r []byte, list []spi.Packet) {
	for _, k := range list {
		copy(k.R, r)
		r = r[len(k.W):]
	}
}
