package backup

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// asidePrefix begins the name of a folder, in the data folder, that holds a
// database as it was before a restore; asideDays later it may be deleted.
const (
	asidePrefix = "replaced-"
	asideStamp  = "20060102-150405"
	asideDays   = 31
)

// Restore puts a copy of the backup file in the place of the database at path,
// after prepare has made it fit for that. The copy has the database's name, in a
// folder of its own. Restore returns the folder in which the former database was
// kept, "" when there was none. An error leaves that one as it was.
func Restore(disk Disk, path, file string, now time.Time, prepare func(staged string) error) (aside string, err error) {
	stage := filepath.Join(filepath.Dir(path), ".restore")
	// What a restore that was cut off has left is of no use.
	if err := os.RemoveAll(stage); err != nil {
		return "", err
	}
	defer os.RemoveAll(stage) //nolint:errcheck // the next restore removes it
	if err := os.Mkdir(stage, 0o700); err != nil {
		return "", err
	}
	staged := filepath.Join(stage, filepath.Base(path))
	if err := copyFile(disk, file, staged); err != nil {
		return "", err
	}
	if err := prepare(staged); err != nil {
		return "", err
	}
	return replace(disk, path, staged, now)
}

// replace puts the staged database in the place of the one at path and returns
// the folder, beside it, in which that one was kept; "" when there was none. It
// keeps its name until the new one takes it, so that a power cut leaves one of
// the two and never none.
func replace(disk Disk, path, staged string, now time.Time) (aside string, err error) {
	dir := filepath.Dir(path)
	switch _, err := os.Stat(path); {
	case err == nil:
		if aside, err = os.MkdirTemp(dir, asidePrefix+now.UTC().Format(asideStamp)+"-*"); err != nil {
			return "", err
		}
		if err := keepAside(disk, path, aside); err != nil {
			return "", fmt.Errorf("keep the former database: %w", err)
		}
	case !errors.Is(err, fs.ErrNotExist):
		return "", err
	}
	if err := disk.Rename(staged, path); err != nil {
		return "", err
	}
	return aside, disk.Sync(dir)
}

// keepAside gives the old database a second name and moves its log with it,
// which must never be found beside another database: SQLite would write the old
// pages into that one.
func keepAside(disk Disk, path, aside string) error {
	if err := os.Link(path, filepath.Join(aside, filepath.Base(path))); err != nil {
		return err
	}
	for _, tail := range []string{"-wal", "-shm"} {
		err := disk.Rename(path+tail, filepath.Join(aside, filepath.Base(path)+tail))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return disk.Sync(aside)
}

// DropAside deletes the databases in dir that were kept aside more than a month
// before today's midnight, in UTC: they hold what has since been erased.
func DropAside(dir string, today time.Time) error {
	folders, err := filepath.Glob(filepath.Join(dir, asidePrefix+"*"))
	if err != nil {
		return fmt.Errorf("look for replaced databases: %w", err)
	}
	for _, folder := range folders {
		name := strings.TrimPrefix(filepath.Base(folder), asidePrefix)
		at, err := time.Parse(asideStamp, name[:min(len(name), len(asideStamp))])
		if err != nil || today.Sub(at.Truncate(24*time.Hour)) <= asideDays*24*time.Hour {
			continue
		}
		if err := os.RemoveAll(folder); err != nil {
			return fmt.Errorf("delete replaced database: %w", err)
		}
	}
	return nil
}
