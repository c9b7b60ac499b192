package signal

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"periph.io/x/conn/v3/gpio"
)

// edge is a level that a pin was given, and how long after its making.
type edge struct {
	at    time.Duration
	level gpio.Level
}

// fakePin keeps what it is told, and fails as fail says.
type fakePin struct {
	gpio.PinIO
	made time.Time

	mu    sync.Mutex
	edges []edge
	fail  func(gpio.Level) error
}

func newPin() *fakePin { return &fakePin{PinIO: gpio.INVALID, made: time.Now()} }

func (f *fakePin) Name() string { return "GPIO0" }

func (f *fakePin) Out(l gpio.Level) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.edges = append(f.edges, edge{time.Since(f.made), l})
	if f.fail != nil {
		return f.fail(l)
	}
	return nil
}

func (f *fakePin) all() []edge {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.edges)
}

// said gives the pin's edges since its making as "0 off, 10 on", in ms.
func (f *fakePin) said() string {
	var s []string
	for _, e := range f.all() {
		word := "off"
		if e.level {
			word = "on"
		}
		s = append(s, fmt.Sprintf("%d %s", e.at.Milliseconds(), word))
	}
	return strings.Join(s, ", ")
}

// on tells whether the pin is on.
func (f *fakePin) on() bool {
	all := f.all()
	return len(all) > 0 && bool(all[len(all)-1].level)
}

// hangingPin does not return before it is released.
type hangingPin struct {
	*fakePin
	release chan struct{}
}

func (h *hangingPin) Out(l gpio.Level) error {
	<-h.release
	return h.fakePin.Out(l)
}
