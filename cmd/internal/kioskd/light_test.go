package kioskd

import (
	"context"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"example.org/inloop/cmd/internal/health"
	"example.org/inloop/cmd/internal/wiring"
	"example.org/inloop/devices/sim"
	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/keyring"
)

// The store's light is green no sooner than a tap would be kept: at a start, and
// when the key comes later. Who tapped in between was told that nothing is saved.
func TestStoreLight_GreenMeansThatTapsAreKept(t *testing.T) {
	for _, late := range []bool{false, true} {
		dir := t.TempDir()
		key := filepath.Join(dir, "key")
		if _, err := keyring.Load(key); err != nil {
			t.Fatal(err)
		}
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		cfg := Config{
			Settings: Settings{Data: filepath.Join(dir, "data"), Key: key, Reader: wiring.ReaderSim}, Listener: listener, Field: sim.NewField(),
			Timetable: kiosk.Timetable{Zone: time.UTC, PartTimes: kiosk.DefaultPartTimes()},
			Log:       slog.New(slog.DiscardHandler),
		}
		if late {
			if err := os.Chmod(key, 0o644); err != nil { // which the program refuses
				t.Fatal(err)
			}
		}
		if err := cfg.complete(); err != nil {
			t.Fatal(err)
		}
		r, err := newDaemon(cfg)
		if err != nil {
			t.Fatal(err)
		}
		green, red := make(chan bool, 1), make(chan struct{}, 1)
		r.board = health.NewBoard(func(all []kiosk.Health) {
			for _, l := range all {
				switch {
				case l.Part != "store":
				case l.Level == kiosk.LevelRed:
					select { // each change of any light tells this one again
					case red <- struct{}{}:
					default:
					}
				case l.Level == kiosk.LevelGreen && r.taking.TryRLock():
					select {
					case green <- r.open:
					default:
					}
					r.taking.RUnlock()
				}
			}
		})
		ended := make(chan error, 1)
		go func() { ended <- r.serve(ctx) }()
		if late {
			<-red
			if err := os.Chmod(key, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if kept := <-green; !kept {
			t.Errorf("the key is late %v: the light is green while a tap would not be kept", late)
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}
