package ntag_test

import (
	"context"
	"encoding/hex"
	"errors"
	"testing"
	"time"

	"example.org/inloop/devices/iso14443a"
	"example.org/inloop/devices/ntag"
	"example.org/inloop/devices/pn532"
	"example.org/inloop/devices/sim"
)

// other is the real driver of the other chip, with one card on it.
func other(t *testing.T, c *sim.Card) (*pn532.Device, *sim.PN532, iso14443a.Card) {
	t.Helper()
	host := sim.Host{Clock: sim.NewClock(), Transfer: 20 * time.Microsecond}
	field := sim.NewField()
	chip := sim.NewPN532(field, sim.PN532Options{Host: host})
	d := pn532.New(chip.Open, pn532.Options{Clock: host.Clock})
	field.Lay(c)
	if err := d.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	cards, err := d.Scan(t.Context())
	if err != nil || len(cards) != 1 {
		t.Fatalf("%d cards, %v", len(cards), err)
	}
	return d, chip, cards[0]
}

func TestSignature_ThroughTheOtherChip(t *testing.T) {
	uid, err := hex.DecodeString("04f437c2993c80")
	if err != nil {
		t.Fatal(err)
	}
	good, err := hex.DecodeString("4d5d1005fe28968b2b9a44288253d7d9e8833f3ce9c81c2144e1240eb822749f")
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		card *sim.Card
		want error
	}{
		"signed":         {sim.NewNTAG215([7]byte(uid), [32]byte(good)), nil},
		"made by nobody": {sim.NewNTAG215([7]byte(uid), [32]byte{1}), ntag.ErrNotGenuine},
	} {
		t.Run(name, func(t *testing.T) {
			d, chip, card := other(t, tt.card)
			for range 3 {
				err := d.Talk(t.Context(), card, func(ctx context.Context, l iso14443a.Link) error {
					s, err := ntag.Signature(ctx, l)
					if err != nil {
						return err
					}
					return ntag.Verify(card.UID, s)
				})
				if !errors.Is(err, tt.want) {
					t.Errorf("%v, want %v", err, tt.want)
				}
				if got, err := d.Scan(t.Context()); err != nil || len(got) != 1 {
					t.Errorf("afterwards %d cards are listed, %v", len(got), err)
				}
			}
			if v := chip.Violations(); len(v) > 0 {
				t.Errorf("against the manual: %v", v)
			}
		})
	}
}

func TestRead_ThroughTheOtherChip(t *testing.T) {
	number := [7]byte{0x04, 0xDE, 0x5F, 0x1E, 0xAC, 0xC0, 0x40}
	uid, err := iso14443a.NewUID(number[:])
	if err != nil {
		t.Fatal(err)
	}
	keys := ntag.Key{1, 2, 3}.Of(uid)
	d, chip, card := other(t, sim.NewNTAG424(sim.NTAG424{UID: number, Meta: keys.Meta, File: keys.File, Counter: 7}))
	for want := uint32(8); want < 12; want++ {
		var m ntag.Message
		err := d.Talk(t.Context(), card, func(ctx context.Context, l iso14443a.Link) (err error) {
			m, err = ntag.Read(ctx, l)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if counter, err := m.Check(card.UID, keys); err != nil || counter != want {
			t.Errorf("counter %d, %v; want %d", counter, err, want)
		}
	}
	if v := chip.Violations(); len(v) > 0 {
		t.Errorf("against the manual: %v", v)
	}
}
