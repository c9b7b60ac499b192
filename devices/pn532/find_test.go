package pn532_test

import (
	"slices"
	"testing"
	"time"

	"example.org/inloop/devices/iso14443a"
	"example.org/inloop/devices/sim"
	"example.org/inloop/devices/sim/simtest"
)

func TestFind_CardsThatComeAndGo(t *testing.T) {
	b := newRig(t, sim.PN532Options{}, false)
	first, second := simtest.Card(t, badge), simtest.Card(t, other)
	b.field.Lay(first)
	b.field.Lay(second)
	b.polls(5)
	b.field.Take(first)
	b.polls(2)
	beside, missing := 0, 0
	for range 6 {
		s, err := b.device.Find(t.Context(), simtest.UID(t, badge))
		if err != nil || s.Presence == iso14443a.PresenceSeen {
			t.Errorf("taken away it is %v, %v", s.Presence, err)
		}
		if s.Presence == iso14443a.PresenceMissing {
			missing++
		}
		beside += len(s.Others)
		b.pause(50 * time.Millisecond)
		if got := simtest.UIDs(s.Others); len(got) > 0 && !slices.Equal(got, []string{other}) {
			t.Errorf("beside it: %v", got)
		}
	}
	if beside == 0 || missing < 2 {
		t.Errorf("in six tests the card beside it was seen %d times, this one missed %d times", beside, missing)
	}
	b.field.Take(second)
	b.polls(2)
	for range 2 {
		if s, err := b.device.Find(t.Context(), simtest.UID(t, other)); err != nil || s.Presence == iso14443a.PresenceSeen || len(s.Others) > 0 {
			t.Errorf("an empty field: %+v, %v", s.Presence, err)
		}
	}
	b.checkViolations()
}

// What a look for one card costs, beside the listing that it ends.
func TestFind_WhatItCosts(t *testing.T) {
	for _, tt := range []struct {
		name  string
		taken bool
		most  sim.Cost
		spent time.Duration
	}{
		{"the card lies there", false, sim.Cost{Selects: 60, Transfers: 60, Bytes: 400}, 35 * time.Millisecond},
		{"it was taken away", true, sim.Cost{Selects: 45, Transfers: 45, Bytes: 300}, 35 * time.Millisecond},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newRig(t, sim.PN532Options{}, false)
			c := simtest.Card(t, badge)
			b.field.Lay(c)
			b.polls(4)
			if tt.taken {
				b.field.Take(c)
			}
			b.chip.Cost()
			began := b.clock.Now()
			if _, err := b.device.Find(t.Context(), simtest.UID(t, badge)); err != nil {
				t.Fatal(err)
			}
			cost, spent := b.chip.Cost(), b.clock.Now().Sub(began)
			t.Logf("%+v, %v", cost, spent)
			if cost.Selects > tt.most.Selects || cost.Bytes > tt.most.Bytes || spent > tt.spent {
				t.Errorf("costs %+v and %v, want at most %+v and %v", cost, spent, tt.most, tt.spent)
			}
			b.checkViolations()
		})
	}
}

// A look is a look: whether three of them mean that a card is gone, and after how
// long, is not the driver's to say.
func TestFind_EachCallIsOneLook(t *testing.T) {
	eachKind(t, func(t *testing.T, b *rig) {
		c := simtest.Card(t, badge)
		b.field.Lay(c)
		b.polls(3)
		for range 3 {
			b.field.Take(c)
			if s, err := b.device.Find(t.Context(), simtest.UID(t, badge)); err != nil || s.Presence != iso14443a.PresenceMissing {
				t.Errorf("taken away just now: %v, %v", s.Presence, err)
			}
			b.field.Lay(c)
			b.pause(10 * time.Millisecond)
			began := b.clock.Now()
			if s, err := b.device.Find(t.Context(), simtest.UID(t, badge)); err != nil || s.Presence != iso14443a.PresenceSeen {
				t.Errorf("laid down again: %v, %v", s.Presence, err)
			}
			if spent := b.clock.Now().Sub(began); spent > 60*time.Millisecond {
				t.Errorf("a look took %v", spent)
			}
		}
	})
}
