package kioskd

import (
	"bytes"
	"context"
	"encoding/hex"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/inloop/cmd/internal/wiring"
	"example.org/inloop/devices/iso14443a"
	"example.org/inloop/devices/ntag"
	"example.org/inloop/devices/sim"
	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/keyring"
)

// quietLog is a log that several goroutines write to.
type quietLog struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *quietLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *quietLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// runRoom runs a whole room over a simulated reader until the test ends.
func runRoom(t *testing.T, badges BadgeProof, log *quietLog, change ...func(*Config)) (*Daemon, *sim.Field, keyring.Keys) {
	t.Helper()
	dir := t.TempDir()
	key := filepath.Join(dir, "key")
	keys, err := keyring.Load(key)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	field := sim.NewField()
	ready := make(chan *Daemon, 1)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		cfg := Config{
			Settings: Settings{Data: filepath.Join(dir, "data"), Key: key, Reader: wiring.ReaderSim, Badges: badges}, Listener: listener, Field: field,
			Timetable: kiosk.Timetable{Zone: time.UTC, PartTimes: kiosk.DefaultPartTimes()},
			Log:       slog.New(slog.NewTextHandler(log, nil)),
			Ready:     func(r *Daemon) { ready <- r },
		}
		for _, c := range change {
			c(&cfg)
		}
		ended <- Run(ctx, cfg)
		close(ended) // who waits for a second end of a room that failed at once
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	select {
	case r := <-ready:
		return r, field, keys
	case err := <-ended:
		t.Fatal(err)
		return nil, nil, keys
	}
}

// Only a badge that shows what the room asks for can be given to somebody; the
// others leave nothing.
func TestRoom_BadgesThatAreAskedForMore(t *testing.T) {
	number := [7]byte{0x04, 0xF4, 0x37, 0xC2, 0x99, 0x3C, 0x80}
	signature, err := hex.DecodeString("4d5d1005fe28968b2b9a44288253d7d9e8833f3ce9c81c2144e1240eb822749f")
	if err != nil {
		t.Fatal(err)
	}
	uid, err := iso14443a.NewUID(number[:])
	if err != nil {
		t.Fatal(err)
	}
	sun := func(k ntag.TagKeys) *sim.Card {
		return sim.NewNTAG424(sim.NTAG424{UID: number, Meta: k.Meta, File: k.File})
	}
	for _, tt := range []struct {
		name   string
		badges BadgeProof
		card   func(keyring.Keys) *sim.Card
		known  int // badges that can be given to somebody
	}{
		{"any number will do", BadgeProofUID, func(keyring.Keys) *sim.Card { return sim.NewNTAG215(number, [32]byte{1}) }, 1},
		{"signed by NXP", BadgeProofGenuine, func(keyring.Keys) *sim.Card { return sim.NewNTAG215(number, [32]byte(signature)) }, 1},
		{"signed by nobody", BadgeProofGenuine, func(keyring.Keys) *sim.Card { return sim.NewNTAG215(number, [32]byte{1}) }, 0},
		{"cannot sign at all", BadgeProofGenuine, func(keyring.Keys) *sim.Card { return sim.NewBankCard([4]byte{0xB0, 1, 2, 3}) }, 0},
		{"with the room's keys", BadgeProofSUN, func(k keyring.Keys) *sim.Card { return sun(ntag.Key(k.Tag()).Of(uid)) }, 1},
		{"with another room's keys", BadgeProofSUN, func(keyring.Keys) *sim.Card { return sun(ntag.Key{1}.Of(uid)) }, 0},
		{"a copy of its number", BadgeProofSUN, func(keyring.Keys) *sim.Card { return sim.NewNTAG(number) }, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var log quietLog
			r, field, keys := runRoom(t, tt.badges, &log)
			takeTap(t, r, field, tt.card(keys))
			// The next one is begun when the first has come to its end.
			takeTap(t, r, field, sim.NewBankCard([4]byte{0x08, 1, 2, 3}))
			view, err := r.Store.View(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if len(view.Badges) != tt.known {
				t.Errorf("%d badges can be given to somebody, want %d", len(view.Badges), tt.known)
			}
			if strings.Contains(strings.ToLower(log.String()), "04f437") {
				t.Error("a number in the log")
			}
		})
	}
}

// takeTap leaves a card on the reader until the room has taken it in hand.
func takeTap(t *testing.T, k *Daemon, field *sim.Field, card *sim.Card) {
	t.Helper()
	wait := func(what string, holds func() bool) {
		t.Helper()
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for deadline := time.Now().Add(time.Minute); !holds(); <-tick.C {
			if time.Now().After(deadline) {
				t.Fatalf("not within a minute: %s", what)
			}
		}
	}
	wait("the reader begins", func() bool { return k.stirred.Load() != 0 })
	before := k.stirred.Load()
	field.Lay(card)
	wait("a tap", func() bool { return k.stirred.Load() != before })
	field.Take(card)
}
