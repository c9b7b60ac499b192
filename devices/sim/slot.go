package sim

import (
	"sync"

	"periph.io/x/conn/v3/spi"
)

// Plugged is what is plugged into a [Slot].
type Plugged string

// What there is to plug in.
const (
	PluggedMFRC522 Plugged = "mfrc522"
	PluggedPN532   Plugged = "pn532"
	PluggedNone    Plugged = "none" // the plug is pulled
)

// Slot is the end of an SPI bus, into which one of the chips is plugged, or
// none. It is safe for concurrent use.
type Slot struct {
	mfrc522 *MFRC522
	pn532   *PN532

	mu  sync.Mutex
	now Plugged
}

// NewSlot makes a slot over a field, with an MFRC522 plugged in.
func NewSlot(f *Field) *Slot {
	s := &Slot{mfrc522: NewMFRC522(f, MFRC522Options{}), pn532: NewPN532(f, PN532Options{})}
	s.Plug(PluggedMFRC522)
	return s
}

// Plug pulls out what is plugged in and plugs p in, freshly powered. What was
// opened before finds nobody on the bus.
func (s *Slot) Plug(p Plugged) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = p
	s.mfrc522.SetDefects(Defects{Gone: true})
	s.pn532.SetDefects(Defects{Gone: true})
	switch p {
	case PluggedMFRC522:
		s.mfrc522.SetDefects(Defects{})
	case PluggedPN532:
		s.pn532.SetDefects(Defects{})
	}
}

// Plugged tells what is plugged in.
func (s *Slot) Plugged() Plugged {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

// Open opens the port of what is plugged in.
func (s *Slot) Open() (spi.PortCloser, error) {
	if s.Plugged() == PluggedPN532 {
		return s.pn532.Open()
	}
	return s.mfrc522.Open()
}
