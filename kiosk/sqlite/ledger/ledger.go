package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"iter"
	"maps"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/keyring"
	"example.org/inloop/kiosk/reach"
	"example.org/inloop/kiosk/sqlite/dbfile"
	"example.org/inloop/kiosk/sqlite/outbox"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/sync/count"
)

// Rows are those of one room, opened by its keys.
type Rows struct {
	Keys      keyring.Keys
	Timetable kiosk.Timetable
}

// Load reads all that figures are made of, at the moment of q. An error wraps
// dbfile.ErrCorrupt when something sealed does not read back.
func (r Rows) Load(ctx context.Context, q sqlrow.Querier) (*reach.Ledger, error) {
	return r.LoadAs(ctx, q, Given{})
}

// LoadAs is Load with what a list would bring, or without what one brought.
func (r Rows) LoadAs(ctx context.Context, q sqlrow.Querier, g Given) (*reach.Ledger, error) {
	l := &reach.Ledger{}
	from, err := g.sources(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("look at tables: %w", err)
	}
	err = q.QueryRowContext(ctx, from.forgotten).Scan(&l.Forgotten)
	if err != nil {
		return nil, fmt.Errorf("read how far figures go: %w", err)
	}
	residents, err := r.loadResidents(ctx, q, from.seen, everybody)
	if err != nil {
		return nil, fmt.Errorf("load residents: %w", err)
	}
	visits, failed := loadVisits(ctx, q, from.visits, everybody)
	l.History = reach.NewHistory(g.visits(visits), g.residents(residents))
	if err := failed(); err != nil {
		return nil, fmt.Errorf("load visits: %w", err)
	}
	l.Forgotten = max(l.Forgotten, g.forgotten())
	if l.Counted, err = outbox.CountedDays(ctx, q); err != nil {
		return nil, err
	}
	if l.Kept, err = r.loadKept(ctx, q); err != nil {
		return nil, fmt.Errorf("load kept figures: %w", err)
	}
	if l.Restored, err = outbox.LostDays(ctx, q, r.Timetable.Zone); err != nil {
		return nil, err
	}
	if l.Openings, err = r.openings(ctx, q, from.recorded); err != nil {
		return nil, err
	}
	maps.Copy(l.Openings.Recorded, g.Recorded)
	return l, nil
}

// everybody, where a person's number could stand, reads of all and of guests.
const everybody = 0

// loadVisits reads all that counts, of one person or of everybody, one by one: a room has
// more of them than are to be held twice. What went wrong is known once all are read.
func loadVisits(ctx context.Context, q sqlrow.Querier, from string, person int64) (iter.Seq[kiosk.Visit], func() error) {
	query := `SELECT person, day, part, band, assumed FROM ` + from + ` WHERE day IS NOT NULL AND void = 0 AND held = 0`
	if person != everybody {
		query += fmt.Sprintf(` AND person = %d`, person)
	}
	var failed error
	visits := func(yield func(kiosk.Visit) bool) {
		rows, err := q.QueryContext(ctx, query)
		if err != nil {
			failed = err
			return
		}
		defer rows.Close() //nolint:errcheck // rows.Err tells
		for rows.Next() {
			var v kiosk.Visit
			var person sql.NullInt64
			var band sql.NullString
			if failed = rows.Scan(&person, &v.Day, &v.Part, &band, &v.Assumed); failed != nil {
				return
			}
			v.Person, v.Band, v.Part = person.Int64, kiosk.Band(band.String), partOf(v.Part)
			if !yield(v) {
				return
			}
		}
		failed = rows.Err()
	}
	return visits, func() error { return failed }
}

// partOf returns the one text that all of that part share: each row has read its own.
func partOf(read count.Part) count.Part {
	for _, p := range count.Parts() {
		if p == read {
			return p
		}
	}
	return read
}

func (r Rows) loadResidents(ctx context.Context, q sqlrow.Querier, seen string, person int64) (map[int64]reach.Record, error) {
	answer := "answer"
	if has, err := sqlrow.Has(ctx, q, answer); err != nil {
		return nil, err
	} else if !has { // a file that is older than they are, and only read
		answer = "(SELECT NULL AS person, NULL AS said)"
	}
	residents := make(map[int64]reach.Record)
	_, err := sqlrow.Collect(ctx, q, func(row sqlrow.Scanner) (no int64, err error) {
		var first, last sql.NullInt64
		var sealed []byte
		if err := row.Scan(&no, &first, &last, &sealed); err != nil {
			return no, err
		}
		who := reach.Record{Since: count.Day(first.Int64), Last: count.Day(last.Int64)}
		who.Answers, err = r.OpenAnswers(sealed, no)
		residents[no] = who
		return no, err
	}, `
		SELECT p.no, min(s.first_day), max(s.last_day), a.said
		FROM person p LEFT JOIN `+answer+` a ON a.person = p.no LEFT JOIN (
		    SELECT no AS person, first_day, last_day FROM person UNION ALL `+seen+`) s ON s.person = p.no
		WHERE ?1 = 0 OR p.no = ?1
		GROUP BY p.no HAVING min(s.first_day) IS NOT NULL OR max(s.last_day) IS NOT NULL OR a.said IS NOT NULL`, person)
	return residents, err
}

func (r Rows) loadKept(ctx context.Context, q sqlrow.Querier) (map[count.Period]reach.Kept, error) {
	kept := make(map[count.Period]reach.Kept)
	_, err := sqlrow.Collect(ctx, q, func(row sqlrow.Scanner) (p count.Period, err error) {
		var sealed []byte
		if err := row.Scan(&p, &sealed); err != nil {
			return p, err
		}
		kept[p], err = r.openKept(p, sealed)
		return p, err
	}, `SELECT period, tally FROM kept`)
	return kept, err
}

func (r Rows) openKept(p count.Period, sealed []byte) (k reach.Kept, err error) {
	text, err := r.Keys.Open(sealed, "kept", string(p), 0)
	if err != nil {
		return k, err
	}
	if err := json.Unmarshal(text, &k); err != nil {
		return k, fmt.Errorf("%w: kept figures of %s: %w", dbfile.ErrCorrupt, p, err)
	}
	return k, nil
}

// Keep writes what is kept of some periods.
func (r Rows) Keep(ctx context.Context, tx sqlrow.Tx, kept map[count.Period]reach.Kept) error {
	for p, k := range kept {
		sealed, err := r.sealKept(p, k)
		if err == nil {
			_, err = tx.ExecContext(ctx, `INSERT INTO kept (period, tally) VALUES (?1, ?2) ON CONFLICT (period) DO UPDATE SET tally = excluded.tally`, p, sealed)
		}
		if err != nil {
			return fmt.Errorf("keep %s: %w", p, err)
		}
	}
	return noteTurn(ctx, tx)
}

func (r Rows) sealKept(p count.Period, k reach.Kept) ([]byte, error) {
	text, err := json.Marshal(k)
	if err != nil {
		return nil, err
	}
	return r.Keys.Seal(text, "kept", string(p), 0)
}

// KeepShift remembers by how much a list changes what is kept of some periods.
func (r Rows) KeepShift(ctx context.Context, tx sqlrow.Tx, list int64, shifts map[count.Period]reach.Tally) error {
	for p, by := range shifts {
		sealed, err := r.sealKept(p, reach.Kept{Tally: by})
		if err == nil {
			_, err = tx.ExecContext(ctx, `INSERT INTO import_shift (batch, period, tally) VALUES (?1, ?2, ?3)`, list, p, sealed)
		}
		if err != nil {
			return fmt.Errorf("keep shift of %s: %w", p, err)
		}
	}
	return nil
}

// Shifts returns by how much a list changed what is kept.
func (r Rows) Shifts(ctx context.Context, q sqlrow.Querier, list int64) (map[count.Period]reach.Tally, error) {
	return r.tallies(ctx, q, `SELECT period, tally FROM import_shift WHERE batch = ?1`, list)
}

// Lost returns what a list came to of periods that were not kept when it came, in visits
// of people who were cut since.
func (r Rows) Lost(ctx context.Context, q sqlrow.Querier, list int64) (map[count.Period]reach.Tally, error) {
	return r.tallies(ctx, q, `SELECT period, tally FROM import_lost WHERE batch = ?1`, list)
}

func (r Rows) tallies(ctx context.Context, q sqlrow.Querier, query string, list int64) (map[count.Period]reach.Tally, error) {
	all := make(map[count.Period]reach.Tally)
	_, err := sqlrow.Collect(ctx, q, func(row sqlrow.Scanner) (p count.Period, err error) {
		var sealed []byte
		if err := row.Scan(&p, &sealed); err != nil {
			return p, err
		}
		k, err := r.openKept(p, sealed)
		all[p] = k.Tally
		return p, err
	}, query, list)
	if err != nil {
		return nil, fmt.Errorf("read what a list came to: %w", err)
	}
	return all, nil
}

// Aside returns what was kept of the periods that a list had kept or taken back, as it
// was before: nil for those of which nothing was.
func (r Rows) Aside(ctx context.Context, q sqlrow.Querier, list int64) (map[count.Period]*reach.Kept, error) {
	aside := make(map[count.Period]*reach.Kept)
	_, err := sqlrow.Collect(ctx, q, func(row sqlrow.Scanner) (p count.Period, err error) {
		var sealed []byte
		if err := row.Scan(&p, &sealed); err != nil || sealed == nil {
			aside[p] = nil
			return p, err
		}
		k, err := r.openKept(p, sealed)
		aside[p] = &k
		return p, err
	}, `SELECT period, tally FROM import_kept WHERE batch = ?1`, list)
	if err != nil {
		return nil, fmt.Errorf("read figures set aside: %w", err)
	}
	return aside, nil
}

// TakeBack forgets what was kept of a period.
func TakeBack(ctx context.Context, tx sqlrow.Tx, p count.Period) error {
	if err := sqlrow.One(ctx, tx, `DELETE FROM kept WHERE period = ?1`, p); err != nil {
		return fmt.Errorf("take back %s: %w", p, err)
	}
	return nil
}
