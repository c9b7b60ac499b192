// Package blur takes from the rows of days that are over what no rule asks of them any
// more: when somebody came, in which order, and when they left. The day and the part of
// the day stay, which is what is counted.
//
// What may still be dated anew keeps its instants (package boots knows which boots those
// are), and so does what a volunteer can still undo. [Next] finds a day that has
// something to lose, [Day] takes it, and [Rest] what has no day at all.
package blur

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/boots"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/sync/count"
)

// crowdDays is how long the guests of each hour are kept: long enough to tell what is
// usual in an hour of the week.
const crowdDays = 8 * 7

// The rows of a day that have something to lose: ?1 are the boots that are still to be
// dated. A held guest is waited for.
const (
	visits = `bt_ns >= 0 AND NOT (held = 1 AND void = 0)
		AND boot NOT IN (SELECT value FROM json_each(?1)) AND no NOT IN (SELECT row FROM image WHERE relation = 'visit')`
	stays = `bt_ns >= 0 AND ended <> '' AND boot NOT IN (SELECT value FROM json_each(?1)) AND last_boot NOT IN (SELECT value FROM json_each(?1))
		AND coalesce(out_boot, 0) NOT IN (SELECT value FROM json_each(?1)) AND no NOT IN (SELECT row FROM image WHERE relation = 'stay')`
)

// open are the boots of which something may still be dated, for ?1 of the above.
func open(ctx context.Context, q sqlrow.Querier, running int64) (string, error) {
	all, err := boots.Undecided(ctx, q, running)
	if err != nil {
		return "", err
	}
	list, err := json.Marshal(append([]int64{}, all...))
	return string(list), err
}

// Next returns the first day after one, and before today, whose rows have something to
// lose; NoDay when there is none. It reads all visits, beside the taps.
func Next(ctx context.Context, q sqlrow.Querier, running int64, after, today count.Day) (day count.Day, err error) {
	undecided, err := open(ctx, q, running)
	if err == nil {
		err = q.QueryRowContext(ctx, `SELECT coalesce(min(day), 0) FROM (
			SELECT min(day) AS day FROM visit WHERE day > ?2 AND day < ?3 AND `+visits+`
			UNION ALL SELECT min(day) FROM stay WHERE day > ?2 AND day < ?3 AND `+stays+`)`, undecided, after, today).Scan(&day)
	}
	if err != nil {
		return count.NoDay, fmt.Errorf("look for days that are over: %w", err)
	}
	return day, nil
}

// Day takes it from the rows of one.
func Day(ctx context.Context, tx sqlrow.Tx, running int64, day count.Day, zone *time.Location) error {
	undecided, err := open(ctx, tx, running)
	if err == nil {
		err = crowd(ctx, tx, undecided, day, zone)
	}
	if err == nil {
		err = blurVisits(ctx, tx, undecided, day)
	}
	if err == nil {
		err = blurStays(ctx, tx, undecided, day)
	}
	if err != nil {
		return fmt.Errorf("forget when people came on %s: %w", day, err)
	}
	return nil
}

// crowd counts the guests of each hour.
func crowd(ctx context.Context, tx sqlrow.Tx, undecided string, day count.Day, zone *time.Location) error {
	type guest struct {
		hour int
		band kiosk.Band
	}
	all, err := sqlrow.Collect(ctx, tx, func(row sqlrow.Scanner) (g guest, err error) {
		var ms int64
		err = row.Scan(&ms, &g.band)
		g.hour = time.UnixMilli(ms).In(zone).Hour()
		return g, err
	}, `SELECT at_ms, band FROM visit WHERE day = ?2 AND person IS NULL AND void = 0 AND at_ms IS NOT NULL AND `+visits, undecided, day)
	if err != nil {
		return err
	}
	for _, g := range all {
		if _, err := tx.ExecContext(ctx, `INSERT INTO crowd (day, hour, band, n) VALUES (?1, ?2, ?3, 1) ON CONFLICT DO UPDATE SET n = n + 1`, day, g.hour, g.band); err != nil {
			return err
		}
	}
	_, err = tx.ExecContext(ctx, `DELETE FROM crowd WHERE day < ?1`, day-crowdDays)
	return err
}

// like are rows that nothing but their number would tell apart in time: of one part of
// the day and, for who sends counts, of one epoch and between two of its marks.
type like struct {
	part    count.Part
	epoch   int
	started int
}

func blurVisits(ctx context.Context, tx sqlrow.Tx, undecided string, day count.Day) error {
	numbers := make(map[like][]int64)
	_, err := sqlrow.Collect(ctx, tx, func(row sqlrow.Scanner) (no int64, err error) {
		var l like
		if err = row.Scan(&no, &l.part, &l.epoch, &l.started); err == nil {
			numbers[l] = append(numbers[l], no)
		}
		return no, err
	}, `SELECT no, part, epoch, (SELECT count(*) FROM start s WHERE s.visit < visit.no) FROM visit WHERE day = ?2 AND `+visits, undecided, day)
	if err != nil {
		return err
	}
	// Numbers below zero are nobody's: no row is in another's way.
	for _, had := range numbers {
		for i, j := range rand.Perm(len(had)) {
			if _, err := tx.ExecContext(ctx, `UPDATE visit SET no = ?2, bt_ns = -1, wall_ms = 0, at_ms = NULL WHERE no = ?1`, had[i], -had[j]); err != nil {
				return err
			}
		}
	}
	_, err = tx.ExecContext(ctx, `UPDATE visit SET no = -no WHERE no < 0`)
	return err
}

// blurStays keeps of the stays no more than that somebody was there in a part of the
// day, and that only where no visit says so: a visit that a wrong clock has put there
// may stand in the way of theirs, and be dated anew.
func blurStays(ctx context.Context, tx sqlrow.Tx, undecided string, day count.Day) error {
	for _, query := range []string{
		`UPDATE stay SET bt_ns = -1, wall_ms = 0, at_ms = NULL, closes_ms = NULL, last_boot = boot, last_ns = -1, last_ms = 0,
		 out_boot = NULL, out_ns = NULL, out_ms = NULL, seen_boot = NULL, ended = 'untimed' WHERE day = ?2 AND ` + stays,
		`DELETE FROM stay WHERE day = ?2 AND bt_ns < 0 AND boot NOT IN (SELECT value FROM json_each(?1)) AND (
			EXISTS (SELECT 1 FROM stay s WHERE s.person = stay.person AND s.day = stay.day AND s.part = stay.part AND s.bt_ns < 0 AND s.no < stay.no)
			OR EXISTS (SELECT 1 FROM visit v WHERE v.person = stay.person AND v.day = stay.day AND v.part = stay.part AND v.void = 0 AND v.bt_ns < 0))`,
	} {
		if _, err := tx.ExecContext(ctx, query, undecided, day); err != nil {
			return err
		}
	}
	return nil
}

// Rest deletes what has no day and waits for none: the stays of boots that are decided,
// and the unknown badges of earlier boots that were counted.
func Rest(ctx context.Context, tx sqlrow.Tx, running int64) error {
	undecided, err := open(ctx, tx, running)
	if err != nil {
		return fmt.Errorf("look for boots that are decided: %w", err)
	}
	for _, step := range []struct {
		query string
		arg   any
	}{
		{`DELETE FROM stay WHERE day IS NULL AND ` + stays, undecided},
		{`DELETE FROM stranger WHERE day IS NULL AND state <> 'open' AND boot <> ?1`, running},
	} {
		if _, err := tx.ExecContext(ctx, step.query, step.arg); err != nil {
			return fmt.Errorf("delete what has no day: %w", err)
		}
	}
	return nil
}
