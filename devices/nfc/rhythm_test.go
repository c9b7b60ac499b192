package nfc_test

import (
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"example.org/inloop/devices/sim"
	"example.org/inloop/devices/sim/simtest"
)

// eachChip does the same on an MFRC522 and on every kind of PN532, with its
// pins wired and without.
func eachChip(t *testing.T, do func(*testing.T, *room, defective)) {
	t.Run("MFRC522", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			r := newRoom(t, sim.MFRC522Options{Host: sim.Host{Seed: 7}})
			defer r.stop()
			do(t, r, r.chip)
			simtest.CheckViolations(t, r.chip)
		})
	})
	eachPN532(t, func(t *testing.T, r *room, chip *sim.PN532) { do(t, r, chip) })
}

// eachCollidingChip does the same on an MFRC522 of every convention of telling
// where answers collide, and on a PN532, which does not tell.
func eachCollidingChip(t *testing.T, do func(*testing.T, *room)) {
	for _, convention := range []sim.Convention{sim.ConventionInLevel, sim.ConventionReceived, sim.ConventionInFIFO} {
		synctest.Test(t, func(t *testing.T) {
			r := newRoom(t, sim.MFRC522Options{Collisions: convention})
			defer r.stop()
			do(t, r)
			simtest.CheckViolations(t, r.chip)
		})
	}
	for _, o := range []sim.PN532Options{{}, {Halts: true}, {Insists: true}} {
		synctest.Test(t, func(t *testing.T) {
			r, chip := newPN532Room(t, o, false)
			defer r.stop()
			do(t, r)
			simtest.CheckViolations(t, chip)
		})
	}
}

// defective is a simulated chip that can have something wrong with it.
type defective interface{ SetDefects(sim.Defects) }

// One guest pass for many guests: gone for as little as the promised 0.8 s and
// for two seconds.
func TestNext_AGuestPassCountsAtEveryPlacement(t *testing.T) {
	for _, up := range []time.Duration{800 * time.Millisecond, time.Second, 2 * time.Second} {
		t.Run(up.String(), func(t *testing.T) {
			eachChip(t, func(t *testing.T, r *room, _ defective) {
				pass := simtest.Card(t, badge)
				const guests = 12
				for range guests {
					r.field.Lay(pass)
					simtest.Pause(600 * time.Millisecond)
					r.field.Take(pass)
					simtest.Pause(up)
				}
				if got := len(r.taps()); got != guests {
					t.Errorf("%d taps of %d guests", got, guests)
				}
			})
		})
	}
}

// Ten people in a ring, each badge again as soon as the nine others were there.
func TestNext_ARingOfTen(t *testing.T) {
	for _, down := range []time.Duration{150 * time.Millisecond, 300 * time.Millisecond, 600 * time.Millisecond} {
		t.Run(down.String(), func(t *testing.T) {
			eachChip(t, func(t *testing.T, r *room, _ defective) {
				const rounds, people = 4, 10
				for i := range rounds * people {
					c := simtest.Card(t, hex.EncodeToString([]byte{4, 9, byte(i % people), 3, 4, 5, 6}))
					if err := r.field.Tap(t.Context(), c, down); err != nil {
						t.Fatal(err)
					}
					simtest.Pause(100 * time.Millisecond)
				}
				if got := len(r.taps()); got != rounds*people {
					t.Errorf("%d taps of %d", got, rounds*people)
				}
			})
		})
	}
}

// A queue of fourteen, hasty ones too, with hardly anything between them.
func TestNext_AQueueOfFourteen(t *testing.T) {
	for seed := range uint64(10) {
		eachChip(t, func(t *testing.T, r *room, _ defective) {
			random := rand.New(rand.NewPCG(seed, 14))
			for i := range 14 {
				c := simtest.Card(t, hex.EncodeToString([]byte{4, byte(seed), byte(i), byte(random.Uint32()), 4, 5, 6}))
				down := 100*time.Millisecond + time.Duration(random.Int64N(int64(250*time.Millisecond)))
				if err := r.field.Tap(t.Context(), c, down); err != nil {
					t.Fatal(err)
				}
				simtest.Pause(time.Duration(random.Int64N(int64(200 * time.Millisecond))))
			}
			simtest.Pause(300 * time.Millisecond)
			if got := len(r.taps()); got != 14 {
				t.Errorf("seed %d: %d taps of 14", seed, got)
			}
		})
	}
}

// A quarter of the frames lost, each way: a placement is one tap still, and the
// next one counts.
func TestNext_OneTapAPlacementThroughLoss(t *testing.T) {
	for _, uid := range []string{badge, other} {
		eachChip(t, func(t *testing.T, r *room, chip defective) {
			chip.SetDefects(sim.Defects{Loss: 0.25})
			c := simtest.Card(t, uid)
			const placements = 20
			taps := 0
			for range placements {
				r.field.Lay(c)
				simtest.Pause(5 * time.Second)
				r.field.Take(c)
				simtest.Pause(3 * time.Second)
				n := len(r.taps())
				if n != 1 {
					t.Logf("a placement made %d taps", n)
				}
				taps += n
			}
			if taps != placements {
				t.Errorf("%d taps of %d placements", taps, placements)
			}
		})
	}
}

// Nobody holds a badge there for five seconds: one of 7 bytes, in ten frames, is read
// within a second and a half, though a quarter of them are lost each way, and half of
// the time in a quarter of a second.
func TestNext_SoonThroughLoss(t *testing.T) {
	eachChip(t, func(t *testing.T, r *room, chip defective) {
		chip.SetDefects(sim.Defects{Loss: 0.25})
		c := simtest.Card(t, badge)
		var took []time.Duration
		for range 60 {
			r.field.Lay(c)
			laid := time.Now()
			if _, err := r.reader.Next(t.Context()); err != nil {
				t.Fatal(err)
			}
			took = append(took, time.Since(laid))
			r.field.Take(c)
			simtest.Pause(2500 * time.Millisecond)
		}
		slices.Sort(took)
		if took[30] > 250*time.Millisecond || took[59] > 1500*time.Millisecond {
			t.Errorf("half of them within %v, all within %v", took[30], took[59])
		}
	})
}

// Held so badly that four frames of ten are lost each way, a card that lies there
// for minutes is one tap still: it is heard, though hardly ever read.
func TestNext_OneTapOfACardThatIsHardlyHeld(t *testing.T) {
	for _, uid := range []string{badge, other} {
		eachChip(t, func(t *testing.T, r *room, chip defective) {
			chip.SetDefects(sim.Defects{Loss: 0.4})
			c := simtest.Card(t, uid)
			r.field.Lay(c)
			simtest.Pause(lasting(3 * time.Minute))
			r.expect("while it lies there", uid)
			chip.SetDefects(sim.Defects{})
			r.field.Take(c)
			simtest.Pause(800 * time.Millisecond)
			r.field.Lay(c)
			simtest.Pause(200 * time.Millisecond)
			r.expect("laid down again", uid)
		})
	}
}

// A phone that follows a badge gets one answer soon: looking for the badge does
// not switch the field over it.
func TestNext_APhoneAfterABadgeIsOneAnswer(t *testing.T) {
	eachChip(t, func(t *testing.T, r *room, _ defective) {
		for i := range 10 {
			b := simtest.Card(t, badge)
			r.field.Lay(b)
			simtest.Pause(500 * time.Millisecond)
			r.expect("a badge", badge)
			r.field.Take(b)
			simtest.Pause(time.Duration(i) * 60 * time.Millisecond)
			phone := sim.NewPhone(uint64(i))
			r.field.Lay(phone)
			uid := hex.EncodeToString(r.field.UID(phone))
			simtest.Pause(400 * time.Millisecond)
			first := r.taps()
			simtest.Pause(3 * time.Second)
			if rest := r.taps(); len(first) != 1 || first[0] != uid || len(rest) != 0 {
				t.Errorf("%d: within 0.4 s %v, later %v, want %s once", i, first, rest, uid)
			}
			r.field.Take(phone)
			simtest.Pause(2 * time.Second)
		}
	})
}

// A phone that follows one badge or two, however soon, is answered within 0.4 s
// from when it is alone, and once.
func TestNext_APhoneAfterBadgesIsAnsweredSoon(t *testing.T) {
	for n := 1; n <= 2; n++ {
		t.Run(fmt.Sprintf("%d badges", n), func(t *testing.T) {
			eachChip(t, func(t *testing.T, r *room, _ defective) {
				for i := range 10 {
					badges := []*sim.Card{simtest.Card(t, badge), simtest.Card(t, other)}[:n]
					for _, b := range badges {
						r.field.Lay(b)
					}
					simtest.Pause(700*time.Millisecond + time.Duration(i)*31*time.Millisecond)
					r.taps()
					for _, b := range badges {
						r.field.Take(b)
					}
					phone := sim.NewPhone(uint64(i))
					r.field.Lay(phone)
					alone := time.Now()
					uid := hex.EncodeToString(r.field.UID(phone))
					tap, err := r.reader.Next(t.Context())
					if err != nil {
						t.Fatal(err)
					}
					if took := tap.At.Wall.Sub(alone); took > 100*time.Millisecond {
						t.Errorf("%d: dated %v after it was laid down", i, took)
					}
					if took := time.Since(alone); took > 400*time.Millisecond || hex.EncodeToString(tap.UID.Bytes()) != uid {
						t.Errorf("%d: %x after %v, want %s", i, tap.UID.Bytes(), took, uid)
					}
					simtest.Pause(3 * time.Second)
					r.expect("while it lies there")
					r.field.Take(phone)
					simtest.Pause(800 * time.Millisecond)
				}
			})
		})
	}
}
