package upgrade_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"example.org/inloop/kiosk/sqlite/dbfile"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/kiosk/sqlite/upgrade"
)

// tables are those of the room that matter here, and one with something to be upgraded.
func tables(t *testing.T) fs.FS {
	t.Helper()
	text, err := os.ReadFile("../migrations/0011_upgrade.sql")
	if err != nil {
		t.Fatal(err)
	}
	return fstest.MapFS{
		"migrations/0001_first.sql": {Data: []byte("-- +goose Up\nCREATE TABLE person (no INTEGER PRIMARY KEY, clear TEXT, sealed BLOB) STRICT;")},
		"migrations/0002_up.sql":    {Data: text},
	}
}

// file is a database with 25 rows that say in clear what is to be sealed.
type file struct {
	*dbfile.File
	cfg    dbfile.Config
	scrubs int
	full   bool // the disk has no room for a second copy
}

func newFile(t *testing.T) *file {
	t.Helper()
	dir := t.TempDir()
	f := &file{cfg: dbfile.Config{Path: filepath.Join(dir, "db"), Lock: filepath.Join(dir, "lock"), Migrations: tables(t)}}
	f.open(t)
	f.write(t, func(ctx context.Context, tx *sql.Tx) error {
		for no := range 25 {
			if _, err := tx.ExecContext(ctx, `INSERT INTO person (no, clear) VALUES (?1, ?2)`, no, fmt.Sprintf("tulip.red of %d", no)); err != nil {
				return err
			}
		}
		return nil
	})
	return f
}

func (f *file) open(t *testing.T) {
	t.Helper()
	var err error
	if f.File, err = dbfile.Open(t.Context(), f.cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
}

func (f *file) reopen(t *testing.T) {
	t.Helper()
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	f.open(t)
}

func (f *file) write(t *testing.T, fn func(context.Context, *sql.Tx) error) {
	t.Helper()
	if err := f.means().Write(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func (f *file) means() upgrade.Access {
	return upgrade.Access{
		Write: func(ctx context.Context, fn func(context.Context, *sql.Tx) error) error {
			return f.Turn(ctx, func(turn dbfile.Turn) error { return turn.Write(ctx, fn) })
		},
		Read: f.Reader, Log: slog.New(slog.DiscardHandler),
		Scrub: func(ctx context.Context) error {
			if f.scrubs++; f.full {
				return errors.New("disk full")
			}
			return f.Scrub(ctx)
		},
	}
}

// inClear tells how often a sign can be read in the file, its log and beside them.
func (f *file) inClear(t *testing.T) (n int) {
	t.Helper()
	for _, tail := range []string{"", "-wal"} {
		b, err := os.ReadFile(f.cfg.Path + tail)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		n += bytes.Count(b, []byte("tulip.red"))
	}
	return n
}

// sealing seals ten rows at a time, and fails at the portion of that number.
func sealing(name string, failAt int, portions *int) upgrade.Step {
	return upgrade.Step{Name: name, Portion: func(ctx context.Context, tx sqlrow.Tx) (bool, error) {
		*portions++
		if *portions == failAt {
			return false, errors.New("the plug")
		}
		done, err := tx.ExecContext(ctx, `UPDATE person SET sealed = randomblob(40), clear = NULL
			WHERE no IN (SELECT no FROM person WHERE clear IS NOT NULL LIMIT 10)`)
		if err != nil {
			return false, err
		}
		n, err := done.RowsAffected()
		return n > 0, err
	}}
}

// Each step is done once, whenever the plug is pulled, and nothing is left of what it
// took away.
func TestRun_GoesOnWhereItWas(t *testing.T) {
	f := newFile(t)
	if f.inClear(t) == 0 {
		t.Fatal("the test finds no sign in the file before")
	}
	portions := 0
	for try, failAt := range []int{2, 4, 0} {
		err := upgrade.Run(t.Context(), f.means(), []upgrade.Step{sealing("seal", failAt, &portions)})
		if (err != nil) != (failAt != 0) {
			t.Fatalf("try %d: %v", try, err)
		}
		f.reopen(t)
	}
	if portions != 6 || f.scrubs != 1 { // 2 of them cut off, 3 with rows, 1 that finds none
		t.Errorf("%d portions, written anew %d times", portions, f.scrubs)
	}
	if n := f.inClear(t); n != 0 {
		t.Errorf("%d signs can still be read", n)
	}
	other := 0
	steps := []upgrade.Step{sealing("seal", 0, &portions), sealing("another", 0, &other)}
	if err := upgrade.Run(t.Context(), f.means(), steps); err != nil || portions != 6 || other != 1 {
		t.Errorf("with a step that came later: %v, %d portions of the first, %d of it", err, portions, other)
	}
}

// A disk without room for a second copy keeps no room closed: the next start tries again.
func TestRun_TriesAgainToWriteAnew(t *testing.T) {
	f := newFile(t)
	portions := 0
	steps := []upgrade.Step{sealing("seal", 0, &portions)}
	for _, full := range []bool{true, true, false, false} {
		f.full = full
		if err := upgrade.Run(t.Context(), f.means(), steps); err != nil {
			t.Fatal(err)
		}
		f.reopen(t)
	}
	if portions != 4 || f.scrubs != 3 || f.inClear(t) != 0 {
		t.Errorf("%d portions, written anew %d times, %d signs can be read", portions, f.scrubs, f.inClear(t))
	}
}

// A new file has nothing to be upgraded, and is not written anew for it.
func TestBegin_NothingToBeDone(t *testing.T) {
	f := newFile(t)
	portions := 0
	steps := []upgrade.Step{sealing("seal", 0, &portions)}
	f.write(t, func(ctx context.Context, tx *sql.Tx) error { return upgrade.Begin(ctx, tx, steps) })
	if err := upgrade.Run(t.Context(), f.means(), steps); err != nil || portions != 0 || f.scrubs != 0 {
		t.Errorf("%v, %d portions, written anew %d times", err, portions, f.scrubs)
	}
}

// Who still reads from the log is not waited for without end, and it is said.
func TestClear_SaysWhoReads(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: a reader is waited for")
	}
	f := newFile(t)
	db, err := f.Reader()
	if err != nil {
		t.Fatal(err)
	}
	reading, err := db.BeginTx(t.Context(), &sql.TxOptions{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if err := reading.QueryRowContext(t.Context(), `SELECT count(*) FROM person`).Scan(&n); err != nil || n != 25 {
		t.Fatal(n, err)
	}
	f.write(t, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM person`)
		return err
	})
	soon, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if err := f.Clear(soon); !errors.Is(err, dbfile.ErrRead) || !strings.Contains(err.Error(), "reads") {
		t.Errorf("with a reader: %v", err)
	}
	if err := f.Retry(t.Context()); err != nil {
		t.Errorf("trying again waits for nobody: %v", err)
	}
	if err := errors.Join(reading.Rollback(), f.Retry(t.Context())); err != nil || f.inClear(t) != 0 {
		t.Errorf("without one: %v, %d signs can be read", err, f.inClear(t))
	}
}
