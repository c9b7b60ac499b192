package pn532

import (
	"fmt"
	"math/bits"

	"periph.io/x/conn/v3/physic"
	"periph.io/x/conn/v3/spi"
)

// First bytes of a frame on the bus (user manual 6.2.5).
const (
	dataWrite  = 0x01
	statusRead = 0x02
	dataRead   = 0x03
)

// bus is one opened SPI port. It is not used after its close: periph's sysfs
// port would panic.
type bus struct {
	port spi.PortCloser
	conn spi.Conn
}

// connect opens a port and makes its connection at the chip's own limit; the
// speed of the wiring is set afterwards, since a port of the kernel connects
// only once.
func connect(open func() (spi.PortCloser, error)) (*bus, error) {
	port, err := open()
	if err != nil {
		return nil, fmt.Errorf("pn532: open bus: %w", err)
	}
	b := &bus{port: port}
	if b.conn, err = port.Connect(maxSpeed, spi.Mode0, 8); err != nil {
		_ = port.Close() // the first error tells more
		return nil, fmt.Errorf("pn532: connect at %s: %w", maxSpeed, err)
	}
	return b, nil
}

func (b *bus) limit(speed physic.Frequency) error {
	if err := b.port.LimitSpeed(speed); err != nil {
		return fmt.Errorf("pn532: limit speed to %s: %w", speed, err)
	}
	return nil
}

// write sends a frame to the chip.
func (b *bus) write(frame []byte) error {
	_, err := b.exchange(append([]byte{dataWrite}, frame...))
	return err
}

// read gives n bytes of what the chip has to say. A shorter read cannot be
// resumed, a longer one only gives zeros.
func (b *bus) read(n int) ([]byte, error) {
	w := make([]byte, 1+n)
	w[0] = dataRead
	r, err := b.exchange(w)
	if err != nil {
		return nil, err
	}
	return r[1:], nil
}

// status gives the chip's status byte: bit 0 tells that it has something to say.
func (b *bus) status() (byte, error) {
	r, err := b.exchange([]byte{statusRead, 0})
	if err != nil {
		return 0, err
	}
	return r[1], nil
}

// wake holds the chip select low with n bytes of zeros, which are no opcode.
func (b *bus) wake(n int) error {
	_, err := b.exchange(make([]byte, n))
	return err
}

// exchange sends and reads in one frame. The chip takes the lowest bit first,
// which the Pi's SPI controllers cannot do, so the bits are turned here.
func (b *bus) exchange(w []byte) ([]byte, error) {
	out, in := make([]byte, len(w)), make([]byte, len(w))
	for i, v := range w {
		out[i] = bits.Reverse8(v)
	}
	if err := b.conn.Tx(out, in); err != nil {
		return nil, fmt.Errorf("pn532: transfer: %w", err)
	}
	for i, v := range in {
		in[i] = bits.Reverse8(v)
	}
	return in, nil
}

func (b *bus) close() error {
	if err := b.port.Close(); err != nil {
		return fmt.Errorf("pn532: close bus: %w", err)
	}
	return nil
}
