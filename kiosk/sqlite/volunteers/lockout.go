package volunteers

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/auth"
	"example.org/inloop/kiosk/sqlite/sqlrow"
)

// codeAttempts stands in table patience for the attempts at one-time codes, of
// whoever; any other number is a volunteer's.
const codeAttempts = 0

// attempt counts an attempt at a PIN or a code, durably and before it is looked
// at; *kiosk.PINError when it may not be made yet.
func (r *Roster) attempt(ctx context.Context, who int64) (l auth.Lockout, err error) {
	var refused error
	err = r.write(ctx, func(ctx context.Context, tx sqlrow.Tx, now kiosk.Moment) error {
		if l, err = lockout(ctx, tx, who); err != nil {
			return err
		}
		l, refused = l.Attempt(now)
		return setLockout(ctx, tx, who, l)
	})
	return l, errors.Join(err, refused)
}

// lockout reads how often somebody was wrong.
func lockout(ctx context.Context, tx sqlrow.Tx, who int64) (l auth.Lockout, err error) {
	err = tx.QueryRowContext(ctx, `SELECT tries, boot_id, from_ns, left_ns FROM patience WHERE who = ?1`, who).
		Scan(&l.Attempts, &l.Boot, &l.Since, &l.Left)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return l, fmt.Errorf("read attempts: %w", err)
	}
	return l, nil
}

func setLockout(ctx context.Context, tx sqlrow.Tx, who int64, l auth.Lockout) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO patience (who, tries, boot_id, from_ns, left_ns) VALUES (?1, ?2, ?3, ?4, ?5)
		ON CONFLICT (who) DO UPDATE SET tries = excluded.tries, boot_id = excluded.boot_id, from_ns = excluded.from_ns, left_ns = excluded.left_ns`,
		who, l.Attempts, l.Boot, int64(l.Since), int64(l.Left))
	if err != nil {
		return fmt.Errorf("note attempts: %w", err)
	}
	return nil
}

// resetAttempts forgets somebody's wrong attempts.
func resetAttempts(ctx context.Context, tx sqlrow.Tx, who int64) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM patience WHERE who = ?1`, who); err != nil {
		return fmt.Errorf("forget attempts: %w", err)
	}
	return nil
}

// KeepWaits notes what is left of each wait, so that a power cut adds no more
// than a minute to it.
func KeepWaits(ctx context.Context, tx sqlrow.Tx, now kiosk.Moment) error {
	waiting, err := sqlrow.Collect(ctx, tx, func(row sqlrow.Scanner) (who int64, err error) {
		return who, row.Scan(&who)
	}, `SELECT who FROM patience WHERE left_ns > 0`)
	if err != nil {
		return fmt.Errorf("read waits: %w", err)
	}
	for _, who := range waiting {
		l, err := lockout(ctx, tx, who)
		if err != nil {
			return err
		}
		if err := setLockout(ctx, tx, who, l.At(now)); err != nil {
			return err
		}
	}
	return nil
}
