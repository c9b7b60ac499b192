package nfc_test

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"example.org/inloop/devices/mfrc522"
	"example.org/inloop/devices/nfc"
	"example.org/inloop/devices/sim"
)

// A program gives the driver an opener for its port, on a Raspberry Pi
// spireg.Open("SPI0.0"), and owns the goroutine in which the reader runs.
func ExampleReader() {
	field := sim.NewField()
	chip := sim.NewMFRC522(field, sim.MFRC522Options{})
	log := slog.New(slog.DiscardHandler)

	device := mfrc522.New(chip.Open, mfrc522.Options{Log: log})
	reader := nfc.New(device, clock{time.Now()}, log, nfc.Options{})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- reader.Run(ctx) }()

	field.Lay(sim.NewNTAG([7]byte{0x04, 0xA8, 0x1D, 0x12, 0xDE, 0x5F, 0x80}))
	if tap, err := reader.Next(ctx); err == nil {
		fmt.Println("a tap of", tap.UID)
	}
	cancel()
	fmt.Println("ended:", <-ended)
	// Output:
	// a tap of [card]
	// ended: <nil>
}
