package backup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"example.org/inloop/sync/count"
)

// A backup that is made before rows go because the clock has leapt outlives the ring,
// which such a leap may turn quickly: for leapDays at most.
const (
	leapPrefix = "leap-"
	leapDays   = 56
)

// LeapFile is the path, in the data folder dir, of the backup that is made on a day
// before anything is deleted after a leap of the clock.
func LeapFile(dir string, day count.Day) string {
	return filepath.Join(dir, leapPrefix+day.String()+nightTail)
}

// BeforeLeap has save make the backup that is wanted before anything is deleted by a
// leap to a day, unless none is. One that is there already is as good.
func BeforeLeap(ctx context.Context, dir string, day count.Day, save func(ctx context.Context, path string) error) error {
	if day == count.NoDay {
		return nil
	}
	if err := save(ctx, LeapFile(dir, day)); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("before deleting after a leap of the clock: %w", err)
	}
	return nil
}

// DropOld deletes what is kept beside the backups in dir and whose time is over by
// today: backups that were made before a leap, and databases that were kept aside.
func DropOld(disk Disk, dir string, today count.Day) error {
	if err := dropLeaps(disk, dir, today); err != nil {
		return err
	}
	return dropAside(dir, today.At(0, time.UTC))
}

// dropLeaps deletes the backups in dir that were made before a leap more than eight
// weeks before today, of a clock that is believed when it comes to deleting. One of a
// day to come was made by a clock that ran ahead: its weeks begin today.
func dropLeaps(disk Disk, dir string, today count.Day) error {
	files, err := filepath.Glob(filepath.Join(dir, leapPrefix+"*"+nightTail))
	if err != nil {
		return fmt.Errorf("look for backups before a leap: %w", err)
	}
	for _, file := range files {
		day, err := count.ParseDay(strings.TrimSuffix(strings.TrimPrefix(filepath.Base(file), leapPrefix), nightTail))
		switch {
		case err != nil:
			continue
		case day > today:
			err = disk.Rename(file, LeapFile(dir, today))
		case day+leapDays < today:
			err = os.Remove(file)
		}
		if err != nil {
			return fmt.Errorf("delete a backup before a leap: %w", err)
		}
	}
	return nil
}
