package rescue

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"example.org/inloop/kiosk/backup"
	"example.org/inloop/kiosk/sqlite"
	"example.org/inloop/sync/count"
)

// Night makes the backup of a day in a ring, unless it is there, and turns the ring.
func Night(ctx context.Context, s *sqlite.Store, day count.Day, ring backup.Ring) error {
	days, err := ring.Nights()
	if err != nil {
		return err
	}
	if slices.Contains(days, day) {
		return nil
	}
	if err := os.Mkdir(ring.Dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return fmt.Errorf("nightly backup: %w", err)
	}
	// The folder's own name may be new, or of a try whose flush failed.
	if err := (backup.OS{}).Sync(filepath.Dir(ring.Dir)); err != nil {
		return fmt.Errorf("nightly backup: %w", err)
	}
	if err := s.Backup(ctx, ring.File(day)); err != nil {
		return fmt.Errorf("nightly backup: %w", err)
	}
	return ring.Turn()
}
