package spibus

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"periph.io/x/conn/v3"
	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"
	"periph.io/x/conn/v3/spi"

	"example.org/inloop/devices/clock"
)

// ErrClosed means that the bus was not opened, or was closed.
var ErrClosed = errors.New("bus is not open")

// soon is how shortly after an opening another one means that the first was no
// cure.
const soon = 10 * time.Second

// ChipSpec is what a kind of chip asks of its bus.
type ChipSpec struct {
	Name     string             // leads the bus's errors
	MaxSpeed physic.Frequency   // the fastest clock that the chip takes
	Speed    physic.Frequency   // where the wiring names none
	Slower   []physic.Frequency // tried in order where a speed garbles bytes
}

// Wiring is how one chip is wired. Only Open is needed.
type Wiring struct {
	// Open opens the SPI port. It is called at every opening of the bus, since
	// a port connects only once. A driver sets it by what its New is given.
	Open func() (spi.PortCloser, error)
	// Speed of the SPI clock, 0 for the chip's usual one; never above its limit.
	Speed physic.Frequency
	IRQ   gpio.PinIn   // nil for none; one that does not work costs an entry in the log
	Reset gpio.PinOut  // nil for none
	Clock clock.Clock  // nil for the machine's own
	Log   *slog.Logger // of clones, slow wires and the like; nil for silence
}

func (w Wiring) withDefaults(c ChipSpec) Wiring {
	if w.Speed <= 0 {
		w.Speed = c.Speed
	}
	w.Speed = min(w.Speed, c.MaxSpeed)
	if w.Clock == nil {
		w.Clock = clock.System{}
	}
	if w.Log == nil {
		w.Log = slog.New(slog.DiscardHandler)
	}
	return w
}

// Bus is the way to one chip. It is closed at first, and belongs to one
// goroutine at a time.
type Bus struct {
	chip      ChipSpec
	wiring    Wiring
	interrupt Interrupt

	port    spi.PortCloser // nil while closed: periph's port panics after its close
	conn    spi.Conn
	maxTx   int // bytes in one transfer, 0 for no limit
	batches batches
	speed   physic.Frequency
	opened  time.Time // last try
	stuck   bool      // the reset pin could not be driven, which was said
}

// New makes a bus that is still closed.
func New(c ChipSpec, w Wiring) *Bus {
	w = w.withDefaults(c)
	return &Bus{chip: c, wiring: w, interrupt: Interrupt{pin: w.IRQ, clock: w.Clock, log: w.Log}}
}

// Clock is the wiring's clock.
func (b *Bus) Clock() clock.Clock { return b.wiring.Clock }

// Log is the wiring's log.
func (b *Bus) Log() *slog.Logger { return b.wiring.Log }

// Interrupt is the interrupt pin, wired or not.
func (b *Bus) Interrupt() *Interrupt { return &b.interrupt }

// IsOpen tells whether the bus is open.
func (b *Bus) IsOpen() bool { return b.port != nil }

// Open opens the port and connects at the chip's own limit; [Bus.SetSpeed] sets
// the wiring's speed afterwards. A bus that is open is closed first. hard tells
// that the chip wants a reset by its pin: this is the first opening, or the last
// one was so short ago that it was no cure. Errors are the port's.
func (b *Bus) Open() (hard bool, err error) {
	_ = b.Close() // it may well be dead: that is why it is opened again
	now := b.wiring.Clock.Now()
	hard = b.opened.IsZero() || now.Sub(b.opened) < soon
	b.opened = now
	port, err := b.wiring.Open()
	if err != nil {
		return hard, fmt.Errorf("%s: open bus: %w", b.chip.Name, err)
	}
	c, err := port.Connect(b.chip.MaxSpeed, spi.Mode0, 8)
	if err != nil {
		_ = port.Close() // the first error tells more
		return hard, fmt.Errorf("%s: connect at %s: %w", b.chip.Name, b.chip.MaxSpeed, err)
	}
	b.port, b.conn, b.maxTx, b.batches = port, c, 0, batchesUntried
	if l, ok := c.(conn.Limits); ok {
		b.maxTx = l.MaxTxSize()
	}
	return hard, nil
}

// Close closes the port. Closing a closed bus does nothing.
func (b *Bus) Close() error {
	if b.port == nil {
		return nil
	}
	port := b.port
	b.port, b.conn = nil, nil
	if err := port.Close(); err != nil {
		return fmt.Errorf("%s: close bus: %w", b.chip.Name, err)
	}
	return nil
}
