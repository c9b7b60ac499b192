package sqlite

import (
	"context"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/reach"
	"example.org/inloop/kiosk/sqlite/ledger"
	"example.org/inloop/sync/count"
)

// Figures returns what may be told of a day, week, month, quarter or year.
// count.ErrPeriod when p is no period.
func (s *Store) Figures(ctx context.Context, p count.Period) (f reach.Figures, err error) {
	err = s.glance(ctx, "figures", func(g glance) error {
		l, err := s.rows().Load(ctx, g)
		if err != nil {
			return err
		}
		f, err = l.Figures(p, s.timetable().Day(g.now))
		return err
	})
	return f, err
}

// Visits calls fn with each visit and each guest of the days from and to
// inclusive, in the order of the days and as they were written down. What
// counts nothing is marked Void: what was undone, and guests that still wait
// for a volunteer's eye. An error of fn ends it and is returned.
func (s *Store) Visits(ctx context.Context, from, to count.Day, fn func(kiosk.Visit) error) error {
	db, err := s.reader()
	if err != nil {
		return err
	}
	return ledger.Visits(ctx, db, s.timetable().Zone, from, to, fn)
}
