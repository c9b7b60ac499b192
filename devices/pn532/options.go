package pn532

import (
	"periph.io/x/conn/v3/physic"

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

// Options are what a wiring may need differently. The zero value is good: 1 MHz,
// and slower on wires which that garbles. The interrupt pin, on the chip's P70,
// makes an idle look cost no transfer. The reset pin is on its RSTPD_N; on some
// boards the pin called RSTO is another one.
type Options = spibus.Wiring
