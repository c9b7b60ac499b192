package sqlite

import (
	"context"
	"errors"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/reach"
	"example.org/inloop/kiosk/sqlite/boots"
	"example.org/inloop/kiosk/sqlite/profile"
)

// Undated returns the visits whose day a volunteer is to tell, in the order in which
// they were, together where one answer dates them all.
func (s *Store) Undated(ctx context.Context) (groups []kiosk.UndatedVisits, err error) {
	err = s.glance(ctx, "read undated visits", func(g glance) error {
		visits, err := boots.Undated(ctx, g, s.timetable())
		if err != nil {
			return err
		}
		sealed, err := profile.Kept(ctx, g)
		if err != nil {
			return err
		}
		for i := range visits {
			if who := visits[i].Person; who != nil && sealed {
				if *who, err = s.scanResident(g.QueryRowContext(ctx, `SELECT `+profile.Columns+` FROM person p WHERE p.no = ?1`, who.No)); err != nil {
					return err
				}
			}
		}
		groups = kiosk.GroupUndated(visits)
		return nil
	})
	return groups, err
}

// DateVisits dates the visits of a stretch that wait for it, by a volunteer's word.
// One of a person who has a visit there already counts nothing. ErrNotFound when
// none waits there any more; errors of kiosk.VisitDay.Check.
func (s *Store) DateVisits(ctx context.Context, by int64, at kiosk.VisitSpan, day kiosk.VisitDay) error {
	a := kiosk.Action{Kind: kiosk.ActionDate, By: by}
	return s.do(ctx, "date visits", a, func(ctx context.Context, t *txn) error {
		if err := day.Check(t.today, reach.VisitsFrom(t.today)); err != nil {
			return err
		}
		due, err := boots.ToDate(ctx, t, at)
		if err != nil {
			return err
		}
		if len(due) == 0 {
			return kiosk.ErrNotFound
		}
		t.action.Number = len(due)
		for _, no := range due {
			if err := t.dateVisit(ctx, no, day); err != nil {
				return err
			}
		}
		return nil
	})
}

func (t *txn) dateVisit(ctx context.Context, no int64, day kiosk.VisitDay) error {
	date := func(v *visitRow) error {
		if v.day != day.Day || v.part != day.Part {
			v.at = time.Time{} // the clock told it, and was wrong
		}
		v.day, v.part, v.trust = day.Day, day.Part, kiosk.TrustConfirmed
		return nil
	}
	old, err := t.visit(ctx, no)
	if err != nil {
		return err
	}
	err = t.changeVisit(ctx, no, date)
	if errors.Is(err, kiosk.ErrAlready) {
		err = t.changeVisit(ctx, no, func(v *visitRow) error {
			v.void = true
			return date(v)
		})
	}
	if err != nil {
		return err
	}
	return t.recallLeft(ctx, old)
}
