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
	no    int64 // of this transaction's changes, 0 while nothing was changed
}

// NewTx returns the cells' side of a transaction. When it changes the first cell it
// calls pass, which returns the time that has certainly passed by then: that is
// noted in the file by the same statement. touch has the cells of a part of a day
// counted again from the rows before the commit.
func NewTx(tx sqlrow.Tx, pass func() time.Time, touch func(context.Context, kiosk.DayPart) error) *Tx {
	return &Tx{Tx: tx, pass: pass, touch: touch}
}

// change returns the number of this transaction's changes, above all that were given
// out before. It never leaves the room: revisions are given by Release.
func (t *Tx) change(ctx context.Context) (int64, error) {
	if t.no != 0 {
		return t.no, nil
	}
	// One statement for the number and the time: each costs a tap time.
	err := t.QueryRowContext(ctx, `UPDATE meta SET change = change + 1, floor_ms = ?1 RETURNING change`, t.pass().UnixMilli()).Scan(&t.no)
	if err != nil {
		return 0, fmt.Errorf("number a change: %w", err)
	}
	return t.no, nil
}

// Complete returns the highest number of changes of which every cell is written: what
// this transaction is still to write carries the one that it has taken.
func (t *Tx) Complete(ctx context.Context) (no int64, err error) {
	if err := t.QueryRowContext(ctx, `SELECT change - ?1 FROM meta`, t.no != 0).Scan(&no); err != nil {
		return 0, fmt.Errorf("read number of changes: %w", err)
	}
	return no, nil
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
