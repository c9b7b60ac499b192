package ledger

import (
	"context"
	"database/sql"
	"fmt"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/reach"
	"example.org/inloop/kiosk/sqlite/outbox"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/sync/count"
)

// openings reads on which days the room was planned to be open, and which days have
// the mark that a person was recorded. A day that was closed out says what was
// planned then. Before the first of them the first timetable is taken to have stood,
// with the exceptions that are set.
func (r Rows) openings(ctx context.Context, q sqlrow.Querier, marks string) (o reach.Openings, err error) {
	o.Since = r.Timetable.Since
	told, err := outbox.PlannedDays(ctx, q)
	if err != nil {
		return o, err
	}
	var week sql.NullInt64
	if marks != derived {
		if err := q.QueryRowContext(ctx, `SELECT week FROM reckoning`).Scan(&week); err != nil {
			return o, fmt.Errorf("read first timetable: %w", err)
		}
	}
	o.Planned = func(d count.Day) bool {
		if open, known := told[d]; known {
			return open
		}
		if hours, set := r.Timetable.Exceptions[d]; set || !week.Valid {
			return len(hours) > 0 || !set && r.Timetable.Open(d)
		}
		return week.Int64>>d.Weekday()&1 == 1
	}
	days, err := sqlrow.Collect(ctx, q, func(row sqlrow.Scanner) (d count.Day, err error) {
		return d, row.Scan(&d)
	}, marks)
	if err != nil {
		return o, fmt.Errorf("read recorded days: %w", err)
	}
	o.Recorded = make(map[count.Day]bool, len(days))
	for _, d := range days {
		o.Recorded[d] = true
	}
	return o, nil
}

// NoteWeek remembers the week of the first timetable that the room had.
func NoteWeek(ctx context.Context, tx sqlrow.Tx, tt kiosk.Timetable) error {
	week := 0
	for day, hours := range tt.Week {
		if len(hours) > 0 {
			week |= 1 << day
		}
	}
	return note(ctx, tx, "first timetable", `UPDATE reckoning SET week = ?1 WHERE week IS NULL`, week)
}
