package isodep

import (
	"context"
	"fmt"
	"time"

	"example.org/inloop/devices/clock"
	"example.org/inloop/devices/iso14443a"
)

// wakeTries are the WUPAs for one card: a lost answer makes it keep silent at
// the next.
const wakeTries = 4

// leaveWithin is for sending the card back to sleep.
const leaveWithin = 300 * time.Millisecond

// Talk wakes and selects a card that was read, lets do speak to it, and sends
// it back to sleep. do's error is given back as it is; else
// [iso14443a.ErrNoAnswer] or [iso14443a.ErrGarbled] when the card did not wake
// or did not go to sleep, or the chip's own.
func Talk(ctx context.Context, t iso14443a.Transceiver, c clock.Clock, card iso14443a.Target, do func(context.Context, iso14443a.Link) error) error {
	if err := wake(ctx, t, card.UID); err != nil {
		return fmt.Errorf("wake card: %w", err)
	}
	link := New(t, c)
	err := do(ctx, link)
	// Also when ctx has ended: a card that is left amid the protocol is not
	// found again.
	leave, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveWithin)
	defer cancel()
	if left := link.Close(leave); err == nil {
		err = left
	}
	return err
}

func wake(ctx context.Context, t iso14443a.Transceiver, uid iso14443a.UID) (err error) {
	for range wakeTries {
		if err = iso14443a.Request(ctx, t, iso14443a.WUPA); err == nil {
			err = iso14443a.Reselect(ctx, t, uid)
		}
		if err == nil || !iso14443a.OfCard(err) {
			break
		}
	}
	return err
}
