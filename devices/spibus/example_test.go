package spibus_test

import (
	"fmt"

	"periph.io/x/conn/v3/physic"

	"example.org/inloop/devices/sim"
	"example.org/inloop/devices/spibus"
)

// A driver describes its chip once and opens the bus as often as it must. Here
// it reads VersionReg of an MFRC522, whose answer comes one byte late.
func ExampleBus() {
	chip := sim.NewMFRC522(sim.NewField(), sim.MFRC522Options{})
	bus := spibus.New(
		spibus.ChipSpec{Name: "mfrc522", MaxSpeed: 10 * physic.MegaHertz, Speed: 4 * physic.MegaHertz},
		spibus.Wiring{Open: chip.Open},
	)
	hard, err := bus.Open()
	fmt.Println("reset by the pin:", hard, err)

	answer := make([]byte, 2)
	err = bus.Tx([]byte{0x80 | 0x37<<1, 0x00}, answer)
	fmt.Printf("version %02X %v\n", answer[1], err)
	fmt.Println("closed:", bus.Close())
	// Output:
	// reset by the pin: true <nil>
	// version 92 <nil>
	// closed: <nil>
}
