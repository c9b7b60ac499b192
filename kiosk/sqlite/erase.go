package sqlite

import (
	"context"
	"fmt"

	"example.org/inloop/kiosk/backup"
	"example.org/inloop/kiosk/sqlite/retention"
	"example.org/inloop/kiosk/sqlite/undo"
)

// Erase forgets a person: profile, badges, visits, stays and answers. No number moves by
// it: what was counted stays counted, though no row says so any more. It cannot be
// undone. ErrNotFound when there is no such person. When it returns nil, nothing of them
// stands in the file or its log any more.
func (s *Store) Erase(ctx context.Context, _, person int64) error {
	defer s.names.Forget()
	err := s.doing(ctx, "erase", func(ctx context.Context, t *txn) error {
		if err := t.erase(ctx, person); err != nil {
			return err
		}
		return backup.NoteErased(s.cfg.Disk, s.cfg.Dir, s.cfg.Keys, person)
	})
	if err != nil {
		return err
	}
	if err := s.file.Clear(context.WithoutCancel(ctx)); err != nil { // each start and each minute tries again
		return fmt.Errorf("erased, but not from the log of the database yet: %w", err)
	}
	return nil
}

func (t *txn) erase(ctx context.Context, person int64) error {
	if err := t.known(ctx, person); err != nil {
		return err
	}
	_, err := t.ExecContext(ctx, `UPDATE meta SET cut_day = ?1 WHERE EXISTS (SELECT 1 FROM visit WHERE person = ?2 AND day = ?1)`, t.today, person)
	if err != nil {
		return err
	}
	// What this transaction changed before is counted with the rows that are there now.
	if err := t.recount(ctx); err != nil {
		return err
	}
	t.changed = changes{}
	if err := t.s.rows().Cut(ctx, t, person); err != nil {
		return err
	}
	if err := undo.Forget(ctx, t, person); err != nil {
		return err
	}
	return retention.Erase(ctx, t, person)
}
