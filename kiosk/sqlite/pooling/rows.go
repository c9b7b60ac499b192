package pooling

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/sync/count"
	"example.org/inloop/sync/disclose"
	"example.org/inloop/sync/pool"
)

// standing is how the kiosk stands with counting together.
type standing struct {
	kiosk        string // its id at the centre, "" while it is not paired
	organisation string
	asked        string
	hash         string
	refused      string
	began        count.Day // of the epoch, NoDay for the first one
}

// alone tells whether the room was never paired, so that it counts by itself.
func (s standing) alone() bool {
	return s.kiosk == "" && (s.organisation == "" || s.organisation == pool.Alone)
}

func (p *Pooling) standing(ctx context.Context, q sqlrow.Querier) (s standing, err error) {
	var began sql.NullInt64
	err = q.QueryRowContext(ctx, `
		SELECT kiosk, organisation, asked, hash, refused,
		    (SELECT began_ms FROM epoch WHERE ordinal > 1 ORDER BY ordinal DESC LIMIT 1) FROM pooling, link`).
		Scan(&s.kiosk, &s.organisation, &s.asked, &s.hash, &s.refused, &began)
	if err != nil {
		return s, fmt.Errorf("read how rooms are counted together: %w", err)
	}
	if began.Valid {
		s.began = count.DayOf(sqlrow.Time(began, p.c.Zone), p.c.Zone)
	}
	return s, nil
}

// away is how many days a signed time may lie ahead of the last known day and be believed
// on one word.
const away = 40

// hear notes the day of a signed answer, NoDay for none, where it is believed, and tells
// w the last one that is.
func hear(ctx context.Context, w *PoolTx, at count.Day) error {
	if err := w.QueryRowContext(ctx, `SELECT signed FROM pooling`).Scan(&w.Signed); err != nil {
		return fmt.Errorf("read signed day: %w", err)
	}
	if at <= w.Signed || at > max(w.Signed, w.Day)+away {
		return nil
	}
	w.Signed = at
	if err := sqlrow.One(ctx, w, `UPDATE pooling SET signed = ?1`, at); err != nil {
		return fmt.Errorf("note signed day: %w", err)
	}
	return nil
}

// use notes under which organisation the kiosk answers.
func use(ctx context.Context, tx sqlrow.Tx, organisation string) error {
	if err := sqlrow.One(ctx, tx, `UPDATE pooling SET organisation = ?1, asked = ''`, organisation); err != nil {
		return fmt.Errorf("note organisation: %w", err)
	}
	return nil
}

// round is a participation as it is kept.
type round struct {
	pool.Participation
	heard pool.RoundState
}

const roundColumns = `period, organisation, exchange, counts, signature, set_hash, teller, vector, tag, quarter_n, year_n, settled, heard`

// readRound returns the round of a period; one of which nothing is known yet is begun.
func readRound(ctx context.Context, q sqlrow.Querier, p count.PoolPeriod) (round, error) {
	r, err := scanRound(ctx, q, q.QueryRowContext(ctx, `SELECT `+roundColumns+` FROM pool_round WHERE period = ?1`, p))
	if errors.Is(err, sql.ErrNoRows) {
		return round{Participation: pool.Participation{Period: p}}, nil
	}
	return r, err
}

// lastRound returns the newest round of which something is known, or sql.ErrNoRows.
func lastRound(ctx context.Context, q sqlrow.Querier) (round, error) {
	return scanRound(ctx, q, q.QueryRowContext(ctx, `SELECT `+roundColumns+` FROM pool_round ORDER BY period DESC LIMIT 1`))
}

// firstOpen returns the earliest round that is not settled, or else the newest one;
// sql.ErrNoRows before the first.
func firstOpen(ctx context.Context, q sqlrow.Querier) (round, error) {
	return scanRound(ctx, q, q.QueryRowContext(ctx, `
		SELECT `+roundColumns+` FROM pool_round ORDER BY settled, CASE settled WHEN 0 THEN period END, period DESC LIMIT 1`))
}

func scanRound(ctx context.Context, q sqlrow.Querier, row sqlrow.Scanner) (r round, err error) {
	var exchange, signature, hash, teller, vector, tag []byte
	var counts bool
	var quarter, year sql.NullInt64
	err = row.Scan(&r.Period, &r.Organisation, &exchange, &counts, &signature, &hash, &teller, &vector, &tag, &quarter, &year, &r.Settled, &r.heard)
	if err != nil {
		return r, fmt.Errorf("read round: %w", err)
	}
	if exchange != nil {
		r.Ready = &pool.Readiness{Period: r.Period, Key: pool.ExchangeKey(exchange), Counts: counts, Signature: signature}
	}
	if hash == nil {
		return r, nil
	}
	r.Set, r.Teller = pool.SetHash(hash), identityOf(teller)
	r.Own = map[count.Period]int64{r.Period.Quarter(): quarter.Int64}
	if r.Period.Year() != "" {
		r.Own[r.Period.Year()] = year.Int64
	}
	if vector != nil {
		r.Share = &pool.MaskedShare{Period: r.Period, Set: r.Set, Vector: vector, Tag: tag}
		return r, nil
	}
	told, err := readResult(ctx, q, r.Period)
	if err == nil {
		r.Result = &told.Result
	}
	return r, err
}

func writeRound(ctx context.Context, tx sqlrow.Tx, r round) error {
	var exchange, signature, hash, teller, vector, tag []byte
	counts := true
	if r.Ready != nil {
		exchange, counts, signature = r.Ready.Key[:], r.Ready.Counts, r.Ready.Signature
	}
	if r.Answered() {
		hash, teller = r.Set[:], r.Teller[:]
	}
	if r.Share != nil {
		vector, tag = r.Share.Vector, r.Share.Tag
	}
	own := func(p count.Period) sql.NullInt64 {
		n, there := r.Own[p]
		return sql.NullInt64{Int64: n, Valid: there}
	}
	_, err := tx.ExecContext(ctx, `
		INSERT OR REPLACE INTO pool_round (`+roundColumns+`) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)`,
		r.Period, r.Organisation, exchange, counts, signature, hash, teller, vector, tag, own(r.Period.Quarter()), own(r.Period.Year()), r.Settled, r.heard)
	if err != nil {
		return fmt.Errorf("keep round of %s: %w", r.Period, err)
	}
	return nil
}

// noteHeard notes how far the centre says that a round has come.
func noteHeard(ctx context.Context, tx sqlrow.Tx, p count.PoolPeriod, state pool.RoundState) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO pool_round (period, heard) VALUES (?1, ?2) ON CONFLICT (period) DO UPDATE SET heard = excluded.heard`, p, state)
	if err != nil {
		return fmt.Errorf("note how far %s is: %w", p, err)
	}
	return nil
}

func readPeers(ctx context.Context, q sqlrow.Querier) ([]pool.Peer, error) {
	peers, err := sqlrow.Collect(ctx, q, func(row sqlrow.Scanner) (p pool.Peer, err error) {
		var id []byte
		var left sql.NullInt64
		err = row.Scan(&id, &p.Kiosk, &p.Room, &p.Since, &left, &p.Aside)
		p.Identity, p.Left = identityOf(id), count.Day(left.Int64)
		return p, err
	}, `SELECT identity, kiosk, room, since, left_day, aside FROM pool_peer ORDER BY left_day IS NOT NULL, room, identity`)
	if err != nil {
		return nil, fmt.Errorf("read other rooms: %w", err)
	}
	return peers, nil
}

// writePeers takes the centre's list: who is new on it is known from today on, and who is
// not on it any more has left. A room that left and is back keeps its first day.
func writePeers(ctx context.Context, tx sqlrow.Tx, peers []pool.Peer, today count.Day) error {
	if _, err := tx.ExecContext(ctx, `UPDATE pool_peer SET left_day = -1 WHERE left_day IS NULL`); err != nil {
		return fmt.Errorf("note other rooms: %w", err)
	}
	for _, p := range peers {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO pool_peer (identity, kiosk, room, since) VALUES (?1, ?2, ?3, ?4)
			ON CONFLICT (identity) DO UPDATE SET kiosk = excluded.kiosk, room = excluded.room, left_day = NULL`,
			p.Identity[:], p.Kiosk, p.Room, today)
		if err != nil {
			return fmt.Errorf("note other rooms: %w", err)
		}
	}
	if _, err := tx.ExecContext(ctx, `UPDATE pool_peer SET left_day = ?1 WHERE left_day = -1`, today); err != nil {
		return fmt.Errorf("note other rooms: %w", err)
	}
	return nil
}

// readResult returns the result of a period, or sql.ErrNoRows. Its day is NoDay while the
// centre has not told it.
func readResult(ctx context.Context, q sqlrow.Querier, p count.PoolPeriod) (t ToldResult, err error) {
	var hash, teller []byte
	var day sql.NullInt64
	err = q.QueryRowContext(ctx, `SELECT set_hash, teller, signature, day, rooms, due FROM pool_result WHERE period = ?1`, p).
		Scan(&hash, &teller, &t.Result.Signature, &day, &t.Rooms, &t.Due)
	if err != nil {
		return t, fmt.Errorf("read result of %s: %w", p, err)
	}
	t.Result.Period, t.Result.Set, t.Teller, t.Day = p, pool.SetHash(hash), identityOf(teller), count.Day(day.Int64)
	t.Result.Figures, err = sqlrow.Collect(ctx, q, func(row sqlrow.Scanner) (f pool.JointFigure, err error) {
		var n sql.NullInt64
		err = row.Scan(&f.Period, &f.Measure, &f.State, &n)
		f.N = n.Int64
		return f, err
	}, `SELECT span, measure, state, n FROM pool_figure WHERE period = ?1 ORDER BY place`, p)
	if err != nil {
		return t, fmt.Errorf("read figures of %s: %w", p, err)
	}
	return t, nil
}

// writeResult keeps a result, for ever. A second one of a period is a fault.
func writeResult(ctx context.Context, tx sqlrow.Tx, organisation string, t ToldResult) error {
	r := t.Result
	_, err := tx.ExecContext(ctx, `
		INSERT INTO pool_result (period, organisation, set_hash, teller, signature, day, rooms, due) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)`,
		r.Period, organisation, r.Set[:], t.Teller[:], r.Signature, sqlrow.NullDay(t.Day), t.Rooms, t.Due)
	for i, f := range r.Figures {
		if err == nil {
			_, err = tx.ExecContext(ctx, `INSERT INTO pool_figure (period, place, span, measure, state, n) VALUES (?1, ?2, ?3, ?4, ?5, ?6)`,
				r.Period, i, f.Period, f.Measure, f.State, sql.NullInt64{Int64: f.N, Valid: f.State == disclose.DisclosureShown})
		}
	}
	if err != nil {
		return fmt.Errorf("keep result of %s: %w", r.Period, err)
	}
	return nil
}

// noteTold notes that a result is told, since when, and over how many rooms.
func noteTold(ctx context.Context, tx sqlrow.Tx, p count.PoolPeriod, day count.Day, rooms, due int) error {
	if err := sqlrow.One(ctx, tx, `UPDATE pool_result SET day = ?2, rooms = ?3, due = ?4 WHERE period = ?1`, p, day, rooms, due); err != nil {
		return fmt.Errorf("note result of %s: %w", p, err)
	}
	return nil
}
