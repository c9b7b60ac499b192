package pn532

import (
	"context"
	"errors"
	"fmt"
	"time"

	"example.org/inloop/devices/iso14443a"
)

const (
	// pickWithin is for one card that is asked for by its number, and
	// pickSurely after the field was off, when it is the last try.
	pickWithin = 30 * time.Millisecond
	pickSurely = 60 * time.Millisecond
	// answerWithin is for a command to a card; the chip has time-outs of its
	// own below it.
	answerWithin = 2 * time.Second
	leaveWithin  = 300 * time.Millisecond // for the leave that is taken of it

	errorMask = 0x3F // of a status byte (user manual 7.1)
	moreBit   = 0x40 // the card has more to say

	usualATS     = 20  // bytes; a longer one is read again
	mostCommand  = 250 // that go into one frame
	mostResponse = 4096
)

// Talk selects a card that was listed and lets do speak to it. The field stays
// on, so that a phone keeps its number, but for two cases: a card that does not
// answer to it, having been halted beside another, is asked again after the
// field was off, and after [iso14443a.Link.APDU] it goes off, since the card
// would keep silent at the next listing. The chip's own errors go first; do's is
// given back as it is, and [iso14443a.ErrNoAnswer] or [iso14443a.ErrGarbled]
// mean that the card is not there or cannot be read.
func (d *Device) Talk(ctx context.Context, card iso14443a.Card, do func(context.Context, iso14443a.Link) error) error {
	if !d.bus.IsOpen() {
		return ErrClosed
	}
	l := &link{d: d, card: card}
	err := l.choose(ctx)
	if err == nil {
		err = do(ctx, l)
	}
	// Also when ctx has ended: a field that stays off loses more than one card's
	// answer. Where this fails the chip is to be opened again.
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveWithin)
	defer cancel()
	if left := l.leave(ending); left != nil {
		return left
	}
	return err
}

// link speaks to the chosen card.
type link struct {
	d      *Device
	card   iso14443a.Card
	number byte // by which the chip knows it
	blocks bool // the chip sends a RATS to what it lists
}

var _ iso14443a.Link = (*link)(nil)

// choose selects the card by its number.
func (l *link) choose(ctx context.Context) error {
	err := l.pick(ctx, pickWithin)
	// A random number does not outlive the field.
	if !iso14443a.OfCard(err) || l.card.UID.Random() {
		return err
	}
	if err := l.d.cycleField(ctx); err != nil {
		return err
	}
	return l.pick(ctx, pickSurely)
}

// pick has the chip list the card, by its number where it can.
func (l *link) pick(ctx context.Context, longest time.Duration) error {
	d, size := l.d, oneTarget
	if l.blocks {
		size += usualATS
	}
	wanted := append([]byte{1, typeA}, initiator(l.card.UID)...)
	if d.coarse {
		wanted, size = []byte{d.most(), typeA}, twoTargets+2*usualATS
	}
	if err := d.send(ctx, inListPassiveTarget, wanted...); err != nil {
		return err
	}
	if err := d.await(ctx, longest); errors.Is(err, ErrNoChip) {
		return fmt.Errorf("select card: %w", iso14443a.ErrNoAnswer)
	} else if err != nil {
		return err
	}
	data, err := d.receive(ctx, inListPassiveTarget, size)
	if errors.Is(err, errRefused) && !d.coarse {
		d.coarse = true
		return l.pick(ctx, longest)
	}
	if err != nil {
		return err
	}
	found, err := targets(data)
	if err != nil {
		return err
	}
	for _, t := range found {
		if t.card.UID != l.card.UID {
			continue
		}
		if l.number = t.number; wanted[0] == 1 {
			return nil
		}
		// In the search for a second one this one was put to sleep.
		got, err := d.call(ctx, answerWithin, 1, inSelect, l.number)
		if err == nil {
			_, _, err = judge(got)
		}
		return err
	}
	return fmt.Errorf("select card: %w", iso14443a.ErrNoAnswer)
}

// leave lets the card answer to the next listing.
func (l *link) leave(ctx context.Context) error {
	if !l.blocks {
		return nil
	}
	if _, err := l.d.call(ctx, within, 0, setParameters, 0x00); err != nil {
		return err
	}
	return l.d.cycleField(ctx)
}

// initiator is a UID as a listing for it alone takes it: with the cascade tags
// (user manual 7.3.5).
func initiator(uid iso14443a.UID) []byte {
	var out []byte
	rest := uid.Bytes()
	for len(rest) > 4 {
		out = append(append(out, iso14443a.CascadeTag), rest[:3]...)
		rest = rest[3:]
	}
	return append(out, rest...)
}

// Command sends a command by InCommunicateThru (user manual 7.3.9), in which
// the chip makes and checks CRC_A and knows no commands of its own; chips that
// lack it take it by InDataExchange.
func (l *link) Command(ctx context.Context, cmd []byte, want int) ([]byte, error) {
	got, err := l.d.call(ctx, answerWithin, 1+want, inCommunicateThru, cmd...)
	if errors.Is(err, iso14443a.ErrChip) {
		got, err = l.d.call(ctx, answerWithin, 1+want, inDataExchange, append([]byte{l.number}, cmd...)...)
	}
	if err != nil {
		return nil, err
	}
	data, more, err := judge(got)
	if err != nil {
		return nil, fmt.Errorf("command: %w", err)
	}
	if more || len(data) != want {
		return nil, fmt.Errorf("command: %w: %d bytes, want %d", iso14443a.ErrGarbled, len(data), want)
	}
	return data, nil
}

// APDU sends a command by InDataExchange (user manual 7.3.8): the chip speaks
// the block protocol itself.
func (l *link) APDU(ctx context.Context, cmd []byte) ([]byte, error) {
	if len(cmd) > mostCommand {
		return nil, fmt.Errorf("apdu: %d bytes, want at most %d", len(cmd), mostCommand)
	}
	if err := l.activate(ctx); err != nil {
		return nil, fmt.Errorf("apdu: %w", err)
	}
	var response []byte
	for more := true; more; cmd = nil {
		got, err := l.d.call(ctx, answerWithin, 1+reread, inDataExchange, append([]byte{l.number}, cmd...)...)
		if err != nil {
			return nil, err
		}
		var data []byte
		if data, more, err = judge(got); err != nil {
			return nil, fmt.Errorf("apdu: %w", err)
		}
		if response = append(response, data...); len(response) > mostResponse || more && len(data) == 0 {
			return nil, fmt.Errorf("apdu: %w: a response without end", iso14443a.ErrGarbled)
		}
	}
	if len(response) < 2 {
		return nil, fmt.Errorf("apdu: %w: a response of %d bytes", iso14443a.ErrGarbled, len(response))
	}
	return response, nil
}

// activate has the chip list the card once more, and send it the RATS with which
// the block protocol begins: only then does InDataExchange speak it.
func (l *link) activate(ctx context.Context) error {
	if l.blocks {
		return nil
	}
	l.blocks = true
	if _, err := l.d.call(ctx, within, 0, setParameters, autoRATS); err != nil {
		return err
	}
	return l.choose(ctx)
}

// judge reads the status before an answer (user manual 7.1): 01 is a card's
// silence, other errors of the air are garbled, the rest is the chip's.
func judge(got []byte) (data []byte, more bool, err error) {
	if len(got) == 0 {
		return nil, false, fmt.Errorf("%w: an answer without a status", iso14443a.ErrChip)
	}
	switch status := got[0] & errorMask; status {
	case 0x00:
		return got[1:], got[0]&moreBit != 0, nil
	case 0x01, 0x29: // time-out; released by the card
		return nil, false, iso14443a.ErrNoAnswer
	case 0x0D, 0x2D: // too hot; too much current
		return nil, false, fmt.Errorf("%w: status %02X", iso14443a.ErrChip, status)
	default:
		return nil, false, fmt.Errorf("%w: status %02X", iso14443a.ErrGarbled, status)
	}
}
