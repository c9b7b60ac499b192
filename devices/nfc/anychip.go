package nfc

import (
	"context"
	"errors"
	"fmt"

	"example.org/inloop/devices/iso14443a"
)

// AnyChip is whichever of several chips is plugged in: opening it finds out. It
// is used as one chip.
type AnyChip struct {
	chips []Chip
	errs  []error // of each one's last opening

	now    int  // which is used, or tried next
	worked bool // since it was chosen
	failed int  // openings in a row
}

var _ Chip = (*AnyChip)(nil)

// NewAnyChip makes one of at least one chip. The likeliest goes first.
func NewAnyChip(chips ...Chip) *AnyChip {
	return &AnyChip{chips: chips, errs: make([]error, len(chips))}
}

// retries is how often a chip that has worked is opened again before another one
// is tried, some three seconds: the second opening resets by the pin, and
// another chip's commands may disturb this one.
const retries = 6

// Open opens the chip that worked last, or the next one where that fails. Its
// error holds what each chip said when it was last tried.
func (s *AnyChip) Open(ctx context.Context) error {
	err := s.chips[s.now].Open(ctx)
	s.errs[s.now] = err
	if err == nil {
		s.worked, s.failed = true, 0
		return nil
	}
	if s.failed++; !s.worked || s.failed >= retries {
		s.now = (s.now + 1) % len(s.chips)
		s.worked, s.failed = false, 0
	}
	if all := errors.Join(s.errs...); all != nil {
		return fmt.Errorf("open reader: %w", all)
	}
	return err
}

// Scan is that of the chip in use, as are all the others.
func (s *AnyChip) Scan(ctx context.Context) ([]iso14443a.Card, error) {
	return s.chips[s.now].Scan(ctx)
}

// Find looks for a card.
func (s *AnyChip) Find(ctx context.Context, uid iso14443a.UID) (iso14443a.Sighting, error) {
	return s.chips[s.now].Find(ctx, uid)
}

// Check finds out whether the chip is as it was set up.
func (s *AnyChip) Check(ctx context.Context) error { return s.chips[s.now].Check(ctx) }

// Refresh sets the chip up anew.
func (s *AnyChip) Refresh(ctx context.Context) error { return s.chips[s.now].Refresh(ctx) }

// Talk speaks to a card.
func (s *AnyChip) Talk(ctx context.Context, card iso14443a.Card, do func(context.Context, iso14443a.Link) error) error {
	return s.chips[s.now].Talk(ctx, card, do)
}

// Close closes all chips.
func (s *AnyChip) Close() error {
	var errs []error
	for _, c := range s.chips {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}
