package sqlite

import (
	"context"
	"crypto/rand"
	"fmt"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/sqlrow"
)

// Epoch returns the present epoch of the database.
func (s *Store) Epoch(ctx context.Context) (kiosk.Epoch, error) {
	db, err := s.reader()
	if err != nil {
		return kiosk.Epoch{}, err
	}
	return scanEpoch(db.QueryRowContext(ctx, `SELECT ordinal, id FROM epoch ORDER BY ordinal DESC LIMIT 1`))
}

func scanEpoch(row sqlrow.Scanner) (e kiosk.Epoch, err error) {
	var id []byte
	if err := row.Scan(&e.Ordinal, &id); err != nil {
		return e, fmt.Errorf("read epoch: %w", sqlrow.Missing(err))
	}
	copy(e.ID[:], id)
	return e, nil
}

// newEpoch begins another epoch of the database, because it was restored or moved.
// Requests are numbered anew, and the one on its way is forgotten.
func (t *txn) newEpoch(ctx context.Context, reason string) error {
	id := make([]byte, 16)
	_, _ = rand.Read(id) // never fails (crypto/rand)
	t.epochNo++
	_, err := t.ExecContext(ctx, `INSERT INTO epoch (ordinal, id, reason, began_ms) VALUES (?1, ?2, ?3, ?4)`,
		t.epochNo, id, reason, t.now.Moment().Wall.UnixMilli())
	if err != nil {
		return fmt.Errorf("begin epoch: %w", err)
	}
	if _, err := t.ExecContext(ctx, `UPDATE link SET token = '', seq = 0`); err != nil {
		return fmt.Errorf("begin epoch: %w", err)
	}
	return t.requeue(ctx)
}
