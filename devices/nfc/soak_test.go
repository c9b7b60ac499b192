package nfc_test

import (
	"context"
	"encoding/hex"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"example.org/inloop/devices/mfrc522"
	"example.org/inloop/devices/nfc"
	"example.org/inloop/devices/sim"
	"example.org/inloop/devices/sim/simtest"
)

// soakPolls is how many polls a plain test lasts, and shortPolls one with -short;
// `make test` goes on to ten million without the race detector.
const (
	soakPolls  = 100_000
	shortPolls = 10_000
)

// TestSoak_FaultsForDays lets the reader poll for days of simulated time while
// everything that can happen to a bus happens to it, and cards come and go. It
// may read no UID that no card has, miss no card while all is well, and hold
// no more memory and goroutines at the end than after the first tenth.
func TestSoak_FaultsForDays(t *testing.T) {
	polls := soakPolls
	if testing.Short() {
		polls = shortPolls
	}
	if text := os.Getenv("INLOOP_SOAK_POLLS"); text != "" {
		var err error
		if polls, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		field := sim.NewField()
		chip := sim.NewMFRC522(field, sim.MFRC522Options{Host: sim.Host{Seed: 1}})
		reader := nfc.New(mfrc522.New(chip.Open, mfrc522.Options{Reset: chip.Reset()}), clock{time.Now()},
			slog.New(slog.NewTextHandler(io.Discard, nil)), nfc.Options{})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- reader.Run(ctx) }()
		defer func() {
			cancel()
			if err := <-ended; err != nil {
				t.Error(err)
			}
		}()
		random := rand.New(rand.NewPCG(1, 1))
		const round = 30 * time.Second // of which a fault lasts at most a third
		rounds := int(time.Duration(polls) * nfc.Pace / round)
		var early footprint
		for i := range rounds {
			if i == rounds/10 {
				early = measure()
			}
			strike(chip, random)
			simtest.Pause(time.Duration(random.Int64N(int64(round / 3))))
			chip.SetDefects(sim.Defects{})
			simtest.Pause(round / 3)

			uid := hex.EncodeToString([]byte{0x04, 1, 2, 3, byte(i >> 16), byte(i >> 8), byte(i)})
			if err := field.Tap(ctx, simtest.Card(t, uid), time.Second); err != nil {
				t.Fatal(err)
			}
			wait, stop := context.WithTimeout(ctx, 5*time.Second)
			tap, err := reader.Next(wait)
			stop()
			if err != nil {
				t.Fatalf("round %d: no tap: %v", i, err)
			}
			if got := hex.EncodeToString(tap.UID.Bytes()); got != uid {
				t.Fatalf("round %d: read %s, laid down %s", i, got, uid)
			}
			simtest.Pause(2 * time.Second)
		}
		late := measure()
		t.Logf("%d rounds of faults and taps, %v; %+v after a tenth, %+v at the end", rounds, time.Duration(rounds)*round, early, late)
		if late.goroutines > early.goroutines || late.heap > early.heap+1<<20 {
			t.Errorf("grew from %+v to %+v", early, late)
		}
	})
}

type footprint struct {
	goroutines int
	heap       uint64 // bytes
}

func measure() footprint {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return footprint{runtime.NumGoroutine(), m.HeapAlloc}
}

// strike lets something happen to the chip or its bus.
func strike(chip *sim.MFRC522, random *rand.Rand) {
	switch random.IntN(12) {
	case 0:
		chip.BrownOut()
	case 1:
		chip.StickCrypto()
	case 2:
		chip.GoDeaf()
	case 3:
		chip.Latch()
	case 4:
		chip.Disturb(byte(random.IntN(64)), byte(random.IntN(256)))
	case 5:
		chip.SetDefects(sim.Defects{Bus: true})
	case 6:
		chip.SetDefects(sim.Defects{MISO: sim.MISOLow})
	case 7:
		chip.SetDefects(sim.Defects{MISO: sim.MISOHigh})
	case 8:
		chip.SetDefects(sim.Defects{Gone: true})
	case 9:
		chip.SetDefects(sim.Defects{Timer: true})
	case 10:
		chip.SetDefects(sim.Defects{Loss: 0.3})
	case 11:
		chip.SetDefects(sim.Defects{Flips: 0.02})
	}
}
