package dbfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// place remembers which files the handles have. What was removed or replaced under
// a running program can still be written and read through them, and is gone with
// the program.
type place struct{ file, log fs.FileInfo }

// check looks whether the files at path are still those. The log is there from the
// first write on, as long as a handle is open.
func (p *place) check(path string) error {
	for _, look := range []struct {
		path string
		had  *fs.FileInfo
	}{{path, &p.file}, {path + "-wal", &p.log}} {
		switch now, err := os.Stat(look.path); {
		case *look.had == nil && err == nil:
			*look.had = now
		case *look.had == nil && errors.Is(err, fs.ErrNotExist):
		case errors.Is(err, fs.ErrNotExist):
			return fmt.Errorf("%w: %s was removed", ErrGone, look.path)
		case err != nil:
			return fmt.Errorf("look for the file: %w", err)
		case !os.SameFile(now, *look.had):
			return fmt.Errorf("%w: %s is another file now", ErrGone, look.path)
		}
	}
	return nil
}

// leaveLog moves the log of a file that another one has replaced out of that one's
// way, once the handles are closed: SQLite would write the old pages into it. A file
// that was only taken away keeps its log, for when it returns.
func (p *place) leaveLog(path string) error {
	now, err := os.Stat(path)
	if p.file == nil || p.log == nil || err != nil || os.SameFile(now, p.file) {
		return nil
	}
	if log, err := os.Stat(path + "-wal"); err != nil || !os.SameFile(log, p.log) {
		return nil
	}
	return errors.Join(os.Rename(path+"-wal", path+".former-wal"), removeAll(path+"-shm"))
}

// InPlace returns ErrGone when the file was removed or replaced since it was opened.
// A file that is not open is nowhere, and has no fault of that kind.
func (f *File) InPlace() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.w == nil {
		return nil
	}
	return f.place.check(f.cfg.Path)
}
