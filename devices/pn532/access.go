package pn532

import (
	"fmt"
	"math/bits"
)

// First bytes of a frame on the bus (user manual 6.2.5).
const (
	dataWrite  = 0x01
	statusRead = 0x02
	dataRead   = 0x03
)

// write sends a frame to the chip.
func (d *Device) write(frame []byte) error {
	_, err := d.transfer(append([]byte{dataWrite}, frame...))
	return err
}

// read gives n bytes of what the chip has to say. A shorter read cannot be
// resumed, a longer one only gives zeros.
func (d *Device) read(n int) ([]byte, error) {
	w := make([]byte, 1+n)
	w[0] = dataRead
	r, err := d.transfer(w)
	if err != nil {
		return nil, err
	}
	return r[1:], nil
}

// readStatus gives the chip's status byte: bit 0 tells that it has something to say.
func (d *Device) readStatus() (byte, error) {
	r, err := d.transfer([]byte{statusRead, 0})
	if err != nil {
		return 0, err
	}
	return r[1], nil
}

// holdSelect holds the chip select low with n bytes of zeros, which are no opcode.
func (d *Device) holdSelect(n int) error {
	_, err := d.transfer(make([]byte, n))
	return err
}

// transfer sends and reads in one frame. The chip takes the lowest bit first,
// which the Pi's SPI controllers cannot do, so the bits are turned here.
func (d *Device) transfer(w []byte) ([]byte, error) {
	out, in := make([]byte, len(w)), make([]byte, len(w))
	for i, v := range w {
		out[i] = bits.Reverse8(v)
	}
	if err := d.bus.Tx(out, in); err != nil {
		return nil, fmt.Errorf("pn532: transfer: %w", err)
	}
	for i, v := range in {
		in[i] = bits.Reverse8(v)
	}
	return in, nil
}
