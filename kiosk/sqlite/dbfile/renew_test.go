package dbfile

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.org/inloop/kiosk/sqlite/dbfile/fsynctest"
)

// inode is the file that has a name now.
func inode(t *testing.T, path string) fs.FileInfo {
	t.Helper()
	info, err := os.Stat(path)
	must(t, err)
	return info
}

// A flush that failed is one failed write. What follows it is in another file, and
// what could not be flushed is in none, however it is read.
func TestWrite_AFlushThatFailsOnce(t *testing.T) {
	if !fsynctest.Inside(t) {
		return
	}
	cfg := testConfig(t)
	f := open(t, cfg)
	must(t, note(t.Context(), f, "before"))
	was := inode(t, cfg.Path)
	fsynctest.FailNext(t, 1)
	if err := note(t.Context(), f, "not flushed"); !Unsure(err) {
		t.Fatalf("a write that was not flushed: %v", err)
	}
	has(t, f, 1)
	must(t, note(t.Context(), f, "after"))
	has(t, f, 2)
	if os.SameFile(was, inode(t, cfg.Path)) {
		t.Error("the file in which a flush failed is trusted again")
	}
	must(t, f.Close())
	has(t, open(t, cfg), 2)
}

// However long it fails, nothing is kept that was not promised; readers go on; and
// the first flush that succeeds ends it.
func TestWrite_FlushesThatFailForAWhile(t *testing.T) {
	if !fsynctest.Inside(t) {
		return
	}
	cfg := testConfig(t)
	f := open(t, cfg)
	must(t, note(t.Context(), f, "before"))
	fsynctest.FailNext(t, fsynctest.ForEver)
	for range 20 {
		if err := note(t.Context(), f, "not flushed"); err == nil {
			t.Fatal("a write is promised that was not flushed")
		}
		has(t, f, 1)
	}
	fsynctest.FailNext(t, 0)
	must(t, note(t.Context(), f, "after"))
	has(t, f, 2)
	if left, _ := filepath.Glob(cfg.Path + ".renew*"); len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
}

// How many flushes fail is no schedule that the program knows.
func TestWrite_AnyNumberOfFlushesFail(t *testing.T) {
	if !fsynctest.Inside(t) {
		return
	}
	cfg := testConfig(t)
	f := open(t, cfg)
	kept := 0
	for fail := range int32(12) {
		fsynctest.FailNext(t, fail)
		for range 15 {
			if note(t.Context(), f, "perhaps") == nil {
				kept++
			}
			has(t, f, kept)
		}
	}
	must(t, f.Close())
	has(t, open(t, cfg), kept)
}

// A write-back that fails loses nothing of the log, and is no success.
func TestCheckpoint_AFlushThatFails(t *testing.T) {
	if !fsynctest.Inside(t) {
		return
	}
	cfg := testConfig(t)
	f := open(t, cfg)
	must(t, note(t.Context(), f, "kept"))
	fsynctest.FailNext(t, fsynctest.ForEver)
	if err := f.Checkpoint(t.Context()); !Unsure(err) {
		t.Errorf("a write-back that was not flushed: %v", err)
	}
	has(t, f, 1)
	if err := f.CopyTo(t.Context(), filepath.Join(t.TempDir(), "copy")); err == nil {
		t.Error("a copy is promised that was not flushed")
	}
	must(t, f.Close())
	if again, err := Open(t.Context(), cfg); err == nil {
		t.Error("a file is opened whose log cannot be flushed")
		must(t, again.Close())
	}
	fsynctest.FailNext(t, 0)
	has(t, open(t, cfg), 1)
}

// A plug may be pulled anywhere in a renewal: the next start has the new file or the
// old one, and never the old log over the new file.
func TestOpen_GoesOnWithARenewal(t *testing.T) {
	for _, at := range []string{"no file yet", "half a copy", "a whole copy", "no log any more", "in its place"} {
		t.Run(at, func(t *testing.T) {
			cfg := testConfig(t)
			f := open(t, cfg)
			must(t, note(t.Context(), f, "kept"))
			must(t, f.Checkpoint(t.Context()))
			must(t, note(t.Context(), f, "in the log"))
			dir := t.TempDir() // as the plug leaves it: with a log
			for _, end := range []string{"", "-wal"} {
				data, err := os.ReadFile(cfg.Path + end)
				must(t, err)
				must(t, os.WriteFile(filepath.Join(dir, "notes.db"+end), data, 0o600))
			}
			copied := filepath.Join(t.TempDir(), "copy")
			must(t, f.CopyTo(t.Context(), copied))
			must(t, f.Close())
			cfg.Path, cfg.Lock = filepath.Join(dir, "notes.db"), filepath.Join(dir, "notes.lock")
			switch at {
			case "half a copy":
				must(t, os.WriteFile(cfg.Path+renewing, []byte("half"), 0o600))
			case "a whole copy", "no log any more", "in its place":
				must(t, os.Rename(copied, cfg.Path+renewed))
			}
			if at == "no log any more" || at == "in its place" {
				must(t, os.Remove(cfg.Path+"-wal"))
			}
			if at == "in its place" {
				must(t, os.Rename(cfg.Path+renewed, cfg.Path))
			}
			has(t, open(t, cfg), 2)
			if _, err := os.Stat(cfg.Path + renewed); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("the renewed file is still beside: %v", err)
			}
		})
	}
}

// cutDisk stops at a step, as a plug that is pulled does.
type cutDisk struct {
	machine
	steps   int
	withLog bool // a file took a place beside the log of another
}

var errCut = errors.New("no power")

func (d *cutDisk) Sync(path string) error {
	if d.steps--; d.steps < 0 {
		return errCut
	}
	return d.machine.Sync(path)
}

func (d *cutDisk) Rename(from, to string) error {
	if d.steps--; d.steps < 0 {
		return errCut
	}
	if _, err := os.Stat(to + "-wal"); err == nil {
		d.withLog = true
	}
	return d.machine.Rename(from, to)
}

// What lies on the disk when a renewal is cut off in any of its steps is the new file
// or the old one with its log, and the old log has gone before the new file comes.
func TestReopen_ARenewalCutOffInEachStep(t *testing.T) {
	for cut := 0; ; cut++ {
		cfg := testConfig(t)
		disk := &cutDisk{steps: 1 << 30}
		cfg.Disk = disk
		f := open(t, cfg)
		must(t, note(t.Context(), f, "kept"))
		must(t, f.Checkpoint(t.Context()))
		must(t, note(t.Context(), f, "in the log"))
		// Much that has gone again: the log and the copy are of other pages.
		for range 20 {
			must(t, note(t.Context(), f, strings.Repeat("gone ", 3000)))
		}
		must(t, f.Turn(t.Context(), func(turn Turn) error {
			return turn.Write(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
				_, err := tx.ExecContext(ctx, `DELETE FROM note WHERE length(text) > 1000`)
				return err
			})
		}))
		beside := cfg
		beside.Mode = ModeReadOnly
		open(t, beside) // which keeps the log where it is, as a plug that is pulled does
		f.doubt, disk.steps = true, cut
		err := f.Turn(t.Context(), func(turn Turn) error { return turn.Reopen(t.Context()) })
		if err != nil && !errors.Is(err, errCut) {
			t.Fatalf("cut in step %d: %v", cut, err)
		}
		left := filepath.Join(t.TempDir(), "left") // as it lies there now
		must(t, os.CopyFS(left, os.DirFS(filepath.Dir(cfg.Path))))
		must(t, os.RemoveAll(filepath.Join(left, "notes.db-shm")))
		again := cfg
		again.Path, again.Lock, again.Disk = filepath.Join(left, "notes.db"), filepath.Join(left, "notes.lock"), nil
		copied := open(t, again)
		has(t, copied, 2)
		must(t, checkSound(t.Context(), copied.r))
		if disk.withLog {
			t.Fatalf("cut in step %d: the old log lies beside the new file", cut)
		}
		// And the program that was not cut off, but whose disk failed, goes on.
		disk.steps = 1 << 30
		must(t, note(t.Context(), f, "after"))
		has(t, f, 3)
		if err == nil {
			if cut < 5 {
				t.Errorf("only %d steps", cut)
			}
			return
		}
	}
}

// A command that writes while the file is renewed waits, and is told when its file is
// the old one: it never writes what nobody will find.
func TestWrite_ACommandBesideARenewal(t *testing.T) {
	cfg := testConfig(t)
	daemon := open(t, cfg)
	must(t, note(t.Context(), daemon, "of the daemon"))
	cfg.Mode = ModeCommand
	command := open(t, cfg)
	l, err := flock(cfg.Path+".lock", syscall.LOCK_EX) // as the renewal holds it
	must(t, err)
	wrote := make(chan error)
	go func() { wrote <- note(t.Context(), command, "of the command") }()
	select {
	case err := <-wrote:
		t.Fatalf("written into a file that is being renewed: %v", err)
	case <-time.After(50 * time.Millisecond): // far longer than a write takes
	}
	must(t, l.Close())
	must(t, <-wrote)
	daemon.doubt = true
	must(t, note(t.Context(), daemon, "after the renewal"))
	has(t, daemon, 3)
	if err := note(t.Context(), command, "lost"); !errors.Is(err, ErrGone) {
		t.Errorf("a command with the old file: %v, want ErrGone", err)
	}
	has(t, daemon, 3)
}

// A command whose flush failed leaves the file to the daemon: what that one commits
// while a command renews it would be lost.
func TestWrite_ACommandRenewsNothing(t *testing.T) {
	if !fsynctest.Inside(t) {
		return
	}
	cfg := testConfig(t)
	daemon := open(t, cfg)
	cfg.Mode = ModeCommand
	command := open(t, cfg)
	must(t, note(t.Context(), daemon, "of the daemon"))
	was := inode(t, cfg.Path)
	fsynctest.FailNext(t, 1)
	for range 3 {
		if err := note(t.Context(), command, "of the command"); err == nil {
			t.Error("a command goes on after a flush that failed")
		}
	}
	must(t, note(t.Context(), daemon, "after it"))
	if !os.SameFile(was, inode(t, cfg.Path)) {
		t.Error("a command has renewed the file under the daemon")
	}
	has(t, daemon, 2)
}

// Between the copy of a renewal and its taking the old file's place, a disk may fail:
// what a command wrote then would not be in the copy.
func TestWrite_ACommandBesideARenewalThatWaits(t *testing.T) {
	cfg := testConfig(t)
	disk := &cutDisk{steps: 1 << 30}
	cfg.Disk = disk
	daemon := open(t, cfg)
	must(t, note(t.Context(), daemon, "of the daemon"))
	beside := cfg
	beside.Mode = ModeCommand
	command := open(t, beside)
	daemon.doubt, disk.steps = true, 2
	if err := note(t.Context(), daemon, "not written"); !errors.Is(err, errCut) {
		t.Fatalf("a renewal that is cut off: %v", err)
	}
	if _, err := os.Stat(cfg.Path + renewed); err != nil {
		t.Fatalf("no renewal waits: %v", err)
	}
	kept := 1
	if note(t.Context(), command, "of the command") == nil {
		kept++
	}
	disk.steps = 1 << 30
	must(t, note(t.Context(), daemon, "after it"))
	has(t, daemon, kept+1)
}

// The log of a file that was replaced is not written into the one that is there now.
func TestClose_LeavesNoLogToAnotherFile(t *testing.T) {
	cfg := testConfig(t)
	f := open(t, cfg)
	must(t, note(t.Context(), f, "in the copy"))
	copied := filepath.Join(t.TempDir(), "copy")
	must(t, f.CopyTo(t.Context(), copied))
	must(t, f.Checkpoint(t.Context()))
	for range 5 {
		must(t, note(t.Context(), f, "in the log of the one that is replaced"))
	}
	must(t, os.Rename(copied, cfg.Path))
	must(t, f.Close())
	f = open(t, cfg)
	has(t, f, 1)
	must(t, note(t.Context(), f, "after"))
	has(t, f, 2)
}

func TestWrite_AFileThatIsNotWhereItWas(t *testing.T) {
	for name, lose := range map[string]func(path, away string) error{
		"removed":    func(path, away string) error { return os.Rename(path, away) },
		"its log":    func(path, away string) error { return os.Rename(path+"-wal", away) },
		"its folder": func(path, away string) error { return os.Rename(filepath.Dir(path), away) },
		"another one": func(path, away string) error {
			return errors.Join(os.Rename(path, away), os.WriteFile(path, nil, 0o600))
		},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := testConfig(t)
			f := open(t, cfg)
			must(t, note(t.Context(), f, "kept"))
			must(t, f.InPlace())
			must(t, lose(cfg.Path, filepath.Join(t.TempDir(), "away")))
			if err := f.InPlace(); !errors.Is(err, ErrGone) {
				t.Errorf("looked for: %v, want ErrGone", err)
			}
			if err := note(t.Context(), f, "lost"); !errors.Is(err, ErrGone) || FailureOf(err) != FailureGone {
				t.Errorf("written: %v, want ErrGone", err)
			}
		})
	}
}
