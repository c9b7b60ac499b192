package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"strings"
	"sync"
	"time"

	"example.org/inloop/cmd/internal/kioskd"
	"example.org/inloop/devices/clock"
	"example.org/inloop/devices/iso14443a"
	"example.org/inloop/devices/mfrc522"
	"example.org/inloop/devices/nfc"
	"example.org/inloop/devices/pn532"
	"example.org/inloop/devices/sim"
	"example.org/inloop/web"
)

// readerCmd looks after the badge reader while the kiosk does not run.
type readerCmd struct {
	Test  readerTest  `cmd:""`
	Watch readerWatch `cmd:""`
	Bench readerBench `cmd:""`
	Keys  readerKeys  `cmd:""`
}

// errReader ends a reader command whose words have said already what is wrong.
var errReader = errors.New("the badge reader does not work")

// workbench is a reader in somebody's hands, and the language that she reads.
type workbench struct {
	*app
	localizer web.Localizer
	wiring    kioskd.Wiring
	printer   sync.Mutex // held for each line: a reader that runs has words too
}

// workbench gives the reader that the settings name. What stands in the way
// is said in words, and errReader.
func (a *app) workbench() (*workbench, error) {
	s, err := a.settings()
	if err != nil {
		return nil, err
	}
	catalogue, err := web.NewCatalogue()
	if err != nil {
		return nil, fmt.Errorf("texts: %w", err)
	}
	w := &workbench{app: a, localizer: catalogue.In(language())}
	if w.wiring, err = s.wiring(); err != nil {
		return nil, err
	}
	switch kioskd.ReaderKind(s.Reader) {
	case kioskd.ReaderSim:
		w.wiring.Port = simulated(w.wiring.Chip)
		return w, nil
	case kioskd.ReaderSPI:
		a.initHost()
	default:
		return nil, w.wrong("none", nil)
	}
	if a.taken(s.Listen) {
		return nil, w.wrong("busy", nil)
	}
	if err := w.permitted(); err != nil {
		return nil, err
	}
	return w, nil
}

// language is the operator's, as her shell says it; Dutch where it is none of
// the catalogue's.
func language() string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if lang, _, _ := strings.Cut(os.Getenv(name), "_"); lang != "" {
			return lang
		}
	}
	return web.Default
}

// simulated is a port with a chip, on which a badge lies.
func simulated(kind kioskd.ChipKind) func() (port, error) {
	field := sim.NewField()
	field.Lay(sim.NewNTAG([7]byte{0x04, 0xA1, 0xB2, 0xC3, 0xD4, 0xE5, 0xF6}))
	slot := sim.NewSlot(field)
	if kind == kioskd.ChipPN532 {
		slot.Plug(sim.PluggedPN532)
	}
	return slot.Open
}

// taken tells whether the kiosk runs: two programs on one chip would each
// spoil what the other does.
func (a *app) taken(address string) bool {
	d := net.Dialer{Timeout: time.Second}
	c, err := d.DialContext(a.ctx, "tcp", address)
	if err != nil {
		return false
	}
	_ = c.Close()
	return true
}

// permitted looks whether the port's file is there and may be used.
func (w *workbench) permitted() error {
	node := w.wiring.Node()
	if node == "" {
		return nil
	}
	f, err := os.OpenFile(node, os.O_RDWR, 0)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return w.wrong("off", map[string]any{"Node": node})
	case errors.Is(err, fs.ErrPermission):
		return w.wrong("denied", map[string]any{"Node": node})
	case err == nil:
		_ = f.Close()
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
func (w *workbench) open() (chip, error) {
	first, second := chip(w.wiring.MFRC522(w.log)), chip(w.wiring.PN532(w.log))
	switch w.wiring.Chip {
	case kioskd.ChipMFRC522:
		second = nil
	case kioskd.ChipPN532:
		first, second = second, nil
	}
	var err error
	for range openTries {
		if err = first.Open(w.ctx); err == nil {
			return first, nil
		}
		// Another chip may look like a bad one.
		if second != nil && second.Open(w.ctx) == nil {
			return second, nil
		}
		if e := (clock.System{}).Sleep(w.ctx, openPause); e != nil {
			return nil, e
		}
	}
	return nil, w.explain(err)
}

// A chip that was just plugged in, or that its last life left in disorder,
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
func (w *workbench) explain(err error) error {
	switch {
	case w.ctx.Err() != nil:
		return w.ctx.Err()
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

func (w *workbench) ok(id string, data map[string]any)   { w.say("+", "ok."+id, data) }
func (w *workbench) note(id string, data map[string]any) { w.say("!", "note."+id, data) }

func (w *workbench) wrong(id string, data map[string]any) error {
	w.say("X", "wrong."+id, data)
	return errReader
}

// say prints one finding: + is good, ! is to be known, X is to be mended.
func (w *workbench) say(mark, id string, data map[string]any) {
	w.line(mark + " " + w.localizer.T("reader."+id, data))
}

func (w *workbench) line(text string) {
	w.printer.Lock()
	defer w.printer.Unlock()
	fmt.Fprintln(w.out, text)
}
