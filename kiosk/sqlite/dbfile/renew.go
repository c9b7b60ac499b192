package dbfile

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"
)

// Names of a renewed file, beside the one that it replaces. It has the first one
// until it is whole and on the disk. From the second one on it is the room's file,
// whatever happens next, and the old one and its log are only in the way.
const (
	renewing = ".renewing"
	renewed  = ".renewed"
)

// renew replaces the file by a copy of what is surely in it, and leaves the handles
// closed. The handles that are open at its begin read what was committed: opened
// anew, SQLite would take from the log, as the page cache shows it, even a
// transaction that could not be flushed.
func (f *File) renew(ctx context.Context) error {
	// What a command beside the daemon wrote between the copy and its taking the old
	// file's place would be lost.
	l, err := flock(f.cfg.Path+".lock", syscall.LOCK_EX)
	if err != nil {
		return err
	}
	defer l.Close() //nolint:errcheck // nothing was written
	if _, err := os.Stat(f.cfg.Path + renewed); errors.Is(err, fs.ErrNotExist) {
		if err := f.copyAnew(ctx); err != nil {
			return err
		}
	}
	if err := f.disconnect(); err != nil {
		f.cfg.Log.Warn("closing the store failed", "err", err)
	}
	return takePlace(f.cfg.Disk, f.cfg.Path)
}

// copyAnew writes, flushes and verifies the copy, and gives it its second name.
func (f *File) copyAnew(ctx context.Context) (err error) {
	tmp := f.cfg.Path + renewing
	if err := removeAll(tmp, tmp+"-journal"); err != nil { // of an earlier try
		return err
	}
	defer func() {
		if err != nil {
			_ = removeAll(tmp, tmp+"-journal") // the first error is the one that helps
		}
	}()
	// A disk that takes no flush yet is spared a whole copy at each try.
	if err := flushed(tmp); err != nil {
		return err
	}
	if err := f.CopyTo(ctx, tmp); err != nil {
		return err
	}
	// Its indexes were made just now; whoever taps waits.
	if err := inspectBy(ctx, tmp, quickCheck, func(*sql.DB) error { return nil }); err != nil {
		return err
	}
	if err := f.cfg.Disk.Rename(tmp, f.cfg.Path+renewed); err != nil {
		return err
	}
	return f.cfg.Disk.Sync(filepath.Dir(f.cfg.Path))
}

// Replace puts the file staged, of the same disk, in the place of the one at path
// and its log, in the steps of a renewal. After an error either of them may be in
// place, whole; whoever opens the file next goes on here.
func Replace(disk Disk, path, staged string) error {
	if err := disk.Rename(staged, path+renewed); err != nil {
		return err
	}
	return finishRenewal(disk, path)
}

// Finish puts a file that was renewed or staged, if there is one, in the place of
// the one at path: what a power cut may have left undone.
func Finish(path string) error { return finishRenewal(machine{}, path) }

// Standing is where the file of a path is: there, or under the name from which
// [Finish] takes it, when a power cut came in between.
func Standing(path string) string {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return path
	}
	if _, err := os.Stat(path + renewed); err != nil {
		return path
	}
	return path + renewed
}

// finishRenewal puts a renewed file, if there is one, in the place of the old one.
// Power may fail between any two steps: whoever opens the file next goes on here.
func finishRenewal(disk Disk, path string) error {
	if _, err := os.Stat(path + renewed); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	// A command beside the daemon would otherwise take away the new file's log.
	l, err := flock(path+".lock", syscall.LOCK_EX)
	if err != nil {
		return err
	}
	defer l.Close() //nolint:errcheck // nothing was written
	if _, err := os.Stat(path + renewed); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return takePlace(disk, path)
}

// takePlace does the work of finishRenewal for one who has the lock.
func takePlace(disk Disk, path string) error {
	dir := filepath.Dir(path)
	// The old log would be replayed into the new file: it goes first, and surely; but
	// not before the new file's name is on the disk.
	if err := disk.Sync(dir); err != nil {
		return err
	}
	if err := removeAll(path+"-wal", path+"-shm"); err != nil {
		return err
	}
	if err := disk.Sync(dir); err != nil {
		return err
	}
	if err := disk.Rename(path+renewed, path); err != nil {
		return err
	}
	return disk.Sync(dir)
}

// flushed begins an empty file, and tells whether its disk flushes what is written.
func flushed(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(make([]byte, 512))
	return errors.Join(err, f.Sync(), f.Truncate(0), f.Close())
}

// verified flushes a file and compares what is on the disk with what was written:
// the second reading is past the page cache, where the kernel can do that.
func verified(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // only read
	written, err := sum(f)
	if err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED); err != nil {
		return fmt.Errorf("read past the cache: %w", err)
	}
	kept, err := sum(f)
	if err != nil {
		return err
	}
	if !bytes.Equal(written, kept) {
		return fmt.Errorf("%w: the disk gives back other bytes than were written", ErrCorrupt)
	}
	return nil
}

// sum is the SHA-256 of a file.
func sum(f *os.File) ([]byte, error) {
	h := sha256.New()
	_, err := io.Copy(h, io.NewSectionReader(f, 0, 1<<62))
	return h.Sum(nil), err
}

// removeAll removes files that may be there.
func removeAll(paths ...string) error {
	for _, path := range paths {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
