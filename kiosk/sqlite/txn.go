package sqlite

import (
	"context"
	"database/sql"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/reach"
	"example.org/inloop/kiosk/sqlite/outbox"
	"example.org/inloop/kiosk/sqlite/undo"
	"example.org/inloop/kiosk/timeline"
	"example.org/inloop/sync/count"
)

// txn is one writing transaction and what it knows of the moment. All rows are
// changed through it: what touches a visit calls touch first, so that the
// cells of its day are counted again before the commit.
type txn struct {
	*sql.Tx
	s       *Store
	now     instant       // the moment of the tap or the action
	today   count.Day     // its day, or the last day known when it is undated
	cells   *outbox.Tx    // what was counted, and the present epoch
	action  *undo.Journal // of the rows that a volunteer changes; nil for taps
	cut     count.Day     // the last day of which rows were cut while it ran
	passed  time.Time     // below it no clock is trusted: noted in the file
	due     sql.NullInt64 // when the clock closes the next stay or unknown badge
	wrote   bool
	swept   bool // yesterday's traces went
	changed changes
}

// ExecContext runs one statement that writes.
func (t *txn) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	t.wrote = true
	return t.Tx.ExecContext(ctx, query, args...)
}

// instant is a moment and when that was, with the row of its boot.
type instant struct {
	timeline.Instant
	boot   int64
	proven bool // enough to delete by after a leap
	chip   bool // told by a clock chip alone
}

// changes are the parts of days that a transaction touches, and what the rows
// said before of those whose cells are kept.
type changes struct {
	parts  []kiosk.DayPart
	before map[kiosk.DayPart]reach.Numbers
}
