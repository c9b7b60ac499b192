package daybook

import (
	"context"
	"fmt"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/kiosk/timeline"
	"example.org/inloop/sync/count"
)

// TouchKind says what a host touched.
type TouchKind string

// What a host can touch.
const (
	TouchOpen  TouchKind = "open"
	TouchClose TouchKind = "close"
	TouchRefer TouchKind = "refer"
)

// Touch is one touch of a host.
type Touch struct {
	Kind TouchKind
	At   time.Time
}

// touchesOf returns those of a day in their order.
func touchesOf(ctx context.Context, q sqlrow.Querier, day count.Day, zone *time.Location) ([]Touch, error) {
	all, err := sqlrow.Collect(ctx, q, func(row sqlrow.Scanner) (t Touch, err error) {
		var at int64
		err = row.Scan(&t.Kind, &at)
		t.At = time.UnixMilli(at).In(zone)
		return t, err
	}, `SELECT kind, at_ms FROM touch WHERE day = ?1 ORDER BY at_ms, no`, day)
	if err != nil {
		return nil, fmt.Errorf("read touches: %w", err)
	}
	return all, nil
}

// spans are the times in which the room was open, and how often somebody was referred.
// A second "Open" changes nothing, and neither does a "Dicht" that nothing opened.
func spans(touches []Touch) (all []kiosk.OpenSpan, referred int) {
	for _, t := range touches {
		open := len(all) > 0 && all[len(all)-1].Until.IsZero()
		switch {
		case t.Kind == TouchRefer:
			referred++
		case t.Kind == TouchOpen && !open:
			all = append(all, kiosk.OpenSpan{From: t.At})
		case t.Kind == TouchClose && open:
			all[len(all)-1].Until = t.At
		}
	}
	return all, referred
}

// state tells since when the room is open, and when it was closed: at most one of them.
func state(touches []Touch) (since, closed time.Time) {
	for _, t := range touches {
		switch {
		case t.Kind == TouchOpen && since.IsZero():
			since, closed = t.At, time.Time{}
		case t.Kind == TouchClose && closed.IsZero():
			since, closed = time.Time{}, t.At
		}
	}
	return since, closed
}

// ClosedAt tells when a host closed the room on a day, and false while it is open, or
// was never closed. It reads one index; a day that has ended has no times any more.
func ClosedAt(ctx context.Context, q sqlrow.Querier, day count.Day, zone *time.Location) (time.Time, bool, error) {
	touches, err := touchesOf(ctx, q, day, zone)
	if err != nil {
		return time.Time{}, false, err
	}
	_, closed := state(touches)
	return closed, !closed.IsZero(), nil
}

// Redate dates by a the touches of its boot that were trusted up to atMost, and moves
// the answers at closing with them. It returns the days that they left and came to.
func Redate(ctx context.Context, tx sqlrow.Tx, boot int64, a timeline.Alignment, tt kiosk.Timetable, atMost kiosk.Trust) ([]count.Day, error) {
	type row struct {
		no    int64
		kind  TouchKind
		since time.Duration
		day   count.Day
	}
	due, err := sqlrow.Collect(ctx, tx, func(r sqlrow.Scanner) (x row, err error) {
		return x, r.Scan(&x.no, &x.kind, &x.since, &x.day)
	}, `SELECT no, kind, bt_ns, day FROM touch WHERE boot = ?1 AND trust <= ?2 ORDER BY no`, boot, atMost)
	if err != nil {
		return nil, fmt.Errorf("date touches: %w", err)
	}
	var days []count.Day
	for _, x := range due {
		now := a.Date(x.since, tt)
		if !now.Dated() {
			continue // it keeps what was believed of it: nobody is there to ask
		}
		if _, err := tx.ExecContext(ctx, `UPDATE touch SET at_ms = ?2, trust = ?3, day = ?4 WHERE no = ?1`,
			x.no, now.At.UnixMilli(), now.Trust, now.Day); err != nil {
			return nil, fmt.Errorf("date touch: %w", err)
		}
		days = append(days, x.day, now.Day)
		if x.kind != TouchClose || now.Day == x.day {
			continue
		}
		if _, err := tx.ExecContext(ctx, `UPDATE OR IGNORE daybook SET no = ?2 WHERE no = ?1 AND record = ''`, x.day, now.Day); err != nil {
			return nil, fmt.Errorf("date answers: %w", err)
		}
	}
	return days, nil
}
