package mfrc522

import (
	"log/slog"

	"periph.io/x/conn/v3/physic"
)

// DefaultSpeed is what long wires and clones still bear.
const DefaultSpeed = 4 * physic.MegaHertz

// DefaultGain is the receiver's gain after a reset: 33 dB.
const DefaultGain = 4

// maxSpeed is the fastest clock that the chip takes (data sheet 8.1.2).
const maxSpeed = 10 * physic.MegaHertz

// Options are what a wiring may need differently. The zero value is good.
type Options struct {
	// Speed of the SPI clock, 0 for [DefaultSpeed]; at most 10 MHz.
	Speed physic.Frequency
	// Gain of the receiver, 1 to 7, 0 for [DefaultGain]: 2 is 18 dB, 3 is 23,
	// 4 is 33, 5 is 38, 6 is 43, 7 is 48 (data sheet 9.3.3.7, table 98).
	Gain int
	// Log hears of clones and of hosts without batches; nil for silence.
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
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}
