package sqlite

import (
	"fmt"
	"testing"
	"time"

	"example.org/inloop/kiosk"
)

// A badge that lies on the reader at a start is no tap when the room has it from
// before: not for a guest, not for a resident, whoever came after it, and not in
// the boot or on the day that follows.
func TestCheckIn_WhatLiesThereAtAStartIsNoTap(t *testing.T) {
	r := newRoom(t, "2026-11-24", "anna", "ben")
	r.pass("pass")
	r.says("09:30", "pass", kiosk.GreetingGuest)
	r.says("09:31", "anna", kiosk.GreetingFirst)
	lies := func(when, card string) {
		t.Helper()
		r.reopen()
		r.at(when)
		before := r.number(`SELECT count(*) FROM visit`)
		got, err := r.CheckIn(t.Context(), kiosk.Tap{UID: uid(t, card), At: r.clock.now, AtStart: true})
		r.must(err)
		if after := r.number(`SELECT count(*) FROM visit`); got.Greeting.Kind != kiosk.GreetingNone || after != before {
			t.Errorf("%s at %s: greeted %q, %d visits more", card, when, got.Greeting.Kind, after-before)
		}
	}
	for _, when := range []string{"09:40", "09:50", "10:00"} {
		lies(when, "pass")
	}
	lies("11:00", "anna")
	r.says("11:01", "pass", kiosk.GreetingGuest) // taken away and tapped again
	r.clock.now.Boot, r.clock.now.Since = "boot 2", time.Minute
	lies("12:30", "pass")
	r.clock.now.Wall = r.clock.now.Wall.Add(24 * time.Hour)
	r.tick()
	r.clock.now.Boot, r.clock.now.Since = "boot 3", time.Minute
	r.tick()
	before := r.number(`SELECT count(*) FROM visit`)
	got, err := r.CheckIn(t.Context(), kiosk.Tap{UID: uid(t, "pass"), At: r.clock.now, AtStart: true})
	r.must(err)
	if after := r.number(`SELECT count(*) FROM visit`); got.Greeting.Kind != kiosk.GreetingNone || after != before {
		t.Errorf("the pass the next morning: greeted %q, %d visits more", got.Greeting.Kind, after-before)
	}
}

// Who lays a badge down before the reader first looks is not lost.
func TestCheckIn_WhoIsQuickerThanTheReaderCounts(t *testing.T) {
	r := newRoom(t, "2026-11-24", "anna")
	got, err := r.CheckIn(t.Context(), kiosk.Tap{UID: uid(t, "anna"), At: r.clock.now, AtStart: true})
	r.must(err)
	if got.Greeting.Kind != kiosk.GreetingFirst {
		t.Errorf("greeted %q", got.Greeting.Kind)
	}
}

// A stranger's badge that was left lying is one answer and one guest, over nights
// and restarts: on the days that follow it is asked for once more, and nothing of
// it is kept.
func TestCheckIn_AStrangersBadgeThatWasLeftIsNoTap(t *testing.T) {
	r := newRoom(t, "2026-11-24")
	r.says("09:30", "stranger", kiosk.GreetingUnknownBadge)
	lies := func(want kiosk.GreetingKind) {
		t.Helper()
		r.reopen()
		got, err := r.CheckIn(t.Context(), kiosk.Tap{UID: uid(t, "stranger"), At: r.clock.now, AtStart: true})
		r.must(err)
		if got.Greeting.Kind != want {
			t.Errorf("greeted %q, want %q", got.Greeting.Kind, want)
		}
	}
	r.at("10:00")
	lies(kiosk.GreetingNone)
	for day := range 3 {
		r.clock.now.Wall = r.clock.now.Wall.Add(24 * time.Hour)
		r.clock.now.Boot, r.clock.now.Since = fmt.Sprintf("boot %d", day+2), time.Minute
		r.tick()
		lies(kiosk.GreetingUnread)
		lies(kiosk.GreetingUnread)
	}
	if visits, open := r.number(`SELECT count(*) FROM visit`), r.number(`SELECT count(*) FROM stranger WHERE state = 'open'`); visits != 1 || open != 0 {
		t.Errorf("%d visits and %d badges that wait, want one guest", visits, open)
	}
	r.says("11:00", "stranger", kiosk.GreetingUnknownBadge) // taken away and tapped
}
