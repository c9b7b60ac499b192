package sqlite

import (
	"bytes"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"example.org/inloop/kiosk/backup"
	"example.org/inloop/kiosk/keyring"
	"example.org/inloop/sync/count"
)

// grepFolder returns the files under dir that hold the text.
func grepFolder(t *testing.T, dir string, text []byte) (found []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if bytes.Contains(data, text) {
			found = append(found, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func (b *fixture) backup() string {
	b.t.Helper()
	file := filepath.Join(b.t.TempDir(), "room.backup")
	if err := b.Backup(b.t.Context(), file); err != nil {
		b.t.Fatal(err)
	}
	return file
}

// restore closes the store, restores the file and opens the store again.
func (b *fixture) restore(file string) (aside string) {
	b.t.Helper()
	if err := b.Close(); err != nil {
		b.t.Fatal(err)
	}
	aside, err := Restore(b.t.Context(), b.cfg, file)
	if err != nil {
		b.t.Fatal(err)
	}
	b.open()
	return aside
}

func TestBackup(t *testing.T) {
	b := newFixture(t, "2026-11-24")
	b.importList("A,2026-11-02,middag,")
	file := b.backup()
	key, err := os.ReadFile(filepath.Join(filepath.Dir(b.cfg.Dir), "key"))
	if err != nil {
		t.Fatal(err)
	}
	secrets := map[string][]byte{"key file": key}
	for _, purpose := range []string{"badge", "seal", "rounding", "signing", "tags"} {
		if secrets[purpose+" key"], err = hkdf.Key(sha256.New, key, nil, "inloop-kiosk 1 "+purpose, 32); err != nil {
			t.Fatal(err)
		}
	}
	for name, secret := range secrets {
		if found := grepFolder(t, filepath.Dir(file), secret); len(found) > 0 {
			t.Errorf("the %s is in the backup", name)
		}
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("backup's mode: %v (%v), want 0600", info.Mode(), err)
	}
	if err := b.Backup(t.Context(), file); !errors.Is(err, fs.ErrExist) {
		t.Errorf("over a file that is there: %v, want fs.ErrExist", err)
	}
	if err := b.Backup(t.Context(), filepath.Join(t.TempDir(), "no", "folder")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("into a folder that is not there: %v", err)
	}
	entries, err := os.ReadDir(filepath.Dir(file))
	if err != nil || len(entries) != 1 {
		t.Errorf("left beside the backup: %v (%v)", entries, err)
	}
}

// TestBackup_FromAReadOnlyDisk saves what is on a memory card that takes no
// writing any more, which is when a backup is wanted most.
func TestBackup_FromAReadOnlyDisk(t *testing.T) {
	b := newFixture(t, "2026-11-24")
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	disk := t.TempDir()
	b.cfg.Dir = disk
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=4m"); err != nil {
		t.Skip("SKIPPED: no read-only file system was tried, as mounting one needs root: sudo go test -run ReadOnlyDisk ./kiosk/sqlite")
	}
	t.Cleanup(func() { _ = syscall.Unmount(disk, syscall.MNT_DETACH) })
	b.open()
	b.importList("A,2026-11-02,middag,")
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("", disk, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	b.cfg.Mode = ModeReadOnly
	b.open()
	if got := b.figuresOf("2026-11"); got.Unique.N != 1 {
		t.Errorf("figures: %+v", got)
	}
	file := b.backup()
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	b.cfg.Dir, b.cfg.Mode = filepath.Join(t.TempDir(), "new"), ModeDaemon
	b.restore(file)
	if got := b.figuresOf("2026-11"); got.Unique.N != 1 {
		t.Errorf("restored: %+v", got)
	}
}

func TestRestore(t *testing.T) {
	b := newFixture(t, "2026-11-23")
	b.importList(mondays(t, "2026-07-06", 20, "A", "B")...)
	b.goTo("2026-11-24")
	was := b.figuresOf("2026Q3")
	file := b.backup()
	b.importList("C,2026-11-23,middag,")
	later := b.personOf("C")
	for _, who := range []int64{b.personOf("B"), later} {
		if err := b.Erase(t.Context(), 0, who); err != nil {
			t.Fatal(err)
		}
	}
	before, err := b.Epoch(t.Context())
	if err != nil {
		t.Fatal(err)
	}

	if _, err := Restore(t.Context(), b.cfg, file); !errors.Is(err, ErrLocked) {
		t.Fatalf("beside a running daemon: %v, want ErrLocked", err)
	}
	aside := b.restore(file)
	if _, err := os.Stat(filepath.Join(aside, fileName)); err != nil {
		t.Errorf("the former database: %v", err)
	}
	after, err := b.Epoch(t.Context())
	if err != nil || after.Ordinal != before.Ordinal+1 || after.ID == before.ID {
		t.Errorf("epoch %+v (%v), want another after %+v", after, err, before)
	}
	if b.personOf("A") <= 0 || b.personOf("B") > 0 {
		t.Errorf("A is person %d, B %d: want A back and B erased again", b.personOf("A"), b.personOf("B"))
	}
	if got := b.figuresOf("2026Q3"); got != was {
		t.Errorf("closed quarter: %+v, want %+v", got, was)
	}
	if got := b.figuresOf("2026Q4"); !got.AtLeast || got.Unique.N != 2 {
		t.Errorf("running quarter: %+v, want at least 2, B still counted", got)
	}
	// Nobody gets the number of somebody who was erased after the backup.
	b.importList("D,2026-11-23,middag,")
	if got := b.personOf("D"); got <= later {
		t.Errorf("D is person %d, as low as the erased %d", got, later)
	}
	b.restore(file)
	if third, err := b.Epoch(t.Context()); err != nil || third.Ordinal != after.Ordinal+1 {
		t.Errorf("the same backup once more: epoch %d (%v), want %d", third.Ordinal, err, after.Ordinal+1)
	}
	b.goTo("2026-12-31")
	if _, err := os.Stat(aside); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the former database is still there after a month: %v", err)
	}
}

// TestRestore_SendsNoOldDayAgain: the centre knows
// better than the backup what came of its day and of later ones, whatever is
// corrected in the old rows afterwards.
func TestRestore_SendsNoOldDayAgain(t *testing.T) {
	b := newFixture(t, "2026-11-24")
	b.importList("A,2026-11-23,ochtend,", "B,2026-11-23,ochtend,", "A,2026-11-24,ochtend,", "B,2026-11-24,ochtend,",
		",2026-11-23,ochtend,2", ",2026-11-24,ochtend,2")
	b.goTo("2026-11-24")
	file := b.backup()
	b.goTo("2026-11-26")
	b.restore(file)
	unsent := func() map[string]int64 {
		b.released()
		counts, err := b.Unsent(t.Context(), 10_000)
		if err != nil {
			t.Fatal(err)
		}
		days := make(map[string]int64)
		for _, c := range counts {
			if c.Epoch == 1 && c.Part == count.PartMorning && (c.Measure == count.MeasureBadgeVisits || c.Measure == count.MeasureGuests) {
				days[fmt.Sprintf("%s %s", c.Period, c.Measure)] = *c.N
			}
		}
		return days
	}
	want := map[string]int64{"2026-11-23 badge_visits": 2, "2026-11-23 guests": 2}
	if got := unsent(); !maps.Equal(got, want) {
		t.Errorf("to be sent of the old epoch after a restore: %v, want the days before the backup's: %v", got, want)
	}
	if err := b.Erase(t.Context(), 0, b.personOf("B")); err != nil {
		t.Fatal(err)
	}
	b.importList(",2026-11-23,ochtend,1", ",2026-11-24,ochtend,0", "C,2026-11-24,ochtend,")
	b.goTo("2026-11-27")
	want = map[string]int64{"2026-11-23 badge_visits": 2, "2026-11-23 guests": 1}
	if got := unsent(); !maps.Equal(got, want) {
		t.Errorf("after an erasure and a corrected list: %v, want %v", got, want)
	}
	if n := b.number(`SELECT n FROM cell WHERE epoch = 2 AND period = '2026-11-24' AND part = 'ochtend' AND measure = 'badge_visits' AND rev > acked_rev`); n != 1 {
		t.Errorf("a late visit of the backup's day in the new epoch: %d, want 1 to be sent", n)
	}
}

// TestRestore_AnOldBackup puts back a backup of two months ago: what lies
// between is told as "at least", or not at all, and never as nobody.
func TestRestore_AnOldBackup(t *testing.T) {
	b := newFixture(t, "2026-09-21")
	b.importList(mondays(t, "2026-03-02", 29, "A", "B")...)
	b.goTo("2026-09-22")
	file := b.backup()
	b.goTo("2026-11-24")
	b.restore(file)
	b.goTo("2026-11-26")
	for period, want := range map[count.Period]bool{"2026-08": false, "2026Q2": false, "2026-09": true, "2026Q3": true, "2026-11-24": true} {
		f := b.figuresOf(period)
		if f.AtLeast != want || period != "2026-11-24" && f.Visits.N == 0 {
			t.Errorf("%s: visits %+v, at least: %t, want %t", period, f.Visits, f.AtLeast, want)
		}
	}
	if got := b.figuresOf("2026-10"); got.Visits.Known() {
		t.Errorf("a month of which everything is lost: %+v", got.Visits)
	}
	if n := b.number(`SELECT count(*) FROM cell WHERE epoch = 2 AND period BETWEEN '2026-09-22' AND '2026-11-23'`); n != 0 {
		t.Errorf("%d cells say that nobody came on days that are lost", n)
	}
	if n := b.number(`SELECT count(*) FROM cell WHERE epoch = 2 AND measure = 'open'`); n != 2 {
		t.Errorf("%d days are closed out in the new epoch, want its first and the next", n)
	}
}

func TestRestore_IntoAnEmptyFolder(t *testing.T) {
	b := newFixture(t, "2026-11-24")
	b.importList("A,2026-11-02,middag,")
	file := b.backup()
	b.cfg.Dir = filepath.Join(t.TempDir(), "new")
	aside := b.restore(file)
	if aside != "" || b.figuresOf("2026-11").Unique.N != 1 {
		t.Errorf("aside %q, figures %+v", aside, b.figuresOf("2026-11"))
	}
}

// TestRestore_Refused changes nothing in the folder, whatever it is given.
func TestRestore_Refused(t *testing.T) {
	b := newFixture(t, "2026-11-24")
	b.importList("A,2026-11-02,middag,")
	file := b.backup()
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	write := func(data []byte) string {
		path := filepath.Join(t.TempDir(), "bad")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	other := b.cfg
	if other.Keys, err = keyring.Load(filepath.Join(t.TempDir(), "other")); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		cfg  Config
		file string
		want error
	}{
		"no file":       {b.cfg, filepath.Join(t.TempDir(), "none"), fs.ErrNotExist},
		"empty file":    {b.cfg, write(nil), ErrCorrupt},
		"another file":  {b.cfg, write(bytes.Repeat([]byte("no store "), 4096)), ErrCorrupt},
		"half a backup": {b.cfg, write(whole[:len(whole)/2]), ErrCorrupt},
		"another's key": {other, file, keyring.ErrKey},
		"a folder":      {b.cfg, t.TempDir(), ErrCorrupt},
	} {
		if _, err := Restore(t.Context(), tt.cfg, tt.file); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
	b.open()
	if got := b.figuresOf("2026-11"); got.Unique.N != 1 || got.AtLeast {
		t.Errorf("after refusals: %+v", got)
	}
	if e, err := b.Epoch(t.Context()); err != nil || e.Ordinal != 1 {
		t.Errorf("after refusals: epoch %+v (%v)", e, err)
	}
	if folders, _ := filepath.Glob(filepath.Join(b.cfg.Dir, "*re*")); len(folders) > 0 {
		t.Errorf("left behind: %v", folders)
	}
}

// watchedDisk writes down in which order things reached the disk.
type watchedDisk struct {
	backup.OS
	seen []string
}

func (d *watchedDisk) Sync(path string) error {
	d.seen = append(d.seen, "sync "+filepath.Base(path))
	return d.OS.Sync(path)
}

func (d *watchedDisk) Rename(from, to string) error {
	d.seen = append(d.seen, "rename to "+filepath.Base(to))
	return d.OS.Rename(from, to)
}

// TestRestore_TheFolderIsFlushedLast: before that the restored database may
// still be lost by a power cut, or be found beside the former one's log.
func TestRestore_TheFolderIsFlushedLast(t *testing.T) {
	b := newFixture(t, "2026-11-24")
	b.importList("A,2026-11-02,middag,")
	file := b.backup()
	disk := &watchedDisk{}
	b.cfg.Disk = disk
	aside := filepath.Base(b.restore(file))
	want := []string{
		"sync kiosk.db",                 // the copy of the backup, in the stage
		"sync outlive.log", "sync data", // its epoch
		"sync kiosk.db",              // prepared
		"sync " + aside, "sync data", // the former one
		"rename to kiosk.db.renewed", "sync data", // from here on the restored one is the room's
		"sync data", // the former one's log has gone
		"rename to kiosk.db", "sync data",
	}
	got := disk.seen
	if !slices.Equal(got, want) {
		t.Errorf("reached the disk as\n%q, want\n%q", got, want)
	}
}

// TestRestore_NoOldLogBesideTheRestored restores over a database that SQLite
// cannot open since a power cut, so that nobody has written its log back.
func TestRestore_NoOldLogBesideTheRestored(t *testing.T) {
	b := newFixture(t, "2026-11-24")
	b.importList("A,2026-11-02,middag,")
	file := b.backup()
	b.importList("B,2026-11-23,middag,", "C,2026-11-23,middag,")
	// As the plug leaves them: the files as they stand while they are open.
	db, err1 := os.ReadFile(b.cfg.path())
	wal, err2 := os.ReadFile(b.cfg.path() + "-wal")
	if err := errors.Join(err1, err2, b.Close()); err != nil || len(wal) == 0 {
		t.Fatalf("no log: %v", err)
	}
	err1 = os.WriteFile(b.cfg.path(), db, 0o600)
	err2 = os.WriteFile(b.cfg.path()+"-wal", wal, 0o600)
	if err := errors.Join(err1, err2, os.Mkdir(b.cfg.path()+"-shm", 0o700)); err != nil { // where SQLite wants a file
		t.Fatal(err)
	}
	aside, err := Restore(t.Context(), b.cfg, file)
	if err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadFile(b.cfg.path() + "-wal"); err == nil && bytes.Equal(left, wal) {
		t.Error("the former log lies beside the restored database")
	}
	if kept, err := os.ReadFile(filepath.Join(aside, fileName+"-wal")); err != nil || !bytes.Equal(kept, wal) {
		t.Errorf("the former log was not kept with its database: %v", err)
	}
	b.open()
	if a, c := b.personOf("A"), b.number(`SELECT count(*) FROM person`); a != 1 || c != 1 {
		t.Errorf("A is person %d of %d, want the one of the backup", a, c)
	}
}
