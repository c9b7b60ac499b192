package sim

import (
	"errors"
	"fmt"

	"periph.io/x/conn/v3"
	"periph.io/x/conn/v3/physic"
	"periph.io/x/conn/v3/spi"
)

// Open opens the chip's SPI port. As a port of the kernel does, it connects
// once and is of no use after its close.
func (c *Chip) Open() (spi.PortCloser, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.faults.Bus {
		return nil, fmt.Errorf("open: %w", ErrBus)
	}
	return &port{chip: c}, nil
}

type port struct {
	chip      *Chip
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
func (p *port) MaxTxSize() int      { return p.chip.options.MaxTxSize }

func (p *port) Close() error {
	p.chip.mu.Lock()
	defer p.chip.mu.Unlock()
	if p.closed {
		return errors.New("sim: port closed twice")
	}
	p.closed = true
	return nil
}

func (p *port) LimitSpeed(f physic.Frequency) error {
	if f < 100*physic.Hertz || f > physic.GigaHertz {
		return fmt.Errorf("sim: invalid speed %s", f)
	}
	return nil
}

func (p *port) Connect(f physic.Frequency, mode spi.Mode, bits int) (spi.Conn, error) {
	p.chip.mu.Lock()
	defer p.chip.mu.Unlock()
	switch {
	case p.closed:
		return nil, errors.New("sim: port is closed")
	case p.connected:
		return nil, errors.New("sim: port connects only once")
	case f > 10*physic.MegaHertz || mode != spi.Mode0 || bits != 8:
		return nil, fmt.Errorf("sim: the chip takes mode 0, 8 bits, at most 10 MHz; got %v, %d, %s", mode, bits, f)
	}
	p.connected = true
	return p, nil
}

func (p *port) Tx(w, r []byte) error {
	return p.transfer([]spi.Packet{{W: w, R: r}})
}

func (p *port) TxPackets(list []spi.Packet) error {
	if p.chip.options.NoPackets {
		return errors.New("sim: this host takes no batches")
	}
	return p.transfer(list)
}

// transfer carries all packets; those with KeepCS run on into the next one.
func (p *port) transfer(list []spi.Packet) error {
	c := p.chip
	c.mu.Lock()
	defer c.mu.Unlock()
	total := 0
	for _, k := range list {
		if len(k.W) == 0 || len(k.R) != 0 && len(k.R) != len(k.W) {
			return fmt.Errorf("sim: packet writes %d and reads %d bytes", len(k.W), len(k.R))
		}
		total += len(k.W)
	}
	switch {
	case p.closed || !p.connected:
		return errors.New("sim: transfer on a port that is not connected")
	case c.faults.Bus:
		return ErrBus
	case c.options.MaxTxSize > 0 && total > c.options.MaxTxSize:
		return fmt.Errorf("sim: %d bytes in one transfer", total)
	}
	c.cost.Transfers++
	c.cost.Bytes += total
	var w []byte
	first := 0
	for i, k := range list {
		w = append(w, k.W...)
		if k.KeepCS && i < len(list)-1 {
			continue
		}
		scatter(c.frame(w), list[first:i+1])
		w, first = nil, i+1
	}
	return nil
}

func scatter(r []byte, list []spi.Packet) {
	for _, k := range list {
		copy(k.R, r)
		r = r[len(k.W):]
	}
}

// frame is one chip select period (data sheet 8.1.2): what MOSI carries in,
// what MISO carries out.
func (c *Chip) frame(w []byte) []byte {
	c.cost.Selects++
	now := c.options.Now()
	r := make([]byte, len(w))
	in := make([]byte, len(w))
	for i := range w {
		in[i] = c.flip(w[i])
	}
	if in[0]&0x01 != 0 {
		c.violate("address byte %02X: bit 0 is set", in[0])
	}
	here := !c.faults.Gone
	if here && in[0]&0x80 == 0 {
		for _, v := range in[1:] {
			c.write(int(in[0]>>1&0x3F), v, now)
		}
	}
	for i := 1; i < len(in) && here && in[i-1]&0x80 != 0; i++ {
		// MISO answers a byte late; 00 ends the frame.
		r[i] = c.flip(c.read(int(in[i-1]>>1&0x3F), now))
	}
	for i := range r {
		switch {
		case c.faults.Gone || c.faults.MISO == High:
			r[i] = 0xFF
		case c.faults.MISO == Low:
			r[i] = 0x00
		}
	}
	return r
}
