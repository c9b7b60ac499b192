package rescue_test

import (
	"bytes"
	"compress/gzip"
	"database/sql"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/backup"
	"example.org/inloop/kiosk/keyring"
	"example.org/inloop/kiosk/rescue"
	"example.org/inloop/kiosk/sqlite"
)

var seeds = flag.Int("seeds", 60, "how many files are damaged")

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// setClock stands where it was put.
type setClock struct{ now kiosk.Moment }

// Now is where it stands.
func (c *setClock) Now() kiosk.Moment { return c.now }

// room is one with some months behind it, as the first release left it.
type room struct {
	t     *testing.T
	cfg   sqlite.Config
	clock *setClock
	ring  backup.Ring
}

func newRoom(t *testing.T) *room {
	t.Helper()
	return newRoomIn(t, t.TempDir())
}

// newRoomIn is one whose data and key lie in dir.
func newRoomIn(t *testing.T, dir string) *room {
	t.Helper()
	data := filepath.Join(dir, "data")
	must(t, os.Mkdir(data, 0o700))
	first := filepath.Join("..", "sqlite", "testdata", "first")
	f, err := os.Open(filepath.Join(first, "kiosk.db.gz"))
	must(t, err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	must(t, err)
	rows, err := io.ReadAll(z)
	must(t, err)
	must(t, os.WriteFile(sqlite.Path(data), rows, 0o600))
	key, err := os.ReadFile(filepath.Join(first, "key"))
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "key"), key, 0o600))
	keys, err := keyring.Load(filepath.Join(dir, "key"))
	must(t, err)
	zone, err := time.LoadLocation("Europe/Amsterdam")
	must(t, err)
	clock := &setClock{kiosk.Moment{Wall: time.Date(2025, 10, 16, 9, 0, 0, 0, zone), Boot: "of the test", Since: time.Hour}}
	r := &room{t: t, clock: clock, ring: backup.Ring{Dir: filepath.Join(data, "nightly")}, cfg: sqlite.Config{
		Dir: data, Keys: keys, Clock: clock, Timetable: kiosk.Timetable{Zone: zone}, Log: slog.New(slog.DiscardHandler),
	}}
	return r
}

// pass lets time go by.
func (r *room) pass(d time.Duration) {
	r.clock.now.Wall, r.clock.now.Since = r.clock.now.Wall.Add(d), r.clock.now.Since+d
}

func (r *room) open() *sqlite.Store {
	r.t.Helper()
	s, err := sqlite.Open(r.t.Context(), r.cfg)
	must(r.t, err)
	r.t.Cleanup(func() { _ = s.Close() })
	return s
}

func (r *room) look() error { return rescue.Look(r.t.Context(), r.cfg, r.ring) }

func guest(n int) kiosk.UID {
	uid, err := kiosk.NewUID([]byte{0x04, 0xAA, 0xBB, 0xCC, byte(n >> 8), byte(n), 0x80})
	if err != nil {
		panic(err)
	}
	return uid
}

// tap lets badges that nobody knows be laid down, five minutes apart.
func (r *room) tap(s *sqlite.Store, from, n int) {
	r.t.Helper()
	for i := range n {
		_, err := s.CheckIn(r.t.Context(), r.tapOf(from+i))
		must(r.t, err)
	}
}

// tapOf is one of a badge, five minutes after the last.
func (r *room) tapOf(badge int) kiosk.Tap {
	r.pass(5 * time.Minute)
	return kiosk.Tap{UID: guest(badge), At: r.clock.now}
}

// told are how many rows there are of what a room knows.
type told map[string]int

func (r *room) rows() told {
	r.t.Helper()
	db, err := sql.Open("sqlite3", "file:"+sqlite.Path(r.cfg.Dir)+"?mode=ro")
	must(r.t, err)
	defer db.Close()
	n := make(told)
	for _, table := range []string{"person", "badge", "volunteer", "visit", "stay", "stranger", "boot", "tap", "answer", "erased", "epoch"} {
		var rows int
		must(r.t, db.QueryRowContext(r.t.Context(), `SELECT count(*) FROM `+table).Scan(&rows))
		n[table] = rows
	}
	var named int
	must(r.t, db.QueryRowContext(r.t.Context(), `SELECT count(name) FROM person`).Scan(&named))
	n["name"] = named
	return n
}

// lacks tells what there is less of than before.
func (n told) lacks(was told) (less []string) {
	for table, rows := range was {
		if n[table] < rows {
			less = append(less, fmt.Sprintf("%s %d of %d", table, n[table], rows))
		}
	}
	return less
}

// sound fails unless SQLite finds no fault, and everything works that a day needs.
func (r *room) sound(s *sqlite.Store) {
	r.t.Helper()
	ctx := r.t.Context()
	for name, try := range map[string]func() error{
		"view": func() error { _, err := s.View(ctx); return err }, "residents": func() error { _, err := s.Residents(ctx); return err },
		"tick": func() error { return s.Tick(ctx) },
		"tap": func() error {
			_, err := s.CheckIn(ctx, kiosk.Tap{UID: guest(999), At: r.clock.now})
			return err
		},
	} {
		if err := try(); err != nil {
			r.t.Errorf("%s: %v", name, err)
		}
	}
	db, err := sql.Open("sqlite3", "file:"+sqlite.Path(r.cfg.Dir)+"?mode=ro")
	must(r.t, err)
	defer db.Close()
	var found string
	must(r.t, db.QueryRowContext(ctx, `PRAGMA integrity_check(1)`).Scan(&found))
	if found != "ok" {
		r.t.Errorf("the file is %s", found)
	}
}

// unplug copies the files as a plug that is pulled leaves them.
func (r *room) unplug(s *sqlite.Store) {
	r.t.Helper()
	path := sqlite.Path(r.cfg.Dir)
	kept := make(map[string][]byte)
	for _, tail := range []string{"", "-wal"} {
		data, err := os.ReadFile(path + tail)
		must(r.t, err)
		kept[tail] = data
	}
	must(r.t, s.Close())
	for tail, data := range kept {
		must(r.t, os.WriteFile(path+tail, data, 0o600))
	}
}

// damage changes a file as a worn card does.
// Of a log it leaves the last transaction alone: that cannot be told from one that a
// power cut tore before it was promised to anybody.
func damage(t *testing.T, path string, rnd *rand.Rand) string {
	t.Helper()
	data, err := os.ReadFile(path)
	must(t, err)
	whole, kinds := data, 6
	if strings.HasSuffix(path, "-wal") {
		data, kinds = data[:lastBegins(data)], 5
	}
	what := ""
	switch rnd.IntN(kinds) {
	case 0, 1, 2:
		n := 1 + rnd.IntN(20)
		for range n {
			data[rnd.IntN(len(data))] ^= byte(1 << rnd.IntN(8))
		}
		what = fmt.Sprintf("%d bits", n)
	case 3:
		page := rnd.IntN(len(data) / 4096)
		for i := range 4096 {
			data[page*4096+i] = byte(rnd.Uint32())
		}
		what = fmt.Sprintf("page %d", page+1)
	case 4:
		page := rnd.IntN(len(data) / 4096)
		clear(data[page*4096 : (page+1)*4096])
		what = fmt.Sprintf("page %d of zeros", page+1)
	default:
		whole = data[:rnd.IntN(len(data))]
		what = fmt.Sprintf("cut to %d bytes", len(whole))
	}
	must(t, os.WriteFile(path, whole, 0o600))
	return filepath.Base(path) + ": " + what
}

// lastBegins tells where in a log its last transaction begins
// (https://sqlite.org/fileformat2.html, 4).
func lastBegins(log []byte) int {
	const header, frame = 32, 24 + 4096
	begins, next := header, header
	for at := header; at+frame <= len(log); at += frame {
		if binary.BigEndian.Uint32(log[at+4:]) != 0 { // it ends here
			begins, next = next, at+frame
		}
	}
	return begins
}

// A file that is damaged anywhere is never a dead kiosk, and never one that is
// green while something is missing.
func TestLook_AnyDamage(t *testing.T) {
	n := *seeds
	if testing.Short() {
		n = min(n, 6)
	}
	for seed := range n {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			rnd := rand.New(rand.NewPCG(11, uint64(seed)))
			r := newRoom(t)
			s := r.open()
			if seed%3 > 0 {
				must(t, rescue.Night(t.Context(), s, 20376, r.ring))
				must(t, rescue.Night(t.Context(), s, 20377, r.ring))
			}
			if seed%3 > 1 { // then the one before it is the newest that is sound
				damage(t, r.ring.File(20377), rnd)
			}
			r.tap(s, 0, 12)
			path := sqlite.Path(r.cfg.Dir)
			if seed%2 == 0 {
				r.unplug(s)
				if seed%4 == 0 {
					path += "-wal"
				}
			} else {
				must(t, s.Close())
			}
			was := r.rows()
			must(t, errors.Join(os.RemoveAll(sqlite.Path(r.cfg.Dir)+"-shm")))
			what := damage(t, path, rnd)
			if err := r.look(); err != nil {
				t.Fatalf("%s: %v", what, err)
			}
			mended, orange := rescue.ReadMended(r.cfg.Dir)
			s, err := sqlite.Open(t.Context(), r.cfg)
			if err != nil {
				t.Fatalf("%s: %v", what, err)
			}
			less := r.rows().lacks(was)
			t.Logf("%s: told %t, missing %t; %s", what, orange, mended.Missing, strings.Join(less, ", "))
			if len(less) > 0 && !mended.Missing {
				t.Errorf("%s: green, and there is less of %v", what, less)
			}
			r.sound(s)
			must(t, s.Close())
			must(t, rescue.SeenMended(r.cfg.Dir))
			if err := r.look(); err != nil {
				t.Errorf("the next start: %v", err)
			}
			if _, again := rescue.ReadMended(r.cfg.Dir); again {
				t.Error("what was mended is mended again at the next start")
			}
		})
	}
}

// A damaged database is not mended by another room's key: no badge would be known in
// it, and no name would open, for good.
func TestLook_ADamagedDatabaseOfAnotherKey(t *testing.T) {
	for _, what := range []string{"damaged", "its key check too", "without a backup", "the list of tables"} {
		t.Run(what, func(t *testing.T) {
			r := newRoom(t)
			s := r.open()
			if what != "without a backup" {
				must(t, rescue.Night(t.Context(), s, 20377, r.ring))
			}
			must(t, s.Close())
			path := sqlite.Path(r.cfg.Dir)
			if what == "its key check too" {
				db, err := sql.Open("sqlite3", "file:"+path)
				must(t, err)
				_, err = db.ExecContext(t.Context(), `UPDATE meta SET key_check = zeroblob(32)`)
				must(t, errors.Join(err, db.Close()))
			}
			db, err := sql.Open("sqlite3", "file:"+path+"?mode=ro")
			must(t, err)
			var root int
			err = db.QueryRowContext(t.Context(), `SELECT rootpage FROM sqlite_schema WHERE name = 'visit'`).Scan(&root)
			must(t, errors.Join(err, db.Close()))
			data, err := os.ReadFile(path)
			must(t, err)
			if what == "the list of tables" {
				root = 21
			}
			clear(data[4096*(root-1) : 4096*root])
			must(t, os.WriteFile(path, data, 0o600))
			ours := r.cfg.Keys
			theirs, err := keyring.Load(filepath.Join(t.TempDir(), "key"))
			must(t, err)
			must(t, theirs.Begun(t.TempDir()))
			r.cfg.Keys = theirs
			if err := r.look(); !errors.Is(err, keyring.ErrKey) {
				t.Errorf("with another room's key: %v, want ErrKey", err)
			}
			if now, err := os.ReadFile(path); err != nil || string(now) != string(data) {
				t.Errorf("another room's key has changed the file (%v)", err)
			}
			r.cfg.Keys = ours
			must(t, r.look())
			r.sound(r.open())
		})
	}
}

// A room that an earlier release has left is no damaged one, though columns are not there
// yet in which this one looks for damage.
func TestLook_AnOlderRoomIsSound(t *testing.T) {
	r := newRoom(t)
	before, err := os.ReadFile(sqlite.Path(r.cfg.Dir))
	must(t, err)
	must(t, r.look())
	after, err := os.ReadFile(sqlite.Path(r.cfg.Dir))
	must(t, err)
	if !bytes.Equal(before, after) {
		t.Error("it was mended")
	}
	if aside, _ := filepath.Glob(filepath.Join(r.cfg.Dir, "replaced-*")); len(aside) != 0 {
		t.Errorf("put aside: %v", aside)
	}
}

// A room that has hardly begun, without a volunteer or a name, is mended too, whichever
// of its pages is lost: empty tables are not those of a room with months behind it.
func TestLook_AYoungRoom(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: a hundred rooms")
	}
	for taps, stride := range map[int]int{0: 3, 2: 1} {
		for page := 0; ; page += stride {
			r := newRoom(t)
			path := sqlite.Path(r.cfg.Dir)
			must(t, os.Remove(path))
			s := r.open()
			r.tap(s, 0, taps)
			must(t, s.Close())
			data, err := os.ReadFile(path)
			must(t, err)
			if page*4096 >= len(data) {
				break
			}
			clear(data[page*4096 : (page+1)*4096])
			must(t, os.WriteFile(path, data, 0o600))
			if err := r.look(); err != nil {
				t.Fatalf("%d taps, page %d: %v", taps, page+1, err)
			}
			s, err = sqlite.Open(t.Context(), r.cfg)
			if err != nil {
				t.Fatalf("%d taps, page %d: %v", taps, page+1, err)
			}
			r.sound(s)
			must(t, s.Close())
		}
	}
}

// A restored database of which a power cut left only the name that it waits under is
// there: nobody is asked to begin again, and nothing begins beside it.
func TestBeginAgain_NotBesideADatabaseThatWaits(t *testing.T) {
	r := newRoom(t)
	s := r.open()
	r.tap(s, 0, 2)
	must(t, s.Close())
	was := r.rows()
	path := sqlite.Path(r.cfg.Dir)
	must(t, os.Rename(path, path+".renewed"))
	must(t, rescue.BeginAgain(t.Context(), r.cfg, r.ring))
	if _, err := sqlite.LoadKeysOf(r.cfg.Dir, filepath.Join(filepath.Dir(r.cfg.Dir), "key")); err != nil {
		t.Errorf("the room is taken for one that is away: %v", err)
	}
	must(t, r.look())
	s = r.open()
	if less := r.rows().lacks(was); len(less) > 0 {
		t.Errorf("there is less of %v", less)
	}
	must(t, s.Close())
}
