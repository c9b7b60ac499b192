package mfrc522

import (
	"log/slog"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"
	"periph.io/x/conn/v3/spi"

	"example.org/inloop/devices/clock"
	"example.org/inloop/devices/spibus"
)

// DefaultSpeed is what long wires and clones still bear.
const DefaultSpeed = 4 * physic.MegaHertz

// DefaultGain is the receiver's gain after a reset: 33 dB.
const DefaultGain = 4

// chip is what the MFRC522 asks of its bus. It takes 10 MHz at most (data sheet
// 8.1.2).
func chip() spibus.ChipSpec {
	return spibus.ChipSpec{
		Name: "mfrc522", MaxSpeed: 10 * physic.MegaHertz, Speed: DefaultSpeed,
		Slower: []physic.Frequency{physic.MegaHertz, 500 * physic.KiloHertz},
	}
}

// Options are what a wiring may need differently. The zero value is good.
type Options struct {
	// Speed of the SPI clock, 0 for [DefaultSpeed]; at most 10 MHz. Wires on
	// which it garbles bytes are run at 1 MHz, or 500 kHz.
	Speed physic.Frequency
	// Gain of the receiver, 1 to 7, 0 for [DefaultGain]: 2 is 18 dB, 3 is 23,
	// 4 is 33, 5 is 38, 6 is 43, 7 is 48 (data sheet 9.3.3.7, table 98).
	Gain int
	// IRQ is the pin on which the chip's IRQ ends, nil for none. It only saves
	// reading too early: a pin that does not work costs an entry in the log.
	IRQ gpio.PinIn
	// Reset is the pin on the chip's NRSTPD (RST on most boards), nil for none.
	// With it a chip heals that takes no commands any more.
	Reset gpio.PinOut
	// Clock is nil for the machine's own.
	Clock clock.Clock
	// Log hears of clones, slow wires and the like; nil for silence.
	Log *slog.Logger
}

func (o Options) wiring(open func() (spi.PortCloser, error)) spibus.Wiring {
	return spibus.Wiring{Open: open, Speed: o.Speed, IRQ: o.IRQ, Reset: o.Reset, Clock: o.Clock, Log: o.Log}
}

func (o Options) gain() int {
	if o.Gain < 1 || o.Gain > 7 {
		return DefaultGain
	}
	return o.Gain
}
