package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"strings"
	"time"

	"periph.io/x/conn/v3/physic"

	"example.org/inloop/cmd/internal/room"
	"example.org/inloop/devices/iso14443a"
	"example.org/inloop/devices/mfrc522"
	"example.org/inloop/devices/nfc"
	"example.org/inloop/devices/sim"
	"example.org/inloop/web"
)

// readerCmd looks after the badge reader while the kiosk does not run.
type readerCmd struct {
	Test  readerTest  `cmd:""`
	Watch readerWatch `cmd:""`
	Bench readerBench `cmd:""`
}

// errReader ends a reader command whose words have said already what is wrong.
var errReader = errors.New("the badge reader does not work")

// workbench is a reader in somebody's hands, and the language that she reads.
type workbench struct {
	*app
	tongue web.Tongue
	wiring room.Wiring
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
	w := &workbench{app: a, tongue: catalogue.In(language())}
	if w.wiring, err = s.wiring(); err != nil {
		return nil, err
	}
	switch room.ReaderKind(s.Reader) {
	case room.ReaderSim:
		w.wiring.Port = simulated()
		return w, nil
	case room.ReaderSPI:
		a.initHost()
	default:
		return nil, w.wrong("none", nil)
	}
	if taken(s.Listen) {
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
func simulated() func() (port, error) {
	field := sim.NewField()
	field.Lay(sim.NewNTAG([7]byte{0x04, 0xA1, 0xB2, 0xC3, 0xD4, 0xE5, 0xF6}))
	return sim.NewMFRC522(field, sim.MFRC522Options{}).Open
}

// taken tells whether the kiosk runs: two programs on one chip would each
// spoil what the other does.
func taken(address string) bool {
	c, err := net.DialTimeout("tcp", address, time.Second)
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

// open opens a chip and says what to touch when that fails.
func (w *workbench) open(chip nfc.Chip) error {
	err := chip.Open(w.ctx)
	switch {
	case err == nil:
		return nil
	case w.ctx.Err() != nil:
		return w.ctx.Err()
	case errors.Is(err, mfrc522.ErrLine):
		err = w.wrong("garbled", nil)
	case errors.Is(err, iso14443a.ErrChip):
		err = w.wrong("fault", nil)
	case errors.Is(err, mfrc522.ErrNoChip):
		err = w.wrong("gone", nil)
	default:
		w.log.Error("open reader", "err", err)
		err = w.wrong("port", map[string]any{"Port": w.wiring.SPI})
	}
	return err
}

func (w *workbench) ok(id string, data map[string]any)   { w.say("+", "ok."+id, data) }
func (w *workbench) note(id string, data map[string]any) { w.say("!", "note."+id, data) }

func (w *workbench) wrong(id string, data map[string]any) error {
	w.say("X", "wrong."+id, data)
	return errReader
}

// say prints one finding: + is good, ! is to be known, X is to be mended.
func (w *workbench) say(mark, id string, data map[string]any) {
	fmt.Fprintf(w.out, "%s %s\n", mark, w.tongue.T("reader."+id, data))
}

// speed is a frequency in the words of a settings file: 4MHz.
func speed(f physic.Frequency) string { return f.String() }
