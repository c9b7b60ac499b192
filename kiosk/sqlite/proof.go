package sqlite

import (
	"context"
	"errors"
	"fmt"
)

// errReplay undoes the tap of a badge whose proof was read before.
var errReplay = errors.New("counter of the badge does not grow")

// prove keeps the counter of a badge's proof; 0 is none. A counter that is not
// above the last one is errReplay: somebody shows a copy of an old reading.
func (t *txn) prove(ctx context.Context, c card, counter uint32) error {
	if counter == 0 || c.badge == 0 {
		return nil
	}
	result, err := t.ExecContext(ctx, `
		INSERT INTO proof (badge, counter) VALUES (?1, ?2)
		ON CONFLICT (badge) DO UPDATE SET counter = excluded.counter WHERE excluded.counter > proof.counter`, c.badge, counter)
	if err != nil {
		return fmt.Errorf("keep counter: %w", err)
	}
	grown, err := result.RowsAffected()
	if err != nil {
		return fmt.Errorf("keep counter: %w", err)
	}
	if grown == 0 {
		return errReplay
	}
	return nil
}

// TagKey returns the key of the room from which those of its tags are made.
func (s *Store) TagKey() [16]byte { return s.cfg.Keys.Tag() }
