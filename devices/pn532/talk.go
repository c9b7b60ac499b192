package pn532

import (
	"context"
	"errors"
	"fmt"
	"time"

	"example.org/inloop/devices/iso14443a"
)

const (
	// selectWithin is for one card that is asked for by its number.
	selectWithin = 60 * time.Millisecond
	// answerWithin is for a command to a card; the chip has time-outs of its
	// own below it.
	answerWithin = 2 * time.Second
	leaveWithin  = 300 * time.Millisecond // for the leave that is taken of it

	errorMask = 0x3F // of a status byte (user manual 7.1)
	moreBit   = 0x40 // the card has more to say

	mostCommand  = 250 // bytes that go into one frame
	mostResponse = 4096
)

// Talk selects a card that was listed and lets do speak to it; afterwards the
// field is switched off and on, so that the card answers to the next listing.
// The chip's own errors go first; do's is given back as it is, and
// [iso14443a.ErrNoAnswer] means that the card is not there.
func (d *Device) Talk(ctx context.Context, card iso14443a.Card, do func(context.Context, iso14443a.Link) error) error {
	if d.bus == nil {
		return ErrClosed
	}
	if err := d.abort(ctx); err != nil {
		return err
	}
	number, err := d.choose(ctx, card)
	if err == nil {
		err = do(ctx, &link{d, number})
	}
	// A field that stays off loses more than one card's answer: then the chip
	// is to be opened again.
	leave, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveWithin)
	defer cancel()
	if ended := d.endTalk(leave); ended != nil {
		return ended
	}
	return err
}

// choose selects one card by its number, activating the block protocol where
// the card speaks it.
func (d *Device) choose(ctx context.Context, card iso14443a.Card) (number byte, err error) {
	parameters := byte(0)
	if card.SAK&dep != 0 {
		parameters = autoRATS
	}
	if _, err := d.call(ctx, within, 0, setParameters, parameters); err != nil {
		return 0, err
	}
	if err := d.cycleField(ctx); err != nil {
		return 0, err
	}
	if err := d.send(ctx, inListPassiveTarget, append([]byte{1, typeA}, initiator(card.UID)...)...); err != nil {
		return 0, err
	}
	if err := d.await(ctx, selectWithin); errors.Is(err, ErrNoChip) {
		return 0, fmt.Errorf("select card: %w", iso14443a.ErrNoAnswer)
	} else if err != nil {
		return 0, err
	}
	data, err := d.receive(ctx, inListPassiveTarget, oneTarget)
	if err != nil {
		return 0, err
	}
	found, err := targets(data, parameters == autoRATS)
	if err != nil {
		return 0, err
	}
	if len(found) != 1 || found[0].card.UID != card.UID {
		return 0, fmt.Errorf("select card: %w", iso14443a.ErrNoAnswer)
	}
	return found[0].number, nil
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

func (d *Device) endTalk(ctx context.Context) error {
	if err := d.abort(ctx); err != nil {
		return err
	}
	if _, err := d.call(ctx, within, 0, setParameters, 0x00); err != nil {
		return err
	}
	return d.cycleField(ctx)
}

// link speaks to the chosen card.
type link struct {
	d      *Device
	number byte
}

var _ iso14443a.Link = (*link)(nil)

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
