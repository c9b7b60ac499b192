package daybook

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/outbox"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/sync/count"
)

// DayPlan is by what the room was to be open, and what was on.
type DayPlan struct {
	kiosk.Timetable
	Programme []kiosk.Activity
}

// How late the room is taken for not opened, and the day for over, when nobody touches
// anything.
const (
	openedLate = 30 * time.Minute
	closedLate = 5 * time.Minute
)

// answersOf reads what was answered of a day, and what was kept of it when it ended.
func answersOf(ctx context.Context, q sqlrow.Querier, day count.Day) (a kiosk.ClosingAnswers, record string, err error) {
	err = q.QueryRowContext(ctx, `SELECT volunteers, minutes, record FROM daybook WHERE no = ?1`, day).Scan(&a.Volunteers, &a.Minutes, &record)
	if errors.Is(err, sql.ErrNoRows) {
		return a, "", nil
	}
	if err != nil {
		return a, "", fmt.Errorf("read daybook: %w", err)
	}
	return a, record, nil
}

// record returns what the room did on a day; kept tells that it has ended.
func (p DayPlan) record(ctx context.Context, q sqlrow.Querier, day count.Day) (r kiosk.DayRecord, kept bool, err error) {
	answers, record, err := answersOf(ctx, q, day)
	if err != nil {
		return r, false, err
	}
	if record != "" {
		if err := json.Unmarshal([]byte(record), &r); err != nil {
			return r, false, fmt.Errorf("read record of %s: %w", day, err)
		}
		return r, true, nil
	}
	touches, err := touchesOf(ctx, q, day, p.Zone)
	if err != nil {
		return r, false, err
	}
	open, referred := spans(touches)
	r = p.Record(day, open, p.Programme)
	r.Answers, r.Referred = answers, referred
	return r, false, nil
}

// Tell writes the measures of a day that are not counted by part of it. Nothing is
// written again that says so already.
func Tell(ctx context.Context, tx *outbox.Tx, p DayPlan, day count.Day) error {
	r, _, err := p.record(ctx, tx, day)
	if err != nil {
		return err
	}
	return tell(ctx, tx, r, day)
}

func tell(ctx context.Context, tx *outbox.Tx, r kiosk.DayRecord, day count.Day) error {
	visits, err := outbox.VisitsOf(ctx, tx, day)
	if err != nil {
		return err
	}
	for m, n := range r.Numbers(visits) {
		if err := tx.Set(ctx, cellOf(tx, day, m), n); err != nil {
			return err
		}
	}
	return nil
}

func cellOf(tx *outbox.Tx, day count.Day, m count.Measure) kiosk.Cell {
	return kiosk.Cell{Epoch: tx.Epoch, Period: day.Period(), Measure: m}
}

// End closes out a day: its measures are told, and of the touches only the record
// stays. Of a day that was not planned, and on which nobody came or touched anything,
// nothing is told.
func End(ctx context.Context, tx *outbox.Tx, p DayPlan, day count.Day) error {
	r, kept, err := p.record(ctx, tx, day)
	if err != nil || kept {
		return err
	}
	visits, err := outbox.VisitsOf(ctx, tx, day)
	if err != nil {
		return err
	}
	silent := !r.Opened && r.Referred == 0 && r.Answers.Volunteers == nil && !p.Open(day)
	for _, n := range visits {
		silent = silent && n == 0
	}
	if silent {
		return nil
	}
	r = r.Coarse()
	if err := tell(ctx, tx, r, day); err != nil {
		return err
	}
	return keep(ctx, tx, r, day)
}

// keep leaves of a day what its record says.
func keep(ctx context.Context, tx sqlrow.Tx, r kiosk.DayRecord, day count.Day) error {
	text, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("write record: %w", err)
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO daybook (no, volunteers, minutes, record) VALUES (?1, ?2, ?3, ?4)
		ON CONFLICT (no) DO UPDATE SET volunteers = excluded.volunteers, minutes = excluded.minutes, record = excluded.record`,
		day, r.Answers.Volunteers, r.Answers.Minutes, string(text))
	if err != nil {
		return fmt.Errorf("keep record: %w", err)
	}
	return nil
}

// Sweep removes the touches up to the last day that has ended, and the records of days
// before oldest, which no correction reaches any more.
func Sweep(ctx context.Context, tx sqlrow.Tx, ended, oldest count.Day) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM touch WHERE day <= ?1`, ended)
	if err == nil {
		_, err = tx.ExecContext(ctx, `DELETE FROM daybook WHERE no < ?1`, oldest)
	}
	if err != nil {
		return fmt.Errorf("sweep daybook: %w", err)
	}
	return nil
}

// WithdrawAfter forgets what was kept of the days after one: a clock that ran ahead
// ended them.
func WithdrawAfter(ctx context.Context, tx sqlrow.Tx, day count.Day) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM daybook WHERE no > ?1`, day); err != nil {
		return fmt.Errorf("withdraw daybook: %w", err)
	}
	return nil
}

// Correct tells a day again whose visits were corrected, if it was told before.
func Correct(ctx context.Context, tx *outbox.Tx, p DayPlan, day count.Day) error {
	r, kept, err := p.record(ctx, tx, day)
	if err != nil || !kept {
		return err
	}
	return tell(ctx, tx, r, day)
}

// CorrectListed is Correct for all days whose visits a list changed, of those that have
// ended.
func CorrectListed(ctx context.Context, tx *outbox.Tx, p DayPlan, list int64) error {
	days, err := sqlrow.Collect(ctx, tx, func(row sqlrow.Scanner) (d count.Day, err error) {
		return d, row.Scan(&d)
	}, `SELECT no FROM daybook WHERE record <> '' AND date(no * 86400, 'unixepoch') IN (SELECT period FROM import_cell WHERE batch = ?1)`, list)
	if err != nil {
		return fmt.Errorf("look for days of the list: %w", err)
	}
	for _, d := range days {
		if err := Correct(ctx, tx, p, d); err != nil {
			return err
		}
	}
	return nil
}

// Due tells of the running day what time alone brings: that nobody opened the room half
// an hour after it was to be open, and once it is over by the plan all of it. It reads
// nothing before that.
func Due(ctx context.Context, tx *outbox.Tx, p DayPlan, now time.Time) error {
	day := p.Day(now)
	hours := p.Hours(day)
	if len(hours) == 0 || now.Before(day.At(hours[0].From, p.Zone).Add(openedLate)) {
		return nil
	}
	over := !now.Before(day.At(hours[len(hours)-1].Until, p.Zone).Add(closedLate))
	first := count.MeasureOpened
	if over {
		first = count.MeasurePlannedParts
	}
	if told, err := tx.Told(ctx, cellOf(tx, day, first)); err != nil || told {
		return err
	}
	if over {
		return Tell(ctx, tx, p, day)
	}
	return tellOpened(ctx, tx, p, day)
}

// tellOpened tells whether a host opened the room on the running day.
func tellOpened(ctx context.Context, tx *outbox.Tx, p DayPlan, day count.Day) error {
	touches, err := touchesOf(ctx, tx, day, p.Zone)
	if err != nil {
		return err
	}
	open, _ := spans(touches)
	n := int64(min(1, len(open)))
	return tx.Set(ctx, cellOf(tx, day, count.MeasureOpened), &n)
}
