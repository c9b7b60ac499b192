package sqlite

import (
	"maps"
	"testing"
	"time"

	"example.org/inloop/kiosk"
)

// New hours hold from the moment on which they are taken, for who is in too.
func TestSetTimetable_ClosesByTheNewHours(t *testing.T) {
	ctx := t.Context()
	r := newRoom(t, "2026-11-24")
	r.enrol(t, "els")
	r.at("14:00")
	r.tap("els")
	tt := r.cfg.Timetable
	tt.Week = maps.Clone(tt.Week)
	tt.Week[time.Tuesday] = []kiosk.OpeningHours{{From: 9 * 60, Until: 15 * 60}}
	r.must(r.SetTimetable(ctx, tt, 7))
	r.at("14:59")
	r.tick()
	if v := r.view(); v.In != 1 || v.Capacity != 7 || !v.Open {
		t.Errorf("before closing: %d in of %d, open %t", v.In, v.Capacity, v.Open)
	}
	r.at("15:01")
	r.tick()
	if v := r.view(); v.In != 0 || v.Open {
		t.Errorf("after closing: %d in, open %t", v.In, v.Open)
	}
	tt.Zone = time.UTC
	if err := r.SetTimetable(ctx, tt, 7); err == nil {
		t.Error("another zone was taken")
	}
}
