package ledger

import (
	"context"
	"fmt"

	"example.org/inloop/kiosk/sqlite/outbox"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/kiosk/timeline"
	"example.org/inloop/sync/count"
)

// Recount is how far the figures have been counted.
type Recount struct {
	Day    count.Day // on which it was done last
	Change int64     // the last one of cells of days that was looked at
	Doubt  timeline.Doubt
}

// LastRecount returns how far the figures have been counted.
func LastRecount(ctx context.Context, q sqlrow.Querier) (r Recount, err error) {
	if err := q.QueryRowContext(ctx, `SELECT day, rev, doubt FROM reckoning`).Scan(&r.Day, &r.Change, &r.Doubt); err != nil {
		return r, fmt.Errorf("read last recount: %w", err)
	}
	return r, nil
}

// NoteRecount notes that the figures were counted on a day, from cells up to the change of
// a number.
func NoteRecount(ctx context.Context, tx sqlrow.Tx, day count.Day, change int64) error {
	return note(ctx, tx, "recount", `UPDATE reckoning SET day = ?1, rev = ?2`, day, change)
}

// NoteDoubt notes for how many more nights the clock is doubted.
func NoteDoubt(ctx context.Context, tx sqlrow.Tx, d timeline.Doubt) error {
	return note(ctx, tx, "doubt of the clock", `UPDATE reckoning SET doubt = ?1`, d)
}

// DoubtClock notes for how many more nights the clock is doubted, because today leaps
// far ahead of the day on which the figures were counted last, and returns that with
// the last recount as it was. proven says that today is; at night, another one has passed.
func DoubtClock(ctx context.Context, tx sqlrow.Tx, today count.Day, proven, night bool) (last Recount, err error) {
	if last, err = LastRecount(ctx, tx); err != nil {
		return last, err
	}
	was := last.Doubt
	if last.Doubt = was.OnDay(today, last.Day, proven); night {
		last.Doubt = last.Doubt.AfterNight()
	}
	if last.Doubt == was {
		return last, nil
	}
	return last, NoteDoubt(ctx, tx, last.Doubt)
}

// NoteForgotten notes that a visit of day d is gone, or was never written down.
func NoteForgotten(ctx context.Context, tx sqlrow.Tx, d count.Day) error {
	return note(ctx, tx, "forgotten visits", `UPDATE reckoning SET forgotten = max(forgotten, ?1 + 1)`, d)
}

// noteTurn notes that figures which were counted beside the writing may be of no use.
func noteTurn(ctx context.Context, tx sqlrow.Tx) error {
	return note(ctx, tx, "turn", `UPDATE reckoning SET turn = turn + ?1`, 1)
}

func note(ctx context.Context, tx sqlrow.Tx, what, query string, args ...any) error {
	if _, err := tx.ExecContext(ctx, query, args...); err != nil {
		return fmt.Errorf("note %s: %w", what, err)
	}
	return nil
}

// Counted is what of the figures could have changed since they were counted beside the
// writing.
type Counted struct {
	Change, Turn int64
	Today        count.Day // as of which they are told
	Epoch        int
}

// Look notes how far a snapshot goes.
func (s *Counted) Look(ctx context.Context, q sqlrow.Querier) error {
	if err := q.QueryRowContext(ctx, `SELECT meta.change, reckoning.turn FROM meta, reckoning`).Scan(&s.Change, &s.Turn); err != nil {
		return fmt.Errorf("read number of changes: %w", err)
	}
	return nil
}

// Stands tells whether nothing was corrected, cut or kept since. Taps of the running month
// correct nothing that has ended.
func (s Counted) Stands(ctx context.Context, tx *outbox.Tx, today count.Day) (bool, error) {
	now := Counted{Today: today, Epoch: tx.Epoch}
	if err := now.Look(ctx, tx); err != nil {
		return false, err
	}
	changed, err := tx.DaysChanged(ctx, s.Change, s.Today.FirstOfMonth())
	return err == nil && !changed && now.Turn == s.Turn && now.Today == s.Today && now.Epoch == s.Epoch, err
}
