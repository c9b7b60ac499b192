package answers

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"example.org/inloop/kiosk/reach"
	"example.org/inloop/kiosk/sqlite/dbfile"
	"example.org/inloop/kiosk/sqlite/ledger"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/sync/count"
)

// Settler counts what a room brings to the periods that rooms count together.
type Settler struct{ Rows func() ledger.Rows }

// EnoughBadges tells whether enough of the period's visits were by badge; of a year's
// round, in its quarter and in the year. kiosk.ErrNotYet, a
// reach.ErrNotKept, while one of them is not closed.
func (c Settler) EnoughBadges(ctx context.Context, q sqlrow.Querier, p count.PoolPeriod) (bool, error) {
	s := reach.Settling{Period: p}
	var err error
	if s.Kept, err = c.kept(ctx, q, p); err != nil {
		return false, err
	}
	return s.Enough()
}

// kept is what is kept of a period. Of one that was counted, and of which nothing is kept,
// the room knows nothing: it brings nothing to it.
func (c Settler) kept(ctx context.Context, q sqlrow.Querier, p count.PoolPeriod) (map[count.Period]reach.Kept, error) {
	kept, err := c.Rows().KeptOf(ctx, q, p.Periods())
	if err != nil {
		return nil, err
	}
	counted, err := ledger.LastRecount(ctx, q)
	for _, span := range p.Periods() {
		if k, there := kept[span]; err == nil && counted.Day > p.Last() && (!there || k.Open) {
			kept[span] = reach.Kept{}
		}
	}
	return kept, err
}

// Settle closes class C of a period in the transaction that settles it, and returns what
// it came to, but for slips. It is called once for each period, the earliest first,
// whether or not its numbers are told: the counters of the year advance, and answers go
// that nothing asks for any more. reach.ErrNotKept while the period is not closed.
func (c Settler) Settle(ctx context.Context, tx sqlrow.Tx, p count.PoolPeriod) (map[count.PoolItem]int64, error) {
	done, err := c.settle(ctx, tx, p)
	if err != nil {
		return nil, fmt.Errorf("settle %s: %w", p, err)
	}
	return done.Numbers, nil
}

func (c Settler) settle(ctx context.Context, tx sqlrow.Tx, p count.PoolPeriod) (done reach.Settled, err error) {
	rows := c.Rows()
	s := reach.Settling{Period: p, Slots: rows.Timetable.Slots()}
	if s.Kept, err = c.kept(ctx, tx, p); err != nil {
		return done, err
	}
	if s.People, err = rows.AllAnswers(ctx, tx); err != nil {
		return done, err
	}
	days, err := p.Quarter().Days()
	if err != nil {
		return done, err
	}
	came, err := cameIn(ctx, tx, days)
	if err != nil {
		return done, err
	}
	s.Came = func(person int64) bool { return came[person] }
	if s.Count, err = yearCount(ctx, tx, rows, days.First.Year()); err != nil {
		return done, err
	}
	if p.Year() != "" {
		first, _, err := p.Year().Span()
		if err != nil {
			return done, err
		}
		if s.Known, err = rows.KnownBefore(ctx, tx, first); err != nil {
			return done, err
		}
	}
	if done, err = s.Settle(); err != nil {
		return done, err
	}
	for person, a := range done.People {
		if err := rows.KeepAnswers(ctx, tx, person, a); err != nil {
			return done, err
		}
	}
	return done, keepYear(ctx, tx, rows, days.First.Year(), done.Count)
}

// cameIn returns whoever came on one of the days and has answers.
func cameIn(ctx context.Context, q sqlrow.Querier, days count.Days) (map[int64]bool, error) {
	came := make(map[int64]bool)
	_, err := sqlrow.Collect(ctx, q, func(row sqlrow.Scanner) (no int64, err error) {
		err = row.Scan(&no)
		came[no] = true
		return no, err
	}, `SELECT a.person FROM answer a WHERE EXISTS (
		SELECT 1 FROM attendance v WHERE v.person = a.person AND v.day BETWEEN ?1 AND ?2 AND v.void = 0)`, days.First, days.Last)
	if err != nil {
		return nil, fmt.Errorf("look who came: %w", err)
	}
	return came, nil
}

// yearCount returns what the settled quarters of a year came to.
func yearCount(ctx context.Context, q sqlrow.Querier, rows ledger.Rows, year count.Period) (n reach.YearCount, err error) {
	var sealed []byte
	err = q.QueryRowContext(ctx, `SELECT tally FROM year_answer WHERE year = ?1`, year).Scan(&sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return n, nil
	}
	if err != nil {
		return n, fmt.Errorf("read counters of %s: %w", year, err)
	}
	text, err := rows.Keys.OpenText(sealed, "year_answer", string(year), 0)
	if err != nil {
		return n, err
	}
	if err := json.Unmarshal([]byte(text), &n); err != nil {
		return n, fmt.Errorf("%w: counters of %s: %w", dbfile.ErrCorrupt, year, err)
	}
	return n, nil
}

func keepYear(ctx context.Context, tx sqlrow.Tx, rows ledger.Rows, year count.Period, n reach.YearCount) error {
	text, err := json.Marshal(n)
	if err != nil {
		return err
	}
	sealed, err := rows.Keys.SealText(string(text), "year_answer", string(year), 0)
	if err == nil {
		_, err = tx.ExecContext(ctx, `INSERT INTO year_answer (year, tally) VALUES (?1, ?2) ON CONFLICT (year) DO UPDATE SET tally = excluded.tally`, year, sealed)
	}
	if err != nil {
		return fmt.Errorf("keep counters of %s: %w", year, err)
	}
	return nil
}
