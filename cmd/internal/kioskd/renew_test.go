package kioskd

import (
	"errors"
	"sync"
	"testing"
	"time"

	"example.org/inloop/cmd/internal/wiring"
	"example.org/inloop/kiosk"
)

// Changed settings hold without a restart where they can, and the desk says so
// where they cannot, or when they are wrong.
func TestRenew_TakesWhatItCan(t *testing.T) {
	t.Parallel()
	var log quietLog
	var mu sync.Mutex
	var next Config
	var fault error
	renewed := make(chan struct{})
	r, _, _ := runRoom(t, BadgeProofUID, &log, func(c *Config) {
		c.Renewed = renewed
		c.Reload = func() (Config, error) { mu.Lock(); defer mu.Unlock(); return next, fault }
		next = *c
	})
	view := func() kiosk.View {
		t.Helper()
		v, err := r.Store.View(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	said := func() string {
		for _, h := range r.deskHealth() {
			if h.Part == partSettings {
				return h.Reason
			}
		}
		return ""
	}
	// take hands over settings and waits until they were looked at.
	take := func(err error, change func(*Config)) {
		t.Helper()
		mu.Lock()
		fault = err
		if change != nil {
			change(&next)
		}
		mu.Unlock()
		renewed <- struct{}{}
		renewed <- struct{}{} // taken when the first is done with
	}
	if view().Open || said() != "" {
		t.Fatalf("open %t, %q on the desk: want a room without hours of which nothing is said", view().Open, said())
	}
	whole := map[time.Weekday][]kiosk.OpeningHours{}
	for d := time.Sunday; d <= time.Saturday; d++ {
		whole[d] = []kiosk.OpeningHours{{From: 0, Until: 24 * 60}}
	}
	take(nil, func(c *Config) {
		c.Room, c.Capacity, c.Timetable.Week = "De Linde", 12, whole
		c.Hours = map[string][]string{"ma": {"00:00-24:00"}}
	})
	if v := view(); !v.Open || v.Capacity != 12 || said() != "" {
		t.Errorf("open %t, %d places, %q on the desk: want the new hours", v.Open, v.Capacity, said())
	}
	take(errors.New("no such thing"), nil)
	if v := view(); !v.Open || said() != "settings.wrong" {
		t.Errorf("settings that are wrong: open %t, %q on the desk", v.Open, said())
	}
	take(nil, func(c *Config) { c.Listen = "127.0.0.1:1"; c.Reader = wiring.ReaderNone })
	if said() != "settings.restart" {
		t.Errorf("another reader: %q on the desk, want that it needs a restart", said())
	}
	take(nil, func(c *Config) { c.Listen, c.Reader = r.cfg.Listen, r.cfg.Reader })
	if said() != "" {
		t.Errorf("put back: %q on the desk, want nothing", said())
	}
	take(nil, func(c *Config) { c.Hours, c.Timetable.Week = map[string][]string{}, nil })
	if v := view(); v.Open || said() != "settings.nohours" {
		t.Errorf("no hours: open %t, %q on the desk", v.Open, said())
	}
	for _, h := range r.board.All() {
		if h.Part == partSettings {
			t.Error("the centre would hear of settings, which it does not know")
		}
	}
}
