package sqlite

import (
	"context"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/backup"
	"example.org/inloop/kiosk/sqlite/imports"
	"example.org/inloop/kiosk/sqlite/retention"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/kiosk/sqlite/undo"
)

// Erase forgets a person: profile, badges, visits, stays and answers. The
// numbers of open periods are counted again without it; closed ones stay.
// It cannot be undone. ErrNotFound when there is no such person.
func (s *Store) Erase(ctx context.Context, _, person int64) error {
	defer s.names.Forget()
	return s.doing(ctx, "erase", func(ctx context.Context, t *txn) error {
		err := t.leavingClosed(ctx, func() error { return t.erase(ctx, person) })
		if err != nil {
			return err
		}
		return backup.NoteErased(s.cfg.Disk, s.cfg.Dir, s.cfg.Keys, person)
	})
}

func (t *txn) erase(ctx context.Context, person int64) error {
	if err := t.known(ctx, person); err != nil {
		return err
	}
	parts, err := sqlrow.Collect(ctx, t, func(row sqlrow.Scanner) (at kiosk.DayPart, err error) {
		return at, row.Scan(&at.Epoch, &at.Day, &at.Part)
	}, `SELECT DISTINCT epoch, day, part FROM visit WHERE person = ?1 AND day IS NOT NULL`, person)
	if err != nil {
		return err
	}
	t.leaveClosed = true
	for _, at := range parts {
		if err := t.touch(ctx, at); err != nil {
			return err
		}
	}
	if err := undo.Forget(ctx, t, person); err != nil {
		return err
	}
	open, _, err := t.today.Quarter().Span()
	if err == nil {
		err = imports.NoteErased(ctx, t, t.s.cfg.Rules, person, open)
	}
	if err != nil {
		return err
	}
	return retention.Erase(ctx, t, person, t.today)
}
