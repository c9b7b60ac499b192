package pn532

import (
	"log/slog"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"

	"example.org/inloop/devices/clock"
)

// DefaultSpeed is what long wires still bear; a listing is 46 bytes, so a
// faster clock gains nothing.
const DefaultSpeed = physic.MegaHertz

// maxSpeed is the fastest clock that the chip takes (data sheet 8.3.5).
const maxSpeed = 5 * physic.MegaHertz

// slower are the speeds that are tried when the configured one garbles bytes.
var slower = []physic.Frequency{physic.MegaHertz, 500 * physic.KiloHertz, 250 * physic.KiloHertz}

// Options are what a wiring may need differently. The zero value is good.
type Options struct {
	// Speed of the SPI clock, 0 for [DefaultSpeed]; at most 5 MHz. Wires on
	// which it garbles bytes are run slower.
	Speed physic.Frequency
	// IRQ is the pin on which the chip's IRQ (P70) ends, nil for none. With it
	// an idle look costs no transfer. A pin that does not work costs a line in
	// the log.
	IRQ gpio.PinIn
	// Reset is the pin on the chip's RSTPD_N, nil for none. On some boards the
	// pin called RSTO is another one.
	Reset gpio.PinOut
	// Clock is nil for the machine's own.
	Clock clock.Clock
	// Log hears of the chip, of slow wires and the like; nil for silence.
	Log *slog.Logger
}

func (o Options) withDefaults() Options {
	if o.Speed <= 0 {
		o.Speed = DefaultSpeed
	}
	o.Speed = min(o.Speed, maxSpeed)
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
