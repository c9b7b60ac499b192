package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"example.org/inloop/kiosk/auth"
	"example.org/inloop/kiosk/sqlite/sqlrow"
)

// codeAttempts stands in table patience for the attempts at one-time codes, of
// whoever; any other number is a volunteer's.
const codeAttempts = 0

// attempt counts an attempt at a PIN or a code, durably and before it is looked
// at; *kiosk.PINError when it may not be made yet.
func (s *Store) attempt(ctx context.Context, who int64) (l auth.Lockout, err error) {
	var refused error
	err = s.withTx(ctx, func(ctx context.Context, t *txn) error {
		if l, err = t.lockout(ctx, who); err != nil {
			return err
		}
		l, refused = l.Attempt(t.now.Read)
		return t.setLockout(ctx, who, l)
	})
	return l, errors.Join(err, refused)
}

// lockout reads how often somebody was wrong.
func (t *txn) lockout(ctx context.Context, who int64) (l auth.Lockout, err error) {
	err = t.QueryRowContext(ctx, `SELECT tries, boot_id, from_ns, left_ns FROM patience WHERE who = ?1`, who).
		Scan(&l.Attempts, &l.Boot, &l.Since, &l.Left)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return l, fmt.Errorf("read attempts: %w", err)
	}
	return l, nil
}

func (t *txn) setLockout(ctx context.Context, who int64, l auth.Lockout) error {
	_, err := t.ExecContext(ctx, `
		INSERT INTO patience (who, tries, boot_id, from_ns, left_ns) VALUES (?1, ?2, ?3, ?4, ?5)
		ON CONFLICT (who) DO UPDATE SET tries = excluded.tries, boot_id = excluded.boot_id, from_ns = excluded.from_ns, left_ns = excluded.left_ns`,
		who, l.Attempts, l.Boot, int64(l.Since), int64(l.Left))
	if err != nil {
		return fmt.Errorf("note attempts: %w", err)
	}
	return nil
}

// resetAttempts forgets somebody's wrong attempts.
func (t *txn) resetAttempts(ctx context.Context, who int64) error {
	if _, err := t.ExecContext(ctx, `DELETE FROM patience WHERE who = ?1`, who); err != nil {
		return fmt.Errorf("forget attempts: %w", err)
	}
	return nil
}

// keepWaits notes what is left of each wait, so that a power cut adds no more
// than a minute to it.
func (t *txn) keepWaits(ctx context.Context) error {
	waiting, err := sqlrow.Collect(ctx, t, func(row sqlrow.Scanner) (who int64, err error) {
		return who, row.Scan(&who)
	}, `SELECT who FROM patience WHERE left_ns > 0`)
	if err != nil {
		return fmt.Errorf("read waits: %w", err)
	}
	for _, who := range waiting {
		l, err := t.lockout(ctx, who)
		if err != nil {
			return err
		}
		if err := t.setLockout(ctx, who, l.At(t.now.Read)); err != nil {
			return err
		}
	}
	return nil
}
