package sqlstore

import (
	"context"
	"fmt"
	"time"
)

// forgetAttempts is after how long without an attempt a key begins anew.
const forgetAttempts = 24 * time.Hour

// CountAttempt counts an attempt, or returns how long key has to wait.
func (s *Store) CountAttempt(ctx context.Context, key string, now time.Time, wait func(n int) time.Duration) (left time.Duration, err error) {
	err = s.engine.write(ctx, func(ctx context.Context, tx runner) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM tries WHERE latest <= ?1`, now.Add(-forgetAttempts).UnixMilli()); err != nil {
			return fmt.Errorf("forget old attempts: %w", err)
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO tries (key, n, latest, blocked) VALUES (?1, 0, ?2, ?2) ON CONFLICT DO NOTHING`, key, now.UnixMilli())
		if err != nil {
			return fmt.Errorf("begin attempts: %w", err)
		}
		var n int
		var blocked time.Time
		err = tx.QueryRowContext(ctx, `SELECT n, blocked FROM tries WHERE key = ?1`+s.engine.lock(), key).Scan(&n, instant{&blocked})
		if err != nil {
			return fmt.Errorf("read attempts: %w", err)
		}
		if left = blocked.Sub(now); left > 0 {
			return nil
		}
		left = 0
		_, err = tx.ExecContext(ctx, `UPDATE tries SET n = ?2, latest = ?3, blocked = ?4 WHERE key = ?1`,
			key, n+1, now.UnixMilli(), now.Add(wait(n+1)).UnixMilli())
		if err != nil {
			return fmt.Errorf("count attempt: %w", err)
		}
		return nil
	})
	return left, err
}

// ResetAttempts forgets the tries of key.
func (s *Store) ResetAttempts(ctx context.Context, key string) error {
	return s.engine.write(ctx, func(ctx context.Context, tx runner) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM tries WHERE key = ?1`, key)
		return err
	})
}
