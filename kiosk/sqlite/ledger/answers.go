package ledger

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"example.org/inloop/kiosk/reach"
	"example.org/inloop/kiosk/sqlite/dbfile"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/sync/count"
)

// answerSize is what each person's answers are filled up to before they are sealed, so
// that the length of a row tells nothing of how many there are.
const answerSize = 512

// SealAnswers seals a person's answers; nil for none.
func (r Rows) SealAnswers(a reach.PersonAnswers, person int64) ([]byte, error) {
	if len(a.Given) == 0 && a.Mark == (reach.YearMark{}) && a.Route == "" {
		return nil, nil
	}
	text, err := json.Marshal(a)
	if err != nil {
		return nil, err
	}
	text = append(text, bytes.Repeat([]byte(" "), answerSize-len(text)%answerSize)...)
	return r.Keys.Seal(text, "answer", "said", person)
}

// OpenAnswers opens a person's answers, nil for none.
func (r Rows) OpenAnswers(sealed []byte, person int64) (a reach.PersonAnswers, err error) {
	if sealed == nil {
		return a, nil
	}
	text, err := r.Keys.Open(sealed, "answer", "said", person)
	if err != nil {
		return a, err
	}
	if err := json.Unmarshal(text, &a); err != nil {
		return a, fmt.Errorf("%w: sealed answers: %w", dbfile.ErrCorrupt, err)
	}
	return a, nil
}

// Answers reads the answers of a person.
func (r Rows) Answers(ctx context.Context, q sqlrow.Querier, person int64) (reach.PersonAnswers, error) {
	var sealed []byte
	err := q.QueryRowContext(ctx, `SELECT said FROM answer WHERE person = ?1`, person).Scan(&sealed)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return reach.PersonAnswers{}, fmt.Errorf("read answers: %w", err)
	}
	return r.OpenAnswers(sealed, person)
}

// AllAnswers reads everybody's.
func (r Rows) AllAnswers(ctx context.Context, q sqlrow.Querier) (map[int64]reach.PersonAnswers, error) {
	all := make(map[int64]reach.PersonAnswers)
	_, err := sqlrow.Collect(ctx, q, func(row sqlrow.Scanner) (no int64, err error) {
		var sealed []byte
		if err := row.Scan(&no, &sealed); err != nil {
			return no, err
		}
		all[no], err = r.OpenAnswers(sealed, no)
		return no, err
	}, `SELECT person, said FROM answer`)
	if err != nil {
		return nil, fmt.Errorf("read answers: %w", err)
	}
	return all, nil
}

// KeepAnswers writes what is kept of a person's answers from now on.
func (r Rows) KeepAnswers(ctx context.Context, tx sqlrow.Tx, person int64, a reach.PersonAnswers) error {
	sealed, err := r.SealAnswers(a, person)
	switch {
	case err != nil:
	case sealed == nil:
		_, err = tx.ExecContext(ctx, `DELETE FROM answer WHERE person = ?1`, person)
	default:
		_, err = tx.ExecContext(ctx, `INSERT INTO answer (person, said) VALUES (?1, ?2) ON CONFLICT (person) DO UPDATE SET said = excluded.said`, person, sealed)
	}
	if err != nil {
		return fmt.Errorf("keep answers: %w", err)
	}
	return nil
}

// KeptOf reads what is kept of some periods.
func (r Rows) KeptOf(ctx context.Context, q sqlrow.Querier, periods []count.Period) (map[count.Period]reach.Kept, error) {
	kept := make(map[count.Period]reach.Kept)
	for _, p := range periods {
		var sealed []byte
		err := q.QueryRowContext(ctx, `SELECT tally FROM kept WHERE period = ?1`, p).Scan(&sealed)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err == nil {
			kept[p], err = r.openKept(p, sealed)
		}
		if err != nil {
			return nil, fmt.Errorf("read what is kept of %s: %w", p, err)
		}
	}
	return kept, nil
}

// KnownBefore tells whether enough is known of the time before a day that somebody who was
// not seen in it may be called new.
func (r Rows) KnownBefore(ctx context.Context, q sqlrow.Querier, first count.Day) (bool, error) {
	from, err := Given{}.sources(ctx, q)
	if err != nil {
		return false, err
	}
	o, err := r.openings(ctx, q, from.recorded)
	if err != nil {
		return false, err
	}
	return o.Before(first).Enough(), nil
}
