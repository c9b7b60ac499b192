package sqlite

import (
	"database/sql"
	"embed"
	"errors"
	"log/slog"
	"path/filepath"
	"sync/atomic"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/backup"
	"example.org/inloop/kiosk/keyring"
	"example.org/inloop/kiosk/reach"
	"example.org/inloop/kiosk/sqlite/answers"
	"example.org/inloop/kiosk/sqlite/daybook"
	"example.org/inloop/kiosk/sqlite/dbfile"
	"example.org/inloop/kiosk/sqlite/imports"
	"example.org/inloop/kiosk/sqlite/ledger"
	"example.org/inloop/kiosk/sqlite/names"
	"example.org/inloop/kiosk/sqlite/outbox"
	"example.org/inloop/kiosk/sqlite/owner"
	"example.org/inloop/kiosk/sqlite/pooling"
	"example.org/inloop/kiosk/sqlite/slips"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/kiosk/sqlite/volunteers"
	"example.org/inloop/kiosk/timeline"
	"example.org/inloop/sync/count"
)

// Errors of Open. Each may be healed from outside, after which Open can be
// tried again.
var (
	ErrLocked  = dbfile.ErrLocked
	ErrUnsafe  = dbfile.ErrUnsafe
	ErrCorrupt = dbfile.ErrCorrupt
)

// Names of the files in the data folder.
const (
	fileName = "kiosk.db"
	lockName = "kiosk.lock"
	listName = "import.lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Mode says who opens the store.
type Mode = dbfile.Mode

// Who can open a store.
const (
	ModeDaemon   = dbfile.ModeDaemon   // the kiosk: the only one that holds the folder's lock
	ModeCommand  = dbfile.ModeCommand  // a command that writes, also while the kiosk runs
	ModeReadOnly = dbfile.ModeReadOnly // a command that only reads; every write fails
)

// Config says where a room's data are and by what the store works.
type Config struct {
	Dir       string // the data folder; made when it is not there
	Keys      keyring.Keys
	Clock     kiosk.Clock
	Timetable kiosk.Timetable
	Log       *slog.Logger // nil discards
	Disk      backup.Disk  // of backups and restores; nil is the machine's
	Mode      Mode         // Daemon unless said otherwise
	Capacity  int          // how many the room holds, 0 when not set
	Programme []kiosk.Activity
	Built     time.Time   // when the program was built: no true clock stands before it
	Rules     reach.Rules // how visits are counted; nil for reach.DayPartRules

	// HashPIN makes what is kept of a PIN; nil for auth.Hash.
	HashPIN func(pin string) (string, error)
}

// LoadKeysOf is [keyring.LoadFor] for the room whose data lie in dir.
func LoadKeysOf(dir, path string) (keyring.Keys, error) {
	return keyring.LoadFor(dbfile.Standing(Path(dir)), path)
}

// Path is where the database is of a room whose data lie in dir.
func Path(dir string) string { return filepath.Join(dir, fileName) }

func (c Config) path() string { return Path(c.Dir) }
func (c Config) lock() string { return filepath.Join(c.Dir, lockName) }

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

// Store keeps all of one room. Its methods may be called from any goroutine.
type Store struct {
	*outbox.Outbox
	*volunteers.Roster
	*owner.Owners
	*imports.Lists
	*pooling.Pooling
	*daybook.Book
	*slips.Box
	*answers.Register

	cfg   Config
	file  *dbfile.File
	names *names.Memory
	hours atomic.Pointer[kiosk.Timetable]      // by which the room is open now
	shown atomic.Pointer[[]kiosk.Activity]     // the week's programme
	seats atomic.Int64                         // how many it holds
	swept count.Day                            // the day for which yesterday's traces are gone; of whose turn it is
	known atomic.Pointer[timeline.RunningBoot] // at the last moment
}

var _ kiosk.TapStore = (*Store)(nil)

// reader returns the read-only handle, or fs.ErrClosed.
func (s *Store) reader() (*sql.DB, error) { return s.file.Reader() }

func (s *Store) timetable() kiosk.Timetable { return *s.hours.Load() }

// plan is by what the room's own day is counted.
func (s *Store) plan() daybook.DayPlan {
	return daybook.DayPlan{Timetable: s.timetable(), Programme: *s.shown.Load()}
}

// rows reads what figures are made of.
func (s *Store) rows() ledger.Rows { return ledger.Rows{Keys: s.cfg.Keys, Timetable: s.timetable()} }

// Known tells what was known of the running boot's time when something was last
// written or Tick last ran. It reads nothing and may be called at any time.
func (s *Store) Known() timeline.RunningBoot {
	if k := s.known.Load(); k != nil {
		return *k
	}
	return timeline.RunningBoot{}
}

// Trust tells how sure the clock was by then.
func (s *Store) Trust() kiosk.Trust { return s.Known().Trust }

// BestTime returns the time at a moment of this boot: what pages show.
func (s *Store) BestTime(m kiosk.Moment) time.Time { return s.Known().BestTime(m) }

// fromMillis is the inverse of sqlrow.NullMillis.
func (s *Store) fromMillis(ms sql.NullInt64) time.Time { return sqlrow.Time(ms, s.timetable().Zone) }
