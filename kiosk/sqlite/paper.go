package sqlite

import (
	"context"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/reach"
)

// EnterPaper enters what was written down by hand for a part of a day that is over:
// one person, or a number of guests. ErrFuture and ErrNotYet when it is not
// over, ErrTooOld when the room keeps nothing of that day any more, ErrAlready
// when the person has a visit there, ErrNotFound when there is nobody in it.
func (s *Store) EnterPaper(ctx context.Context, by int64, e kiosk.PaperEntry) error {
	a := kiosk.Action{Kind: kiosk.ActionPaper, By: by, Person: e.Person, Number: e.Guests}
	return s.do(ctx, "enter paper list", a, func(ctx context.Context, t *txn) error {
		if err := e.Check(t.today, t.now.Part, reach.VisitsFrom(t.today)); err != nil {
			return err
		}
		v := t.visitNow(kiosk.VisitSourcePaper)
		v.at, v.trust, v.day, v.part = time.Time{}, kiosk.TrustConfirmed, e.Day, e.Part
		if e.Person != 0 {
			if err := t.known(ctx, e.Person); err != nil {
				return err
			}
			v.person = e.Person
			_, err := t.addVisit(ctx, v)
			return err
		}
		v.band = kiosk.BandUnasked
		for range e.Guests {
			if _, err := t.addVisit(ctx, v); err != nil {
				return err
			}
		}
		return nil
	})
}
