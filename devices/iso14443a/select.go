package iso14443a

import (
	"context"
	"errors"
	"fmt"
)

// Request sends [REQA] or [WUPA]. nil means that a card answered, or several.
func Request(ctx context.Context, t Transceiver, command byte) error {
	_, err := request(ctx, t, command)
	return err
}

// request tells also whether the answer was clear: cards', and no noise.
func request(ctx context.Context, t Transceiver, command byte) (clear bool, err error) {
	a, err := t.Transceive(ctx, Frame{Data: []byte{command}, LastBits: 7, Want: 2})
	if err == nil {
		err = ParseATQA(a)
	}
	if err != nil {
		return false, fmt.Errorf("request: %w", err)
	}
	return a.Collision != UnknownPosition, nil
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
// level. The cards must have been woken by [Request] with the same command;
// afterwards the selected one is active and the others wait or have fallen back.
func Select(ctx context.Context, t Transceiver, command byte) (Target, error) {
	return (&search{t: t, command: command}).selectOne(ctx, 0, nil)
}

// selectOne goes on at a level, after the bytes that were selected so far.
func (s *search) selectOne(ctx context.Context, level int, uid []byte) (Target, error) {
	s.uid = uid
	for i, sel := range levels[level:] {
		at := level + i + 1
		part, err := s.anticollide(ctx, sel)
		if err != nil {
			return Target{}, fmt.Errorf("anticollision level %d: %w", at, err)
		}
		sak, err := selectPart(ctx, s.t, sel, part)
		if isSilence(err) { // unless it was the answer that was lost, it waits here still
			sak, err = selectPart(ctx, s.t, sel, part)
		}
		if err != nil {
			return Target{}, fmt.Errorf("select level %d: %w", at, err)
		}
		if sak.Complete() {
			whole, err := NewUID(append(s.uid, part[:]...))
			return Target{UID: whole, SAK: sak}, err
		}
		if part[0] != CascadeTag {
			return Target{}, fmt.Errorf("%w: level %d goes on without a cascade tag", ErrGarbled, at)
		}
		s.uid = append(s.uid, part[1:]...)
	}
	return Target{}, fmt.Errorf("%w: a UID of more than three levels", ErrGarbled)
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
