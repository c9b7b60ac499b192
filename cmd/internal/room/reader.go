package room

import (
	"context"
	"errors"
	"fmt"

	"periph.io/x/conn/v3/spi"
	"periph.io/x/conn/v3/spi/spireg"
	"periph.io/x/host/v3/sysfs"

	"example.org/inloop/devices/mfrc522"
	"example.org/inloop/devices/nfc"
	"example.org/inloop/devices/sim"
	"example.org/inloop/kiosk"
)

// openBus returns what opens the reader's bus, anew at every call.
func (r *Room) openBus() func() (spi.PortCloser, error) {
	if r.cfg.Reader == ReaderSim {
		return sim.NewMFRC522(r.cfg.Field, sim.MFRC522Options{}).Open
	}
	return func() (spi.PortCloser, error) { return openSPI(r.cfg.SPI) }
}

// openSPI opens the named port. A port that came up after the start is in no
// register, so a name of the kernel's numbering is then opened by its numbers.
func openSPI(name string) (spi.PortCloser, error) {
	port, err := spireg.Open(name)
	if err == nil {
		return port, nil
	}
	var bus, chip int
	if n, _ := fmt.Sscanf(name, "SPI%d.%d", &bus, &chip); n != 2 {
		if n, _ := fmt.Sscanf(name, "/dev/spidev%d.%d", &bus, &chip); n != 2 {
			return nil, err
		}
	}
	late, errLate := sysfs.NewSPI(bus, chip)
	if errLate != nil {
		return nil, errLate
	}
	return late, nil
}

// read takes taps until ctx ends. A reader that is away is looked for by
// package nfc, for ever.
func (r *Room) read(ctx context.Context) {
	if r.cfg.Reader == ReaderNone {
		r.board.set(nfc.Part, kiosk.Orange, "reader.none")
		return
	}
	chip := mfrc522.New(r.openBus(), mfrc522.Options{Log: r.cfg.Log})
	reader := nfc.New(chip, r.cfg.Clock, r.cfg.Log, nfc.Options{
		OnLight: func(l kiosk.Light) { r.board.set(l.Part, l.Colour, l.Reason) },
	})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := reader.Run(ctx); err != nil {
			r.cfg.Log.Error("reader", "err", err)
		}
	}()
	defer func() { <-ended }()
	for {
		tap, err := reader.Next(ctx)
		if errors.Is(err, nfc.ErrClosed) || ctx.Err() != nil {
			return
		}
		if err != nil {
			r.cfg.Log.Error("next tap", "err", err)
			continue
		}
		r.take(ctx, tap)
	}
}

// take brings one tap to its end, also when the room is being stopped: who
// laid a badge down gets an answer.
func (r *Room) take(ctx context.Context, tap kiosk.Tap) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWords)
	defer cancel()
	_, err := r.check.CheckIn(ctx, tap)
	r.storeIs(ctx, "keep a tap", err)
}
