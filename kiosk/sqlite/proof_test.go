package sqlite

import (
	"testing"

	"example.org/inloop/kiosk"
)

func TestCheckIn_ProofOfABadge(t *testing.T) {
	type tap struct {
		when, card string
		doubt      bool
		counter    uint32
		says       kiosk.GreetingKind
	}
	for name, c := range map[string]struct {
		taps []tap
		in   int
	}{
		"a counter that grows is hers": {
			taps: []tap{{"09:30", "anna", false, 5, kiosk.GreetingFirst}, {"09:45", "anna", false, 6, kiosk.GreetingGoodbye}},
		},
		"it may skip readings that were not of here": {
			taps: []tap{{"09:30", "anna", false, 5, kiosk.GreetingFirst}, {"09:45", "anna", false, 900, kiosk.GreetingGoodbye}},
		},
		"the same counter is a copy": {
			taps: []tap{{"09:30", "anna", false, 5, kiosk.GreetingFirst}, {"09:45", "anna", false, 5, kiosk.GreetingUnknownBadge}}, in: 1,
		},
		"an older one is too": {
			taps: []tap{{"09:30", "anna", false, 5, kiosk.GreetingFirst}, {"09:45", "anna", false, 4, kiosk.GreetingUnknownBadge}, {"09:50", "anna", false, 6, kiosk.GreetingGoodbye}},
		},
		"a badge that proves nothing is unknown": {
			taps: []tap{{"09:30", "anna", true, 0, kiosk.GreetingUnknownBadge}},
		},
		"each has a counter of her own": {
			taps: []tap{{"09:30", "anna", false, 9, kiosk.GreetingFirst}, {"09:31", "ben", false, 2, kiosk.GreetingFirst}}, in: 2,
		},
		"a room that asks for no proof keeps none": {
			taps: []tap{{"09:30", "anna", false, 0, kiosk.GreetingFirst}, {"09:45", "anna", false, 0, kiosk.GreetingGoodbye}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRoom(t, "2026-11-24", "anna", "ben")
			r.t = t
			for _, s := range c.taps {
				r.at(s.when)
				got, err := r.CheckIn(t.Context(), kiosk.Tap{UID: uid(t, s.card), At: r.clock.now, Doubt: s.doubt, Counter: s.counter})
				r.must(err)
				if got.Greeting.Kind != s.says {
					t.Errorf("at %s counter %d is answered by %v, want %v", s.when, s.counter, got.Greeting.Kind, s.says)
				}
			}
			v := r.view()
			if v.In != c.in {
				t.Errorf("%d are in, want %d", v.In, c.in)
			}
			if len(v.Badges) != 0 {
				t.Error("a copy of a badge can be given to somebody")
			}
		})
	}
}
