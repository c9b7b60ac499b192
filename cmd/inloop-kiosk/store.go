package main

import (
	"errors"
	"fmt"
	"os"

	"example.org/inloop/cmd/internal/kioskd"
	"example.org/inloop/kiosk/keyring"
	"example.org/inloop/kiosk/sqlite"
)

// storeConfig is how a command looks at the room's data.
func (a *app) storeConfig(mode sqlite.Mode) (sqlite.Config, error) {
	cfg, err := a.settings()
	if err != nil {
		return sqlite.Config{}, err
	}
	if mode == sqlite.ModeReadOnly {
		// A question asked of a folder that is not there, or with a key that is
		// made for it, would be answered with nothing.
		for _, own := range []struct{ flag, path string }{{"data", cfg.Data}, {"key", cfg.Key}} {
			if err := want(own.flag, own.path); err != nil {
				return sqlite.Config{}, err
			}
		}
	}
	load := sqlite.LoadKeysOf
	if mode == sqlite.ModeDaemon { // a backup is put back where nothing is, too
		load = func(_, path string) (keyring.Keys, error) { return keyring.Load(path) }
	}
	keys, err := load(cfg.Data, cfg.Key)
	if err != nil {
		return sqlite.Config{}, fmt.Errorf("%w: %w", kioskd.ErrConfig, err)
	}
	clock, err := kioskd.NewSystemClock()
	if err != nil {
		return sqlite.Config{}, err
	}
	return sqlite.Config{Dir: cfg.Data, Keys: keys, Clock: clock, Timetable: cfg.Timetable, Log: a.log, Mode: mode}, nil
}

// want returns an error when there is nothing at the path that a flag gives.
func want(flag, path string) error {
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("%w: %w; give the kiosk's own with --%s", kioskd.ErrConfig, err, flag)
	}
	return nil
}

// withStore lets do look at, or write into, the room's data, also while the
// kiosk runs.
func (a *app) withStore(mode sqlite.Mode, do func(*sqlite.Store) error) (err error) {
	cfg, err := a.storeConfig(mode)
	if err != nil {
		return err
	}
	store, err := sqlite.Open(a.ctx, cfg)
	if err != nil {
		return fmt.Errorf("open the room's data: %w", err)
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	return do(store)
}
