package workbench

import (
	"context"
	"errors"
	"fmt"
	"time"

	"example.org/inloop/devices/iso14443a"
)

const (
	layWithin = 10 * time.Second      // for a badge to be laid down
	lookEvery = 50 * time.Millisecond // for it
)

// errNoBadge is an ErrReader: nobody laid a badge down, which was said.
var errNoBadge = fmt.Errorf("%w: no badge came", ErrReader)

// badge asks for a badge and waits for it.
func (w *Workbench) badge(ctx context.Context, c chip) (iso14443a.Target, error) {
	w.note("lay", map[string]any{"Seconds": int(layWithin.Seconds())})
	card, err := w.await(ctx, c)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		w.note("none", nil)
		return card, errNoBadge
	}
	if err != nil {
		return card, fmt.Errorf("read a badge: %w", err)
	}
	return card, nil
}

// await polls until a badge was read; context.DeadlineExceeded when none came.
func (w *Workbench) await(ctx context.Context, chip chip) (iso14443a.Target, error) {
	ctx, cancel := context.WithTimeout(ctx, layWithin)
	defer cancel()
	t := time.NewTicker(lookEvery)
	defer t.Stop()
	for {
		cards, err := chip.Scan(ctx)
		if len(cards) > 0 {
			return cards[0], nil
		}
		if err != nil {
			return iso14443a.Target{}, err
		}
		select {
		case <-ctx.Done():
			return iso14443a.Target{}, ctx.Err()
		case <-t.C:
		}
	}
}
