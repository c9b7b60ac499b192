package pn532

import (
	"context"
	"errors"
	"fmt"
	"time"

	"example.org/inloop/devices/iso14443a"
)

// Codes of commands (user manual 7).
const (
	diagnose             = 0x00
	getFirmwareVersion   = 0x02
	writeRegister        = 0x08
	setParameters        = 0x12
	samConfiguration     = 0x14
	rfConfiguration      = 0x32
	inCommunicateThru    = 0x42
	inListPassiveTarget  = 0x4A
	typeA                = 0x00 // baud rate and modulation: 106 kbit/s type A
	fieldItem, fieldOn   = 0x01, 0x01
	retriesItem, forEver = 0x05, 0xFF
)

const (
	// turn is what the chip wants between our frame and the next: without it
	// some never acknowledge.
	turn      = time.Millisecond
	lookEvery = time.Millisecond
	ackWithin = 15 * time.Millisecond
	within    = 50 * time.Millisecond // for the answer to a command that only sets

	ackSize  = 6  // bytes of an acknowledgement, with one zero before it
	overhead = 9  // bytes of a frame beside the data: lead 1, code 2, length 2, TFI, command, checksum; and one lead more
	reread   = 64 // bytes that are read where the length was damaged
)

// ready tells whether the chip has something to say.
func (d *Device) ready() (bool, error) {
	if d.bus.Interrupt().Works() {
		return d.bus.Interrupt().Low(), nil
	}
	return d.lookReady()
}

// lookReady asks the chip itself.
func (d *Device) lookReady() (bool, error) {
	s, err := d.readStatus()
	if err != nil {
		return false, err
	}
	if s == 0xFF {
		return false, fmt.Errorf("status: %w: only ones come back", ErrNoChip)
	}
	return s&1 != 0, nil
}

// await waits until the chip has something to say. [ErrNoChip] when that takes
// longer than it may.
func (d *Device) await(ctx context.Context, longest time.Duration) error {
	for deadline := d.clock.Now().Add(longest); ; {
		ready, err := d.ready()
		if err != nil || ready {
			return err
		}
		left := deadline.Sub(d.clock.Now())
		if left <= 0 {
			break
		}
		if err := d.bus.Interrupt().Wait(ctx, min(left, lookEvery)); err != nil {
			return err
		}
	}
	if d.bus.Interrupt().Works() {
		// The pin may have been cut: the chip itself knows.
		if ready, err := d.lookReady(); err != nil || ready {
			d.bus.Interrupt().Distrust("the pin went quiet")
			return err
		}
	}
	return fmt.Errorf("%w within %v", ErrNoChip, longest)
}

// send sends a command, after having ended the one in hand, and waits for its
// acknowledgement. Where none comes the command goes out once more (user manual
// 6.2.3): it may have been garbled, or met a chip just waking up.
func (d *Device) send(ctx context.Context, code byte, parameters ...byte) error {
	if d.busy {
		if err := d.abort(ctx); err != nil {
			return err
		}
	}
	err := d.offer(ctx, code, parameters)
	if err == nil || d.strict || !ofChip(err) {
		return err
	}
	if err := d.abort(ctx); err != nil {
		return err
	}
	return d.offer(ctx, code, parameters)
}

// offer sends a command and waits for its acknowledgement.
func (d *Device) offer(ctx context.Context, code byte, parameters []byte) error {
	d.busy = true
	if err := d.write(command(code, parameters...)); err != nil {
		return err
	}
	if err := d.clock.Sleep(ctx, turn); err != nil {
		return err
	}
	if err := d.await(ctx, ackWithin); err != nil {
		return fmt.Errorf("pn532: command %02X: no acknowledgement: %w", code, err)
	}
	got, err := d.read(ackSize - 1 + d.lead)
	if err != nil {
		return err
	}
	if !isACK(got) {
		if same(got) {
			return fmt.Errorf("pn532: command %02X: no acknowledgement: %w: %s", code, ErrNoChip, looks(got))
		}
		return fmt.Errorf("pn532: command %02X: %w: no acknowledgement but %s", code, iso14443a.ErrChip, looks(got))
	}
	return nil
}

// call sends a command and gives the size bytes, or however many, of its answer
// that comes within longest.
func (d *Device) call(ctx context.Context, longest time.Duration, size int, code byte, parameters ...byte) ([]byte, error) {
	if err := d.send(ctx, code, parameters...); err != nil {
		return nil, err
	}
	if err := d.clock.Sleep(ctx, turn); err != nil {
		return nil, err
	}
	if err := d.await(ctx, longest); err != nil {
		return nil, fmt.Errorf("pn532: command %02X: no answer: %w", code, err)
	}
	return d.receive(ctx, code, size)
}

// receive reads an answer that is ready. What is damaged, or longer than it was
// taken to be, is asked for once more (NACK, user manual 6.2.1.4).
func (d *Device) receive(ctx context.Context, code byte, size int) ([]byte, error) {
	data, err := d.readAnswer(code, size+overhead-1+d.lead)
	if short := (shortError{}); errors.As(err, &short) {
		if data, err = d.again(ctx, code, short.want); unread(err) {
			err = errMute // what came may be the rest of the first reading
		}
	} else if errors.Is(err, errDamaged) {
		data, err = d.again(ctx, code, max(size+overhead, reread))
	}
	if unread(err) {
		err = fmt.Errorf("%w: %w", iso14443a.ErrChip, err)
	}
	if err != nil {
		return nil, fmt.Errorf("pn532: command %02X: %w", code, err)
	}
	return data, nil
}

// unread tells the errors of an answer that could not be had whole.
func unread(err error) bool {
	return errors.Is(err, errDamaged) || errors.Is(err, errMute) || errors.As(err, new(shortError))
}

// again has the last answer repeated and reads n bytes of it. A chip that does
// not repeat it gives errMute and is not asked again.
func (d *Device) again(ctx context.Context, code byte, n int) ([]byte, error) {
	if d.mute || d.strict {
		return nil, errMute
	}
	d.busy = true
	if err := d.write(nackFrame); err != nil {
		return nil, err
	}
	if err := d.clock.Sleep(ctx, turn); err != nil {
		return nil, err
	}
	if err := d.await(ctx, ackWithin); err != nil {
		if errors.Is(err, ErrNoChip) {
			// Or it is gone: that shows at the next command.
			d.mute = true
			err = errMute
		}
		return nil, err
	}
	return d.readAnswer(code, n)
}

// readAnswer reads n bytes and takes the answer out of them. It remembers how
// many zeros this chip leads its frames with.
func (d *Device) readAnswer(code byte, n int) ([]byte, error) {
	got, err := d.read(n)
	if err != nil {
		return nil, err
	}
	data, lead, err := response(got, code)
	if err == nil || errors.Is(err, errRefused) {
		d.lead, d.busy = lead, false
	} else if errors.Is(err, errDamaged) && same(got) {
		err = fmt.Errorf("%w: %s", ErrNoChip, looks(got))
	}
	return data, err
}

// abort ends the command in hand, also one of an earlier process (user manual
// 6.2.1.3: an ACK of the host).
func (d *Device) abort(ctx context.Context) error {
	if d.pending {
		d.pending, d.leftover = false, leftoverAny
	}
	if err := d.write(ackFrame); err != nil {
		return err
	}
	d.busy = false
	return d.clock.Sleep(ctx, turn)
}

// same tells whether nothing but 00, or nothing but FF, was read: nobody
// drives MISO.
func same(b []byte) bool {
	for _, v := range b {
		if v != b[0] || v != 0x00 && v != 0xFF {
			return false
		}
	}
	return true
}

// looks describes bytes that are no frame without quoting them: they may hold
// half a card's UID.
func looks(b []byte) string {
	if same(b) {
		return fmt.Sprintf("%02X all along", b[0])
	}
	return fmt.Sprintf("%d bytes of something else", len(b))
}
