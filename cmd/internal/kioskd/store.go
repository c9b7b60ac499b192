package kioskd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"example.org/inloop/devices/clock"
	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite"
)

const (
	tickEvery   = 20 * time.Second // closing times, dates, the night's work
	placeEvery  = 5 * time.Second  // that the file is looked for, at no cost to the disk
	healEvery   = 2 * time.Second  // while something is wrong
	diskLow     = 10               // percent free under which a person should look
	maxOpenWait = 10 * time.Second
)

// openStore opens the room's store, trying for ever: a folder that is locked
// or a disk that is away may come back. It returns nil, nil when ctx ended
// first.
func (r *Daemon) openStore(ctx context.Context) (*sqlite.Store, error) {
	wait := 500 * time.Millisecond
	for failures := 0; ; failures++ {
		store, err := r.tryOpen(ctx)
		switch {
		case err == nil:
			r.board.Set("store", kiosk.LevelGreen, "")
			if failures > 0 {
				r.cfg.Log.Info("store is open", "failures", failures)
			}
			return store, nil
		case ctx.Err() != nil:
			return nil, nil
		case errors.Is(err, sqlite.ErrLocked), errors.Is(err, sqlite.ErrUnsafe):
			return nil, err
		}
		if failures == 0 {
			r.cfg.Log.Error("open store; trying again until it works", "err", err)
		}
		r.board.Set("store", kiosk.LevelRed, sqlite.ReasonFor(err))
		if (clock.System{}).Sleep(ctx, wait) != nil {
			return nil, nil
		}
		wait = min(2*wait, maxOpenWait)
	}
}

func (r *Daemon) tryOpen(ctx context.Context) (*sqlite.Store, error) {
	if err := os.MkdirAll(r.cfg.Data, 0o700); err != nil {
		return nil, fmt.Errorf("make data folder: %w", err)
	}
	keys, err := sqlite.LoadKeysOf(r.cfg.Data, r.cfg.Key)
	if err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	return sqlite.Open(ctx, sqlite.Config{
		Dir: r.cfg.Data, Keys: keys, Clock: r.cfg.Clock, Timetable: r.cfg.Timetable, Log: r.cfg.Log, Capacity: r.cfg.Capacity, Built: builtAt(),
	})
}

// keep does what the hour asks for, and looks after the store while it is not
// well: a volunteer should have to do nothing but make room or push the plug back.
func (r *Daemon) keep(ctx context.Context) {
	for {
		err := r.lookAfter(ctx, r.Store)
		r.lookAtDisk()
		r.askWitness(ctx)
		r.lookAtClock(ctx)
		wait := tickEvery
		if err != nil {
			wait = healEvery
		}
		if !r.rest(ctx, wait) {
			return
		}
		r.changed()
	}
}

// rest waits until there is something to do for the store, and returns false when
// ctx has ended. That the file is still there is looked at all the while: who taps
// would be welcomed, and be lost with the program.
func (r *Daemon) rest(ctx context.Context, wait time.Duration) bool {
	look := time.NewTicker(placeEvery)
	defer look.Stop()
	end := time.After(wait)
	for {
		select {
		case <-ctx.Done():
			return false
		case <-r.urgent:
			return (clock.System{}).Sleep(ctx, healEvery) == nil
		case <-look.C:
			if err := r.Store.InPlace(); err != nil {
				r.storeIs(ctx, "look for the file", err)
				return true
			}
		case <-end:
			return true
		}
	}
}

// keeper is the part of the store that time alone asks for.
type keeper interface {
	Tick(context.Context) error
	Probe(context.Context) error
}

// lookAfter does the hour's work and turns the store's light by it. A store
// that is not well is so until it has written: a tick with nothing to write
// succeeds on a full disk too. One that is well is spared the probe's write.
func (r *Daemon) lookAfter(ctx context.Context, k keeper) error {
	err := k.Tick(ctx)
	if err == nil && r.board.Is("store", kiosk.LevelRed) {
		err = k.Probe(ctx)
	}
	r.storeIs(ctx, "keep the hours", err)
	return err
}

// storeIs turns the store's light by what just became of a write. The first
// failure of a row is logged, and its end with a count.
func (r *Daemon) storeIs(ctx context.Context, doing string, err error) {
	if ctx.Err() != nil {
		return
	}
	if err == nil {
		r.board.Set("store", kiosk.LevelGreen, "")
		if n := r.failures.Swap(0); n > 0 {
			r.cfg.Log.Info("store works again", "failures", n)
		}
		return
	}
	if r.failures.Add(1) == 1 {
		r.cfg.Log.Error("store failed; trying again until it works", "doing", doing, "err", err)
	}
	level := kiosk.LevelRed
	if errors.Is(err, kiosk.ErrUnread) { // red would say that nothing is saved
		level = kiosk.LevelOrange
	}
	r.board.Set("store", level, sqlite.ReasonFor(err))
	select {
	case r.urgent <- struct{}{}:
	default:
	}
}

func (r *Daemon) lookAtDisk() {
	var fs unix.Statfs_t
	if err := unix.Statfs(r.cfg.Data, &fs); err != nil || fs.Blocks == 0 {
		return // the store's own light tells of a disk that is away
	}
	r.orangeIf("disk", "disk.low", fs.Bavail*100/fs.Blocks < diskLow)
}

func (r *Daemon) lookAtClock(ctx context.Context) {
	view, err := r.Store.View(ctx)
	if err != nil {
		return // told by the store's light
	}
	if r.Store.Trust() < kiosk.TrustAnchored {
		r.board.Set("clock", kiosk.LevelOrange, "clock.unsure")
		return
	}
	r.orangeIf("clock", "clock.undated", view.Undated > 0)
}

func (r *Daemon) orangeIf(part, reason string, wantsCare bool) {
	if wantsCare {
		r.board.Set(part, kiosk.LevelOrange, reason)
	} else {
		r.board.Set(part, kiosk.LevelGreen, "")
	}
}
