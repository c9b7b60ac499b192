package mfrc522

import (
	"log/slog"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"

	"example.org/inloop/devices/clock"
)

// DefaultSpeed is what long wires and clones still bear.
const DefaultSpeed = 4 * physic.MegaHertz

// DefaultGain is the receiver's gain after a reset: 33 dB.
const DefaultGain = 4

// maxSpeed is the fastest clock that the chip takes (data sheet 8.1.2).
const maxSpeed = 10 * physic.MegaHertz

// slower are the speeds that are tried when the configured one garbles bytes.
var slower = []physic.Frequency{physic.MegaHertz, 500 * physic.KiloHertz}

// Options are what a wiring may need differently. The zero value is good.
type Options struct {
	// Speed of the SPI clock, 0 for [DefaultSpeed]; at most 10 MHz. Wires on
	// which it garbles bytes are run at 1 MHz, or 500 kHz.
	Speed physic.Frequency
	// Gain of the receiver, 1 to 7, 0 for [DefaultGain]: 2 is 18 dB, 3 is 23,
	// 4 is 33, 5 is 38, 6 is 43, 7 is 48 (data sheet 9.3.3.7, table 98).
	Gain int
	// IRQ is the pin on which the chip's IRQ ends, nil for none. It only saves
	// reading too early: a pin that does not work costs a line in the log.
	IRQ gpio.PinIn
	// Reset is the pin on the chip's NRSTPD (RST on most boards), nil for none.
	// With it a chip heals that takes no commands any more.
	Reset gpio.PinOut
	// Clock is nil for the machine's own.
	Clock clock.Clock
	// Log hears of clones, slow wires and the like; nil for silence.
	Log *slog.Logger
}

func (o Options) withDefaults() Options {
	if o.Speed <= 0 {
		o.Speed = DefaultSpeed
	}
	o.Speed = min(o.Speed, maxSpeed)
	if o.Gain < 1 || o.Gain > 7 {
		o.Gain = DefaultGain
	}
	if o.Clock == nil {
		o.Clock = clock.System{}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// speeds are what may be tried, the configured one first.
func (o Options) speeds() []physic.Frequency {
	list := []physic.Frequency{o.Speed}
	for _, s := range slower {
		if s < o.Speed {
			list = append(list, s)
		}
	}
	return list
}
