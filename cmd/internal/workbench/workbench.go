package workbench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"

	"example.org/inloop/cmd/internal/wiring"
	"example.org/inloop/devices/clock"
	"example.org/inloop/devices/iso14443a"
	"example.org/inloop/devices/mfrc522"
	"example.org/inloop/devices/nfc"
	"example.org/inloop/devices/pn532"
	"example.org/inloop/devices/sim"
	"example.org/inloop/web"
)

// ErrReader ends a command whose words have said already what is wrong.
var ErrReader = errors.New("the badge reader does not work")

// Config is what a workbench works on.
type Config struct {
	Reader wiring.ReaderKind
	Wiring wiring.Config
	Listen string    // where the kiosk's pages are served, if it runs
	Out    io.Writer // for the operator, who may keep it unless it is a terminal
	Log    *slog.Logger
}

// Workbench is a reader in somebody's hands, and the language that they read.
type Workbench struct {
	out     io.Writer
	log     *slog.Logger
	text    web.Localizer
	wiring  wiring.Config
	kiosk   string     // where it answers, if it runs
	busy    bool       // another program drives the chip
	printer sync.Mutex // held for each line: a reader that runs has words too
}

// Open gives the reader that the settings name. What stands in the way is said
// in words, and ErrReader.
func Open(cfg Config) (*Workbench, error) {
	translations, err := web.NewTranslations()
	if err != nil {
		return nil, fmt.Errorf("texts: %w", err)
	}
	w := &Workbench{out: cfg.Out, log: cfg.Log, text: translations.In(language()), wiring: cfg.Wiring, kiosk: cfg.Listen}
	switch cfg.Reader {
	case wiring.ReaderSim:
		w.wiring.Port = simulated(cfg.Wiring.Chip)
		return w, nil
	case wiring.ReaderSPI:
		wiring.Init(cfg.Log)
	default:
		return nil, w.wrong("none", nil)
	}
	if err := w.permitted(); err != nil {
		return nil, err
	}
	return w, nil
}

// language is the operator's, as their shell says it; Dutch where the translations
// lack it.
func language() string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if lang, _, _ := strings.Cut(os.Getenv(name), "_"); lang != "" {
			return lang
		}
	}
	return web.DefaultLanguage
}

// simulated is a port with a chip, on which a badge lies.
func simulated(kind wiring.ChipModel) func() (port, error) {
	field := sim.NewField()
	field.Lay(sim.NewNTAG([7]byte{0x04, 0xA1, 0xB2, 0xC3, 0xD4, 0xE5, 0xF6}))
	slot := sim.NewSlot(field)
	if kind == wiring.ChipModelPN532 {
		slot.Plug(sim.PluggedPN532)
	}
	return slot.Open
}

// permitted looks whether the port's file is there, may be used, and is.
func (w *Workbench) permitted() error {
	node := map[string]any{"Node": w.wiring.Node()}
	switch err := w.wiring.Try(); {
	case errors.Is(err, fs.ErrNotExist):
		return w.wrong("off", node)
	case errors.Is(err, fs.ErrPermission):
		return w.wrong("denied", node)
	case errors.Is(err, wiring.ErrBusInUse):
		w.busy = true
	}
	return nil
}

// chip is a reader chip with what its driver can tell about it.
type chip interface {
	nfc.Chip
	SelfTest(ctx context.Context) error
}

// open opens the chip that is on the bus, and says what to touch when none can
// be.
func (w *Workbench) open(ctx context.Context) (chip, error) {
	if w.busy {
		return nil, w.wrong("busy", nil)
	}
	first, second := chip(w.wiring.MFRC522(w.log)), chip(w.wiring.PN532(w.log))
	switch w.wiring.Chip {
	case wiring.ChipModelMFRC522:
		second = nil
	case wiring.ChipModelPN532:
		first, second = second, nil
	}
	var err error
	for range openTries {
		if err = first.Open(ctx); err == nil {
			return first, nil
		}
		// Another chip may look like a bad one.
		if second != nil && second.Open(ctx) == nil {
			return second, nil
		}
		if e := (clock.System{}).Sleep(ctx, openPause); e != nil {
			return nil, e
		}
	}
	return nil, w.explain(ctx, err)
}

// A chip that was just plugged in, or that was left in disorder,
// takes a second opening.
const (
	openTries = 3
	openPause = 50 * time.Millisecond
)

// absent tells whether the bus works and nobody is on it.
func absent(err error) bool {
	return errors.Is(err, mfrc522.ErrNoChip) || errors.Is(err, pn532.ErrNoChip)
}

// explain says what to touch for an opening that failed.
func (w *Workbench) explain(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case absent(err):
		return w.wrong("gone", nil)
	case errors.Is(err, mfrc522.ErrWires), errors.Is(err, pn532.ErrWires):
		return w.wrong("garbled", nil)
	case errors.Is(err, iso14443a.ErrChip):
		return w.wrong("fault", nil)
	}
	w.log.Error("open reader", "err", err)
	return w.wrong("port", map[string]any{"Port": w.wiring.SPI})
}

func (w *Workbench) ok(id string, data map[string]any)   { w.say("+", "ok."+id, data) }
func (w *Workbench) note(id string, data map[string]any) { w.say("!", "note."+id, data) }

func (w *Workbench) wrong(id string, data map[string]any) error {
	w.say("X", "wrong."+id, data)
	return ErrReader
}

// say prints one finding: + is good, ! is to be known, X is to be mended.
func (w *Workbench) say(mark, id string, data map[string]any) {
	w.print(mark + " " + w.text.T("reader."+id, data))
}

func (w *Workbench) print(text string) {
	w.printer.Lock()
	defer w.printer.Unlock()
	fmt.Fprintln(w.out, text)
}
