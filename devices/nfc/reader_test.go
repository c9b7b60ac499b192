package nfc_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"example.org/inloop/devices/mfrc522"
	"example.org/inloop/devices/nfc"
	"example.org/inloop/devices/sim"
	"example.org/inloop/devices/sim/simtest"
	"example.org/inloop/kiosk"
)

// room is a reader at work over a simulated chip, in simulated time.
type room struct {
	t      *testing.T
	field  *sim.Field
	chip   *sim.MFRC522
	reader *nfc.Reader
	log    *bytes.Buffer // to be read after stop
	stop   func()
	pace   func() time.Duration // nil for the default

	unread atomic.Int64 // times that a card was told to be unreadable

	mu     sync.Mutex
	lights []shown
}

// shown is a light and when it changed.
type shown struct {
	kiosk.Health
	at time.Time
}

type clock struct{ start time.Time }

func (c clock) Now() kiosk.Moment {
	return kiosk.Moment{Wall: time.Now(), Boot: "test", Since: time.Since(c.start)}
}

func newRoom(t *testing.T, o sim.MFRC522Options) *room {
	t.Helper()
	r := &room{t: t, field: sim.NewField(), log: &bytes.Buffer{}}
	r.chip = sim.NewMFRC522(r.field, o)
	device := mfrc522.New(r.chip.Open, mfrc522.Options{})
	r.start(device)
	return r
}

func (r *room) start(chip nfc.Chip) {
	log := slog.New(slog.NewTextHandler(r.log, nil))
	r.reader = nfc.New(chip, clock{time.Now()}, log, nfc.Options{
		OnLight: r.onLight, Pace: r.pace, OnUnread: func() { r.unread.Add(1) },
	})
	ctx, cancel := context.WithCancel(r.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.reader.Run(ctx) }()
	r.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			r.t.Errorf("run: %v", err)
		}
	})
	simtest.Pause(500 * time.Millisecond)
}

func (r *room) onLight(l kiosk.Health) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lights = append(r.lights, shown{l, time.Now()})
}

// last is the light as it was last told.
func (r *room) last() shown {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.lights) == 0 {
		return shown{}
	}
	return r.lights[len(r.lights)-1]
}

// taps fetches the taps that came so far.
func (r *room) taps() []string {
	r.t.Helper()
	list := []string{}
	for {
		ctx, cancel := context.WithTimeout(r.t.Context(), 10*time.Millisecond)
		tap, err := r.reader.Next(ctx)
		cancel()
		if err != nil {
			if !errors.Is(err, context.DeadlineExceeded) {
				r.t.Errorf("next: %v", err)
			}
			return list
		}
		list = append(list, hex.EncodeToString(tap.UID.Bytes()))
	}
}

// expect compares the taps so far, whatever their order.
func (r *room) expect(when string, want ...string) {
	r.t.Helper()
	got := r.taps()
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		r.t.Errorf("%s: %d taps %v, want %d: %v", when, len(got), got, len(want), want)
	}
}

// lasting is a span that a property is held over; with -short a fifth of it.
func lasting(d time.Duration) time.Duration {
	if testing.Short() {
		return d / 5
	}
	return d
}

const (
	badge = "048d2432273b80"
	other = "b0bb8904"
	long  = "0102030405060708090a"
)

func TestNext_OnePresentationIsOneTap(t *testing.T) {
	for _, uid := range []string{badge, other, long, "88010203"} {
		t.Run(uid, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRoom(t, sim.MFRC522Options{})
				defer r.stop()
				c := simtest.Card(t, uid)
				r.field.Lay(c)
				simtest.Pause(60 * time.Millisecond)
				r.expect("60 ms after laying it down", uid)
				simtest.Pause(30 * time.Second)
				r.expect("while it lies there")
				r.field.Take(c)
				simtest.Pause(time.Second)
				r.expect("gone")
				r.field.Lay(c)
				simtest.Pause(60 * time.Millisecond)
				r.expect("laid down again", uid)
				if v := r.chip.Violations(); len(v) > 0 {
					t.Errorf("against the data sheet: %v", v)
				}
			})
		})
	}
}

func TestNext_OneTapThroughTenMinutesOfFrameLoss(t *testing.T) {
	for seed := range uint64(3) {
		synctest.Test(t, func(t *testing.T) {
			r := newRoom(t, sim.MFRC522Options{Host: sim.Host{Seed: seed}})
			defer r.stop()
			r.chip.SetDefects(sim.Defects{Loss: 0.25})
			c := simtest.Card(t, badge)
			r.field.Lay(c)
			simtest.Pause(lasting(10 * time.Minute))
			r.expect("after ten minutes", badge)
			r.field.Take(c)
			simtest.Pause(2 * time.Second)
			r.field.Lay(c)
			simtest.Pause(2 * time.Second)
			r.expect("laid down again", badge)
		})
	}
}

func TestNext_TwoCardsThroughTenMinutesOfFrameLoss(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoom(t, sim.MFRC522Options{Host: sim.Host{Seed: 1}})
		defer r.stop()
		r.chip.SetDefects(sim.Defects{Loss: 0.25})
		r.field.Lay(simtest.Card(t, badge))
		r.field.Lay(simtest.Card(t, other))
		simtest.Pause(lasting(10 * time.Minute))
		r.expect("after ten minutes", badge, other)
	})
}

func TestNext_OverlappingTapsAreAllCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoom(t, sim.MFRC522Options{})
		defer r.stop()
		var people sync.WaitGroup
		var want []string
		for i := range 8 {
			uid := hex.EncodeToString([]byte{0x10, byte(i), 0x55, byte(i * i)})
			want = append(want, uid)
			people.Go(func() {
				simtest.Pause(time.Duration(i) * 130 * time.Millisecond)
				if err := r.field.Tap(t.Context(), simtest.Card(t, uid), 300*time.Millisecond); err != nil {
					t.Error(err)
				}
			})
		}
		people.Wait()
		simtest.Pause(time.Second)
		r.expect("overlapping taps", want...)
	})
}

func TestNext_TapsAreQueuedInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoom(t, sim.MFRC522Options{})
		defer r.stop()
		var want []string
		for i := range 20 {
			uid := hex.EncodeToString([]byte{0x04, 1, 2, 3, 4, 5, byte(i)})
			want = append(want, uid)
			if err := r.field.Tap(t.Context(), simtest.Card(t, uid), 150*time.Millisecond); err != nil {
				t.Fatal(err)
			}
			simtest.Pause(100 * time.Millisecond)
		}
		if got := r.taps(); !slices.Equal(got, want) {
			t.Errorf("taps %v, want %v in their order", got, want)
		}
	})
}

func TestNext_MoreTapsThanTheQueueHolds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoom(t, sim.MFRC522Options{})
		defer r.stop()
		for i := range 70 {
			c := simtest.Card(t, hex.EncodeToString([]byte{0x04, 1, 2, 3, 4, 5, byte(i)}))
			if err := r.field.Tap(t.Context(), c, 150*time.Millisecond); err != nil {
				t.Fatal(err)
			}
		}
		got := r.taps()
		simtest.Pause(time.Second)
		if got = append(got, r.taps()...); len(got) != 70 {
			t.Errorf("%d taps of 70", len(got))
		}
	})
}

func TestNext_SeveralCardsAtOnce(t *testing.T) {
	for _, convention := range []sim.Convention{sim.ConventionInLevel, sim.ConventionReceived, sim.ConventionInFIFO} {
		synctest.Test(t, func(t *testing.T) {
			r := newRoom(t, sim.MFRC522Options{Collisions: convention})
			defer r.stop()
			first, second := simtest.Card(t, badge), simtest.Card(t, other)
			r.field.Lay(first)
			r.field.Lay(second)
			simtest.Pause(100 * time.Millisecond)
			r.expect("two at once", badge, other)
			simtest.Pause(5 * time.Second)
			r.expect("both lie there")
			r.field.Take(first)
			simtest.Pause(2 * time.Second)
			r.field.Lay(first)
			simtest.Pause(2 * time.Second)
			r.expect("one was away", badge)
		})
	}
}

func TestNext_PhonesAndBadges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoom(t, sim.MFRC522Options{})
		defer r.stop()
		phone, b := sim.NewPhone(1), simtest.Card(t, badge)

		r.field.Lay(phone)
		uid := hex.EncodeToString(r.field.UID(phone))
		simtest.Pause(5 * time.Second)
		r.expect("a phone", uid)
		r.chip.BrownOut()
		simtest.Pause(5 * time.Second)
		if hex.EncodeToString(r.field.UID(phone)) == uid {
			t.Fatal("the phone kept its UID")
		}
		r.expect("the phone drew a new UID, but was not moved")
		r.field.Take(phone)
		simtest.Pause(2 * time.Second)

		r.field.Lay(phone)
		r.field.Lay(b)
		simtest.Pause(5 * time.Second)
		r.expect("a phone with a badge behind it", badge)
		r.field.Take(phone)
		r.field.Take(b)
		simtest.Pause(2 * time.Second)

		r.field.Lay(phone)
		simtest.Pause(100 * time.Millisecond)
		r.field.Lay(b)
		simtest.Pause(5 * time.Second)
		r.expect("the badge was read later", badge)
		r.field.Take(phone)
		r.field.Take(b)
		simtest.Pause(2 * time.Second)

		if err := r.field.Tap(t.Context(), phone, 80*time.Millisecond); err != nil {
			t.Fatal(err)
		}
		simtest.Pause(time.Second)
		if got := r.taps(); len(got) != 1 || !strings.HasPrefix(got[0], "08") {
			t.Errorf("a phone held there briefly: %v", got)
		}
	})
}

// TestNext_APhoneRightAfterBadges lets the next in the queue hold her phone
// there as soon as the badges are lifted: she is answered too, however many of
// them are still being looked for. A wallet that shows both for a moment is one
// tap, the badge's.
func TestNext_APhoneRightAfterBadges(t *testing.T) {
	badges := []string{badge, "04525354555657", "21222324"}
	for lifted := 1; lifted <= len(badges); lifted++ {
		for gap := time.Duration(0); gap <= 400*time.Millisecond; gap += 20 * time.Millisecond {
			synctest.Test(t, func(t *testing.T) {
				r := newRoom(t, sim.MFRC522Options{})
				defer r.stop()
				var lying []*sim.Card
				for _, uid := range badges[:lifted] {
					lying = append(lying, simtest.Card(t, uid))
					r.field.Lay(lying[len(lying)-1])
				}
				simtest.Pause(700 * time.Millisecond)
				if got := r.taps(); len(got) != lifted {
					t.Fatalf("%d badges are %d taps", lifted, len(got))
				}
				for _, c := range lying {
					r.field.Take(c)
				}
				simtest.Pause(gap)
				phone := sim.NewPhone(2)
				r.field.Lay(phone)
				uid := hex.EncodeToString(r.field.UID(phone))
				simtest.Pause(3 * time.Second)
				r.expect(fmt.Sprintf("a phone %s after %d badges", gap, lifted), uid)
			})
		}
	}
	synctest.Test(t, func(t *testing.T) {
		r := newRoom(t, sim.MFRC522Options{})
		defer r.stop()
		phone, b := sim.NewPhone(3), simtest.Card(t, badge)
		r.field.Lay(phone)
		r.field.Lay(b)
		simtest.Pause(120 * time.Millisecond)
		r.field.Take(phone)
		r.field.Take(b)
		simtest.Pause(3 * time.Second)
		r.expect("a wallet shown for a moment", badge)
	})
}

func TestNext_AfterTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoom(t, sim.MFRC522Options{})
		r.field.Lay(simtest.Card(t, badge))
		simtest.Pause(100 * time.Millisecond)
		r.stop()
		if _, err := r.reader.Next(t.Context()); err != nil {
			t.Errorf("a tap that was read before the end: %v", err)
		}
		if _, err := r.reader.Next(t.Context()); !errors.Is(err, nfc.ErrClosed) {
			t.Errorf("after the end: %v", err)
		}
	})
}

// A badge of seven bytes that begins as a phone's UID does is a tap at once, and
// beside a badge too.
func TestNext_ABadgeThatBeginsLikeAPhone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const like = "088d2432273b80"
		r := newRoom(t, sim.MFRC522Options{})
		defer r.stop()
		r.field.Lay(simtest.Card(t, like))
		simtest.Pause(100 * time.Millisecond)
		r.expect("laid down", like)
		r.field.Lay(simtest.Card(t, badge))
		simtest.Pause(time.Second)
		r.expect("beside it", badge)
	})
}
