package sim

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"periph.io/x/conn/v3/physic"
	"periph.io/x/conn/v3/spi"

	"example.org/inloop/devices/clock"
)

// Host is what a board is plugged into, in the points in which hosts and wires
// differ. The zero value takes batches of any size and charges no time.
type Host struct {
	Clock     clock.Clock      // nil for the machine's own
	Transfer  time.Duration    // charged for each call of the host, and with it each bit at the port's speed; 0 charges neither
	NoPackets bool             // one frame a transfer only
	MaxTxSize int              // bytes in a transfer, 0 for no limit
	MostSpeed physic.Frequency // above it the wires garble bytes, 0 for no limit
	Seed      uint64           // of losses and flips
}

// Cost counts what the bus carried.
type Cost struct {
	Selects   int // chip select periods
	Transfers int // calls of the host, an ioctl each
	Bytes     int
	Flips     int // bits that were flipped on the way
}

// silicon is the chip on a board. All calls come with the board's lock held.
type silicon interface {
	// frame carries one chip select period of this span, which ends now: what
	// MOSI brings, what MISO gives. w is never empty, and the answer is as long.
	frame(w []byte, now time.Time, span time.Duration) []byte
	// power puts the chip in the state that a supply freshly there gives it,
	// with all faults of the silicon gone.
	power(now time.Time)
	// reset is the reset pin, low while held.
	reset(low bool, now time.Time)
	// irq tells whether the interrupt pin is pulled low.
	irq(now time.Time) bool
}

// board is a chip with its wiring: what the host sees of it. It is safe for
// concurrent use.
type board struct {
	mu      sync.Mutex
	chip    silicon
	host    Host
	rand    *rand.Rand
	defects Defects

	cost       Cost
	ports      int // opened, and not closed yet
	violations []string
}

// plugIn readies a board whose embedder is its chip. That powers it up.
func (b *board) plugIn(chip silicon, f *Field, h Host) {
	if h.Clock == nil {
		h.Clock = clock.System{}
	}
	f.mu.Lock()
	f.now = h.Clock.Now
	f.mu.Unlock()
	b.chip, b.host, b.rand = chip, h, rand.New(rand.NewPCG(h.Seed, 0x522))
	chip.power(h.Clock.Now())
}

// Open opens the SPI port. As a port of the kernel does, it connects once and
// is of no use after its close.
func (b *board) Open() (spi.PortCloser, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.defects.Bus {
		return nil, fmt.Errorf("open: %w", ErrBus)
	}
	b.ports++
	return &port{board: b}, nil
}

// Ports is how many ports are open: more than one at a time, or one at the end,
// was not closed by its driver.
func (b *board) Ports() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.ports
}

func (b *board) closePort() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ports--
}

// Cost gives what the bus carried since the last call.
func (b *board) Cost() Cost {
	b.mu.Lock()
	defer b.mu.Unlock()
	cost := b.cost
	b.cost = Cost{}
	return cost
}

// Violations lists what the host did against data sheet or standard, at most
// the first hundred.
func (b *board) Violations() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string(nil), b.violations...)
}

func (b *board) violate(format string, args ...any) {
	// Flipped bits are the bus's doing, not the host's.
	if len(b.violations) < 100 && b.defects.Flips == 0 && b.host.MostSpeed == 0 {
		b.violations = append(b.violations, fmt.Sprintf(format, args...))
	}
}

// exchange carries one chip select period, whatever is wrong with the wiring.
func (b *board) exchange(w []byte, speed physic.Frequency) ([]byte, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.defects.Bus {
		return nil, ErrBus
	}
	b.cost.Selects++
	b.cost.Bytes += len(w)
	share := b.defects.Flips
	if b.host.MostSpeed > 0 && speed > b.host.MostSpeed {
		share = max(share, tooFast)
	}
	r := make([]byte, len(w))
	if !b.defects.Gone {
		r = b.flip(b.chip.frame(b.flip(w, share), b.host.Clock.Now(), clocked(len(w), speed)), share)
	}
	for i := range r {
		switch {
		case b.defects.Gone || b.defects.MISO == MISOHigh:
			r[i] = 0xFF
		case b.defects.MISO == MISOLow:
			r[i] = 0x00
		}
	}
	return r, nil
}

// check tells why a transfer of total bytes cannot begin, and counts it.
func (b *board) check(total int) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.defects.Bus:
		return ErrBus
	case b.host.MaxTxSize > 0 && total > b.host.MaxTxSize:
		return fmt.Errorf("sim: %d bytes in one transfer", total)
	}
	b.cost.Transfers++
	return nil
}

var errPackets = errors.New("sim: this host takes no batches")
