package sqlite

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/keyring"
	"example.org/inloop/kiosk/sqlite/dbfile"
)

// The reasons for which nothing is being counted, as keys of the message
// translations (kiosk.Health).
const (
	ReasonFull     = "store.full"     // the disk is full
	ReasonReadOnly = "store.readonly" // the disk takes no writing
	ReasonLocked   = "store.locked"   // another process has the data folder
	ReasonKey      = "store.key"      // the key file is away, or another room's
	ReasonBroken   = "store.broken"   // the file cannot be trusted
	ReasonGone     = "store.gone"     // the file was removed or replaced
	ReasonAbsent   = "store.absent"   // the room has begun, and its file is not there
	ReasonUnread   = "store.unread"   // what was kept could not be read back
	ReasonUnsaved  = "store.unsaved"  // writing failed in any other way
)

// ReasonFor returns the reason that fits an error of Open, CheckIn or any other
// method that writes.
func ReasonFor(err error) string {
	switch failure := dbfile.FailureOf(err); {
	case errors.Is(err, keyring.ErrKey), errors.Is(err, keyring.ErrUnusable): // whatever hinders its reading
		return ReasonKey
	case errors.Is(err, kiosk.ErrUnread):
		return ReasonUnread
	case errors.Is(err, keyring.ErrAbsent):
		return ReasonAbsent
	case failure == dbfile.FailureGone:
		return ReasonGone
	case failure == dbfile.FailureFull:
		return ReasonFull
	case failure == dbfile.FailureReadOnly:
		return ReasonReadOnly
	case failure == dbfile.FailureLocked:
		return ReasonLocked
	case failure == dbfile.FailureBroken:
		return ReasonBroken
	}
	return ReasonUnsaved
}

// Lost tells whether an error says that this store cannot heal: another file is in its
// place, or none, or its own is damaged.
func Lost(err error) bool { return slices.Contains([]string{ReasonGone, ReasonBroken}, ReasonFor(err)) }

// InPlace fails when the file was removed or replaced under the running program.
func (s *Store) InPlace() error { return s.file.InPlace() }

// probeSize is more bytes than a tap, or a volunteer's action, needs: a disk with
// room for the first page of one only would seem healed between any two taps.
const probeSize = 64 << 10

// Probe writes a row of no meaning, durably. It returns nil as soon as taps
// would be saved again, opening the file anew when it has to.
func (s *Store) Probe(ctx context.Context) error {
	err := s.file.Turn(ctx, func(turn dbfile.Turn) error {
		err := s.probe(ctx, turn)
		if !dbfile.Unsure(err) {
			return err
		}
		if err := turn.Reopen(context.WithoutCancel(ctx)); err != nil {
			return err
		}
		return s.probe(ctx, turn)
	})
	if err != nil {
		return fmt.Errorf("probe: %w", err)
	}
	return nil
}

func (s *Store) probe(ctx context.Context, turn dbfile.Turn) error {
	return s.write(ctx, turn, s.cfg.Clock.Now(), func(ctx context.Context, t *txn) error {
		// Other bytes each time, or SQLite would leave the pages alone.
		_, err := t.ExecContext(ctx, `INSERT INTO probe (one, pad) VALUES (1, randomblob(?1)) ON CONFLICT (one) DO UPDATE SET pad = excluded.pad`, probeSize)
		return err
	})
}
