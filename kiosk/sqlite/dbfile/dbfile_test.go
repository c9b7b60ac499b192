package dbfile

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/fstest"

	sqlite3 "github.com/mattn/go-sqlite3"
)

// testConfig is of a daemon's file with notes, in a folder that is not there yet.
func testConfig(t testing.TB) Config {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	return Config{
		Path: filepath.Join(dir, "notes.db"), Lock: filepath.Join(dir, "notes.lock"),
		Migrations: tables(`CREATE TABLE note (text TEXT NOT NULL) STRICT;`),
	}
}

// tables are migrations that run one statement.
func tables(statement string) fs.FS {
	return fstest.MapFS{"migrations/0001_tables.sql": {Data: []byte("-- +goose Up\n" + statement + "\n")}}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func open(t testing.TB, cfg Config) *File {
	t.Helper()
	f, err := Open(t.Context(), cfg)
	must(t, err)
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// note writes one row.
func note(ctx context.Context, f *File, text string) error {
	return f.Turn(ctx, func(turn Turn) error { return turn.Write(ctx, noting(text)) })
}

func noting(text string) func(context.Context, *sql.Tx) error {
	return func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO note (text) VALUES (?1)`, text)
		return err
	}
}

func notes(t *testing.T, db *sql.DB) (n int) {
	t.Helper()
	must(t, db.QueryRowContext(t.Context(), `SELECT count(*) FROM note`).Scan(&n))
	return n
}

// has fails unless the file's readers see n rows.
func has(t *testing.T, f *File, n int) {
	t.Helper()
	db, err := f.Reader()
	must(t, err)
	if got := notes(t, db); got != n {
		t.Errorf("%d notes, want %d", got, n)
	}
}

func TestOpen_OneDaemonAndOthersBesideIt(t *testing.T) {
	cfg := testConfig(t)
	daemon := open(t, cfg)
	must(t, note(t.Context(), daemon, "of the daemon"))
	if _, err := Open(t.Context(), cfg); !errors.Is(err, ErrLocked) || FailureOf(err) != FailureLocked {
		t.Errorf("a second daemon: %v, want ErrLocked", err)
	}
	cfg.Mode = ModeCommand
	must(t, note(t.Context(), open(t, cfg), "of a command"))
	cfg.Mode = ModeReadOnly
	reader := open(t, cfg)
	has(t, reader, 2)
	if err := note(t.Context(), reader, "of a reader"); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("a reader's write: %v, want fs.ErrPermission", err)
	}
	must(t, daemon.Close())
	cfg.Mode = ModeDaemon
	has(t, open(t, cfg), 2)
}

func TestOpen_RacingStartsMigrateOnce(t *testing.T) {
	cfg := testConfig(t)
	cfg.Mode = ModeCommand
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			f, err := Open(t.Context(), cfg)
			if err == nil {
				err = f.Close()
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

// watchedFS tells when one of its files is opened.
type watchedFS struct {
	fs.FS
	opened func()
}

func (w watchedFS) Open(name string) (fs.File, error) {
	w.opened()
	return w.FS.Open(name)
}

func TestOpen_NobodyElseMigratesMeanwhile(t *testing.T) {
	cfg := testConfig(t)
	var alone atomic.Bool // goose opens a file in two goroutines
	cfg.Migrations = watchedFS{cfg.Migrations, func() {
		f, err := flock(cfg.Path+".lock", syscall.LOCK_SH|syscall.LOCK_NB)
		if err == nil {
			err = f.Close()
		}
		if errors.Is(err, syscall.EWOULDBLOCK) {
			alone.Store(true)
		}
	}}
	open(t, cfg)
	if !alone.Load() {
		t.Error("another start could have migrated at the same time")
	}
}

func TestOpen_Damaged(t *testing.T) {
	cfg := testConfig(t)
	must(t, open(t, cfg).Close())
	must(t, os.WriteFile(cfg.Path, bytes.Repeat([]byte("no database "), 4096), 0o600))
	for _, cfg.Mode = range []Mode{ModeDaemon, ModeCommand, ModeReadOnly} {
		if _, err := Open(t.Context(), cfg); !errors.Is(err, ErrCorrupt) || FailureOf(err) != FailureBroken {
			t.Errorf("mode %d: %v, want ErrCorrupt", cfg.Mode, err)
		}
	}
}

func TestOpen_EveryConnectionHasItsSettings(t *testing.T) {
	f := open(t, testConfig(t))
	for pragma, want := range map[string]int{
		"synchronous": 2, "foreign_keys": 1, "secure_delete": 1, "busy_timeout": 5000, "journal_size_limit": 8 << 20,
		"cell_size_check": 1, "trusted_schema": 0, "mmap_size": 0, "wal_autocheckpoint": 1000,
	} {
		var got int
		must(t, f.w.QueryRowContext(t.Context(), `PRAGMA `+pragma).Scan(&got))
		if got != want {
			t.Errorf("%s is %d, want %d", pragma, got, want)
		}
	}
	if _, err := f.r.ExecContext(t.Context(), `DELETE FROM note`); err == nil {
		t.Error("the reading handle writes")
	}
}

func TestCheckSafe_RefusesWhatLosesCommits(t *testing.T) {
	for settings, safe := range map[string]bool{
		writeSettings: true,
		strings.Replace(writeSettings, "FULL", "NORMAL", 1):  false,
		strings.Replace(writeSettings, "FULL", "OFF", 1):     false,
		strings.Replace(writeSettings, "WAL", "DELETE", 1):   false,
		strings.Replace(writeSettings, "WAL", "TRUNCATE", 1): false,
	} {
		db := sql.OpenDB(newConnector(filepath.Join(t.TempDir(), "x.db"), settings))
		err := checkSafe(t.Context(), db)
		if safe != (err == nil) || !safe && !errors.Is(err, ErrUnsafe) {
			t.Errorf("%s: %v", settings, err)
		}
		must(t, db.Close())
	}
}

func TestWrite_LeavesNoTraceOfAnErrorOrAPanic(t *testing.T) {
	f := open(t, testConfig(t))
	refused := errors.New("refused")
	err := f.Turn(t.Context(), func(turn Turn) error {
		return turn.Write(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
			return errors.Join(noting("refused")(ctx, tx), refused)
		})
	})
	if !errors.Is(err, refused) {
		t.Errorf("error is %v, want that of the caller", err)
	}
	func() {
		defer func() { _ = recover() }()
		_ = f.Turn(t.Context(), func(turn Turn) error {
			return turn.Write(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
				must(t, noting("panicked")(ctx, tx))
				panic("a fault of the caller")
			})
		})
	}()
	has(t, f, 0)
	must(t, note(t.Context(), f, "kept"))
	has(t, f, 1)
}

func TestWrite_FinishesWhatWasBegun(t *testing.T) {
	f := open(t, testConfig(t))
	ctx, leave := context.WithCancel(t.Context())
	must(t, f.Turn(ctx, func(turn Turn) error {
		return turn.Write(ctx, func(ctx context.Context, tx *sql.Tx) error {
			leave()
			return noting("kept")(ctx, tx)
		})
	}))
	has(t, f, 1)
	if err := note(ctx, f, "never begun"); !errors.Is(err, context.Canceled) {
		t.Errorf("the turn of one who went away: %v", err)
	}
	has(t, f, 1)
}

func TestWrite_OpensAnewWhatCouldNotBeReopened(t *testing.T) {
	cfg := testConfig(t)
	f := open(t, cfg)
	must(t, note(t.Context(), f, "before"))
	dir, away := filepath.Dir(cfg.Path), filepath.Dir(cfg.Path)+".away"
	must(t, os.Rename(dir, away))
	if err := f.Turn(t.Context(), func(turn Turn) error { return turn.Reopen(t.Context()) }); !Unsure(err) {
		t.Errorf("opening a file that is away: %v", err)
	}
	if _, err := f.Reader(); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("reading a file that is away: %v, want fs.ErrClosed", err)
	}
	if err := note(t.Context(), f, "lost"); err == nil {
		t.Error("a file that is away was written")
	}
	must(t, os.Rename(away, dir))
	must(t, note(t.Context(), f, "after"))
	has(t, f, 2)
}

func TestReopen_FindsADamagedFile(t *testing.T) {
	cfg := testConfig(t)
	f := open(t, cfg)
	must(t, note(t.Context(), f, "kept"))
	must(t, f.Checkpoint(t.Context()))
	data, err := os.ReadFile(cfg.Path)
	must(t, err)
	// The first page, with the tables' definitions, is left as it is.
	copy(data[4096:], bytes.Repeat([]byte{0xA5}, len(data)-4096))
	must(t, os.WriteFile(cfg.Path, data, 0o600))
	if err := f.Turn(t.Context(), func(turn Turn) error { return turn.Reopen(t.Context()) }); !errors.Is(err, ErrCorrupt) {
		t.Errorf("error is %v, want ErrCorrupt", err)
	}
}

func TestClose_EndsReadingAndWriting(t *testing.T) {
	f := open(t, testConfig(t))
	must(t, f.Close())
	if _, err := f.Reader(); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("reading: %v, want fs.ErrClosed", err)
	}
	if err := note(t.Context(), f, "late"); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("writing: %v, want fs.ErrClosed", err)
	}
}

func TestCheckpoint_EmptiesTheLog(t *testing.T) {
	cfg := testConfig(t)
	f := open(t, cfg)
	must(t, note(t.Context(), f, "kept"))
	must(t, f.Checkpoint(t.Context()))
	if info, err := os.Stat(cfg.Path + "-wal"); err != nil || info.Size() != 0 {
		t.Errorf("log: %v (%v), want 0 bytes", info, err)
	}
	has(t, f, 1)
}

func TestCopyTo_IsWholeAndSound(t *testing.T) {
	f := open(t, testConfig(t))
	must(t, note(t.Context(), f, strings.Repeat("in the log ", 2000)))
	file := filepath.Join(t.TempDir(), "copy")
	must(t, f.CopyTo(t.Context(), file))
	must(t, note(t.Context(), f, "later"))
	must(t, Inspect(t.Context(), file, func(db *sql.DB) error {
		if n := notes(t, db); n != 1 {
			t.Errorf("%d notes in the copy, want 1", n)
		}
		return nil
	}))
	refused := errors.New("of another program")
	if err := Inspect(t.Context(), file, func(*sql.DB) error { return refused }); !errors.Is(err, ErrCorrupt) || !errors.Is(err, refused) {
		t.Errorf("a copy that the caller refuses: %v, want ErrCorrupt", err)
	}
	whole, err := os.ReadFile(file)
	must(t, err)
	for what, data := range map[string][]byte{"half": whole[:len(whole)/2], "no copy": bytes.Repeat([]byte("no copy "), 1024)} {
		must(t, os.WriteFile(file, data, 0o600))
		err := Inspect(t.Context(), file, func(*sql.DB) error { t.Errorf("%s: asked", what); return nil })
		if !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s: %v, want ErrCorrupt", what, err)
		}
	}
}

// A plug that was pulled leaves rows in the log alone.
func TestDrain_BringsInTheLog(t *testing.T) {
	cfg := testConfig(t)
	f := open(t, cfg)
	must(t, f.Checkpoint(t.Context()))
	must(t, note(t.Context(), f, "in the log"))
	left := filepath.Join(t.TempDir(), "left.db")
	for _, end := range []string{"", "-wal"} {
		data, err := os.ReadFile(cfg.Path + end)
		must(t, err)
		must(t, os.WriteFile(left+end, data, 0o600))
	}
	count := func(db *sql.DB) error {
		if n := notes(t, db); n != 1 {
			t.Errorf("%d notes, want 1", n)
		}
		return nil
	}
	must(t, Drain(t.Context(), left, count))
	if _, err := os.Stat(left + "-wal"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the log afterwards: %v", err)
	}
	must(t, Inspect(t.Context(), left, count))
}

func TestFailureOf_TellsWhatHinders(t *testing.T) {
	for _, tt := range []struct {
		err    error
		want   Failure
		unsure bool
	}{
		{nil, FailureOther, false},
		{errors.New("else"), FailureOther, false},
		{sqlite3.Error{Code: sqlite3.ErrFull}, FailureFull, false},
		{sqlite3.Error{Code: sqlite3.ErrIoErr, SystemErrno: syscall.ENOSPC}, FailureFull, true},
		{syscall.EDQUOT, FailureFull, false},
		{sqlite3.Error{Code: sqlite3.ErrReadonly}, FailureReadOnly, false},
		{sqlite3.Error{Code: sqlite3.ErrCantOpen, SystemErrno: syscall.EROFS}, FailureReadOnly, true},
		{fs.ErrPermission, FailureReadOnly, false},
		{ErrLocked, FailureLocked, false},
		{sqlite3.Error{Code: sqlite3.ErrBusy}, FailureLocked, false},
		{ErrUnsafe, FailureBroken, false},
		{sqlite3.Error{Code: sqlite3.ErrNotADB}, FailureBroken, false},
		{sqlite3.Error{Code: sqlite3.ErrCorrupt}, FailureBroken, true},
		{sqlite3.Error{Code: sqlite3.ErrIoErr}, FailureOther, true},
	} {
		err := tt.err
		if err != nil {
			err = fmt.Errorf("write: %w", err)
		}
		if got := FailureOf(err); got != tt.want || Unsure(err) != tt.unsure {
			t.Errorf("%v: failure %d, unsure %t; want %d, %t", err, got, Unsure(err), tt.want, tt.unsure)
		}
	}
}

// A full disk ends the transaction, not the connection.
func TestWrite_FullDisk(t *testing.T) {
	f := open(t, testConfig(t))
	_, err := f.w.ExecContext(t.Context(), `PRAGMA max_page_count = 1`)
	must(t, err)
	kept := 0
	for err == nil {
		if err = note(t.Context(), f, strings.Repeat("x", 500)); err == nil {
			kept++
		}
	}
	if FailureOf(err) != FailureFull || Unsure(err) {
		t.Errorf("error is %v (%d, unsure %t), want a full disk and no doubt", err, FailureOf(err), Unsure(err))
	}
	has(t, f, kept)
}
