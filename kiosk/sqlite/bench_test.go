package sqlite

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/dbfile"
	"example.org/inloop/sync/count"
)

const (
	benchPeople = 120
	benchVisits = 60 // a day
)

// BenchmarkCheckIn measures durable check-ins of distinct residents, sixty a
// day, each committed and its greeting read back, and in the same run a bare
// program that inserts the same rows at the same settings, one transaction a
// tap. "ratio" is the bare time by ours: the goal is 0.8 or more.
func BenchmarkCheckIn(b *testing.B) {
	r := newRoom(b, "2026-01-05")
	uids := make([]kiosk.UID, benchPeople)
	for i := range uids {
		name := fmt.Sprint("resident ", i)
		r.enrol(b, name)
		uids[i] = uid(b, name)
	}
	bare := newBare(b, r)
	var ours, theirs time.Duration
	day := count.Date(2026, 1, 5)
	b.ResetTimer()
	for i := range b.N {
		n := i % benchVisits
		if n == 0 {
			at := (day + count.Day(i/benchVisits)).At(9*60, r.cfg.Timetable.Zone)
			r.later(at.Sub(r.clock.now.Wall))
			// Both rooms close: ours does it with the first tap of the day.
			start := time.Now()
			if _, err := bare.db.ExecContext(b.Context(), `UPDATE stay SET ended = 'estimated', out_ms = closes_ms WHERE ended = ''`); err != nil {
				b.Fatal(err)
			}
			theirs += time.Since(start)
		}
		r.later(5 * time.Minute)
		start := time.Now()
		if _, err := r.CheckIn(b.Context(), kiosk.Tap{UID: uids[(i*7)%benchPeople], At: r.clock.now}); err != nil {
			b.Fatal(err)
		}
		ours += time.Since(start)
		start = time.Now()
		bare.tap(b, int64((i*7)%benchPeople+1), r.clock.now, n+1)
		theirs += time.Since(start)
	}
	b.ReportMetric(float64(ours.Nanoseconds())/float64(b.N), "ns/checkin")
	b.ReportMetric(float64(theirs.Nanoseconds())/float64(b.N), "ns/bare")
	b.ReportMetric(theirs.Seconds()/ours.Seconds(), "ratio")
}

// bare is the least that can keep the rows of a tap.
type bare struct {
	db   *sql.DB
	zone *time.Location
}

// bareSettings are those of the store's writing connection.
const bareSettings = "?_journal_mode=WAL&_synchronous=FULL&_txlock=immediate&_busy_timeout=5000" +
	"&_foreign_keys=on&_secure_delete=on&_stmt_cache_size=200"

func newBare(b *testing.B, r *room) bare {
	b.Helper()
	path := filepath.Join(b.TempDir(), "bare.db")
	f, err := dbfile.Open(b.Context(), dbfile.Config{Path: path, Mode: ModeCommand, Migrations: migrations})
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		b.Fatal(err)
	}
	db, err := sql.Open("sqlite3", path+bareSettings)
	if err != nil {
		b.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	b.Cleanup(func() { _ = db.Close() })
	for _, q := range []string{
		`PRAGMA journal_size_limit = 8388608; PRAGMA cell_size_check = on; PRAGMA trusted_schema = off`,
		`INSERT INTO meta (one, key_check) VALUES (1, zeroblob(32))`,
		`INSERT INTO epoch (ordinal, id, reason, began_ms) VALUES (1, randomblob(16), 'bench', 0)`,
		`INSERT INTO boot (boot_id, first_ns, floor_ms) VALUES ('boot', 0, 0)`,
		fmt.Sprintf(`INSERT INTO person (language) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) SELECT 'nl' FROM n`, benchPeople),
	} {
		if _, err := db.ExecContext(b.Context(), q); err != nil {
			b.Fatal(err)
		}
	}
	return bare{db, r.cfg.Timetable.Zone}
}

func (x bare) tap(b *testing.B, person int64, m kiosk.Moment, n int) {
	b.Helper()
	ctx := b.Context()
	tx, err := x.db.BeginTx(ctx, nil)
	if err != nil {
		b.Fatal(err)
	}
	day, ms, ns := count.DayOf(m.Wall, x.zone), m.Wall.UnixMilli(), int64(m.Since)
	part := kiosk.DefaultPartTimes().Part(count.ClockOf(m.Wall, x.zone))
	for _, s := range []struct {
		query string
		args  []any
	}{
		{`INSERT INTO stay (person, boot, bt_ns, wall_ms, at_ms, trust, day, part, closes_ms, last_boot, last_ns, last_ms)
			VALUES (?1, 1, ?2, ?3, ?3, 1, ?4, ?5, ?6, 1, ?2, ?3)`, []any{person, ns, ms, day, part, ms}},
		{`INSERT INTO visit (epoch, person, boot, bt_ns, wall_ms, at_ms, trust, day, part, afternoon, evening, how)
			VALUES (1, ?1, 1, ?2, ?3, ?3, 1, ?4, ?5, 720, 1080, 'badge')`, []any{person, ns, ms, day, part}},
		{`INSERT INTO tap (boot, bt_ns, kind, person) VALUES (1, ?1, 'welcome', ?2)`, []any{ns, person}},
		{`UPDATE meta SET change = change + 1, floor_ms = ?1`, []any{ms}},
		{`INSERT INTO cell (epoch, period, measure, part, n, change, stage) VALUES (1, ?1, 'badge_visits', ?2, ?3, (SELECT change FROM meta), 1)
			ON CONFLICT (epoch, period, part, measure) DO UPDATE SET n = excluded.n, change = excluded.change`, []any{day.String(), part, n}},
	} {
		if _, err := tx.ExecContext(ctx, s.query, s.args...); err != nil {
			b.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		b.Fatal(err)
	}
}
