package backup

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// ErrFile is returned for what cannot be a backup.
var ErrFile = errors.New("want a file that inloop-kiosk backup has written")

// fillingPattern names a backup that is being written.
const fillingPattern = ".backup-*"

// Write makes a backup of the name file. fill writes it into an empty file that
// nobody else may read, and checks it; only then is it flushed and gets its
// name, so that there is either a whole backup or none. A file that is there
// already is not replaced (fs.ErrExist). After an error there is none.
func Write(disk Disk, file string, fill func(name string) error) (err error) {
	if _, err := os.Lstat(file); !errors.Is(err, fs.ErrNotExist) {
		if err == nil {
			err = fmt.Errorf("%w: give a name that is free", fs.ErrExist)
		}
		return err
	}
	dir := filepath.Dir(file)
	tmp, err := os.CreateTemp(dir, fillingPattern) // mode 0600
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("folder %s: %w: make it, or name another", dir, fs.ErrNotExist)
	}
	if err != nil {
		return err
	}
	name := tmp.Name()
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(name))
		}
	}()
	if err := tmp.Close(); err != nil {
		return err
	}
	if err := fill(name); err != nil {
		return err
	}
	if err := disk.Sync(name); err != nil {
		return fmt.Errorf("flush: %w", err)
	}
	if err := disk.Rename(name, file); err != nil {
		return err
	}
	name = file // removed, too, when nobody knows whether its name is on the disk
	return disk.Sync(dir)
}

// copyFile copies a backup and flushes the copy; ErrFile for what is no file, or an
// empty one.
func copyFile(disk Disk, from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close() //nolint:errcheck // only read
	info, err := in.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() || info.Size() == 0 {
		return ErrFile
	}
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close(), disk.Sync(to))
}
