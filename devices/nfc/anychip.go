package nfc

import (
	"context"
	"errors"
	"fmt"
)

// AnyChip is whichever of several chips is plugged in: opening it finds out. It
// is used as one chip.
type AnyChip struct {
	inUse // or tried next: it does all but open and close
	chips []Chip
	errs  []error // of each one's last opening

	now    int  // which is in use
	worked bool // since it was chosen
	failed int  // openings in a row
}

type inUse = Chip

var _ Chip = (*AnyChip)(nil)

// NewAnyChip makes one of at least one chip. The likeliest goes first.
func NewAnyChip(chips ...Chip) *AnyChip {
	return &AnyChip{inUse: chips[0], chips: chips, errs: make([]error, len(chips))}
}

// retries is how often a chip that has worked is opened again before another one
// is tried, some three seconds: the second opening resets by the pin, and
// another chip's commands may disturb this one.
const retries = 6

// Open opens the chip that worked last, or the next one where that fails. Its
// error holds what each chip said when it was last tried.
func (s *AnyChip) Open(ctx context.Context) error {
	err := s.inUse.Open(ctx)
	s.errs[s.now] = err
	if err == nil {
		s.worked, s.failed = true, 0
		return nil
	}
	if s.failed++; !s.worked || s.failed >= retries {
		s.now = (s.now + 1) % len(s.chips)
		s.inUse = s.chips[s.now]
		s.worked, s.failed = false, 0
	}
	if all := errors.Join(s.errs...); all != nil {
		return fmt.Errorf("open reader: %w", all)
	}
	return err
}

// Close closes all chips.
func (s *AnyChip) Close() error {
	var errs []error
	for _, c := range s.chips {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}
