package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/reach"
	"example.org/inloop/sync/count"
)

// When a clock that nothing proves is not believed at once: it stands further
// ahead of the last day that the room knew than a room is away for, and has not
// since gone through so many nights.
const (
	leapDays    = 40
	doubtNights = 7
)

// retain deletes what its time is over for. Closed periods stay as they are,
// and of each person who still comes the month in which she was first seen.
// It is run once a night. Nothing is deleted on the word of a clock alone that
// has run far ahead, because nothing brings it back.
func (s *Store) retain(ctx context.Context, t *txn, today count.Day) error {
	if today == count.NoDay {
		return nil
	}
	if doubted, err := t.passNight(ctx, today); err != nil || doubted {
		return err
	}
	if err := s.dropAside(today); err != nil {
		return err
	}
	return s.keeping(ctx, t, today, func() error {
		if err := t.retainVisits(ctx, reach.VisitsFrom(today)); err != nil {
			return fmt.Errorf("delete old visits: %w", err)
		}
		if err := t.retainFlags(ctx, today); err != nil {
			return fmt.Errorf("delete old answers: %w", err)
		}
		if err := t.retainLinks(ctx, today); err != nil {
			return fmt.Errorf("delete old links: %w", err)
		}
		return nil
	})
}

// doubtClock notes that today leaps far ahead of the day on which the figures
// were reckoned last, unless a true clock says so.
func (t *txn) doubtClock(ctx context.Context, today count.Day) error {
	_, err := t.exec(ctx, `
		UPDATE reckoning SET doubt = CASE WHEN ?2 THEN 0 WHEN doubt = 0 AND day <> 0 AND day + ?3 < ?1 THEN ?4 ELSE doubt END`,
		today, t.now.trust >= kiosk.TrustAnchored, leapDays, doubtNights+1) // the leap itself is taken for a night
	if err != nil {
		return fmt.Errorf("doubt clock: %w", err)
	}
	return nil
}

// passNight tells whether the clock is still doubted as a night has passed.
func (t *txn) passNight(ctx context.Context, today count.Day) (doubted bool, err error) {
	if err := t.doubtClock(ctx, today); err != nil {
		return false, err
	}
	err = t.QueryRowContext(ctx, `UPDATE reckoning SET doubt = max(doubt - 1, 0) RETURNING doubt > 0`).Scan(&doubted)
	if err != nil {
		return false, fmt.Errorf("pass night: %w", err)
	}
	return doubted, nil
}

// forgetUntil notes that a visit of day d is gone, or was never written down.
func (t *txn) forgetUntil(ctx context.Context, d count.Day) error {
	if _, err := t.exec(ctx, `UPDATE reckoning SET forgotten = max(forgotten, ?1 + 1)`, d); err != nil {
		return fmt.Errorf("note retention: %w", err)
	}
	return nil
}

// retainVisits deletes visits and stays before the horizon.
func (t *txn) retainVisits(ctx context.Context, horizon count.Day) error {
	rows, err := t.QueryContext(ctx, `
		SELECT person, min(day), max(day) FROM visit
		WHERE person IS NOT NULL AND void = 0 AND day < ?1 GROUP BY person`, horizon)
	if err != nil {
		return err
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells
	type seen struct {
		person      int64
		first, last count.Day
	}
	var all []seen
	for rows.Next() {
		var one seen
		if err := rows.Scan(&one.person, &one.first, &one.last); err != nil {
			return err
		}
		all = append(all, one)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, one := range all {
		err := t.one(ctx, `
			UPDATE person SET first_day = min(coalesce(first_day, ?2), ?2), last_day = max(coalesce(last_day, ?3), ?3)
			WHERE no = ?1`, one.person, reach.FirstSeen(one.first), one.last)
		if err != nil {
			return err
		}
	}
	var newest sql.NullInt64
	err = t.QueryRowContext(ctx, `SELECT max(day) FROM visit WHERE day < ?1 AND void = 0 AND held = 0`, horizon).Scan(&newest)
	if err != nil {
		return err
	}
	for _, query := range []string{
		`DELETE FROM visit WHERE day < ?1`,
		`DELETE FROM stay WHERE day < ?1 AND ended <> ''`,
		`DELETE FROM stranger WHERE day < ?1`,
	} {
		if _, err := t.exec(ctx, query, horizon); err != nil {
			return err
		}
	}
	if !newest.Valid {
		return nil
	}
	return t.forgetUntil(ctx, count.Day(newest.Int64))
}

// lastVisits is when each person last came, as far as is known.
const lastVisits = `
	SELECT p.no AS person, max(coalesce(p.last_day, 0), coalesce((
	         SELECT max(v.day) FROM visit v WHERE v.person = p.no AND v.void = 0), 0)) AS day
	FROM person p`

// retainFlags deletes what intakes came to, when package reach says so.
func (t *txn) retainFlags(ctx context.Context, today count.Day) error {
	rows, err := t.QueryContext(ctx, `
		SELECT i.person, i.day, l.day FROM intake i JOIN (`+lastVisits+`) l ON l.person = i.person`)
	if err != nil {
		return err
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells
	var over []int64
	for rows.Next() {
		var person int64
		var answered, last count.Day
		if err := rows.Scan(&person, &answered, &last); err != nil {
			return err
		}
		if reach.AnswerOver(answered, last, today) {
			over = append(over, person)
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, person := range over {
		if err := t.one(ctx, `DELETE FROM intake WHERE person = ?1`, person); err != nil {
			return err
		}
	}
	return nil
}

// retainLinks frees the signs and badges of those who have not come for 12
// months, and deletes those of whom nothing is left by which they could be
// known again. The fingerprint of an imported label stays until the visits are
// gone, or the same list would count them twice.
func (t *txn) retainLinks(ctx context.Context, today count.Day) error {
	const absent = `SELECT l.person FROM (` + lastVisits + `) l JOIN person p ON p.no = l.person
		WHERE CASE l.day WHEN 0 THEN coalesce(p.noted, ?1 + 1) ELSE l.day END <= ?1`
	const visited = `EXISTS (SELECT 1 FROM visit v WHERE v.person = person.no)`
	over := reach.LinksUntil(today)
	for _, step := range []struct {
		query string
		day   count.Day
	}{
		{`UPDATE person SET noted = ?1 WHERE noted IS NULL AND last_day IS NULL AND NOT ` + visited, today},
		{`DELETE FROM badge WHERE person IN (` + absent + `)`, over},
		{`UPDATE person SET sign = NULL, name = NULL, on_screen = 0, label = NULL WHERE no IN (` + absent + `)`, over},
		{`UPDATE person SET label_mac = NULL WHERE NOT ` + visited + ` AND no IN (` + absent + `)`, over},
		{`DELETE FROM person WHERE NOT ` + visited + ` AND no IN (` + absent + `)
		  AND NOT EXISTS (SELECT 1 FROM stay s WHERE s.person = person.no)
		  AND NOT EXISTS (SELECT 1 FROM intake i WHERE i.person = person.no)
		  AND NOT EXISTS (SELECT 1 FROM tap x WHERE x.person = person.no)
		  AND NOT EXISTS (SELECT 1 FROM stranger x WHERE x.lost = person.no)`, over},
		{`UPDATE person SET last_day = NULL WHERE last_day < ?1`, reach.AskedFrom(today)},
	} {
		if _, err := t.exec(ctx, step.query, step.day); err != nil {
			return err
		}
	}
	return nil
}
