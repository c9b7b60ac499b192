package outbox

import (
	"context"
	"fmt"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/sqlrow"
)

// Tx is what one transaction of the store does to the cells.
type Tx struct {
	sqlrow.Tx
	Epoch int // ordinal of the present epoch; the store reads it with the moment

	pass  func() time.Time
	touch func(context.Context, kiosk.DayPart) error
	rev   int64 // taken by this transaction, 0 while none was
}

// NewTx returns the cells' side of a transaction. When it takes a revision it
// calls pass, which returns the time that has certainly passed by then: that is
// noted in the file by the same statement. touch has the cells of a part of a day
// counted again from the rows before the commit.
func NewTx(tx sqlrow.Tx, pass func() time.Time, touch func(context.Context, kiosk.DayPart) error) *Tx {
	return &Tx{Tx: tx, pass: pass, touch: touch}
}

// revision returns the revision of this transaction's changes, above all that
// were given out before.
func (t *Tx) revision(ctx context.Context) (int64, error) {
	if t.rev != 0 {
		return t.rev, nil
	}
	// One statement for the revision and the time: each costs a tap time.
	err := t.QueryRowContext(ctx, `UPDATE meta SET rev = rev + 1, floor_ms = ?1 RETURNING rev`, t.pass().UnixMilli()).Scan(&t.rev)
	if err != nil {
		return 0, fmt.Errorf("take revision: %w", err)
	}
	return t.rev, nil
}

// Complete returns the highest revision of which every cell is written: what this
// transaction is still to write carries the one that it has taken.
func (t *Tx) Complete(ctx context.Context) (rev int64, err error) {
	if err := t.QueryRowContext(ctx, `SELECT rev - ?1 FROM meta`, t.rev != 0).Scan(&rev); err != nil {
		return 0, fmt.Errorf("read revision: %w", err)
	}
	return rev, nil
}

// highest is up to where revisions are gone above: a higher one is a fault at the
// centre, and following it would leave the room none to count on with.
const highest = 1 << 52

// raiseRevision makes the next revision higher than rev.
func (t *Tx) raiseRevision(ctx context.Context, rev int64) error {
	if rev >= highest {
		return nil
	}
	if _, err := t.ExecContext(ctx, `UPDATE meta SET rev = max(rev, ?1)`, rev); err != nil {
		return fmt.Errorf("raise revision: %w", err)
	}
	return nil
}
