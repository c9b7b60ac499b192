package sim

import (
	"context"
	"errors"
	"time"

	"periph.io/x/conn/v3/gpio"
)

// pinStep is how finely a waiting pin looks at the chip, at the finest.
const pinStep = 20 * time.Microsecond

// IRQ gives the board's interrupt pin as a host's input. As with the kernel's
// character device, only a positive timeout may be waited for
// (periph/host#78): any other is a violation.
func (b *board) IRQ() gpio.PinIn { return &irqPin{PinIO: gpio.INVALID, board: b} }

// Reset gives the board's reset pin as a host's output.
func (b *board) Reset() gpio.PinOut { return &resetPin{PinIO: gpio.INVALID, board: b} }

// irqPin takes what it has no meaning for from the invalid pin.
type irqPin struct {
	gpio.PinIO
	board *board
	armed bool
	was   gpio.Level // as it was last seen
}

func (p *irqPin) In(_ gpio.Pull, edge gpio.Edge) error {
	p.armed, p.was = edge == gpio.FallingEdge || edge == gpio.BothEdges, p.Read()
	return nil
}

func (p *irqPin) Read() gpio.Level {
	b := p.board
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.defects.NoIRQ || b.defects.Gone {
		return gpio.High
	}
	return gpio.Level(!b.chip.irq(b.host.Clock.Now()))
}

// WaitForEdge waits for the pin to fall. A fall since the last call counts:
// the kernel queues edges.
func (p *irqPin) WaitForEdge(timeout time.Duration) bool {
	b := p.board
	if timeout <= 0 || !p.armed {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.violate("WaitForEdge(%v), armed: %v", timeout, p.armed)
		return false
	}
	step := max(pinStep, timeout/50)
	for end := b.host.Clock.Now().Add(timeout); ; {
		level := p.Read()
		fell := p.was == gpio.High && level == gpio.Low
		p.was = level
		if fell {
			return true
		}
		left := end.Sub(b.host.Clock.Now())
		if left <= 0 {
			return false
		}
		if err := b.host.Clock.Sleep(context.Background(), min(left, step)); err != nil {
			return false
		}
	}
}

func (p *irqPin) String() string { return "sim IRQ" }

type resetPin struct {
	gpio.PinIO
	board *board
}

func (p *resetPin) String() string { return "sim RST" }

func (p *resetPin) Out(l gpio.Level) error {
	b := p.board
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.defects.Bus {
		return errors.Join(errors.New("reset pin"), ErrBus)
	}
	if b.defects.HoldsReset && l == gpio.High {
		return errors.New("sim: reset pin does not rise")
	}
	if !b.defects.Gone {
		b.chip.reset(l == gpio.Low, b.host.Clock.Now())
	}
	return nil
}
