package ntag_test

import (
	"context"
	"encoding/hex"
	"errors"
	"testing"
	"time"

	"example.org/inloop/devices/iso14443a"
	"example.org/inloop/devices/mfrc522"
	"example.org/inloop/devices/nfc"
	"example.org/inloop/devices/ntag"
	"example.org/inloop/devices/pn532"
	"example.org/inloop/devices/sim"
	"example.org/inloop/devices/sim/simtest"
)

// chip is a simulated reader chip.
type chip interface {
	SetDefects(sim.Defects)
	Violations() []string
}

// readers are the real drivers, each over its simulated chip.
var readers = map[string]func(host sim.Host, field *sim.Field) (nfc.Chip, chip){
	"MFRC522": func(host sim.Host, field *sim.Field) (nfc.Chip, chip) {
		c := sim.NewMFRC522(field, sim.MFRC522Options{Host: host})
		return mfrc522.New(c.Open, mfrc522.Options{Clock: host.Clock}), c
	},
	"PN532": func(host sim.Host, field *sim.Field) (nfc.Chip, chip) {
		c := sim.NewPN532(field, sim.PN532Options{Host: host})
		return pn532.New(c.Open, pn532.Options{Clock: host.Clock}), c
	},
}

// onEach runs a test on each of the readers, with one card on it that was read.
func onEach(t *testing.T, lay func() *sim.Card, test func(t *testing.T, d nfc.Chip, c chip, card iso14443a.Target)) {
	for name, reader := range readers {
		t.Run(name, func(t *testing.T) {
			host := sim.Host{Clock: simtest.NewClock(), Transfer: 20 * time.Microsecond}
			field := sim.NewField()
			d, c := reader(host, field)
			field.Lay(lay())
			if err := d.Open(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := host.Clock.Sleep(t.Context(), 10*time.Millisecond); err != nil {
				t.Fatal(err)
			}
			cards, err := d.Scan(t.Context())
			if err != nil || len(cards) != 1 {
				t.Fatalf("%d cards, %v", len(cards), err)
			}
			test(t, d, c, cards[0])
			if v := c.Violations(); len(v) > 0 {
				t.Errorf("against the chip's papers: %v", v)
			}
		})
	}
}

func TestSignature_ThroughTheChip(t *testing.T) {
	uid, err := hex.DecodeString("04f437c2993c80")
	if err != nil {
		t.Fatal(err)
	}
	good, err := hex.DecodeString("4d5d1005fe28968b2b9a44288253d7d9e8833f3ce9c81c2144e1240eb822749f")
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		card func() *sim.Card
		want error
	}{
		"signed":         {func() *sim.Card { return sim.NewNTAG215([7]byte(uid), [32]byte(good)) }, nil},
		"made by nobody": {func() *sim.Card { return sim.NewNTAG215([7]byte(uid), [32]byte{1}) }, ntag.ErrNotGenuine},
		"holds none":     {func() *sim.Card { return sim.NewBankCard([4]byte{0xB0, 1, 2, 3}) }, iso14443a.ErrNoAnswer},
	} {
		t.Run(name, func(t *testing.T) {
			onEach(t, tt.card, func(t *testing.T, d nfc.Chip, _ chip, card iso14443a.Target) {
				for range 3 {
					err := d.Talk(t.Context(), card, func(ctx context.Context, l iso14443a.Link) error {
						s, err := ntag.ReadSignature(ctx, l)
						if err != nil {
							return err
						}
						return ntag.Verify(card.UID, s)
					})
					if !errors.Is(err, tt.want) {
						t.Errorf("%v, want %v", err, tt.want)
					}
				}
				if got, err := d.Find(t.Context(), card.UID); err != nil || got.Presence != iso14443a.PresenceSeen {
					t.Errorf("afterwards it is %v, %v", got.Presence, err)
				}
			})
		})
	}
}

func TestRead_ThroughTheChip(t *testing.T) {
	master := ntag.Key{1, 2, 3}
	raw := [7]byte{0x04, 0xDE, 0x5F, 0x1E, 0xAC, 0xC0, 0x40}
	uid, err := iso14443a.NewUID(raw[:])
	if err != nil {
		t.Fatal(err)
	}
	keys := master.Of(uid)
	for name, tt := range map[string]struct {
		waits int
		loss  float64
	}{"at once": {0, 0}, "asks for time": {3, 0}, "over a bad field": {1, 0.05}} {
		t.Run(name, func(t *testing.T) {
			lay := func() *sim.Card {
				return sim.NewNTAG424(sim.NTAG424{UID: raw, Meta: keys.Meta, File: keys.File, Counter: 60, Waits: tt.waits})
			}
			onEach(t, lay, func(t *testing.T, d nfc.Chip, c chip, card iso14443a.Target) {
				c.SetDefects(sim.Defects{Loss: tt.loss})
				last, read := uint32(60), 0
				for range 20 {
					var m ntag.Message
					err := d.Talk(t.Context(), card, func(ctx context.Context, l iso14443a.Link) (err error) {
						m, err = ntag.ReadMessage(ctx, l)
						return err
					})
					if err != nil && tt.loss > 0 && iso14443a.OfCard(err) {
						if err := d.Refresh(t.Context()); err != nil {
							t.Fatal(err)
						}
						continue // the next try is a new activation
					}
					if err != nil {
						t.Fatal(err)
					}
					counter, err := m.Check(card.UID, master.Of(card.UID))
					if err != nil || counter <= last {
						t.Errorf("counter %d after %d, %v", counter, last, err)
					}
					if _, err := m.Check(card.UID, ntag.Key{4}.Of(card.UID)); !errors.Is(err, ntag.ErrForged) {
						t.Errorf("with another room's key: %v", err)
					}
					last = counter
					read++
				}
				if read < 10 {
					t.Errorf("read %d times of 20", read)
				}
			})
		})
	}
}
