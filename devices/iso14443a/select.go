package iso14443a

import (
	"context"
	"errors"
	"fmt"
)

// Request sends [REQA] or [WUPA]. nil means that a card answered, or several.
func Request(ctx context.Context, t Transceiver, command byte) error {
	a, err := t.Transceive(ctx, Frame{Data: []byte{command}, LastBits: 7, Want: 2})
	if err == nil {
		err = ParseATQA(a)
	}
	if err != nil {
		return fmt.Errorf("request: %w", err)
	}
	return nil
}

// Halt sends the active card to sleep, so that it answers to [WUPA] only. A
// card that has taken it keeps silent; any answer is [ErrGarbled].
func Halt(ctx context.Context, t Transceiver) error {
	_, err := t.Transceive(ctx, Frame{Data: AppendCRC([]byte{HLTA, 0})})
	switch {
	case errors.Is(err, ErrNoAnswer):
		return nil
	case err == nil:
		err = ErrGarbled
	}
	return fmt.Errorf("halt: %w", err)
}

// Select tells the answering cards apart and selects one of them, level by
// level. The cards must have been woken by [Request]; afterwards the selected
// one is active and the others wait.
func Select(ctx context.Context, t Transceiver) (Card, error) {
	return selectFrom(ctx, t, 0, nil)
}

// selectFrom goes on at a level, after the bytes that were selected so far.
func selectFrom(ctx context.Context, t Transceiver, level int, uid []byte) (Card, error) {
	for i, sel := range levels[level:] {
		at := level + i + 1
		part, err := anticollide(ctx, t, sel)
		if err != nil {
			return Card{}, fmt.Errorf("anticollision level %d: %w", at, err)
		}
		sak, err := selectPart(ctx, t, sel, part)
		if err != nil {
			return Card{}, fmt.Errorf("select level %d: %w", at, err)
		}
		if sak.Complete() {
			whole, err := NewUID(append(uid, part[:]...))
			return Card{UID: whole, SAK: sak}, err
		}
		if part[0] != CascadeTag {
			return Card{}, fmt.Errorf("%w: level %d goes on without a cascade tag", ErrGarbled, at)
		}
		uid = append(uid, part[1:]...)
	}
	return Card{}, fmt.Errorf("%w: a UID of more than three levels", ErrGarbled)
}

// Reselect selects the card with this UID among those that were woken.
// [ErrNoAnswer] when it is not there.
func Reselect(ctx context.Context, t Transceiver, uid UID) error {
	_, _, err := reselect(ctx, t, uid)
	return err
}

// reselect gives the SAK, and how many levels were selected before an error:
// cards whose UIDs begin alike wait there.
func reselect(ctx context.Context, t Transceiver, uid UID) (sak SAK, level int, err error) {
	parts := partsOf(uid)
	for i, part := range parts {
		sak, err = selectPart(ctx, t, levels[i], part)
		if err != nil {
			return 0, i, fmt.Errorf("reselect level %d: %w", i+1, err)
		}
		if last := i == len(parts)-1; sak.Complete() != last {
			return 0, 0, fmt.Errorf("%w: the UID ends at another level", ErrGarbled)
		}
	}
	return sak, len(parts), nil
}

func selectPart(ctx context.Context, t Transceiver, sel byte, part [4]byte) (SAK, error) {
	a, err := t.Transceive(ctx, selectFrame(sel, part))
	if err != nil {
		return 0, err
	}
	return ParseSAK(a)
}

// anticollide finds the four bytes of one card at one level.
//
// Only the first round's collision position is used: there nothing was sent
// along, so all chips count alike. From then on it goes bit by bit, guessing a
// 1; silence means that it is a 0. That takes at most 32 rounds of 0.7 ms, and
// only when cards overlap.
func anticollide(ctx context.Context, t Transceiver, sel byte) ([4]byte, error) {
	var known prefix
	guessed := false
	for first := true; known.n < 32; first = false {
		a, err := t.Transceive(ctx, known.frame(sel))
		switch {
		case errors.Is(err, ErrNoAnswer) && guessed:
			known.clearLast()
			// The last bit is not guessed blindly, for no round would be
			// left to find out: the 31 bits are asked for their rest.
			if guessed = known.n < 31; !guessed {
				continue
			}
		case err != nil:
			return [4]byte{}, err
		case a.Collision == 0:
			return known.complete(a)
		case first:
			if p, ok := upTo(a); ok {
				known = p
			}
		}
		known.add(1)
		guessed = true
	}
	return known.b, nil
}
