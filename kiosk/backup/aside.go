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

// errLog is the error of a copy that is not whole without its log.
var errLog = errors.New("what was prepared could not be written back into the file")

// Restore puts a copy of the backup file in the place of the database at path,
// after prepare has made it fit for that: put does so, and keeps to it that a power
// cut leaves one of the two and never none, nor one with the other's log. The copy
// has the database's name, in a folder of its own. Restore returns the folder in
// which the former database was kept, "" when there was none. An error before put
// leaves that one as it was.
func Restore(disk Disk, path, file string, now time.Time, prepare, put func(staged string) error) (aside string, err error) {
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
	// What SQLite could not write back when it was closed lies beside the copy, and
	// would be left behind: the new epoch, and who was erased.
	if _, err := os.Stat(staged + "-wal"); !errors.Is(err, fs.ErrNotExist) {
		return "", errors.Join(errLog, err)
	}
	if err := disk.Sync(staged); err != nil {
		return "", fmt.Errorf("flush: %w", err)
	}
	if aside, err = keepAside(disk, path, now); err != nil {
		return "", fmt.Errorf("keep the former database: %w", err)
	}
	return aside, put(staged)
}

// keepAside gives the database at path and its log a second name, in a folder
// beside it; "" when there is none. They keep the first one too, until another file
// takes it: what is cut off here has changed nothing.
func keepAside(disk Disk, path string, now time.Time) (aside string, err error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	dir := filepath.Dir(path)
	if aside, err = os.MkdirTemp(dir, asidePrefix+now.UTC().Format(asideStamp)+"-*"); err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			_ = os.RemoveAll(aside) // second names alone; the first error helps
		}
	}()
	for _, tail := range []string{"", "-wal"} {
		err := os.Link(path+tail, filepath.Join(aside, filepath.Base(path)+tail))
		if err != nil && (tail == "" || !errors.Is(err, fs.ErrNotExist)) {
			return "", err
		}
	}
	return aside, errors.Join(disk.Sync(aside), disk.Sync(dir))
}

// dropAside deletes the databases in dir that were kept aside more than a month
// before today's midnight, in UTC: they hold what has since been erased.
func dropAside(dir string, today time.Time) error {
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
