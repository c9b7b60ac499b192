package nfc_test

import (
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"example.org/inloop/devices/sim"
	"example.org/inloop/devices/sim/simtest"
)

// Two to four cards at once are each a tap, whichever way cards read the
// standard: one that a frame does not mean may go on waiting or fall back.
func TestNext_ThreeAndFourCardsUnderBothReadings(t *testing.T) {
	for _, strict := range []bool{false, true} {
		for n := 2; n <= 4; n++ {
			for seed := range uint64(8) {
				t.Run(fmt.Sprintf("strict %v, %d cards, %d", strict, n, seed), func(t *testing.T) {
					eachCollidingChip(t, func(t *testing.T, r *room) {
						r.field.SetStrict(strict)
						random := rand.New(rand.NewPCG(seed, uint64(n)))
						var want []string
						var cards []*sim.Card
						for i := range n {
							uid := []byte{4, byte(random.Uint32()), byte(random.Uint32()), byte(random.Uint32()), 1, 2, byte(i)}
							if seed%2 == 1 {
								uid = uid[1:5:5]
								uid[0] |= 0x10 // no phone
							}
							if seed%4 == 2 {
								uid = []byte{4, 0xA1, 0xB2, 0xC3, 0xD4, 0xE5, byte(seed)*16 + byte(i)} // of one batch
							}
							want = append(want, hex.EncodeToString(uid))
							cards = append(cards, simtest.Card(t, want[i]))
							r.field.Lay(cards[i])
						}
						simtest.Pause(time.Second)
						first := want[0] // before they are sorted
						r.expect("within a second", want...)
						simtest.Pause(5 * time.Second)
						r.expect("while they lie there")
						r.field.Take(cards[0])
						simtest.Pause(1500 * time.Millisecond)
						r.field.Lay(cards[0])
						simtest.Pause(time.Second)
						r.expect("one was away", first)
					})
				})
			}
		}
	}
}

// A queue that passes over a badge which lies there: each is read, though badges come
// while others are looked for and are out of step with the one that stays, which is no
// second tap. With a card in the field and one just gone that took half a second.
func TestNext_AQueueBesideACardThatLiesThere(t *testing.T) {
	for seed := range uint64(6) {
		eachChip(t, func(t *testing.T, r *room, _ defective) {
			random := rand.New(rand.NewPCG(seed, 4))
			r.field.Lay(simtest.Card(t, badge))
			simtest.Pause(time.Second)
			r.expect("the one that stays", badge)
			for i := range 14 {
				uid := []byte{4, byte(seed), byte(i), byte(random.Uint32()), 4, 5, 6}
				if i%3 == 0 {
					uid = []byte{0x5A, byte(seed), byte(i), byte(random.Uint32())}
				}
				c := simtest.Card(t, hex.EncodeToString(uid))
				if err := r.field.Tap(t.Context(), c, 350*time.Millisecond); err != nil {
					t.Fatal(err)
				}
				simtest.Pause(time.Duration(random.Int64N(int64(200 * time.Millisecond))))
			}
			simtest.Pause(300 * time.Millisecond)
			if got := r.taps(); len(got) != 14 {
				t.Errorf("seed %d: %d taps of 14: %v", seed, len(got), got)
			}
		})
	}
}
