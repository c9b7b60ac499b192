// Package once keeps which forms have been done, so that one which is sent again,
// because its answer was lost, is done once. [Claim] is called in the transaction
// that does it.
package once

import (
	"context"
	"fmt"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/sqlrow"
)

// remembered is how many keys are kept, the newest: days of a busy room, where
// the page that sends again gives up after minutes. They are counted since a
// clock may be wrong.
const remembered = 2000

// Claim keeps the key of [kiosk.Once] that ctx holds, if it holds one, and
// returns [kiosk.ErrDoneBefore] where it was kept before.
func Claim(ctx context.Context, tx sqlrow.Tx) error {
	key := kiosk.OnceKey(ctx)
	if key == "" {
		return nil
	}
	no, err := sqlrow.Insert(ctx, tx, `INSERT INTO once (key) VALUES (?1)`, key)
	if err != nil {
		if sqlrow.Conflicts(err) {
			return kiosk.ErrDoneBefore
		}
		return fmt.Errorf("claim a form: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM once WHERE no <= ?1`, no-remembered); err != nil {
		return fmt.Errorf("forget old forms: %w", err)
	}
	return nil
}
