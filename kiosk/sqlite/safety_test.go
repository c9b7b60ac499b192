package sqlite

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/keyring"
	"example.org/inloop/kiosk/sqlite/dbfile"
	"example.org/inloop/kiosk/sqlite/dbfile/fsynctest"
)

func TestOpen_SecondStartIsRefused(t *testing.T) {
	r := newRoom(t, "2026-11-24", "anna")
	_, err := Open(t.Context(), r.cfg)
	if !errors.Is(err, ErrLocked) || ReasonFor(err) != ReasonLocked {
		t.Fatalf("error is %v (%s), want ErrLocked", err, ReasonFor(err))
	}
	r.says("10:00", "anna", kiosk.GreetingFirst)
	reading := r.cfg
	reading.Mode = ModeReadOnly
	beside, err := Open(t.Context(), reading)
	r.must(err)
	defer beside.Close() //nolint:errcheck // only read
	if all, err := beside.Residents(t.Context()); err != nil || len(all) != 1 || all[0].Name != "Mevrouw anna" {
		t.Errorf("a reader beside the daemon sees %v, %v", all, err)
	}
	if err := beside.AddGuest(t.Context(), 1, kiosk.BandChild); err == nil {
		t.Error("a reader could write")
	}
}

func TestOpen_ReadingWithoutADaemon(t *testing.T) {
	r := newRoom(t, "2026-11-24", "anna")
	r.says("10:00", "anna", kiosk.GreetingFirst)
	r.must(r.Close())
	r.cfg.Mode = ModeReadOnly
	s, err := Open(t.Context(), r.cfg)
	r.must(err)
	r.Store = s
	if v := r.view(); v.Visits != 1 {
		t.Errorf("%d visits, want 1", v.Visits)
	}
}

// A stick that was pulled out is no reason to make another key in its place.
func TestLoadKeysOf_MakesNoneForARoomThatHasBegun(t *testing.T) {
	r := newRoom(t, "2026-11-24", "anna")
	file := filepath.Join(t.TempDir(), "stick", "key")
	_, err := LoadKeysOf(r.cfg.Dir, file)
	if !errors.Is(err, keyring.ErrKey) || ReasonFor(err) != ReasonKey {
		t.Errorf("error is %v, want ErrKey", err)
	}
	if _, err := os.Stat(filepath.Dir(file)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the folder of the key file: %v", err)
	}
	if _, err := LoadKeysOf(t.TempDir(), file); err != nil {
		t.Errorf("a first start: %v", err)
	}
}

func TestOpen_AnotherKey(t *testing.T) {
	r := newRoom(t, "2026-11-24", "anna")
	r.must(r.Close())
	keys, err := keyring.Load(filepath.Join(t.TempDir(), "other"))
	r.must(err)
	cfg := r.cfg
	cfg.Keys = keys
	if _, err := Open(t.Context(), cfg); !errors.Is(err, keyring.ErrKey) || ReasonFor(err) != ReasonKey {
		t.Errorf("error is %v, want ErrKey", err)
	}
	cfg.Mode = ModeReadOnly
	if _, err := Open(t.Context(), cfg); !errors.Is(err, keyring.ErrKey) {
		t.Errorf("reading: error is %v, want ErrKey", err)
	}
	s, err := Open(t.Context(), r.cfg)
	r.must(err)
	r.must(s.Close())
}

func TestOpen_KeyInTheDataFolder(t *testing.T) {
	r := newRoom(t, "2026-11-24")
	r.must(r.Close())
	keys, err := keyring.Load(filepath.Join(r.cfg.Dir, "key"))
	r.must(err)
	r.cfg.Keys = keys
	if _, err := Open(t.Context(), r.cfg); !errors.Is(err, keyring.ErrKey) {
		t.Errorf("error is %v, want ErrKey", err)
	}
}

func TestOpen_Damaged(t *testing.T) {
	r := newRoom(t, "2026-11-24", "anna")
	r.must(r.Close())
	r.must(os.WriteFile(r.cfg.path(), bytes.Repeat([]byte("no database "), 4096), 0o600))
	_, err := Open(t.Context(), r.cfg)
	if !errors.Is(err, ErrCorrupt) || ReasonFor(err) != ReasonBroken {
		t.Errorf("error is %v (%s), want ErrCorrupt", err, ReasonFor(err))
	}
}

// A day with everything in it leaves no name, number, answer or PIN readable
// in any file of the data folder.
func TestStore_NothingReadableAtRest(t *testing.T) {
	ctx := t.Context()
	r := newRoom(t, "2026-11-24", "anna")
	r.says("10:00", "anna", kiosk.GreetingFirst)
	r.says("10:01", "nieuw", kiosk.GreetingUnknownBadge)
	no, err := r.Enrol(ctx, r.by, kiosk.Enrolment{Badge: r.badge(), Resident: kiosk.Resident{Name: "Zeynep Özdemir", OnScreen: true, Language: "tr"}})
	r.must(err)
	r.must(r.ChangeProfile(ctx, r.by, kiosk.Resident{No: no, Name: "Zeynep Kaplan", Language: "tr"}))
	r.must(r.Intake(ctx, no, kiosk.Intake{Consent: true, Family: kiosk.ContactNever, Friends: kiosk.ContactNever, Neighbours: kiosk.ContactLessOften}))
	code, err := r.AddVolunteer(ctx, "Gerda Vermeulen")
	r.must(err)
	gerda, err := r.CheckCode(ctx, code)
	r.must(err)
	r.must(r.SetPIN(ctx, gerda, code, "590243"))
	r.says("11:00", "vreemd", kiosk.GreetingUnknownBadge)
	secrets := map[string][]byte{
		"a name": []byte("Mevrouw anna"), "a new name": []byte("Zeynep"), "a surname": []byte("Özdemir"), "a volunteer": []byte("Gerda"),
		"a PIN": []byte("590243"), "a code": []byte(code), "a code's letters": []byte(strings.ReplaceAll(code, "-", "")),
	}
	for _, card := range []string{"anna", "nieuw", "vreemd"} {
		secrets["the card "+card] = uid(t, card).Bytes()
	}
	check := func() {
		t.Helper()
		for what, secret := range secrets {
			for how, form := range map[string][]byte{
				"plain": secret, "hex": []byte(hex.EncodeToString(secret)), "HEX": []byte(strings.ToUpper(hex.EncodeToString(secret))),
				"base64": []byte(base64.RawStdEncoding.EncodeToString(secret)),
			} {
				if files := grepFolder(t, r.cfg.Dir, form); len(files) > 0 {
					t.Errorf("%s is readable (%s) in %v", what, how, files)
				}
			}
		}
	}
	check()
	r.must(r.Close())
	check()
}

func TestCheckIn_NobodyIsWelcomedWhoIsNotSaved(t *testing.T) {
	for name, c := range map[string]struct{ breaks, reason string }{
		"full disk":      {`PRAGMA max_page_count = 1`, ReasonFull},
		"read-only disk": {`PRAGMA query_only = on`, ReasonReadOnly},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRoom(t, "2026-11-24", "anna")
			r.pass("pass")
			r.must(r.file.Turn(t.Context(), func(turn dbfile.Turn) error {
				return turn.Write(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
					_, err := tx.ExecContext(ctx, c.breaks)
					return err
				})
			}))
			var err error
			saved := 0
			for ; err == nil; saved++ {
				_, err = r.CheckIn(t.Context(), kiosk.Tap{UID: uid(t, "pass"), At: r.clock.now})
				r.later(2 * time.Minute)
			}
			if ReasonFor(err) != c.reason {
				t.Errorf("reason is %s (%v), want %s", ReasonFor(err), err, c.reason)
			}
			if n := r.number(`SELECT count(*) FROM visit`); n != saved-1 {
				t.Errorf("%d visits of %d that were welcomed", n, saved-1)
			}
			r.must(r.file.Turn(t.Context(), func(turn dbfile.Turn) error { return turn.Reopen(t.Context()) }))
			r.must(r.Probe(t.Context()))
			if got := r.tap("anna"); got != kiosk.GreetingFirst {
				t.Errorf("healed, the door says %q", got)
			}
		})
	}
}

// The real thing: a file system without a free block.
func TestCheckIn_FullFileSystem(t *testing.T) {
	r := newRoom(t, "2026-11-24", "anna")
	r.must(r.Close())
	r.cfg.Dir = filepath.Join(t.TempDir(), "small")
	r.must(os.Mkdir(r.cfg.Dir, 0o700))
	if err := syscall.Mount("tmpfs", r.cfg.Dir, "tmpfs", 0, "size=2m"); err != nil {
		t.Skip("SKIPPED: no full file system was tried, as mounting one needs root: sudo go test -run FullFileSystem ./kiosk/sqlite")
	}
	t.Cleanup(func() { _ = syscall.Unmount(r.cfg.Dir, syscall.MNT_DETACH) })
	s, err := Open(t.Context(), r.cfg)
	r.must(err)
	t.Cleanup(func() { _ = s.Close() })
	r.Store = s
	r.enrol(t, "anna")
	r.pass("pass")
	filler := filepath.Join(r.cfg.Dir, "filler")
	f, err := os.Create(filler)
	r.must(err)
	for err == nil {
		_, err = f.Write(make([]byte, 4096))
	}
	_ = f.Close() // full
	saved := 0
	for err = nil; err == nil && saved < 5000; saved++ {
		_, err = r.CheckIn(t.Context(), kiosk.Tap{UID: uid(t, "pass"), At: r.clock.now})
		r.later(2 * time.Minute)
	}
	if ReasonFor(err) != ReasonFull {
		t.Errorf("reason is %s (%v), want %s", ReasonFor(err), err, ReasonFull)
	}
	if n := r.number(`SELECT count(*) FROM visit`); n != saved-1 {
		t.Errorf("%d visits of %d that were welcomed", n, saved-1)
	}
	if err := r.Probe(t.Context()); err == nil {
		t.Error("the probe finds the full disk healed")
	}
	// Room for a page or two is none for the next visitor.
	info, err := os.Stat(filler)
	r.must(err)
	r.must(os.Truncate(filler, info.Size()-8192))
	if err := r.Probe(t.Context()); err == nil {
		t.Error("the probe finds a disk healed that holds no more taps")
	}
	r.must(os.Remove(filler))
	r.must(r.Probe(t.Context()))
	if got := r.tap("anna"); got != kiosk.GreetingFirst {
		t.Errorf("healed, the door says %q", got)
	}
}

// A room that is open has begun, and that is on the disk: else it would begin anew, in
// silence, when its database is away at the next start. Whichever flush of the first
// start fails, the next try opens it.
func TestOpen_ARoomThatIsOpenHasBegun(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: many first starts")
	}
	disk := fsynctest.NewFolder(t)
	for from := range 1 << 10 {
		dir := filepath.Join(disk.Dir, strconv.Itoa(from))
		must := newMust(t)
		must(os.Mkdir(dir, 0o700))
		disk.Fail(from, 1)
		failed := false
		for range 3 {
			keys, err := LoadKeysOf(filepath.Join(dir, "data"), filepath.Join(dir, "key"))
			var s *Store
			if err == nil {
				s, err = Open(t.Context(), Config{Dir: filepath.Join(dir, "data"), Keys: keys, Clock: &movedClock{kiosk.Moment{Boot: "1"}}, Timetable: kiosk.Timetable{Zone: time.UTC}})
			}
			if err != nil {
				if failed || len(disk.Failed()) == 0 {
					t.Fatalf("flush %d fails: %v", from, err)
				}
				failed = true
				continue
			}
			if keys.Beginning() {
				t.Errorf("flush %d fails (%v): the room is open and has yet to begin", from, disk.Failed())
			}
			must(s.Close())
		}
		if len(disk.Failed()) == 0 {
			return // that were all
		}
	}
}

// newMust fails a test at an error.
func newMust(t *testing.T) func(error) {
	return func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
}

// With a disk that flushes nothing, once, for a while or for ever, nobody is welcomed
// who is not saved, nobody is saved who was turned away, and it heals by itself.
func TestCheckIn_FlushesThatFail(t *testing.T) {
	if !fsynctest.Inside(t) {
		return
	}
	r := newRoom(t, "2026-11-24", "anna")
	r.pass("pass")
	before, welcomed := r.number(`SELECT count(*) FROM visit`), 0
	for _, fails := range []int32{1, 2, 3, 5, 8, fsynctest.ForEver, 0} {
		fsynctest.FailNext(t, fails)
		for tap := range 8 {
			got, err := r.CheckIn(t.Context(), kiosk.Tap{UID: uid(t, "pass"), At: r.clock.now})
			switch {
			case err == nil && got.Greeting.Kind == kiosk.GreetingGuest:
				welcomed++
			case err == nil:
				t.Errorf("%d failures: the greeting is %q", fails, got.Greeting.Kind)
			case ReasonFor(err) != ReasonUnsaved:
				t.Errorf("%d failures: the reason is %s (%v)", fails, ReasonFor(err), err)
			}
			if tap == 0 && (err == nil) != (fails == 0) {
				t.Errorf("%d failures: the first tap: %v", fails, err)
			}
			if n := r.number(`SELECT count(*) FROM visit`); n != before+welcomed {
				t.Errorf("%d failures: %d visits, %d were welcomed", fails, n-before, welcomed)
			}
			if err := r.Probe(t.Context()); err == nil && fails == fsynctest.ForEver {
				t.Error("the probe finds a disk healed that flushes nothing")
			}
			r.later(2 * time.Minute)
		}
	}
	if welcomed < 8 {
		t.Errorf("%d welcomed in all: it does not heal", welcomed)
	}
}

// A tap that is saved is welcomed, with what is known of it without reading.
func TestCheckIn_SavedAndNotReadBack(t *testing.T) {
	r := newRoom(t, "2026-11-24", "anna")
	db, err := r.reader()
	r.must(err)
	r.must(db.Close())
	got, err := r.CheckIn(t.Context(), kiosk.Tap{UID: uid(t, "anna"), At: r.clock.now})
	if !errors.Is(err, kiosk.ErrUnread) || ReasonFor(err) != ReasonUnread {
		t.Errorf("error is %v (%s), want ErrUnread", err, ReasonFor(err))
	}
	if got.Greeting != (kiosk.Greeting{Kind: kiosk.GreetingFirst}) {
		t.Errorf("the greeting is %+v", got.Greeting)
	}
	r.must(r.file.Turn(t.Context(), func(turn dbfile.Turn) error { return turn.Reopen(t.Context()) }))
	if n := r.number(`SELECT count(*) FROM visit`); n != 1 {
		t.Errorf("%d visits, want 1", n)
	}
}

const killed = "INLOOP_TEST_KILLED"

// A process that is killed in the middle of taps has kept every one that it
// had answered. (This says nothing about the power: the kernel goes on.)
func TestCheckIn_KilledBetween(t *testing.T) {
	if dir := os.Getenv(killed); dir != "" {
		tapForever(t, dir)
	}
	r := newRoom(t, "2026-11-24")
	r.pass("pass")
	r.must(r.Close())
	for range 3 {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestCheckIn_KilledBetween$")
		cmd.Env = append(os.Environ(), killed+"="+filepath.Dir(r.cfg.Dir))
		out, err := cmd.StdoutPipe()
		r.must(err)
		r.must(cmd.Start())
		lines := bufio.NewScanner(out)
		answered := 0
		for lines.Scan() {
			n, err := strconv.Atoi(strings.TrimPrefix(lines.Text(), "answered "))
			if err != nil {
				continue
			}
			if answered = n; n%40 == 0 {
				_ = cmd.Process.Kill() // its death is looked at below
			}
		}
		_ = cmd.Wait() // killed
		s, err := Open(t.Context(), r.cfg)
		r.must(err)
		r.Store = s
		if n := r.number(`SELECT count(*) FROM visit`); n < answered || n > answered+1 || answered == 0 {
			t.Errorf("%d guests kept, %d answered", n, answered)
		}
		r.must(s.Close())
	}
}

func tapForever(t *testing.T, dir string) {
	keys, err := keyring.Load(filepath.Join(dir, "key"))
	if err != nil {
		t.Fatal(err)
	}
	clock := &movedClock{kiosk.Moment{Wall: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC), Boot: "boot 2", Since: time.Hour}}
	s, err := Open(context.Background(), Config{
		Dir: filepath.Join(dir, "data"), Keys: keys, Clock: clock, Timetable: kiosk.Timetable{Zone: time.UTC},
	})
	if err != nil {
		t.Fatal(err)
	}
	db, err := s.reader()
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if err := db.QueryRow(`SELECT count(*) FROM visit`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	for {
		clock.now.Wall, clock.now.Since = clock.now.Wall.Add(time.Minute), clock.now.Since+time.Minute
		if _, err := s.CheckIn(context.Background(), kiosk.Tap{UID: uid(t, "pass"), At: clock.now}); err != nil {
			t.Fatal(err)
		}
		n++
		fmt.Println("answered", n)
	}
}
