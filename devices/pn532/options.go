package pn532

import (
	"log/slog"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"
	"periph.io/x/conn/v3/spi"

	"example.org/inloop/devices/clock"
	"example.org/inloop/devices/spibus"
)

// DefaultSpeed is what long wires still bear; a listing is 46 bytes, so a
// faster clock gains nothing.
const DefaultSpeed = physic.MegaHertz

// chip is what the PN532 asks of its bus. It takes 5 MHz at most (data sheet
// 8.3.5).
func chip() spibus.ChipSpec {
	return spibus.ChipSpec{
		Name: "pn532", MaxSpeed: 5 * physic.MegaHertz, Speed: DefaultSpeed,
		Slower: []physic.Frequency{physic.MegaHertz, 500 * physic.KiloHertz, 250 * physic.KiloHertz},
	}
}

// Options are what a wiring may need differently. The zero value is good.
type Options struct {
	// Speed of the SPI clock, 0 for [DefaultSpeed]; at most 5 MHz. Wires on
	// which it garbles bytes are run slower.
	Speed physic.Frequency
	// IRQ is the pin on which the chip's IRQ (P70) ends, nil for none. With it
	// an idle look costs no transfer. A pin that does not work costs an
	// entry in the log.
	IRQ gpio.PinIn
	// Reset is the pin on the chip's RSTPD_N, nil for none. On some boards the
	// pin called RSTO is another one.
	Reset gpio.PinOut
	// Clock is nil for the machine's own.
	Clock clock.Clock
	// Log hears of the chip, of slow wires and the like; nil for silence.
	Log *slog.Logger
}

func (o Options) wiring(open func() (spi.PortCloser, error)) spibus.Wiring {
	return spibus.Wiring{Open: open, Speed: o.Speed, IRQ: o.IRQ, Reset: o.Reset, Clock: o.Clock, Log: o.Log}
}
