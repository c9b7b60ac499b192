// Package retention deletes the rows whose time is over. How long that is, package
// reach says; when a night's work may be done, and that closed figures stay as they
// are, the store.
package retention

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"example.org/inloop/kiosk/reach"
	"example.org/inloop/kiosk/sqlite/ledger"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/sync/count"
)

// portionRows is about how many visits go at once: no tap waits for years of them.
const portionRows = 3000

// Portion returns the day before which visits go first, none of them from the horizon
// on, and whether more are left then.
func Portion(ctx context.Context, q sqlrow.Querier, horizon count.Day) (until count.Day, more bool, err error) {
	var last count.Day
	err = q.QueryRowContext(ctx, `SELECT day FROM visit WHERE day < ?1 ORDER BY day LIMIT 1 OFFSET ?2`, horizon, portionRows).Scan(&last)
	if errors.Is(err, sql.ErrNoRows) {
		return horizon, false, nil
	}
	if err != nil {
		return horizon, false, fmt.Errorf("look for old visits: %w", err)
	}
	until = min(last+1, horizon)
	return until, until < horizon, nil
}

// before is the rows without a date of boots after which another one is proven to have
// begun before the horizon: they are as old.
const before = `day IS NULL AND boot < (SELECT max(no) FROM boot WHERE trust = 2 AND line_ms - line_ns / 1000000 < ?1 * 86400000)`

// Visits deletes visits and stays before the horizon.
func Visits(ctx context.Context, tx sqlrow.Tx, horizon count.Day) error {
	type seen struct {
		person, batch int64
		first, last   count.Day
	}
	all, err := sqlrow.Collect(ctx, tx, func(row sqlrow.Scanner) (one seen, err error) {
		return one, row.Scan(&one.person, &one.batch, &one.first, &one.last)
	}, `SELECT person, coalesce(batch, 0), min(day), max(day) FROM attendance
		WHERE person IS NOT NULL AND void = 0 AND day < ?1 GROUP BY person, batch`, horizon)
	if err != nil {
		return err
	}
	for _, one := range all {
		query, args := `
			UPDATE person SET first_day = min(coalesce(first_day, ?2), ?2), last_day = max(coalesce(last_day, ?3), ?3)
			WHERE no = ?1`, []any{one.person, reach.FirstSeen(one.first), one.last}
		if one.batch != 0 { // what a list alone says goes when it is taken back
			query, args = `
			INSERT INTO import_seen (person, first_day, last_day, batch) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE
			SET first_day = min(coalesce(first_day, ?2), ?2), last_day = max(coalesce(last_day, ?3), ?3)`, append(args, one.batch)
		}
		if err := sqlrow.One(ctx, tx, query, args...); err != nil {
			return err
		}
	}
	var newest sql.NullInt64
	err = tx.QueryRowContext(ctx, `SELECT max(day) FROM attendance WHERE day < ?1 AND void = 0 AND held = 0`, horizon).Scan(&newest)
	if err != nil {
		return err
	}
	for _, query := range []string{
		`DELETE FROM visit WHERE day < ?1`,
		`DELETE FROM stay WHERE day < ?1 AND ended <> ''`,
		`DELETE FROM stranger WHERE day < ?1`,
		`DELETE FROM visit WHERE ` + before,
		`DELETE FROM stay WHERE ` + before,
		`DELETE FROM stranger WHERE ` + before,
	} {
		if _, err := tx.ExecContext(ctx, query, horizon); err != nil {
			return fmt.Errorf("delete old visits: %w", err)
		}
	}
	if !newest.Valid {
		return nil
	}
	return ledger.NoteForgotten(ctx, tx, count.Day(newest.Int64))
}

// Erase deletes all rows of a person and of what the person's badges did.
func Erase(ctx context.Context, tx sqlrow.Tx, person int64) error {
	for _, query := range []string{
		`DELETE FROM answer WHERE person = ?1`,
		`DELETE FROM stay WHERE person = ?1`,
		`DELETE FROM visit WHERE person = ?1`,
		`DELETE FROM remade WHERE mac IN (SELECT mac FROM badge WHERE person = ?1)`,
		`UPDATE tap SET mac = NULL WHERE person = ?1 OR mac IN (SELECT mac FROM badge WHERE person = ?1)`,
		`DELETE FROM badge WHERE person = ?1`,
		`UPDATE stranger SET lost = NULL WHERE lost = ?1`,
		`DELETE FROM person WHERE no = ?1`,
	} {
		if _, err := tx.ExecContext(ctx, query, person); err != nil {
			return err
		}
	}
	return nil
}

// lastVisits is when each person last came, as far as is known.
const lastVisits = `
	SELECT p.no AS person, max(coalesce(p.last_day, 0), coalesce((
	         SELECT max(last_day) FROM list_seen WHERE person = p.no), 0), coalesce((
	         SELECT max(v.day) FROM attendance v WHERE v.person = p.no AND v.void = 0), 0)) AS day
	FROM person p`

// People deletes what is kept of people and whose time is over: answers and links.
func People(ctx context.Context, tx sqlrow.Tx, rows ledger.Rows, today count.Day) error {
	if err := answers(ctx, tx, rows, today); err != nil {
		return fmt.Errorf("delete old answers: %w", err)
	}
	if err := links(ctx, tx, today); err != nil {
		return fmt.Errorf("delete old links: %w", err)
	}
	return nil
}

// answers drops those that count for nothing any more by date alone.
func answers(ctx context.Context, tx sqlrow.Tx, rows ledger.Rows, today count.Day) error {
	all, err := rows.AllAnswers(ctx, tx)
	if err != nil {
		return err
	}
	for person, a := range all {
		if rest := a.Expired(today); len(rest.Given) != len(a.Given) || rest.Mark != a.Mark {
			if err := rows.KeepAnswers(ctx, tx, person, rest); err != nil {
				return err
			}
		}
	}
	return nil
}

// links frees the signs and badges of those who have not come for 12
// months, and deletes those of whom nothing is left by which they could be
// known again. The fingerprint of an imported label stays until the visits are
// gone, or the same list would count them twice.
func links(ctx context.Context, tx sqlrow.Tx, today count.Day) error {
	const absent = `SELECT l.person FROM (` + lastVisits + `) l JOIN person p ON p.no = l.person
		WHERE CASE l.day WHEN 0 THEN coalesce(p.noted, ?1 + 1) ELSE l.day END <= ?1`
	const visited = `EXISTS (SELECT 1 FROM visit v WHERE v.person = person.no)`
	over := reach.LinksUntil(today)
	for _, step := range []struct {
		query string
		day   count.Day
	}{
		{`UPDATE person SET noted = ?1 WHERE noted IS NULL AND last_day IS NULL
		  AND NOT EXISTS (SELECT 1 FROM import_seen s WHERE s.person = person.no) AND NOT ` + visited, today},
		{`DELETE FROM badge WHERE person IN (` + absent + `)`, over},
		{`DELETE FROM answer WHERE person IN (` + absent + `)`, over},
		{`UPDATE person SET sign_mac = NULL, sign_sealed = NULL, name = NULL, choices = NULL, label = NULL WHERE no IN (` + absent + `)`, over},
		{`UPDATE person SET label_mac = NULL WHERE NOT ` + visited + ` AND no IN (` + absent + `)`, over},
		{`DELETE FROM person WHERE NOT ` + visited + ` AND no IN (` + absent + `)
		  AND NOT EXISTS (SELECT 1 FROM stay s WHERE s.person = person.no)
		  AND NOT EXISTS (SELECT 1 FROM tap x WHERE x.person = person.no)
		  AND NOT EXISTS (SELECT 1 FROM stranger x WHERE x.lost = person.no)`, over},
		{`UPDATE person SET first_day = NULL, last_day = NULL WHERE last_day < ?1`, reach.AskedFrom(today)},
		{`UPDATE import_seen SET first_day = NULL, last_day = NULL WHERE last_day < ?1`, reach.AskedFrom(today)},
	} {
		if _, err := tx.ExecContext(ctx, step.query, step.day); err != nil {
			return err
		}
	}
	return nil
}
