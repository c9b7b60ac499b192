package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"example.org/inloop/kiosk/keyring"

	sqlite3 "github.com/mattn/go-sqlite3"
)

// The reasons for which nothing is being counted, as keys of the message
// catalogue (kiosk.Light).
const (
	Full     = "store.full"     // the disk is full
	ReadOnly = "store.readonly" // the disk takes no writing
	Locked   = "store.locked"   // another process has the data folder
	Keyless  = "store.key"      // the key file is away, or another room's
	Broken   = "store.broken"   // the file cannot be trusted
	Unsaved  = "store.unsaved"  // writing failed in any other way
)

// Fault returns the reason that fits an error of Open, CheckIn or any other
// method that writes.
func Fault(err error) string {
	var e sqlite3.Error
	errors.As(err, &e)
	is := func(codes ...error) bool {
		for _, c := range codes {
			if errors.Is(err, c) {
				return true
			}
		}
		return false
	}
	switch {
	case e.Code == sqlite3.ErrFull || e.SystemErrno == syscall.ENOSPC || e.SystemErrno == syscall.EDQUOT || is(syscall.ENOSPC, syscall.EDQUOT):
		return Full
	case e.Code == sqlite3.ErrReadonly || e.SystemErrno == syscall.EROFS || is(syscall.EROFS, fs.ErrPermission):
		return ReadOnly
	case is(ErrLocked) || e.Code == sqlite3.ErrBusy || e.Code == sqlite3.ErrLocked:
		return Locked
	case is(keyring.ErrKey):
		return Keyless
	case is(ErrCorrupt, ErrUnsafe) || e.Code == sqlite3.ErrCorrupt || e.Code == sqlite3.ErrNotADB:
		return Broken
	}
	return Unsaved
}

// probeSize is more bytes than a tap, or a volunteer's action, needs: a disk with
// room for the first page of one only would seem healed between any two taps.
const probeSize = 64 << 10

// Probe writes a row of no meaning, durably. It returns nil as soon as taps
// would be saved again, opening the file anew when it has to.
func (s *Store) Probe(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("probe: %w", err)
	}
	write := func() error {
		return s.write(ctx, s.cfg.Clock.Now(), func(ctx context.Context, t *txn) error {
			// Other bytes each time, or SQLite would leave the pages alone.
			_, err := t.ExecContext(ctx, `INSERT INTO probe (one, pad) VALUES (1, randomblob(?1)) ON CONFLICT (one) DO UPDATE SET pad = excluded.pad`, probeSize)
			return err
		})
	}
	err := write()
	if err != nil && unsure(err) {
		if err = s.restart(context.WithoutCancel(ctx)); err == nil {
			err = write()
		}
	}
	if err != nil {
		return fmt.Errorf("probe: %w", err)
	}
	return nil
}
