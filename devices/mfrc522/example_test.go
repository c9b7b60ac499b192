package mfrc522_test

import (
	"context"
	"fmt"

	"example.org/inloop/devices/mfrc522"
	"example.org/inloop/devices/sim"
	"example.org/inloop/devices/sim/simtest"
)

// On a Raspberry Pi the opener is spireg.Open("SPI0.0"), and the clock the
// machine's own.
func ExampleDevice() {
	clock, field := simtest.NewClock(), sim.NewField()
	chip := sim.NewMFRC522(field, sim.MFRC522Options{Host: sim.Host{Clock: clock}})
	field.Lay(sim.NewNTAG([7]byte{0x04, 0xA8, 0x1D, 0x12, 0xDE, 0x5F, 0x80}))

	ctx := context.Background()
	device := mfrc522.New(chip.Open, mfrc522.Options{Clock: clock})
	if err := device.Open(ctx); err != nil {
		fmt.Println(err)
		return
	}
	cards, err := device.Scan(ctx)
	fmt.Println(len(cards), "card", err)
	details, err := device.Details()
	fmt.Println(details.Model, "at", details.Speed, err)
	fmt.Println("closed:", device.Close())
	// Output:
	// 1 card <nil>
	// MFRC522 v2.0 at 4MHz <nil>
	// closed: <nil>
}
