package mfrc522

import (
	"periph.io/x/conn/v3/physic"

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

// Options are what a wiring may need differently. The zero value is good: 4 MHz,
// or 1 MHz and 500 kHz on wires which that garbles. With the reset pin, on the
// chip's NRSTPD (RST on most boards), a chip heals that takes no commands any
// more; the interrupt pin only saves reading too early.
type Options = spibus.Wiring

// SetGain sets the receiver's gain from the next opening on, 1 to 7, anything
// else for [DefaultGain]: 2 is 18 dB, 3 is 23, 4 is 33, 5 is 38, 6 is 43, 7 is 48
// (data sheet 9.3.3.7, table 98).
func (d *Device) SetGain(gain int) {
	if gain < 1 || gain > 7 {
		gain = DefaultGain
	}
	d.gain = gain
}
