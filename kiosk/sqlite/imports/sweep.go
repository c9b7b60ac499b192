package imports

import (
	"context"
	"errors"
	"fmt"

	"example.org/inloop/kiosk/sqlite/sqlrow"
)

// touched tells whether somebody besides a list knows a person that it made.
const touched = `(p.sign_mac IS NOT NULL OR p.name IS NOT NULL
	OR EXISTS (SELECT 1 FROM badge x WHERE x.person = p.no) OR EXISTS (SELECT 1 FROM visit x WHERE x.person = p.no)
	OR EXISTS (SELECT 1 FROM stay x WHERE x.person = p.no) OR EXISTS (SELECT 1 FROM answer x WHERE x.person = p.no)
	OR EXISTS (SELECT 1 FROM tap x WHERE x.person = p.no) OR EXISTS (SELECT 1 FROM stranger x WHERE x.lost = p.no)
	OR EXISTS (SELECT 1 FROM import_seen x WHERE x.person = p.no))`

const dropCells = `DELETE FROM import_cell WHERE (batch, epoch, period, part, measure) IN (
	SELECT batch, epoch, period, part, measure FROM import_cell WHERE batch = ?1 LIMIT ?2)`

// Sweep removes the rows of lists that are hidden and that nobody is at: of those that
// were taken back, and of those that a program left half staged.
func (l *Lists) Sweep(ctx context.Context) error {
	if hidden, err := l.hidden(ctx); err != nil || len(hidden) == 0 {
		return err
	}
	done, err := l.alone()
	if errors.Is(err, ErrBusy) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("sweep lists: %w", err)
	}
	defer done()
	return l.sweep(ctx)
}

func (l *Lists) hidden(ctx context.Context) ([]int64, error) {
	db, err := l.room.Reader()
	if err != nil {
		return nil, err
	}
	all, err := sqlrow.Collect(ctx, db, func(row sqlrow.Scanner) (no int64, err error) {
		return no, row.Scan(&no)
	}, `SELECT no FROM hidden ORDER BY no`)
	if err != nil {
		return nil, fmt.Errorf("look for hidden lists: %w", err)
	}
	return all, nil
}

// sweep is Sweep for who holds the lock.
func (l *Lists) sweep(ctx context.Context) error {
	hidden, err := l.hidden(ctx)
	if err != nil {
		return err
	}
	for _, list := range hidden {
		if err := l.remove(ctx, list); err != nil {
			return fmt.Errorf("sweep list %d: %w", list, err)
		}
	}
	return nil
}

// remove deletes what a hidden list left. Of one that was taken back its number stays.
func (l *Lists) remove(ctx context.Context, list int64) error {
	for _, query := range []string{
		`DELETE FROM visit WHERE no IN (SELECT no FROM visit WHERE batch = ?1 LIMIT ?2)`,
		`UPDATE visit SET gone = NULL WHERE no IN (SELECT no FROM visit WHERE gone = ?1 LIMIT ?2)`,
		`DELETE FROM import_seen WHERE (person, batch) IN (SELECT person, batch FROM import_seen WHERE batch = ?1 LIMIT ?2)`,
		`DELETE FROM also_named WHERE (mac, batch) IN (SELECT mac, batch FROM also_named WHERE batch = ?1 LIMIT ?2)`,
		`DELETE FROM person WHERE no IN (SELECT no FROM person p WHERE batch = ?1 AND NOT ` + touched + ` LIMIT ?2)`,
		dropCells,
		`DELETE FROM recorded WHERE (batch, day) IN (SELECT batch, day FROM recorded WHERE batch = ?1 LIMIT ?2)`,
	} {
		if err := l.inBites(ctx, list, query); err != nil {
			return err
		}
	}
	return l.room.Write(ctx, func(ctx context.Context, w Writing) error {
		for _, query := range []string{
			`DELETE FROM import_kept WHERE batch = ?1`,
			`DELETE FROM import_shift WHERE batch = ?1`,
			`DELETE FROM import_lost WHERE batch = ?1`,
			`DELETE FROM import_lean WHERE batch = ?1`,
			`UPDATE import SET stayed = (SELECT count(*) FROM person WHERE batch = ?1) WHERE no = ?1`,
			`UPDATE person SET batch = NULL WHERE batch = ?1`,
			`DELETE FROM import WHERE no = ?1 AND state = 'staged'`,
			`UPDATE import SET state = 'undone' WHERE no = ?1`,
		} {
			if _, err := w.ExecContext(ctx, query, list); err != nil {
				return err
			}
		}
		return nil
	})
}
