package ledger

import (
	"context"
	"fmt"

	"example.org/inloop/kiosk/reach"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/sync/count"
)

// Cut has the figures outlive the rows of a person, which the same transaction is about to
// delete: no figure moves by it. It reads the rows of that person alone.
func (r Rows) Cut(ctx context.Context, tx sqlrow.Tx, person int64) error {
	l, err := r.of(ctx, tx, person, Given{})
	if err != nil {
		return fmt.Errorf("read who is cut: %w", err)
	}
	cut, err := l.Cut()
	if err != nil {
		return err
	}
	if err := r.noteLost(ctx, tx, person, l, cut); err != nil {
		return fmt.Errorf("note what lists lose: %w", err)
	}
	_, err = tx.ExecContext(ctx, `
		INSERT OR IGNORE INTO recorded (batch, day)
		SELECT DISTINCT coalesce(batch, 0), day FROM attendance WHERE person = ?1 AND day IS NOT NULL AND void = 0`, person)
	if err != nil {
		return fmt.Errorf("note recorded days: %w", err)
	}
	return r.Keep(ctx, tx, cut)
}

// of returns the ledger as it is with the rows of one person alone.
func (r Rows) of(ctx context.Context, q sqlrow.Querier, person int64, g Given) (l *reach.Ledger, err error) {
	from, err := g.sources(ctx, q)
	if err != nil {
		return nil, err
	}
	l = &reach.Ledger{}
	residents, err := r.loadResidents(ctx, q, from.seen, person)
	if err != nil {
		return nil, err
	}
	visits, failed := loadVisits(ctx, q, from.visits, person)
	l.History = reach.NewHistory(visits, residents)
	if err := failed(); err != nil {
		return nil, err
	}
	if l.Kept, err = r.loadKept(ctx, q); err != nil {
		return nil, err
	}
	l.Openings, err = r.openings(ctx, q, from.recorded)
	return l, err
}

// noteLost remembers what lists came to in the visits of a person: who takes one back
// later takes that too. What a list changed of a kept period is remembered whole already.
func (r Rows) noteLost(ctx context.Context, tx sqlrow.Tx, person int64, l *reach.Ledger, cut map[count.Period]reach.Kept) error {
	lists, err := sqlrow.Collect(ctx, tx, func(row sqlrow.Scanner) (list int64, err error) {
		return list, row.Scan(&list)
	}, `SELECT DISTINCT batch FROM attendance WHERE person = ?1 AND batch IS NOT NULL`, person)
	if err != nil {
		return err
	}
	for _, list := range lists {
		without, err := r.of(ctx, tx, person, Given{Without: list})
		if err != nil {
			return err
		}
		shifts, err := r.Shifts(ctx, tx, list)
		if err != nil {
			return err
		}
		lost, err := r.Lost(ctx, tx, list)
		if err != nil {
			return err
		}
		for p := range cut {
			if _, whole := shifts[p]; whole {
				continue
			}
			with, err := l.History.Tally(p, l.Openings)
			if err != nil {
				return err
			}
			rest, err := without.History.Tally(p, l.Openings)
			if err != nil {
				return err
			}
			sealed, err := r.sealKept(p, reach.Kept{Tally: lost[p].Plus(with.Minus(rest))})
			if err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO import_lost (batch, period, tally) VALUES (?1, ?2, ?3)`, list, p, sealed); err != nil {
				return err
			}
		}
	}
	return nil
}

// Let has the figures outlive the rows before a day: keep is what reach.Ledger.Without
// said of them, as they still are.
func (r Rows) Let(ctx context.Context, tx sqlrow.Tx, until count.Day, keep map[count.Period]reach.Kept) error {
	_, err := tx.ExecContext(ctx, `
		INSERT OR IGNORE INTO recorded (batch, day)
		SELECT DISTINCT coalesce(batch, 0), day FROM attendance WHERE person IS NOT NULL AND day < ?1 AND void = 0`, until)
	if err != nil {
		return fmt.Errorf("note recorded days: %w", err)
	}
	return r.Keep(ctx, tx, keep)
}
