package pn532

import (
	"context"
	"errors"
	"fmt"
	"time"

	"example.org/inloop/devices/iso14443a"
)

// Registers of the contactless interface unit (user manual 7.2.4; data sheet
// 8.6.23).
const (
	txModeReg     = 0x02 // b7: the chip appends CRC_A
	rxModeReg     = 0x03 // b7: the chip checks CRC_A
	txAutoReg     = 0x05
	bitFramingReg = 0x3D // b6..4 RxAlign, b2..0 TxLastBits

	registerPage  = 0x63
	force100ASK   = 0x40 // of txAutoReg, as type A wants
	timeoutItem   = 0x02 // of rfConfiguration (user manual 7.3.1)
	atrTimeout    = 0x0B // its second byte, as after a reset
	usualTimeout  = 0x04 // 800 us: it covers the start of any answer with a fixed time
	mostTimeout   = 0x10 // 3.28 s
	timeoutUnit   = 100 * time.Microsecond
	statusMask    = 0x3F // of an answer's first byte (user manual 7.1)
	statusSilence = 0x01
	statusBits    = 0x04 // a wrong number of bits in an anticollision
	statusCollide = 0x06 // a collision of bits
	statusTooHot  = 0x0D
	statusCurrent = 0x2D // too much current
)

// air is how the chip sends and hears frames that it is given as they are. A
// listing and a reset change it behind the driver's back.
type air struct {
	on      bool // the field is
	raw     bool // it makes and checks no CRC_A
	framing byte // of bitFramingReg
	timeout byte // as it was told last, 0 for unknown
}

// Transceive sends one frame as it is (InCommunicateThru, user manual 7.3.9)
// and gives what answers. A listing that waits in the chip is ended. Errors are
// [iso14443a.ErrNoAnswer], [iso14443a.ErrGarbled], [iso14443a.ErrChip],
// [ErrNoChip] and the bus's own.
func (d *Device) Transceive(ctx context.Context, f iso14443a.Frame) (iso14443a.Response, error) {
	if !d.bus.IsOpen() {
		return iso14443a.Response{}, ErrClosed
	}
	if err := d.tuneAir(ctx, f); err != nil {
		return iso14443a.Response{}, err
	}
	got, err := d.call(ctx, within+f.Timeout, 1+f.Want, inCommunicateThru, f.Data...)
	if err != nil {
		return iso14443a.Response{}, err
	}
	r, err := interpret(got, f)
	if !errors.Is(err, iso14443a.ErrNoAnswer) && !errors.Is(err, iso14443a.ErrChip) {
		d.answered()
	}
	return r, err
}

// tuneAir tells the chip what it must know for a frame and does not yet.
func (d *Device) tuneAir(ctx context.Context, f iso14443a.Frame) error {
	if !d.air.on {
		if err := d.switchOn(ctx); err != nil {
			return err
		}
	}
	if code := timeoutCode(f.Timeout); code != d.air.timeout {
		if _, err := d.call(ctx, within, 0, rfConfiguration, timeoutItem, 0x00, atrTimeout, code); err != nil {
			return err
		}
		d.air.timeout = code
	}
	framing := byte(f.Align)<<4 | byte(f.LastBits)
	var writes []byte
	switch {
	case !d.air.raw:
		writes = registerWrites(txModeReg, 0x00, rxModeReg, 0x00, txAutoReg, force100ASK, bitFramingReg, framing)
	case framing != d.air.framing:
		writes = registerWrites(bitFramingReg, framing)
	default:
		return nil
	}
	_, err := d.call(ctx, within, 0, writeRegister, writes...)
	d.air.raw, d.air.framing = err == nil, framing
	return err
}

// registerWrites are the parameters of WriteRegister for pairs of register and
// value.
func registerWrites(pairs ...byte) []byte {
	var out []byte
	for ; len(pairs) > 0; pairs = pairs[2:] {
		out = append(out, registerPage, pairs[0], pairs[1])
	}
	return out
}

// timeoutCode is the shortest time-out of the chip that covers a frame's: 100 us,
// doubled with every code from 01 on.
func timeoutCode(longest time.Duration) byte {
	code := byte(usualTimeout)
	for code < mostTimeout && timeoutUnit<<(code-1) < longest {
		code++
	}
	return code
}

// interpret turns the chip's status and bytes into an answer. Of a collision the
// chip tells neither bits nor place. At a request every answer that was heard
// badly counts as one: several cards differ there as a rule.
func interpret(got []byte, f iso14443a.Frame) (iso14443a.Response, error) {
	if len(got) == 0 {
		return iso14443a.Response{}, fmt.Errorf("pn532: exchange: %w: an answer without a status", iso14443a.ErrChip)
	}
	request := f.LastBits == 7 && len(f.Data) == 1
	switch status := got[0] & statusMask; {
	case status == 0:
		return iso14443a.Response{Data: got[1:]}, nil
	case status == statusSilence:
		return iso14443a.Response{}, iso14443a.ErrNoAnswer
	case status == statusTooHot || status == statusCurrent:
		return iso14443a.Response{}, fmt.Errorf("pn532: exchange: %w: status %02X", iso14443a.ErrChip, status)
	case request || status == statusCollide || status == statusBits:
		return iso14443a.Response{Collision: iso14443a.UnknownPosition}, nil
	default:
		return iso14443a.Response{}, fmt.Errorf("%w: status %02X", iso14443a.ErrGarbled, status)
	}
}
