package pn532_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"example.org/inloop/devices/iso14443a"
	"example.org/inloop/devices/sim"
	"example.org/inloop/devices/sim/simtest"
)

// kinds are the points in which chips differ.
var kinds = map[string]sim.PN532Options{
	"lists all": {}, "lists no halted card": {Halts: true}, "gives up at once": {Impatient: true},
	"insists on two": {Insists: true}, "awake from the start": {Awake: true},
	"answers late": {Latency: 4 * time.Millisecond}, "pads with ones": {Tail: 0xFF}, "three zeros": {Lead: 3},
}

func eachKind(t *testing.T, do func(*testing.T, *rig)) {
	for name, o := range kinds {
		for _, pins := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, pins %v", name, pins), func(t *testing.T) {
				b := newRig(t, o, pins)
				do(t, b)
				b.checkViolations()
			})
		}
	}
}

// Swapped between two looks: the next look tells the one that lies there.
func TestScan_SwappedBetweenLooks(t *testing.T) {
	eachKind(t, func(t *testing.T, b *rig) {
		cards := map[string]*sim.Card{badge: simtest.Card(t, badge), other: simtest.Card(t, other), long: simtest.Card(t, long)}
		for round := range 3 {
			for _, uid := range []string{badge, other, long} {
				b.field.Lay(cards[uid])
				if got := b.polls(4 + round); !slices.Equal(got, []string{uid}) {
					t.Errorf("read %v, want %s", got, uid)
				}
				b.field.Take(cards[uid])
			}
		}
	})
}

// A card that is held badly is read all the same, never another, and is not
// taken for gone: that is three misses in a row over half a second.
func TestFind_QuarterOfFramesLost(t *testing.T) {
	eachKind(t, func(t *testing.T, b *rig) {
		b.chip.SetDefects(sim.Defects{Loss: 0.25})
		b.field.Lay(simtest.Card(t, badge))
		listed, present, misses, gone, row := 0, 0, 0, 0, 0
		var seen, missed time.Time
		looks := 2400 // two minutes
		if testing.Short() {
			looks /= 5
		}
		for range looks {
			cards, err := b.device.Scan(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			now := b.clock.Now()
			for _, uid := range simtest.UIDs(cards) {
				if listed++; uid != badge {
					t.Errorf("read %s", uid)
				}
				seen, row = now, 0
			}
			if !seen.IsZero() && now.Sub(seen) >= 200*time.Millisecond {
				s, err := b.device.Find(t.Context(), simtest.UID(t, badge))
				if err != nil {
					t.Fatal(err)
				}
				switch now := b.clock.Now(); s.Presence {
				case iso14443a.PresenceSeen:
					present++
					seen, row = now, 0
				case iso14443a.PresenceMissing:
					misses++
					if row++; row == 1 {
						missed = now
					}
					if row >= 3 && now.Sub(missed) >= 500*time.Millisecond {
						gone++
					}
				}
			}
			b.pause(50 * time.Millisecond)
		}
		t.Logf("listed %d times, found %d times, missed %d times, taken for gone %d times", listed, present, misses, gone)
		if listed == 0 || listed+present < looks/12 || gone > 0 {
			t.Errorf("listed %d times, found %d times, taken for gone %d times", listed, present, gone)
		}
	})
}

// From the laying down to the return of a look that waited for it.
func TestScan_CardToReturn(t *testing.T) {
	for name, uid := range map[string]string{"4 bytes": other, "7 bytes": badge, "10 bytes": long} {
		for _, pins := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, pins %v", name, pins), func(t *testing.T) {
				b := newRig(t, sim.PN532Options{}, pins)
				b.polls(3)
				b.field.Lay(simtest.Card(t, uid))
				laid := b.clock.Now()
				for {
					cards, err := b.device.Scan(t.Context())
					if err != nil {
						t.Fatal(err)
					}
					if len(cards) > 0 {
						break
					}
					b.pause(time.Millisecond)
				}
				took := b.clock.Now().Sub(laid)
				t.Logf("%v", took)
				if took > 25*time.Millisecond {
					t.Errorf("took %v", took)
				}
			})
		}
	}
}

// What is lost on the bus, and not on the air, costs a look at most.
func TestScan_SurvivesALossOnTheBus(t *testing.T) {
	for name, lose := range map[string]func(*sim.PN532){
		"a command":            func(c *sim.PN532) { c.Ignore(1) },
		"an acknowledgement":   func(c *sim.PN532) { c.LoseACK(1) },
		"an answer's checksum": func(c *sim.PN532) { c.Spoil(1) },
	} {
		t.Run(name, func(t *testing.T) {
			b := newRig(t, sim.PN532Options{}, false)
			c := simtest.Card(t, badge)
			b.field.Lay(c)
			b.polls(3)
			for range 10 {
				b.again(c)
				b.pause(10 * time.Millisecond)
				lose(b.chip)
				if got := b.polls(2); !slices.Equal(got, []string{badge}) {
					t.Errorf("read %v", got)
				}
			}
		})
	}
}

// A listing of an earlier process has found a card meanwhile.
func TestOpen_DropsAnAnswerOfAnEarlierProcess(t *testing.T) {
	eachKind(t, func(t *testing.T, b *rig) {
		if err := b.device.Close(); err != nil {
			t.Fatal(err)
		}
		b.chip.Busy()
		b.field.Lay(simtest.Card(t, badge))
		b.pause(time.Second)
		if err := b.device.Open(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := b.polls(3); !slices.Equal(got, []string{badge}) {
			t.Errorf("read %v", got)
		}
	})
}
