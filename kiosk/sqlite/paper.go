package sqlite

import (
	"context"
	"fmt"
	"slices"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/reach"
	"example.org/inloop/sync/count"
)

const paperLimit = 200 // guests in one entry of the paper list

// EnterPaper enters what was written down by hand for a part of a day that is over:
// one person, or a number of guests. ErrFuture and ErrNotYet when it is not
// over, ErrTooOld when the room keeps nothing of that day any more, ErrAlready
// when the person has a visit there, ErrNotFound when there is nobody in it.
func (s *Store) EnterPaper(ctx context.Context, by int64, e kiosk.PaperEntry) error {
	a := action{kind: kiosk.ActionPaper, by: by, person: e.Person, number: e.Guests}
	err := s.do(ctx, a, func(ctx context.Context, t *txn) error {
		if err := t.over(e.Day, e.Part); err != nil {
			return err
		}
		v := t.visitNow(kiosk.SourcePaper)
		v.at, v.trust, v.day, v.part = time.Time{}, kiosk.TrustConfirmed, e.Day, e.Part
		switch {
		case e.Person != 0 && e.Guests == 0:
			if err := t.known(ctx, e.Person); err != nil {
				return err
			}
			v.person = e.Person
			_, err := t.addVisit(ctx, v)
			return err
		case e.Person == 0 && e.Guests > 0 && e.Guests <= paperLimit:
			v.band = kiosk.BandUnasked
			for range e.Guests {
				if _, err := t.addVisit(ctx, v); err != nil {
					return err
				}
			}
			return nil
		}
		return fmt.Errorf("%w: want a person, or 1 to %d guests", kiosk.ErrNotFound, paperLimit)
	})
	if err != nil {
		return fmt.Errorf("enter paper list: %w", err)
	}
	return nil
}

// over returns nil for a part of a day that has ended and whose visits are
// still kept.
func (t *txn) over(d count.Day, p count.Part) error {
	at := slices.Index(count.Parts(), p)
	switch {
	case at < 0 || d == count.NoDay:
		return fmt.Errorf("part %.10q: %w", string(p), kiosk.ErrNotFound)
	case d > t.today:
		return kiosk.ErrFuture
	case d < reach.VisitsFrom(t.today):
		return kiosk.ErrTooOld
	case d == t.today && at >= slices.Index(count.Parts(), t.now.Part):
		return kiosk.ErrNotYet
	}
	return nil
}
