package dbfile

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"syscall"

	sqlite3 "github.com/mattn/go-sqlite3"
)

// Errors of Open, and ErrGone and ErrRead of a file that is open. Each may be healed from outside, after which Open can be
// tried again.
var (
	ErrLocked  = errors.New("data folder is in use by another inloop-kiosk")
	ErrUnsafe  = errors.New("database does not save safely")
	ErrCorrupt = errors.New("database is damaged")
	ErrGone    = errors.New("database is not where it was")
	ErrRead    = errors.New("somebody reads from the log of the database and does not end")
)

// Failure is what hinders a file from being written.
type Failure int

// What can hinder it.
const (
	FailureOther    Failure = iota
	FailureFull             // the disk is full
	FailureReadOnly         // the disk takes no writing
	FailureLocked           // another process has the file, or its folder
	FailureBroken           // the file cannot be trusted
	FailureGone             // the file was removed or replaced
)

// FailureOf returns the failure that fits an error of this package, or of SQLite
// or the kernel.
func FailureOf(err error) Failure {
	var e sqlite3.Error
	errors.As(err, &e)
	is := func(codes ...error) bool {
		return slices.ContainsFunc(codes, func(code error) bool { return errors.Is(err, code) })
	}
	switch {
	case is(ErrGone):
		return FailureGone
	case e.Code == sqlite3.ErrFull || e.SystemErrno == syscall.ENOSPC || e.SystemErrno == syscall.EDQUOT || is(syscall.ENOSPC, syscall.EDQUOT):
		return FailureFull
	case e.Code == sqlite3.ErrReadonly || e.SystemErrno == syscall.EROFS || is(syscall.EROFS, fs.ErrPermission):
		return FailureReadOnly
	case is(ErrLocked, ErrRead) || e.Code == sqlite3.ErrBusy || e.Code == sqlite3.ErrLocked:
		return FailureLocked
	case is(ErrCorrupt, ErrUnsafe) || e.Code == sqlite3.ErrCorrupt || e.Code == sqlite3.ErrNotADB:
		return FailureBroken
	}
	return FailureOther
}

// Unsure tells whether an error leaves in doubt what reached the disk, so that
// the connection may not be used on.
func Unsure(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) && (e.Code == sqlite3.ErrIoErr || e.Code == sqlite3.ErrCorrupt || e.Code == sqlite3.ErrCantOpen)
}

// Hinders tells whether an error is what hinders the file from being written, and not
// a fault of what was to be written.
func Hinders(err error) bool {
	var e sqlite3.Error
	if errors.As(err, &e) {
		return e.Code != sqlite3.ErrConstraint && e.Code != sqlite3.ErrMismatch && e.Code != sqlite3.ErrError
	}
	return errors.Is(err, ErrGone) || errors.Is(err, ErrCorrupt) || errors.Is(err, ErrUnsafe) || errors.Is(err, ErrLocked)
}

// damaged adds ErrCorrupt to what SQLite says of a damaged file.
func damaged(err error) error {
	var e sqlite3.Error
	if errors.As(err, &e) && (e.Code == sqlite3.ErrCorrupt || e.Code == sqlite3.ErrNotADB) && !errors.Is(err, ErrCorrupt) {
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return err
}
