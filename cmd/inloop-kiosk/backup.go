package main

import (
	"fmt"

	"example.org/inloop/kiosk/sqlite"
)

type backupCmd struct {
	File string `arg:""`
}

// Run copies the room's data, without its key.
func (c *backupCmd) Run(a *app) error {
	return a.withStore(sqlite.ModeReadOnly, func(s *sqlite.Store) error {
		if err := s.Backup(a.ctx, c.File); err != nil {
			return fmt.Errorf("backup: %w", err)
		}
		fmt.Fprintf(a.out, "%s is written and checked. The key file is not in it: keep that somewhere else.\n", c.File)
		return nil
	})
}

type restoreCmd struct {
	File string `arg:""`
}

// Run puts a backup in the place of the room's data and begins a new epoch.
func (c *restoreCmd) Run(a *app) error {
	s, err := a.settings()
	if err != nil {
		return err
	}
	// A key that is made now opens no backup.
	if err := want("key", s.Key); err != nil {
		return err
	}
	cfg, err := a.storeConfig(sqlite.ModeDaemon)
	if err != nil {
		return err
	}
	aside, err := sqlite.Restore(a.ctx, cfg, c.File)
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	fmt.Fprintf(a.out, "The room's data are those of %s again, in a new epoch.\n", c.File)
	if aside != "" {
		fmt.Fprintf(a.out, "What stood there before is in %s.\n", aside)
	}
	return nil
}
