package dbfile

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Mode says who opens a file.
type Mode int

// Who can open a file.
const (
	ModeDaemon   Mode = iota // the program that goes on: the only one that holds the lock
	ModeCommand              // a command that writes, also while the daemon runs
	ModeReadOnly             // a command that only reads; every write fails
)

// Config says where a file is and who opens it.
type Config struct {
	Path       string       // of the file; its folder is made when it is not there
	Lock       string       // path of the lock that a daemon holds
	Mode       Mode         // ModeDaemon unless said otherwise
	Migrations fs.FS        // numbered .sql files in its folder migrations
	Log        *slog.Logger // nil discards
	Disk       Disk         // nil for the machine's
}

// File is one SQLite file. Its methods may be called from any goroutine.
type File struct {
	cfg  Config
	lock *os.File // of a daemon, nil for others

	mu     sync.Mutex // orders the writers, and guards what follows
	w      *sql.DB    // one connection; nil when read-only, closed or not opened anew
	r      *sql.DB    // read-only connections; nil when closed or not opened anew
	closed bool
	place  place
	held   bool // the log was to be emptied, and a reader held it
	doubt  bool // a write failed so that what is read may not be on the disk
}

// Open opens the file, or begins it, and brings its tables up to the migrations.
// It fails with ErrLocked when another daemon has the folder, ErrUnsafe when SQLite
// would not flush every commit, and ErrCorrupt when the file is damaged. A file
// that is only read is opened as it is.
func Open(ctx context.Context, cfg Config) (_ *File, err error) {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Disk == nil {
		cfg.Disk = machine{}
	}
	f := &File{cfg: cfg}
	defer func() {
		if err != nil {
			_ = f.Close() // the first error is the one that helps
			err = damaged(err)
		}
	}()
	if cfg.Mode == ModeReadOnly {
		return f, f.connect(ctx)
	}
	if err := os.MkdirAll(filepath.Dir(cfg.Path), 0o700); err != nil {
		return nil, err
	}
	// SQLite lets a command and the daemon write by turns.
	if cfg.Mode == ModeDaemon {
		if f.lock, err = Lock(cfg.Lock); err != nil {
			return nil, err
		}
	}
	if err := finishRenewal(cfg.Disk, cfg.Path); err != nil {
		return nil, fmt.Errorf("put the renewed file in its place: %w", err)
	}
	if err := migrate(ctx, cfg.Path, cfg.Migrations, cfg.Log); err != nil {
		return nil, err
	}
	if err := f.connect(ctx); err != nil {
		return nil, err
	}
	// A log may hold what an earlier run could not flush, and the page cache shows
	// it all the same: it is written anew, into the file, before it is trusted.
	if err := f.writeBack(ctx); err != nil {
		return nil, err
	}
	return f, nil
}

// connect opens the handles and looks whether they save what they are given. A
// file that is no database shows itself already as their settings are made.
func (f *File) connect(ctx context.Context) (err error) {
	defer func() {
		if err != nil {
			_ = f.disconnect() // the first error is the one that helps
		}
	}()
	if f.cfg.Mode != ModeReadOnly {
		if f.w, err = openWriter(ctx, f.cfg.Path); err != nil {
			return err
		}
		if err = checkSafe(ctx, f.w); err != nil {
			return err
		}
		f.place = place{}
		if err = f.place.check(f.cfg.Path); err != nil {
			return err
		}
	}
	f.r, err = openReader(ctx, f.cfg.Path)
	return err
}

func (f *File) disconnect() error {
	var err error
	if f.r != nil {
		err = f.r.Close()
	}
	if f.w != nil {
		err = errors.Join(err, f.w.Close(), f.place.leaveLog(f.cfg.Path))
	}
	f.r, f.w = nil, nil
	return err
}

// Close writes the log back into the file and lets the folder go.
func (f *File) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	err := f.disconnect()
	if f.lock != nil {
		err = errors.Join(err, f.lock.Close())
	}
	f.lock, f.closed = nil, true
	return err
}

// Reader returns the read-only handle, which belongs to the file, or fs.ErrClosed.
// It is closed when the file is opened anew: ask for it each time.
func (f *File) Reader() (*sql.DB, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.reader()
}

// reader is Reader for one who holds mu.
func (f *File) reader() (*sql.DB, error) {
	if f.r == nil {
		return nil, fmt.Errorf("store: %w", fs.ErrClosed)
	}
	return f.r, nil
}

// Checkpoint writes the log back into the file and empties it.
func (f *File) Checkpoint(ctx context.Context) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.w == nil {
		return nil
	}
	if err := f.writeBack(ctx); err != nil {
		f.doubt = f.doubt || Unsure(err)
		return err
	}
	if _, err := f.w.ExecContext(ctx, `PRAGMA optimize`); err != nil {
		return fmt.Errorf("optimize: %w", err)
	}
	return nil
}

// writeBack writes the log into the file, flushes that, and empties the log, as far as
// nobody reads from it.
func (f *File) writeBack(ctx context.Context) error {
	if err := f.emptyLog(ctx); err != nil && !errors.Is(err, ErrRead) {
		return err
	}
	return nil
}

// emptyLog is writeBack, with ErrRead when somebody has read from the log for longer
// than SQLite waits, so that it is as long as before.
func (f *File) emptyLog(ctx context.Context) error {
	var frames, written int
	f.held = true
	if err := f.w.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&f.held, &frames, &written); err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	if f.held {
		return fmt.Errorf("checkpoint: %w", ErrRead)
	}
	return nil
}

// How long a reader of the log is waited for: shortly while others wait to write, and
// over and over.
const (
	clearPatience = 100 // milliseconds
	clearPause    = 200 * time.Millisecond
	clearTries    = 100
)

// Clear empties the log, durably, so that nothing is in it of rows that are gone; the
// file itself overwrites what is deleted. ErrRead when somebody reads from it and does not
// end: then [File.Retry] tries again.
func (f *File) Clear(ctx context.Context) (err error) {
	for range clearTries {
		if err = f.clear(ctx); !errors.Is(err, ErrRead) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(clearPause):
		}
	}
	return err
}

// Retry empties the log when it could not be the last time that it should have been, by
// Clear or at the opening. It waits for nobody.
func (f *File) Retry(ctx context.Context) error {
	f.mu.Lock()
	held := f.held && f.w != nil
	f.mu.Unlock()
	if !held {
		return nil
	}
	if err := f.clear(ctx); !errors.Is(err, ErrRead) {
		return err
	}
	return nil
}

func (f *File) clear(ctx context.Context) error {
	return f.cleaning(ctx, func() (err error) {
		ctx := context.WithoutCancel(ctx) // it takes no longer than the patience
		if err := f.patience(ctx, clearPatience); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, f.patience(ctx, writePatience)) }()
		if err := f.emptyLog(ctx); err != nil {
			return err
		}
		return f.cfg.Disk.Sync(f.cfg.Path + "-wal")
	})
}

// patience sets for how many milliseconds the writing connection waits for others.
func (f *File) patience(ctx context.Context, ms int) error {
	_, err := f.w.ExecContext(context.WithoutCancel(ctx), fmt.Sprintf(`PRAGMA busy_timeout = %d`, ms))
	return err
}

// Scrub writes the whole file anew, so that nothing is in it or in its log but what its
// rows say. It takes as much room on the disk once more, for a while.
func (f *File) Scrub(ctx context.Context) error {
	return f.cleaning(ctx, func() error {
		if _, err := f.w.ExecContext(ctx, `VACUUM`); err != nil {
			return fmt.Errorf("write anew: %w", err)
		}
		return f.emptyLog(ctx)
	})
}

// cleaning runs fn while nobody writes, which changes no row.
func (f *File) cleaning(ctx context.Context, fn func() error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.w == nil || f.doubt {
		return fmt.Errorf("clean: %w", ErrUnsafe)
	}
	release, err := f.beside()
	if err != nil {
		return fmt.Errorf("clean: %w", err)
	}
	defer release()
	if err = errors.Join(ctx.Err(), f.place.check(f.cfg.Path)); err == nil {
		err = fn()
	}
	f.doubt = f.doubt || Unsure(err)
	return err
}
