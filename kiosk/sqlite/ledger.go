package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/reach"
	"example.org/inloop/sync/count"
)

// reasonRestored is why an epoch began whose rows may lack visits.
const reasonRestored = "restored"

// ledger is all that figures are made of, read at one moment.
type ledger struct {
	history   *reach.History
	kept      map[count.Period]keptTally
	earliest  count.Day // first day that has a row or a cell, NoDay when none has
	forgotten count.Day // the day before it is the last of which a visit is gone
	lost      []lostDays
	rounding  reach.Rounding
}

// keptTally is a closed period. An erasure or the end of a row's time changes
// what the rows say, but not what the period came to: Base is then set anew. A
// correction changes both by the same. It is sealed as JSON: the names in the
// tags are on the disks of rooms.
type keptTally struct {
	Kept    reach.Tally `json:"Kept"`
	Base    reach.Tally `json:"Base"`    // what the rows said when last looked at
	Settled bool        `json:"Settled"` // class C was computed; before that it follows the rows
	Late    bool        `json:"Late"`    // rows of its first days could be too old to be kept already
}

// moved returns the period as corrected by what the rows say now.
func (k keptTally) moved(now reach.Tally, settled bool) keptTally {
	next := keptTally{Kept: k.Kept.Plus(now.Minus(k.Base)), Base: now, Settled: k.Settled || settled, Late: k.Late}
	if !k.Settled {
		next.Kept.N, next.Kept.A, next.Kept.K = now.N, now.A, now.K
	}
	return next
}

// told tells whether anything is known of the days: visits, or cells that say
// that there were none.
func (l *ledger) told(ctx context.Context, q querier, tally reach.Tally, first, last count.Day) (known bool, err error) {
	if tally.Visits() > 0 {
		return true, nil
	}
	err = q.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM cell WHERE length(period) = 10 AND period BETWEEN ?1 AND ?2)`,
		first.String(), last.String()).Scan(&known)
	if err != nil {
		return false, fmt.Errorf("look for cells: %w", err)
	}
	return known, nil
}

func (l *ledger) facts(p count.Period, today count.Day) reach.Facts {
	f := reach.Facts{Today: today, Recorded: l.history.Recorded(), Rounding: l.rounding}
	first, last, _ := reach.Span(p) // p was found to be a period before
	for _, d := range l.lost {
		f.AtLeast = f.AtLeast || first <= d.last && d.first <= last
	}
	return f
}

// loadLedger reads it. The zone is handed in because the timetable is under a
// lock that a writing transaction holds already.
func (s *Store) loadLedger(ctx context.Context, q querier, zone *time.Location) (*ledger, error) {
	l := &ledger{rounding: reach.Rounding{Key: s.cfg.Keys.Rounding()}}
	var recorded count.Day
	err := q.QueryRowContext(ctx, `SELECT forgotten, recorded FROM reckoning`).Scan(&l.forgotten, &recorded)
	if err != nil {
		return nil, fmt.Errorf("read reckoning: %w", err)
	}
	visits, err := loadVisits(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("load visits: %w", err)
	}
	if l.earliest, err = earliest(ctx, q, visits); err != nil {
		return nil, err
	}
	residents, err := s.loadResidents(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("load residents: %w", err)
	}
	l.history = reach.NewHistory(visits, residents, recorded)
	if l.kept, err = s.loadKept(ctx, q); err != nil {
		return nil, fmt.Errorf("load kept figures: %w", err)
	}
	if l.lost, err = loadLost(ctx, q, zone); err != nil {
		return nil, fmt.Errorf("load epochs: %w", err)
	}
	return l, nil
}

// loadVisits reads all that counts, the oldest first.
func loadVisits(ctx context.Context, q querier) ([]kiosk.Visit, error) {
	rows, err := q.QueryContext(ctx, `
		SELECT epoch, person, day, part, band, assumed FROM visit
		WHERE day IS NOT NULL AND void = 0 AND held = 0 ORDER BY day`)
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells
	var visits []kiosk.Visit
	for rows.Next() {
		var v kiosk.Visit
		var person sql.NullInt64
		var band sql.NullString
		if err := rows.Scan(&v.Epoch, &person, &v.Day, &v.Part, &band, &v.Assumed); err != nil {
			return nil, err
		}
		v.Person, v.Band = person.Int64, kiosk.Band(band.String)
		visits = append(visits, v)
	}
	return visits, rows.Err()
}

func (s *Store) loadResidents(ctx context.Context, q querier) (map[int64]reach.Resident, error) {
	rows, err := q.QueryContext(ctx, `
		SELECT p.no, p.first_day, p.last_day, i.quarter, i.outcome
		FROM person p LEFT JOIN intake i ON i.person = p.no
		WHERE p.first_day IS NOT NULL OR p.last_day IS NOT NULL OR i.outcome IS NOT NULL`)
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells
	residents := make(map[int64]reach.Resident)
	for rows.Next() {
		var no int64
		var first, last sql.NullInt64
		var quarter sql.NullString
		var sealed []byte
		if err := rows.Scan(&no, &first, &last, &quarter, &sealed); err != nil {
			return nil, err
		}
		r := reach.Resident{Since: count.Day(first.Int64), Last: count.Day(last.Int64), Answered: count.Period(quarter.String)}
		if r.Contacts, err = s.openOutcome(sealed, no); err != nil {
			return nil, err
		}
		residents[no] = r
	}
	return residents, rows.Err()
}

// openOutcome opens what an intake came to. Nothing but the reckoning calls it.
func (s *Store) openOutcome(sealed []byte, person int64) (kiosk.Isolation, error) {
	text, err := s.cfg.Keys.openText(sealed, "intake", "outcome", person)
	if err != nil || text == "" {
		return kiosk.IsolationUnknown, err
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return kiosk.IsolationUnknown, fmt.Errorf("%w: sealed outcome is no number", ErrCorrupt)
	}
	return kiosk.Isolation(n), nil
}

func (s *Store) loadKept(ctx context.Context, q querier) (map[count.Period]keptTally, error) {
	rows, err := q.QueryContext(ctx, `SELECT period, tally FROM kept`)
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells
	kept := make(map[count.Period]keptTally)
	for rows.Next() {
		var p count.Period
		var sealed []byte
		if err := rows.Scan(&p, &sealed); err != nil {
			return nil, err
		}
		text, err := s.cfg.Keys.open(sealed, "kept", string(p), 0)
		if err != nil {
			return nil, err
		}
		var k keptTally
		if err := json.Unmarshal(text, &k); err != nil {
			return nil, fmt.Errorf("%w: kept figures of %s: %w", ErrCorrupt, p, err)
		}
		kept[p] = k
	}
	return kept, rows.Err()
}

// storeKept writes what is kept of one period.
func (t *txn) storeKept(ctx context.Context, p count.Period, k keptTally) error {
	text, err := json.Marshal(k)
	if err != nil {
		return fmt.Errorf("keep %s: %w", p, err)
	}
	sealed, err := t.s.cfg.Keys.seal(text, "kept", string(p), 0)
	if err != nil {
		return fmt.Errorf("keep %s: %w", p, err)
	}
	_, err = t.exec(ctx, `INSERT INTO kept (period, tally) VALUES (?1, ?2) ON CONFLICT (period) DO UPDATE SET tally = excluded.tally`, p, sealed)
	if err != nil {
		return fmt.Errorf("keep %s: %w", p, err)
	}
	return nil
}

// lostDays are those from a backup to its restoring: visits of them may be
// missing.
type lostDays struct{ first, last count.Day }

func loadLost(ctx context.Context, q querier, zone *time.Location) ([]lostDays, error) {
	return collect(ctx, q, func(row scanner) (d lostDays, err error) {
		var ms int64
		err = row.Scan(&d.first, &ms)
		d.last = count.DayOf(time.UnixMilli(ms), zone)
		return d, err
	}, `SELECT frozen, began_ms FROM epoch WHERE reason = ?1 AND frozen IS NOT NULL`, reasonRestored)
}

// earliest returns the first day that has a visit, or a cell that says there
// was none; NoDay when there is neither. The visits are in order.
func earliest(ctx context.Context, q querier, visits []kiosk.Visit) (count.Day, error) {
	var text sql.NullString
	if err := q.QueryRowContext(ctx, `SELECT min(period) FROM cell WHERE length(period) = 10`).Scan(&text); err != nil {
		return count.NoDay, fmt.Errorf("find first cell: %w", err)
	}
	day := count.NoDay
	if text.Valid {
		var err error
		if day, err = count.ParseDay(text.String); err != nil {
			return count.NoDay, fmt.Errorf("find first cell: %w", err)
		}
	}
	if len(visits) > 0 && (day == count.NoDay || visits[0].Day < day) {
		day = visits[0].Day
	}
	return day, nil
}
