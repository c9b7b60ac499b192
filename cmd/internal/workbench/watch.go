package workbench

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"example.org/inloop/devices/nfc"
	"example.org/inloop/kiosk"
)

// Watch prints a line for each tap until ctx ends, and keeps none. A card's
// number goes to a terminal alone: a file or a journal would keep it.
func (w *Workbench) Watch(ctx context.Context, clock kiosk.Clock) error {
	if w.busy {
		return w.wrong("busy", nil)
	}
	w.say(" ", "watch.begin", nil)
	shown := terminal(w.out)
	reader := nfc.New(w.wiring.Reader(w.log), clock, w.log, nfc.Options{OnLight: w.lights()})
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var running sync.WaitGroup
	defer running.Wait()
	running.Go(func() {
		if err := reader.Run(ctx); err != nil {
			w.log.Error("reader", "err", err)
		}
	})
	for {
		tap, err := reader.Next(ctx)
		switch {
		case ctx.Err() != nil || errors.Is(err, nfc.ErrClosed):
			return nil
		case err != nil:
			return fmt.Errorf("next tap: %w", err)
		}
		w.tap(tap, shown)
	}
}

// lights returns what says how the reader does: what is wrong, and when it is
// mended.
func (w *Workbench) lights() func(kiosk.Health) {
	ill := false
	return func(l kiosk.Health) {
		switch {
		case l.Level != kiosk.LevelGreen:
			ill = true
			w.ill(l)
		case ill:
			ill = false
			w.ok("mended", nil)
		}
	}
}

// ill says what is wrong: which wire to touch, or what the volunteers are told.
func (w *Workbench) ill(l kiosk.Health) {
	switch l.Reason {
	case nfc.ReasonGone, nfc.ReasonFault:
		w.say("X", "wrong."+strings.TrimPrefix(l.Reason, nfc.HealthPart+"."), nil)
	default:
		w.print("! " + w.text.T("lights."+l.Reason, nil))
	}
}

func (w *Workbench) tap(tap kiosk.Tap, shown bool) {
	id := "watch.tap"
	if tap.UID.Random() {
		id = "watch.random"
	}
	b := tap.UID.Bytes()
	line := w.text.T("reader."+id, map[string]any{"At": tap.At.Wall.Format(time.TimeOnly), "Bytes": len(b)})
	if shown {
		line += "  " + strings.ToUpper(hex.EncodeToString(b))
	}
	w.print(line)
}

// terminal tells whether somebody looks at w, and nobody keeps it.
func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	_, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	return err == nil
}
