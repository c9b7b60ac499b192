package signal

import (
	"slices"
	"testing"
	"time"

	"example.org/inloop/kiosk"
)

func patterns() []Pattern { return []Pattern{PatternWelcome, PatternAsk, PatternNotSaved} }

func TestFor_EveryGreeting(t *testing.T) {
	for kind, want := range map[kiosk.GreetingKind]Pattern{
		kiosk.GreetingNone:         PatternNone,
		kiosk.GreetingFirst:        PatternWelcome,
		kiosk.GreetingWelcome:      PatternWelcome,
		kiosk.GreetingLongTime:     PatternWelcome,
		kiosk.GreetingGoodbye:      PatternWelcome,
		kiosk.GreetingAlreadyIn:    PatternWelcome,
		kiosk.GreetingStillHere:    PatternWelcome,
		kiosk.GreetingGoingHome:    PatternWelcome,
		kiosk.GreetingGuest:        PatternWelcome,
		kiosk.GreetingUnknownBadge: PatternAsk,
		kiosk.GreetingPhone:        PatternAsk,
		kiosk.GreetingUnread:       PatternAsk,
		kiosk.GreetingNotSaved:     PatternNotSaved,
		"of next year":             PatternAsk,
	} {
		if got := PatternFor(kind); got != want {
			t.Errorf("For(%q) = %v, want %v", kind, got, want)
		}
	}
}

// times splits a rhythm into what is on and how long all of it takes.
func times(r rhythm) (on []time.Duration, all time.Duration) {
	for i, d := range r {
		all += d
		if i%2 == 0 {
			on = append(on, d)
		}
	}
	return on, all
}

// far tells whether one time is at least half as long again as the other.
func far(a, b time.Duration) bool { return 2*max(a, b) >= 3*min(a, b) }

func TestPatterns_DifferBySoundAloneAndByLightAlone(t *testing.T) {
	for _, a := range patterns() {
		for _, b := range patterns() {
			if a == b {
				continue
			}
			heard, allHeard := times(plays[a].sound)
			other, allOther := times(plays[b].sound)
			switch {
			case len(heard) == len(other):
				t.Errorf("%v and %v beep as often", a, b)
			case !far(heard[0], other[0]):
				t.Errorf("%v and %v begin with %v and %v of sound", a, b, heard[0], other[0])
			case !far(allHeard, allOther):
				t.Errorf("%v and %v sound for %v and %v", a, b, allHeard, allOther)
			}
			seen, _ := times(plays[a].light)
			lit, _ := times(plays[b].light)
			switch {
			case len(seen) == len(lit):
				t.Errorf("%v and %v flash as often", a, b)
			case !far(seen[0], lit[0]):
				t.Errorf("%v and %v flash for %v and %v", a, b, seen[0], lit[0])
			}
		}
	}
}

func TestPatterns_FlashRarelyAndBeepShortly(t *testing.T) {
	for _, p := range patterns() {
		beeps, sound := times(plays[p].sound)
		flashes, light := times(plays[p].light)
		if sound > time.Second || light > time.Second {
			t.Errorf("%v takes %v and %v", p, sound, light)
		}
		if longest := slices.Max(beeps); longest >= 500*ms {
			t.Errorf("%v beeps for %v", p, longest)
		}
		if shortest := min(slices.Min(plays[p].sound), slices.Min(plays[p].light)); shortest < 120*ms || shortest <= slow {
			t.Errorf("%v has a step of %v", p, shortest)
		}
		if len(beeps) != len(flashes) {
			t.Errorf("%v beeps %d times and flashes %d times", p, len(beeps), len(flashes))
		}
	}
}
