package ledger_test

import (
	"bytes"
	"database/sql"
	"errors"
	"maps"
	"path/filepath"
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/keyring"
	"example.org/inloop/kiosk/reach"
	"example.org/inloop/kiosk/sqlite/ledger"
	"example.org/inloop/kiosk/sqlite/sqlrow/sqlrowtest"
	"example.org/inloop/kiosk/timeline"
	"example.org/inloop/sync/count"
)

func keysOf(t *testing.T) keyring.Keys {
	t.Helper()
	keys, err := keyring.Load(filepath.Join(t.TempDir(), "key"))
	must(t, err)
	return keys
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func run(t *testing.T, db *sql.DB, queries ...string) {
	t.Helper()
	for _, query := range queries {
		if _, err := db.ExecContext(t.Context(), query); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
	}
}

func rows(keys keyring.Keys) ledger.Rows {
	return ledger.Rows{Keys: keys, Timetable: kiosk.Timetable{Zone: time.UTC}}
}

func read(t *testing.T, db *sql.DB, keys keyring.Keys) *reach.Ledger {
	t.Helper()
	l, err := rows(keys).Load(t.Context(), db)
	must(t, err)
	return l
}

// visit writes one visit of the first epoch; person is NULL for a guest.
func visit(t *testing.T, db *sql.DB, day count.Day, person any, void, held bool) {
	t.Helper()
	var band any
	if person == nil {
		band = "unasked"
	}
	_, err := db.ExecContext(t.Context(), `
		INSERT INTO visit (epoch, person, boot, bt_ns, wall_ms, trust, day, part, afternoon, evening, how, band, void, held)
		VALUES (1, ?1, 1, 0, 0, 3, ?2, 'ochtend', 720, 1080, 'desk', ?3, ?4, ?5)`, person, day, band, void, held)
	must(t, err)
}

// room is a database with one epoch, one boot and one person.
func room(t *testing.T) *sql.DB {
	t.Helper()
	db := sqlrowtest.Tables(t)
	run(t, db, `INSERT INTO epoch (ordinal, id, reason, began_ms) VALUES (1, zeroblob(16), 'created', 0)`,
		`INSERT INTO boot (boot_id, first_ns, floor_ms) VALUES ('boot', 0, 0)`, `INSERT INTO person (no, language) VALUES (5, 'nl')`)
	return db
}

func TestKeep_IsReadBackAndSealed(t *testing.T) {
	db, keys := room(t), keysOf(t)
	want := map[count.Period]reach.Kept{
		"2026Q3":  {Tally: reach.Tally{Unique: 31, A: 20, K: 9}, Base: reach.Tally{Unique: 30}, Final: true},
		"2026-07": {Tally: reach.Tally{Unique: 12}, Late: true},
	}
	must(t, rows(keys).Keep(t.Context(), db, want))
	again := want["2026-07"]
	again.Tally.Unique = 13
	want["2026-07"] = again
	must(t, rows(keys).Keep(t.Context(), db, map[count.Period]reach.Kept{"2026-07": again}))
	if got := read(t, db, keys).Kept; !maps.Equal(got, want) {
		t.Errorf("kept %+v, want %+v", got, want)
	}
	var sealed []byte
	must(t, db.QueryRowContext(t.Context(), `SELECT tally FROM kept WHERE period = '2026Q3'`).Scan(&sealed))
	if bytes.Contains(sealed, []byte("Unique")) {
		t.Error("the exact figures can be read in the file")
	}
	if _, err := rows(keysOf(t)).Load(t.Context(), db); !errors.Is(err, keyring.ErrKey) {
		t.Errorf("read with another key: %v, want ErrKey", err)
	}
	must(t, ledger.TakeBack(t.Context(), db, "2026Q3"))
	delete(want, "2026Q3")
	if got := read(t, db, keys).Kept; !maps.Equal(got, want) {
		t.Errorf("taken back, kept %+v, want %+v", got, want)
	}
	if err := ledger.TakeBack(t.Context(), db, "2026Q3"); !errors.Is(err, kiosk.ErrNotFound) {
		t.Errorf("taken back twice: %v, want ErrNotFound", err)
	}
}

// TestLoad_CountsWhatCounts: neither what was undone nor a guest who still waits
// for a volunteer's eye.
func TestLoad_CountsWhatCounts(t *testing.T) {
	db, keys := room(t), keysOf(t)
	day := count.Date(2026, 7, 1)
	visit(t, db, day, 5, false, false)
	visit(t, db, day, nil, false, false)
	visit(t, db, day, nil, true, false)
	visit(t, db, day, nil, false, true)
	said := reach.PersonAnswers{Given: []reach.GivenAnswer{{State: kiosk.IsolationFew, Given: "2026Q2", Text: "text"}}}
	must(t, rows(keys).KeepAnswers(t.Context(), db, 5, said))
	got, err := read(t, db, keys).History.Tally("2026Q3", reach.Openings{})
	must(t, err)
	want := reach.Tally{Attendance: reach.Attendance{BadgeVisits: 1, Guests: 1}, Unique: 1, New: 1, N: 1, A: 1, K: 1}
	if got != want {
		t.Errorf("tally is %+v, want %+v", got, want)
	}
}

func TestRecorded_OutlivesTheRow(t *testing.T) {
	for name, mark := range map[string]func(*sql.DB, ledger.Rows) error{
		"cut":  func(db *sql.DB, r ledger.Rows) error { return r.Cut(t.Context(), db, 5) },
		"gone": func(db *sql.DB, r ledger.Rows) error { return r.Let(t.Context(), db, count.Date(2026, 7, 2), nil) },
	} {
		db, keys := room(t), keysOf(t)
		day := count.Date(2026, 7, 1)
		visit(t, db, day, 5, false, false)
		visit(t, db, day-1, 5, true, false)    // undone
		visit(t, db, day-2, nil, false, false) // a guest
		must(t, mark(db, rows(keys)))
		run(t, db, `DELETE FROM visit`)
		must(t, mark(db, rows(keys)))
		if got, want := read(t, db, keys).Openings.Recorded, map[count.Day]bool{day: true}; !maps.Equal(got, want) {
			t.Errorf("%s: recorded on %v, want %v", name, got, want)
		}
	}
}

// TestLoad_PlannedAsTheTimetableStood: by what was told of a day, and before that by
// the first timetable, whatever it is now.
func TestLoad_PlannedAsTheTimetableStood(t *testing.T) {
	db, keys := room(t), keysOf(t)
	monday, open := count.Date(2026, 7, 6), []kiosk.OpeningHours{{From: 600, Until: 700}}
	first := kiosk.Timetable{Zone: time.UTC, Week: map[time.Weekday][]kiosk.OpeningHours{time.Monday: open, time.Sunday: open, time.Tuesday: {}}}
	must(t, ledger.NoteWeek(t.Context(), db, first))
	now := first
	now.Week = map[time.Weekday][]kiosk.OpeningHours{time.Friday: open}
	now.Exceptions = map[count.Day][]kiosk.OpeningHours{monday - 7: nil, monday - 6: open}
	now.Since = monday - 100
	must(t, ledger.NoteWeek(t.Context(), db, now))
	run(t, db, `INSERT INTO cell (epoch, period, measure, part, n, change) VALUES (1, '2026-07-06', 'open', '', 0, 1), (1, '2026-07-07', 'open', '', 1, 1)`)
	l, err := ledger.Rows{Keys: keys, Timetable: now}.Load(t.Context(), db)
	must(t, err)
	for d, want := range map[count.Day]bool{
		monday: false, monday + 1: true, // as it was told
		monday - 14: true, monday - 15: true, monday - 13: false, monday - 10: false, // by the first week
		monday - 7: false, monday - 6: true, // by the exceptions
	} {
		if got := l.Openings.Planned(d); got != want {
			t.Errorf("%s %s: planned open is %t, want %t", d.Weekday(), d, got, want)
		}
	}
	if l.Openings.Since != now.Since {
		t.Errorf("open since %s, want %s", l.Openings.Since, now.Since)
	}
}

func TestNoteForgotten_IsTheDayAfterTheLast(t *testing.T) {
	db, keys := room(t), keysOf(t)
	day := count.Date(2026, 7, 1)
	must(t, ledger.NoteForgotten(t.Context(), db, day))
	must(t, ledger.NoteForgotten(t.Context(), db, day-5))
	if got := read(t, db, keys).Forgotten; got != day+1 {
		t.Errorf("visits are missing before %s, want %s", got, day+1)
	}
}

func TestLastRecount(t *testing.T) {
	db := room(t)
	day := count.Date(2026, 7, 1)
	must(t, ledger.NoteRecount(t.Context(), db, day, 17))
	must(t, ledger.NoteDoubt(t.Context(), db, timeline.Doubt(3)))
	got, err := ledger.LastRecount(t.Context(), db)
	if want := (ledger.Recount{Day: day, Change: 17, Doubt: 3}); err != nil || got != want {
		t.Errorf("last recount is %+v, %v, want %+v", got, err, want)
	}
}
