// Package upgrade does to the rows of a room, once, what a migration in SQL cannot: what
// needs the room's key.
//
// [Run] comes when a file is opened and its key has been checked, after the migrations
// and before anybody taps. It does each [Step] that the file has not seen, in the order
// of the list, a portion to a transaction; then the file is written anew, because SQLite
// leaves what a row said in parts of a page that no row uses. The plug may be pulled
// between any two portions: the next start goes on there. [Begin] tells a new file that
// nothing of it is to be upgraded.
package upgrade

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"

	"example.org/inloop/kiosk/sqlite/sqlrow"
)

// Step is one thing that is done once to the rows of every file that is older than it.
type Step struct {
	// Name is what the file remembers it by. It never changes, and no other step gets it.
	Name string
	// Portion does a part of the work and tells whether more is left. It finds what is
	// to be done by the rows themselves: rows that are done are passed over, because a
	// mended database brings older ones back, and so is a row that cannot be done, for
	// an error keeps the room closed.
	Portion func(ctx context.Context, tx sqlrow.Tx) (more bool, err error)
}

// Access is what a room's store lends.
type Access struct {
	Write func(context.Context, func(context.Context, *sql.Tx) error) error // one transaction
	Read  func() (*sql.DB, error)
	Scrub func(context.Context) error // writes the file anew, without what no row says any more
	Log   *slog.Logger
}

// Begin notes in a new file that all steps are done.
func Begin(ctx context.Context, tx sqlrow.Tx, steps []Step) error {
	for _, s := range steps {
		if err := note(ctx, tx, s.Name, true); err != nil {
			return err
		}
	}
	return nil
}

// Run does the steps that are still to be done. When the file cannot be written anew,
// for want of space most likely, the room is opened all the same, and the next start
// tries again.
func Run(ctx context.Context, m Access, steps []Step) error {
	db, err := m.Read()
	if err != nil {
		return err
	}
	scrubbed := true
	for _, s := range steps {
		done, clean, err := state(ctx, db, s.Name)
		for more := !done; more && err == nil; {
			more, err = s.portion(ctx, m)
		}
		if err != nil {
			return fmt.Errorf("upgrade %s: %w", s.Name, err)
		}
		scrubbed = scrubbed && clean
	}
	if scrubbed {
		return nil
	}
	if err := m.Scrub(ctx); err != nil {
		m.Log.Warn("the database could not be written anew: what was sealed just now may still be read in unused parts of it", "err", err)
		return nil
	}
	return m.Write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE upgrade SET scrubbed = 1`)
		return err
	})
}

// portion does one, unless another program has done the step meanwhile.
func (s Step) portion(ctx context.Context, m Access) (more bool, err error) {
	err = m.Write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		done, _, err := state(ctx, tx, s.Name)
		if err != nil || done {
			more = false
			return err
		}
		if more, err = s.Portion(ctx, tx); err != nil || more {
			return err
		}
		return note(ctx, tx, s.Name, false)
	})
	return more, err
}

// state tells whether a step is done, and whether nothing is left of what it took away.
func state(ctx context.Context, q sqlrow.Querier, step string) (done, clean bool, err error) {
	err = q.QueryRowContext(ctx, `SELECT count(*) > 0, coalesce(max(scrubbed), 0) FROM upgrade WHERE step = ?1`, step).Scan(&done, &clean)
	return done, clean, err
}

func note(ctx context.Context, tx sqlrow.Tx, step string, clean bool) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO upgrade (step, scrubbed) VALUES (?1, ?2) ON CONFLICT (step) DO UPDATE SET scrubbed = ?2`, step, clean)
	if err != nil {
		return fmt.Errorf("note an upgrade: %w", err)
	}
	return nil
}
