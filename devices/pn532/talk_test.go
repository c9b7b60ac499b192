package pn532_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"example.org/inloop/devices/iso14443a"
	"example.org/inloop/devices/sim"
	"example.org/inloop/devices/sim/simtest"
)

// read is READ of a type 2 tag's first page, which begins with the UID.
func read(uid iso14443a.UID) func(context.Context, iso14443a.Link) error {
	return func(ctx context.Context, l iso14443a.Link) error {
		got, err := l.Command(ctx, []byte{0x30, 0x00}, 16)
		if err == nil && !bytes.HasPrefix(got, uid.Bytes()[:3]) {
			err = errors.New("another card's page")
		}
		return err
	}
}

func TestTalk_EachOfTwoTags(t *testing.T) {
	for name, o := range map[string]sim.PN532Options{
		"lists all": {}, "lists no halted card": {Halts: true}, "insists on two": {Insists: true},
	} {
		t.Run(name, func(t *testing.T) {
			b := newRig(t, o, false)
			b.field.Lay(sim.NewNTAG215([7]byte(simtest.Bytes(t, badge)), [32]byte{}))
			b.field.Lay(sim.NewNTAG215([7]byte(simtest.Bytes(t, "04f437c2993c80")), [32]byte{}))
			b.polls(4)
			for range 3 {
				for _, uid := range []string{badge, "04f437c2993c80"} {
					u := simtest.UID(t, uid)
					if err := b.device.Talk(t.Context(), iso14443a.Target{UID: u}, read(u)); err != nil {
						t.Errorf("talk to %s: %v", uid, err)
					}
				}
			}
			for _, uid := range []string{badge, "04f437c2993c80"} {
				b.expectPresent(uid)
			}
			b.checkViolations()
		})
	}
}

// A phone that is asked for nothing keeps its UID: the field stays on.
func TestTalk_APhoneKeepsItsNumber(t *testing.T) {
	for _, halts := range []bool{false, true} {
		b := newRig(t, sim.PN532Options{Halts: halts}, false)
		b.field.Lay(sim.NewPhone(1))
		b.pause(10 * time.Millisecond)
		cards, err := b.device.Scan(t.Context())
		if err != nil || len(cards) != 1 {
			t.Fatalf("%d cards, %v", len(cards), err)
		}
		spoken := false
		err = b.device.Talk(t.Context(), cards[0], func(context.Context, iso14443a.Link) error {
			spoken = true
			return nil
		})
		if err != nil || !spoken {
			t.Errorf("talk: %v, spoken %v", err, spoken)
		}
		b.expectPresent(simtest.UIDs(cards)[0])
		b.checkViolations()
	}
}

// expectPresent looks for a card as the presence of a placed one is tested.
func (b *rig) expectPresent(uid string) {
	b.t.Helper()
	var s iso14443a.Sighting
	var err error
	for range 4 { // where it lies halted that takes a moment
		if s, err = b.device.Find(b.t.Context(), simtest.UID(b.t, uid)); err != nil || s.Presence == iso14443a.PresenceSeen {
			break
		}
		b.pause(50 * time.Millisecond)
	}
	if err != nil || s.Presence != iso14443a.PresenceSeen {
		b.t.Errorf("%s is %v, %v", uid, s.Presence, err)
	}
}

func TestTalk_CardGoneOrCallerFails(t *testing.T) {
	b := newRig(t, sim.PN532Options{}, false)
	gone := simtest.Card(t, badge)
	b.field.Lay(gone)
	b.polls(3)
	b.field.Take(gone)
	u := simtest.UID(t, badge)
	if err := b.device.Talk(t.Context(), iso14443a.Target{UID: u}, read(u)); !errors.Is(err, iso14443a.ErrNoAnswer) {
		t.Errorf("a card that is gone: %v", err)
	}
	b.field.Lay(gone)
	own := errors.New("the caller's own")
	err := b.device.Talk(t.Context(), iso14443a.Target{UID: u}, func(context.Context, iso14443a.Link) error { return own })
	if !errors.Is(err, own) {
		t.Errorf("%v, want %v", err, own)
	}
	b.expectPresent(badge)
	b.checkViolations()
}

// A call that is broken off leaves nothing in the chip that would spoil the next.
func TestContext_CancelledAtEveryStep(t *testing.T) {
	dep := sim.NewNTAG424(sim.NTAG424{UID: [7]byte(simtest.Bytes(t, badge))})
	for steps := range 60 {
		b := newRig(t, sim.PN532Options{}, false)
		b.field.Lay(dep)
		b.polls(2)
		u := simtest.UID(t, badge)
		for _, call := range []func(context.Context) error{
			func(ctx context.Context) error { _, err := b.device.Scan(ctx); return err },
			func(ctx context.Context) error { _, err := b.device.Find(ctx, simtest.UID(t, other)); return err },
			b.device.Refresh,
			func(ctx context.Context) error {
				return b.device.Talk(ctx, iso14443a.Target{UID: u, SAK: 0x20}, func(ctx context.Context, l iso14443a.Link) error {
					_, err := l.APDU(ctx, []byte{0x00, 0xA4, 0x04, 0x00, 0x07, 0xD2, 0x76, 0x00, 0x00, 0x85, 0x01, 0x01, 0x00})
					return err
				})
			},
		} {
			if err := call(&expiring{Context: t.Context(), left: steps}); err != nil && !errors.Is(err, context.Canceled) {
				t.Errorf("after %d steps: %v", steps, err)
			}
		}
		b.expectPresent(badge)
		b.again(dep)
		if got := b.polls(3); !slices.Equal(got, []string{badge}) {
			t.Errorf("broken off after %d steps, then read %v", steps, got)
		}
		b.checkViolations()
	}
}

// expiring is a context that ends when it was asked so many times.
type expiring struct {
	context.Context
	left int
}

func (e *expiring) Err() error {
	if e.left--; e.left < 0 {
		return context.Canceled
	}
	return nil
}
