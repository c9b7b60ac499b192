package kioskd

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"example.org/inloop/devices/clock"
	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/backup"
	"example.org/inloop/kiosk/keyring"
	"example.org/inloop/kiosk/rescue"
	"example.org/inloop/kiosk/sqlite"
)

const (
	tickEvery   = 20 * time.Second // closing times, dates, the night's work
	placeEvery  = 5 * time.Second  // that the file is looked for, at no cost to the disk
	healEvery   = 2 * time.Second  // while something is wrong
	diskLow     = 10               // percent free under which a person should look
	openSoon    = 2 * time.Second  // that a start may take before taps are told of it
	maxOpenWait = 5 * time.Second
)

// openStore opens the room's store, trying for ever: a folder that is locked
// or a disk that is away may come back. Whoever taps meanwhile is told: read lets the
// reader run, once the light says so. It returns nil, nil when ctx ended first.
func (r *Daemon) openStore(ctx context.Context, read func()) (*sqlite.Store, error) {
	slow := time.AfterFunc(openSoon, func() {
		r.board.Set("store", kiosk.LevelRed, "store.starting")
		read()
	})
	defer slow.Stop()
	again := false
	for wait := 500 * time.Millisecond; ; wait = min(2*wait, maxOpenWait) {
		store, err := r.tryOpen(ctx, again)
		switch {
		case err == nil:
			return store, nil // its light waits for the first tap that it would take
		case ctx.Err() != nil:
			return nil, nil
		case errors.Is(err, sqlite.ErrLocked), errors.Is(err, sqlite.ErrUnsafe):
			return nil, err
		}
		r.storeIs(ctx, "open it", err)
		read()
		if again, err = r.restClosed(ctx, wait); err != nil {
			return nil, nil
		}
	}
}

// restClosed waits before the store is looked for once more, and tells whether
// somebody said that the room begins again.
func (r *Daemon) restClosed(ctx context.Context, wait time.Duration) (again bool, err error) {
	end := time.NewTimer(wait)
	defer end.Stop()
	select {
	case <-ctx.Done():
		return false, ctx.Err()
	case <-r.again:
		return true, nil
	case <-end.C:
		return false, nil
	}
}

// tryOpen opens the store once: what is damaged is mended first, and what is not
// there is begun once more if somebody said again.
func (r *Daemon) tryOpen(ctx context.Context, again bool) (*sqlite.Store, error) {
	load := sqlite.LoadKeysOf
	if again {
		load = func(_, path string) (keyring.Keys, error) { return keyring.Load(path) }
	}
	keys, err := load(r.cfg.Data, r.cfg.Key)
	if err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	now := r.now()
	r.renewing.Lock()
	r.fitted = now
	r.renewing.Unlock()
	cfg := sqlite.Config{
		Dir: r.cfg.Data, Keys: keys, Clock: r.cfg.Clock, Timetable: now.Timetable, Log: r.cfg.Log, Capacity: now.Capacity, Built: builtAt(),
		Programme: now.Activities,
	}
	if again {
		if err := rescue.BeginAgain(ctx, cfg, r.rings()...); err != nil {
			return nil, err
		}
	}
	if err := rescue.Look(ctx, cfg, r.rings()...); err != nil {
		return nil, err
	}
	store, err := sqlite.Open(ctx, cfg)
	if err != nil {
		return nil, err
	}
	r.mended.Store(nil)
	if m, told := rescue.ReadMended(r.cfg.Data); told {
		r.mended.Store(&m)
	}
	return store, nil
}

// rings are where nightly backups are looked for: where the operator wants them,
// and beside the database.
func (r *Daemon) rings() []backup.Ring {
	rings := []backup.Ring{{Dir: filepath.Join(r.cfg.Data, "nightly")}}
	if r.cfg.Backups != "" {
		rings = append([]backup.Ring{{Dir: r.cfg.Backups}}, rings...)
	}
	return rings
}

// backUp makes the night's backup, if there is none of this day yet. While nobody
// knows the day, it is not made: its name would be wrong.
func (r *Daemon) backUp(ctx context.Context) {
	if r.Store.Trust() == kiosk.TrustUnknown || r.board.Is("store", kiosk.LevelRed) {
		return
	}
	day := r.now().Timetable.Day(roomClock{r}.Now().Wall)
	err := rescue.Night(ctx, r.Store, day, r.rings()[0])
	if err != nil && ctx.Err() != nil {
		return
	}
	if err != nil && !r.noBackup {
		r.cfg.Log.Error("nightly backup; trying again until it works", "err", err)
	} else if err == nil && r.noBackup {
		r.cfg.Log.Info("nightly backup works again")
	}
	r.noBackup = err != nil
}

// keep does what the hour asks for, and looks after the store while it is not
// well: a volunteer should have to do nothing but make room or push the plug back.
// It returns errOpenAnew when the store is not to be healed as it is.
func (r *Daemon) keep(ctx context.Context) error {
	for first := true; ; first = false {
		err := r.lookAfter(ctx, r.Store)
		if sqlite.Lost(err) {
			return errOpenAnew
		}
		if !first { // which is spared the start
			r.backUp(ctx)
		}
		r.lookAtDisk()
		r.askWitness(ctx)
		r.lookAtClock(ctx)
		wait := tickEvery
		if err != nil {
			wait = healEvery
		}
		if !r.rest(ctx, wait) {
			return nil
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
		r.storeWell()
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

// storeWell turns the store's light for one that saves: orange as long as there is
// something to tell of it.
func (r *Daemon) storeWell() {
	switch m := r.mended.Load(); {
	case m == nil:
		r.board.Set("store", kiosk.LevelGreen, "")
	case m.Missing:
		r.board.Set("store", kiosk.LevelOrange, "store.missing")
	default:
		r.board.Set("store", kiosk.LevelOrange, "store.mended")
	}
}

// seenMended ends the telling of it: a volunteer has seen it.
func (r *Daemon) seenMended(context.Context) error {
	if err := rescue.SeenMended(r.cfg.Data); err != nil {
		return err
	}
	r.mended.Store(nil)
	if r.board.Is("store", kiosk.LevelOrange) {
		r.storeWell()
	}
	return nil
}

func (r *Daemon) lookAtDisk() {
	var fs unix.Statfs_t
	if err := unix.Statfs(r.cfg.Data, &fs); err != nil || fs.Blocks == 0 {
		return // the store's own light tells of a disk that is away
	}
	low := fs.Bavail*100/fs.Blocks < diskLow
	if r.noBackup && !low {
		r.board.Set("disk", kiosk.LevelOrange, "disk.backup")
		return
	}
	r.orangeIf("disk", "disk.low", low)
}

func (r *Daemon) orangeIf(part, reason string, wantsCare bool) {
	if wantsCare {
		r.board.Set(part, kiosk.LevelOrange, reason)
	} else {
		r.board.Set(part, kiosk.LevelGreen, "")
	}
}
