package pn532

import (
	"context"
	"log/slog"
	"time"

	"periph.io/x/conn/v3/gpio"

	"example.org/inloop/devices/clock"
)

// bell is the interrupt pin, if there is one: low while the chip has something
// to say (user manual 3.1.3.1). It is a level, so that neither a stale edge nor
// a lost one matters.
type bell struct {
	pin   gpio.PinIn
	clock clock.Clock
	log   *slog.Logger

	works bool // it followed the chip when it was tried
	told  bool // that it does not
}

// arm readies the pin for being tried.
func (b *bell) arm() bool {
	b.works = false
	if b.pin == nil {
		return false
	}
	if err := b.pin.In(gpio.PullUp, gpio.FallingEdge); err != nil {
		b.giveUp(err.Error())
		return false
	}
	return true
}

func (b *bell) rings() bool { return b.pin.Read() == gpio.Low }

// rest waits for at most span, or until the pin falls, or until ctx ends.
func (b *bell) rest(ctx context.Context, span time.Duration) error {
	if !b.works {
		return b.clock.Sleep(ctx, span)
	}
	// Never 0 and never less: hosts differ on what those mean (periph/host#78).
	b.pin.WaitForEdge(max(span, time.Millisecond))
	return ctx.Err()
}

func (b *bell) giveUp(reason string) {
	b.works = false
	if !b.told {
		b.told = true
		b.log.Warn("reader's IRQ pin does not work; going on without it", "reason", reason)
	}
}

// proveBell finds out whether the interrupt pin follows the chip.
func (d *Device) proveBell(ctx context.Context) error {
	if !d.bell.arm() {
		return nil
	}
	follows := !d.bell.rings()
	d.busy = true
	if err := d.bus.write(command(getFirmwareVersion)); err != nil {
		return err
	}
	for _, size := range []int{ackSize, 4 + overhead} { // the acknowledgement, the answer
		if err := d.clock.Sleep(ctx, turn); err != nil {
			return err
		}
		if err := d.await(ctx, within); err != nil {
			return err
		}
		follows = follows && d.bell.rings()
		if _, err := d.bus.read(size); err != nil {
			return err
		}
	}
	d.busy = false
	if err := d.clock.Sleep(ctx, turn); err != nil { // for the pin to rise
		return err
	}
	if follows = follows && !d.bell.rings(); !follows {
		d.bell.giveUp("the pin does not follow the chip")
	}
	d.bell.works = follows
	return nil
}
