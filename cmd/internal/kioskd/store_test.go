package kioskd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"example.org/inloop/cmd/internal/health"
	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite"
)

// scriptedStore is a store whose answers the test gives.
type scriptedStore struct{ tick, probe error }

func (b scriptedStore) Tick(context.Context) error  { return b.tick }
func (b scriptedStore) Probe(context.Context) error { return b.probe }

// TestLookAfter_OnlyAWriteHeals goes through an evening on a full disk: a tick
// that has nothing to write succeeds there, and tells nothing of the next tap.
func TestLookAfter_OnlyAWriteHeals(t *testing.T) {
	full := fmt.Errorf("write: %w", errors.New("no space"))
	r := &Daemon{cfg: Config{Log: slog.New(slog.DiscardHandler)}, urgent: make(chan struct{}, 1)}
	r.board = health.NewBoard(func([]kiosk.Health) {})
	r.board.Set("store", kiosk.LevelGreen, "")
	for _, step := range []struct {
		name  string
		store scriptedStore
		want  kiosk.Level
	}{
		{"all is well, nobody asks for a probe", scriptedStore{probe: full}, kiosk.LevelGreen},
		{"a tick fails", scriptedStore{tick: full, probe: full}, kiosk.LevelRed},
		{"a tick with nothing to write", scriptedStore{probe: full}, kiosk.LevelRed},
		{"a probe that is kept while a tick fails", scriptedStore{tick: full}, kiosk.LevelRed},
		{"there is room again", scriptedStore{}, kiosk.LevelGreen},
	} {
		err := r.lookAfter(t.Context(), step.store)
		if (err != nil) != (step.want == kiosk.LevelRed) || !r.board.Is("store", step.want) {
			t.Errorf("%s: %v, light %v, want %s", step.name, err, r.board.All(), step.want)
		}
		if err != nil && r.board.All()[0].Reason != sqlite.ReasonUnsaved {
			t.Errorf("%s: reason %q", step.name, r.board.All()[0].Reason)
		}
	}
}

// TestStoreIs_LogsARowOnce: a full disk is found again every two seconds, for a
// whole weekend perhaps.
func TestStoreIs_LogsARowOnce(t *testing.T) {
	var log bytes.Buffer
	r := &Daemon{cfg: Config{Log: slog.New(slog.NewTextHandler(&log, nil))}, urgent: make(chan struct{}, 1)}
	r.board = health.NewBoard(func([]kiosk.Health) {})
	for range 5 {
		r.storeIs(t.Context(), "keep a tap", errors.New("no room"))
	}
	if n := strings.Count(log.String(), "no room"); n != 1 || !r.board.Is("store", kiosk.LevelRed) || len(r.urgent) != 1 {
		t.Errorf("%d lines, lights %v, urgent %d:\n%s", n, r.board.All(), len(r.urgent), &log)
	}
	r.storeIs(t.Context(), "keep a tap", nil)
	r.storeIs(t.Context(), "keep a tap", nil)
	if n := strings.Count(log.String(), "failures=5"); n != 1 || !r.board.Is("store", kiosk.LevelGreen) {
		t.Errorf("%d lines of recovery, lights %v:\n%s", n, r.board.All(), &log)
	}

	ended, cancel := context.WithCancel(t.Context())
	cancel()
	r.storeIs(ended, "keep a tap", context.Canceled)
	if !r.board.Is("store", kiosk.LevelGreen) {
		t.Error("a room that is being stopped turned red")
	}
}
