package sqlite

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
	"sync/atomic"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/backup"
	"example.org/inloop/kiosk/keyring"
	"example.org/inloop/kiosk/reach"
	"example.org/inloop/sync/count"
)

// Errors of Open. Each may be healed from outside, after which Open can be
// tried again.
var (
	ErrLocked  = errors.New("data folder is in use by another inloop-kiosk")
	ErrUnsafe  = errors.New("database does not save safely")
	ErrCorrupt = errors.New("database is damaged")
)

// Names of the files in the data folder.
const (
	fileName = "kiosk.db"
	lockName = "kiosk.lock"
)

// Mode says who opens the book.
type Mode int

// Who can open a book.
const (
	ModeDaemon   Mode = iota // the kiosk: the only one that holds the folder's lock
	ModeCommand              // a command that writes, also while the kiosk runs
	ModeReadOnly             // a command that only reads; every write fails
)

// Config says where a room's book is and by what it works.
type Config struct {
	Dir       string // the data folder; made when it is not there
	Keys      keyring.Keys
	Clock     kiosk.Clock
	Timetable kiosk.Timetable
	Log       *slog.Logger // nil discards
	Disk      backup.Disk  // of backups and restores; nil is the machine's
	Mode      Mode         // Daemon unless said otherwise
	Capacity  int          // how many the room holds, 0 when not set
	Built     time.Time    // when the program was built: no true clock stands before it
	Rules     reach.Rules  // how visits are counted; nil for reach.DayPartRules
}

// LoadKeysOf is [keyring.Load] for the room whose data lie in dir. A room that
// has begun cannot do with another key, so that none is made for it: then a
// missing key file is a [keyring.ErrKey].
func LoadKeysOf(dir, path string) (keyring.Keys, error) {
	_, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(filepath.Join(dir, fileName)); err == nil {
			return keyring.Keys{}, fmt.Errorf("%w: %s is not there: put back the one that was there when the folder was made", keyring.ErrKey, path)
		}
	}
	return keyring.Load(path)
}

func (c Config) path() string { return filepath.Join(c.Dir, fileName) }

// check refuses a configuration with which nothing could be kept.
func (c *Config) check() error {
	if c.Clock == nil || c.Timetable.Zone == nil {
		return errors.New("want a clock and a time zone")
	}
	if c.Timetable.PartTimes == (kiosk.PartTimes{}) {
		c.Timetable.PartTimes = kiosk.DefaultPartTimes()
	}
	if c.Rules == nil {
		c.Rules = reach.DayPartRules()
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Disk == nil {
		c.Disk = backup.OS{}
	}
	return c.Keys.Outside(c.Dir)
}

// Store is the book of one room. Its methods may be called from any goroutine.
type Store struct {
	cfg  Config
	lock *os.File // open while the store is, nil for one that only reads

	mu    sync.Mutex // orders the writers, and guards what follows
	w     *sql.DB    // one connection; nil when read-only or closed
	r     *sql.DB    // read-only connections
	swept count.Day  // the day for which yesterday's traces are gone

	trust atomic.Int32 // the last moment's kiosk.Trust
}

var _ kiosk.TapStore = (*Store)(nil)

// Open opens the book in cfg.Dir, or begins one. It fails with ErrLocked when
// another process has it, keyring.ErrKey when the key file is not the one that the
// data were written with, ErrUnsafe when SQLite would not flush every tap, and
// ErrCorrupt when the file is damaged.
func Open(ctx context.Context, cfg Config) (_ *Store, err error) {
	if err := cfg.check(); err != nil {
		return nil, fmt.Errorf("open %s: %w", cfg.Dir, err)
	}
	s := &Store{cfg: cfg}
	defer func() {
		if err != nil {
			err = fmt.Errorf("open %s: %w", cfg.path(), damaged(err))
			_ = s.Close() // the first error is the one that helps
		}
	}()
	if cfg.Mode == ModeReadOnly {
		if s.r, err = openReader(ctx, cfg.path()); err != nil {
			return nil, err
		}
		return s, s.checkKey(ctx, s.r)
	}
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, err
	}
	if s.lock, err = cfg.take(); err != nil {
		return nil, err
	}
	if err := migrate(ctx, cfg.path(), cfg.Log); err != nil {
		return nil, err
	}
	if err := s.connect(ctx); err != nil {
		return nil, err
	}
	return s, s.begin(ctx)
}

// take holds the folder for a daemon. A command holds nothing but the folder's
// handle: SQLite lets it and the daemon write by turns.
func (c Config) take() (*os.File, error) {
	if c.Mode == ModeCommand {
		return os.Open(c.Dir)
	}
	return lockFile(filepath.Join(c.Dir, lockName))
}

// connect opens the two handles and looks whether they save what they are given.
func (s *Store) connect(ctx context.Context) (err error) {
	defer func() {
		if err != nil {
			_ = s.disconnect() // the first error is the one that helps
		}
	}()
	if s.w, err = openWriter(ctx, s.cfg.path()); err != nil {
		return err
	}
	if err = checkSafe(ctx, s.w); err != nil {
		return err
	}
	s.r, err = openReader(ctx, s.cfg.path())
	return err
}

// begin writes the first rows of a new book, or checks the key of an old one,
// and fits what is open to the present timetable.
func (s *Store) begin(ctx context.Context) error {
	return s.withTx(ctx, func(ctx context.Context, t *txn) error {
		err := s.checkKey(ctx, t)
		if errors.Is(err, sql.ErrNoRows) {
			if _, err := t.exec(ctx, `INSERT INTO meta (one, key_check) VALUES (1, ?1)`, s.cfg.Keys.Check()); err != nil {
				return err
			}
			return t.newEpoch(ctx, "created")
		}
		if err != nil {
			return err
		}
		return t.refit(ctx)
	})
}

// querier is what a transaction and a handle have in common.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// checkKey returns keyring.ErrKey when the book was written with another key, and
// sql.ErrNoRows when it was not written at all.
func (s *Store) checkKey(ctx context.Context, q querier) error {
	var mac []byte
	if err := q.QueryRowContext(ctx, `SELECT key_check FROM meta`).Scan(&mac); err != nil {
		return fmt.Errorf("read key check: %w", err)
	}
	if !s.cfg.Keys.Checks(mac) {
		return fmt.Errorf("%w (put back the key file that was there when the folder was made)", keyring.ErrKey)
	}
	return nil
}

// Close writes the log back into the file and lets the folder go.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.disconnect()
	if s.lock != nil {
		err = errors.Join(err, s.lock.Close())
		s.lock = nil
	}
	return err
}

func (s *Store) disconnect() error {
	var err error
	if s.r != nil {
		err = s.r.Close()
	}
	if s.w != nil {
		err = errors.Join(err, s.w.Close())
	}
	s.r, s.w = nil, nil
	return err
}

// reader returns the read-only handle, or fs.ErrClosed.
func (s *Store) reader() (*sql.DB, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.r == nil {
		return nil, fmt.Errorf("store: %w", fs.ErrClosed)
	}
	return s.r, nil
}

func (s *Store) timetable() kiosk.Timetable { return s.cfg.Timetable }

// Trust tells how sure the clock was when something was last written or Tick
// last ran.
func (s *Store) Trust() kiosk.Trust { return kiosk.Trust(s.trust.Load()) }
