package kioskd

import (
	"context"
	"reflect"
	"slices"
	"strings"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite"
	"example.org/inloop/web/screen"
)

// partSettings is the line of the desk on which settings are told of; the centre
// does not hear of it.
const partSettings = "settings"

// renewable are the settings that a running kiosk takes anew. With another zone or
// other parts of the day, what was counted would be other days.
func renewable() []string {
	return []string{"room", "hours", "exceptions", "programme", "capacity", "sticks"}
}

// renew takes the settings that changed while the kiosk runs, as far as it can, until
// ctx ends. A desk that shows nothing of it has all of them.
func (r *Daemon) renew(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-r.cfg.Renewed:
			r.takeSettings(ctx)
		}
	}
}

func (r *Daemon) takeSettings(ctx context.Context) {
	next, err := r.cfg.Reload()
	if err != nil {
		r.cfg.Log.Error("the changed settings cannot be used; the former ones stay", "err", err)
		r.saySettings("wrong")
		return
	}
	later := slices.DeleteFunc(differing(r.cfg.Settings, next.Settings), func(name string) bool { return slices.Contains(renewable(), name) })
	now := *r.now()
	now.Room, now.Activities, now.Capacity, now.Sticks = next.Room, next.Activities, next.Capacity, next.Sticks
	now.Hours = next.Hours
	now.Timetable.Week, now.Timetable.Exceptions = next.Timetable.Week, next.Timetable.Exceptions
	r.renewing.Lock()
	defer r.renewing.Unlock()
	r.current.Store(&now)
	r.screen.SetIdle(idle(now))
	if err := r.fitStore(ctx); err != nil {
		r.cfg.Log.Error("the store does not take the new hours", "err", err)
		later = append(later, "hours")
	}
	switch {
	case len(later) > 0:
		r.cfg.Log.Warn("settings changed that need a restart", "settings", strings.Join(later, " "))
		r.saySettings("restart")
	case now.neverOpen():
		r.warnHours()
	default:
		r.cfg.Log.Info("settings taken anew")
		r.saySettings("")
	}
}

// storeCame takes a store that was opened; settings may have changed meanwhile.
func (r *Daemon) storeCame(ctx context.Context, store *sqlite.Store) {
	r.renewing.Lock()
	defer r.renewing.Unlock()
	r.opened.Store(store)
	if err := r.fitStore(ctx); err != nil {
		r.cfg.Log.Error("the store does not take the new hours", "err", err)
		r.saySettings("restart")
	}
}

// now are the settings that hold: those of the start, with what was taken anew.
func (r *Daemon) now() *Config {
	if c := r.current.Load(); c != nil {
		return c
	}
	return &r.cfg
}

// fitStore lets the store, where it is open, go by the hours that hold now.
func (r *Daemon) fitStore(ctx context.Context) error {
	cfg := r.now()
	store := r.opened.Load()
	if store == nil || r.fitted == cfg {
		return nil
	}
	if err := store.SetTimetable(ctx, cfg.Timetable, cfg.Capacity); err != nil {
		return err
	}
	store.SetProgramme(cfg.Activities)
	r.fitted = cfg
	return nil
}

// warnHours tells of a room that is never open.
func (r *Daemon) warnHours() {
	r.cfg.Log.Warn("no opening hours: by its settings the room is never open", "settings", "hours")
	r.saySettings("nohours")
}

// saySettings puts a line about the settings on the desk, or with "" takes it away.
func (r *Daemon) saySettings(reason string) {
	r.aboutSettings.Store(&reason)
	r.changed()
}

// deskHealth is how the parts are doing, for the desk alone: with its settings.
func (r *Daemon) deskHealth() []kiosk.Health {
	all := r.board.All()
	if reason := r.aboutSettings.Load(); reason != nil && *reason != "" {
		all = append(all, kiosk.Health{Part: partSettings, Level: kiosk.LevelOrange, Reason: partSettings + "." + *reason})
	}
	return all
}

// idle is what the door shows while nobody taps.
func idle(cfg Config) screen.Idle {
	hall := screen.Idle{Room: cfg.Room, Timetable: cfg.Timetable, Programme: cfg.Activities}
	if cfg.OneScreen {
		hall.Desk = "/desk"
	}
	return hall
}

// neverOpen tells whether no day has hours, although the settings give some.
func (c *Config) neverOpen() bool {
	if c.Hours == nil {
		return false
	}
	for _, hours := range c.Timetable.Week {
		if len(hours) > 0 {
			return false
		}
	}
	for _, hours := range c.Timetable.Exceptions {
		if len(hours) > 0 {
			return false
		}
	}
	return true
}

// differing names the settings, as the file has them, that are not the same.
func differing(a, b Settings) (names []string) {
	va, vb := reflect.ValueOf(a), reflect.ValueOf(b)
	for i := range va.NumField() {
		if !reflect.DeepEqual(va.Field(i).Interface(), vb.Field(i).Interface()) {
			names = append(names, va.Type().Field(i).Tag.Get("toml"))
		}
	}
	return names
}
