package backup_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"example.org/inloop/kiosk/backup"
	"example.org/inloop/kiosk/keyring"
	"example.org/inloop/sync/count"
)

// disk writes down in which order things reached it, and fails at one of them.
type disk struct {
	backup.OS
	seen []string
	fail string
}

func (d *disk) do(what string, fn func() error) error {
	d.seen = append(d.seen, what)
	if what == d.fail {
		return errors.New("no power")
	}
	return fn()
}

func (d *disk) Sync(path string) error {
	return d.do("sync "+filepath.Base(path), func() error { return d.OS.Sync(path) })
}

func (d *disk) Rename(from, to string) error {
	return d.do("rename to "+filepath.Base(to), func() error { return d.OS.Rename(from, to) })
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func put(t *testing.T, path, text string) {
	t.Helper()
	must(t, os.WriteFile(path, []byte(text), 0o600))
}

// holds fails unless a file has this text; "" is no file.
func holds(t *testing.T, path, want string) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) || string(got) != want {
		t.Errorf("%s holds %q (%v), want %q", filepath.Base(path), got, err, want)
	}
}

func TestWrite_FlushedBeforeItGetsItsName(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "stick")
	must(t, os.Mkdir(dir, 0o700))
	d := &disk{}
	file, filling := filepath.Join(dir, "room.backup"), ""
	must(t, backup.Write(d, file, func(name string) error {
		filling = filepath.Base(name)
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("others may read it while it is filled: %v, %v", info, err)
		}
		if len(d.seen) > 0 {
			t.Errorf("before it was filled: %q", d.seen)
		}
		return os.WriteFile(name, []byte("all of it"), 0o600)
	}))
	if want := []string{"sync " + filling, "rename to room.backup", "sync stick"}; !slices.Equal(d.seen, want) {
		t.Errorf("reached the disk as %q, want %q", d.seen, want)
	}
	holds(t, file, "all of it")
}

func TestWrite_AWholeBackupOrNone(t *testing.T) {
	for name, fail := range map[string]string{"filling": "", "flushing": "sync", "naming": "rename to room.backup"} {
		dir := t.TempDir()
		d := &disk{fail: fail}
		err := backup.Write(d, filepath.Join(dir, "room.backup"), func(file string) error {
			if fail == "sync" {
				d.fail = "sync " + filepath.Base(file)
			}
			if fail == "" {
				return errors.New("disk full")
			}
			return nil
		})
		if err == nil {
			t.Errorf("%s failed, Write did not", name)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("%s failed, and left %v (%v)", name, left, err)
		}
	}
	taken := filepath.Join(t.TempDir(), "room.backup")
	put(t, taken, "an earlier one")
	if err := backup.Write(&disk{}, taken, func(string) error { return nil }); !errors.Is(err, fs.ErrExist) {
		t.Errorf("over a file that is there: %v, want ErrExist", err)
	}
	holds(t, taken, "an earlier one")
	if err := backup.Write(&disk{}, filepath.Join(t.TempDir(), "no", "folder"), func(string) error { return nil }); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("into a folder that is not there: %v, want ErrNotExist", err)
	}
}

// inPlace gives the staged file the name of the database and takes away the log.
func inPlace(d *disk, path string) func(string) error {
	return func(staged string) error {
		return errors.Join(os.RemoveAll(path+"-wal"), os.RemoveAll(path+"-shm"), d.Rename(staged, path), d.Sync(filepath.Dir(path)))
	}
}

// restorable is a data folder and a backup, outside it, that holds "new".
func restorable(t *testing.T) (path, file string) {
	t.Helper()
	root := t.TempDir()
	path, file = filepath.Join(root, "data", "kiosk.db"), filepath.Join(root, "file")
	must(t, os.Mkdir(filepath.Dir(path), 0o700))
	put(t, file, "new")
	return path, file
}

func TestRestore(t *testing.T) {
	now := time.Date(2026, 11, 24, 13, 5, 0, 0, time.FixedZone("", 3600))
	asItIs := func(string) error { return nil }
	t.Run("the former one is kept with its log", func(t *testing.T) {
		path, file := restorable(t)
		put(t, path, "old")
		put(t, path+"-wal", "old log")
		put(t, path+"-shm", "old index")
		d := &disk{}
		aside, err := backup.Restore(d, path, file, now, asItIs, inPlace(d, path))
		must(t, err)
		name := filepath.Base(aside)
		if len(name) < 24 || name[:24] != "replaced-20261124-120500" {
			t.Errorf("kept in %s", name)
		}
		holds(t, path, "new")
		holds(t, path+"-wal", "")
		holds(t, path+"-shm", "")
		for tail, want := range map[string]string{"": "old", "-wal": "old log"} {
			holds(t, filepath.Join(aside, "kiosk.db"+tail), want)
		}
		want := []string{"sync kiosk.db", "sync kiosk.db", "sync " + name, "sync data", "rename to kiosk.db", "sync data"}
		if !slices.Equal(d.seen, want) {
			t.Errorf("reached the disk as %q, want %q", d.seen, want)
		}
	})
	t.Run("there was none", func(t *testing.T) {
		path, file := restorable(t)
		d := &disk{}
		if aside, err := backup.Restore(d, path, file, now, asItIs, inPlace(d, path)); aside != "" || err != nil {
			t.Errorf("aside %q, %v", aside, err)
		}
		holds(t, path, "new")
		if want := []string{"sync kiosk.db", "sync kiosk.db", "rename to kiosk.db", "sync data"}; !slices.Equal(d.seen, want) {
			t.Errorf("reached the disk as %q, want %q", d.seen, want)
		}
	})
	t.Run("the power fails in between", func(t *testing.T) {
		path, file := restorable(t)
		put(t, path, "old")
		put(t, path+"-wal", "old log")
		for _, fail := range []string{"sync kiosk.db", "sync data", "rename to kiosk.db"} {
			d := &disk{fail: fail}
			put := func(staged string) error { return d.Rename(staged, path) }
			if _, err := backup.Restore(d, path, file, now, asItIs, put); err == nil {
				t.Errorf("%s failed, Restore did not", fail)
			}
			holds(t, path, "old")
			holds(t, path+"-wal", "old log")
		}
	})
	t.Run("the copy is prepared, the backup is not", func(t *testing.T) {
		path, file := restorable(t)
		left := filepath.Join(filepath.Dir(path), ".restore")
		must(t, os.Mkdir(left, 0o700))
		put(t, filepath.Join(left, "kiosk.db-wal"), "of a restore that was cut off")
		_, err := backup.Restore(&disk{}, path, file, now, func(staged string) error {
			holds(t, staged, "new")
			holds(t, staged+"-wal", "")
			put(t, staged, "prepared")
			return nil
		}, inPlace(&disk{}, path))
		must(t, err)
		holds(t, path, "prepared")
		holds(t, file, "new")
	})
}

func TestRestore_RefusalChangesNothing(t *testing.T) {
	path, file := restorable(t)
	put(t, path, "old")
	empty := filepath.Join(t.TempDir(), "empty")
	put(t, empty, "")
	unfit := errors.New("unfit")
	for from, want := range map[string]error{file: unfit, empty: backup.ErrFile, t.TempDir(): backup.ErrFile} {
		_, err := backup.Restore(&disk{}, path, from, time.Now(), func(string) error { return unfit }, nil)
		if !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", from, err, want)
		}
		holds(t, path, "old")
		if all, err := os.ReadDir(filepath.Dir(path)); err != nil || len(all) != 1 {
			t.Errorf("left in the folder: %v (%v)", all, err)
		}
	}
}

func TestDropOld_WhatWasKeptAsideAfterAMonth(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"replaced-20261023-120000-1", "replaced-20261024-120000-2", "replaced-by-hand", "kiosk.db"} {
		must(t, os.Mkdir(filepath.Join(dir, name), 0o700))
	}
	must(t, backup.DropOld(backup.OS{}, dir, count.Date(2026, 11, 24)))
	entries, err := os.ReadDir(dir)
	must(t, err)
	var left []string
	for _, e := range entries {
		left = append(left, e.Name())
	}
	if want := []string{"kiosk.db", "replaced-20261024-120000-2", "replaced-by-hand"}; !slices.Equal(left, want) {
		t.Errorf("left %q, want %q", left, want)
	}
}

func TestNotes_WhatARestoreMustNotUndo(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	must(t, os.Mkdir(dir, 0o700))
	keys, err := keyring.Load(filepath.Join(t.TempDir(), "key"))
	must(t, err)
	if n, err := backup.ReadNotes(dir); err != nil || n.Epoch != 0 {
		t.Errorf("of a folder without any: %+v, %v", n, err)
	}
	put(t, filepath.Join(dir, "outlive.log"), "erased 12ab") // a power cut came here
	d := &disk{}
	for _, person := range []int64{3, 9, 12} {
		must(t, backup.NoteErased(d, dir, keys, person))
	}
	must(t, backup.NoteEpoch(d, dir, 7))
	must(t, backup.NoteEpoch(d, dir, 5))
	if want := []string{"sync outlive.log", "sync data"}; !slices.Equal(d.seen[:2], want) {
		t.Errorf("reached the disk as %q, want %q", d.seen[:2], want)
	}
	n, err := backup.ReadNotes(dir)
	if err != nil || n.Epoch != 7 {
		t.Errorf("epoch %d (%v), want 7", n.Epoch, err)
	}
	for last, want := range map[int64]struct {
		known   []int64
		highest int64
	}{2: {nil, 12}, 9: {[]int64{3, 9}, 12}, 40: {[]int64{3, 9, 12}, 40}} {
		if known, highest := n.Erased(keys, last); !reflect.DeepEqual(known, want.known) || highest != want.highest {
			t.Errorf("of a backup up to person %d: %v and %d, want %v and %d", last, known, highest, want.known, want.highest)
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, "outlive.log"))
	must(t, err)
	if !bytes.HasPrefix(text, []byte("erased 12ab\nerased "+keys.Erased(3)+"\n\nerased ")) {
		t.Errorf("the file is %q", text)
	}
}

// Seven nights and eight weeks, of a room that makes a backup each night, or has been
// closed for months, or whose clock leapt ahead.
func TestOver_SevenNightsAndEightWeeks(t *testing.T) {
	day := func(text string) count.Day {
		d, err := count.ParseDay(text)
		must(t, err)
		return d
	}
	kept := func(days []count.Day) (kept []string) {
		over := backup.Over(days)
		for _, d := range days {
			if !slices.Contains(over, d) {
				kept = append(kept, d.String())
			}
		}
		return kept
	}
	var all []count.Day
	for d := day("2026-11-25"); d > day("2026-06-01"); d-- { // from a Wednesday back
		all = append(all, d)
	}
	want := []string{
		"2026-11-25", "2026-11-24", "2026-11-23", "2026-11-22", "2026-11-21", "2026-11-20", "2026-11-19",
		"2026-11-15", "2026-11-08", "2026-11-01", "2026-10-25", "2026-10-18", "2026-10-11",
	}
	if got := kept(all); !slices.Equal(got, want) {
		t.Errorf("each night: kept %q, want %q", got, want)
	}
	few := []count.Day{day("2026-11-25"), day("2026-03-02"), day("2026-03-01")}
	if got := kept(few); len(got) != 3 {
		t.Errorf("a room that was closed for months: kept %q, want all", got)
	}
	leap := append([]count.Day{day("2036-11-25")}, all[:20]...)
	if got := kept(leap); len(got) != 7+2 || got[1] != "2026-11-25" {
		t.Errorf("a clock that leapt ahead: kept %q", got)
	}
}

func TestRing_TurnsByItsNames(t *testing.T) {
	ring := backup.Ring{Dir: filepath.Join(t.TempDir(), "nightly")}
	if days, err := ring.Nights(); err != nil || len(days) > 0 {
		t.Errorf("a folder that is not there: %v, %v", days, err)
	}
	must(t, os.Mkdir(ring.Dir, 0o700))
	first, err := count.ParseDay("2026-11-02")
	must(t, err)
	for d := range count.Day(30) {
		put(t, ring.File(first+d), "a backup")
	}
	put(t, filepath.Join(ring.Dir, ".backup-123"), "half")
	put(t, filepath.Join(ring.Dir, "by hand.backup"), "mine")
	must(t, ring.Turn())
	days, err := ring.Nights()
	if err != nil || len(days) != 10 || days[0] != first+29 {
		t.Errorf("left: %v (%v)", days, err)
	}
	holds(t, filepath.Join(ring.Dir, ".backup-123"), "")
	holds(t, filepath.Join(ring.Dir, "by hand.backup"), "mine")
}
