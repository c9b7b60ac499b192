package kioskd

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite"
)

// book is a store whose answers the test gives.
type book struct{ tick, probe error }

func (b book) Tick(context.Context) error  { return b.tick }
func (b book) Probe(context.Context) error { return b.probe }

// TestLookAfter_OnlyAWriteHeals goes through an evening on a full disk: a tick
// that has nothing to write succeeds there, and tells nothing of the next tap.
func TestLookAfter_OnlyAWriteHeals(t *testing.T) {
	full := fmt.Errorf("write: %w", errors.New("no space"))
	r := &Kiosk{cfg: Config{Log: slog.New(slog.DiscardHandler)}, urgent: make(chan struct{}, 1)}
	r.board = newBoard(func([]kiosk.Health) {})
	r.board.set("store", kiosk.LevelGreen, "")
	for _, step := range []struct {
		name string
		book book
		want kiosk.Level
	}{
		{"all is well, nobody asks for a probe", book{probe: full}, kiosk.LevelGreen},
		{"a tick fails", book{tick: full, probe: full}, kiosk.LevelRed},
		{"a tick with nothing to write", book{probe: full}, kiosk.LevelRed},
		{"a probe that is kept while a tick fails", book{tick: full}, kiosk.LevelRed},
		{"there is room again", book{}, kiosk.LevelGreen},
	} {
		err := r.lookAfter(t.Context(), step.book)
		if (err != nil) != (step.want == kiosk.LevelRed) || !r.board.is("store", step.want) {
			t.Errorf("%s: %v, light %v, want %s", step.name, err, r.board.all(), step.want)
		}
		if err != nil && r.board.all()[0].Reason != sqlite.Unsaved {
			t.Errorf("%s: reason %q", step.name, r.board.all()[0].Reason)
		}
	}
}
