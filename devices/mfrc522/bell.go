package mfrc522

import (
	"context"
	"log/slog"
	"time"

	"periph.io/x/conn/v3/gpio"

	"example.org/inloop/devices/clock"
)

const (
	// shortest is the least that an edge is waited for: hosts round shorter
	// times down to nothing, which some take for ever (periph/host#78).
	shortest = time.Millisecond
	// mostMissed times in a row mean that the pin does not work any more.
	mostMissed = 5
)

// bell is the interrupt pin, if there is one. It only wakes: whether an
// exchange is over is for the flags to say, and no wait is longer with the pin
// than without.
type bell struct {
	pin   gpio.PinIn
	clock clock.Clock
	log   *slog.Logger

	works   bool // it followed the chip when it was last tried
	told    bool // that it does not
	trusted bool // it was low at the end of the last rest
	missed  int  // times in a row that it did not speak the truth
}

// arm makes the chip ring for an answer, an error or its timer, and finds out
// whether the pin follows: the timer's flag is raised by hand.
func (d *Device) arm() error {
	b := &d.bell
	b.works, b.missed = false, 0
	if b.pin == nil {
		return nil
	}
	if err := b.pin.In(gpio.PullUp, gpio.FallingEdge); err != nil {
		b.tell("err", err)
		return nil
	}
	follows := true
	for _, try := range []struct {
		flags byte
		want  gpio.Level
	}{{irqClearAll, gpio.High}, {irqSet | irqTimer, gpio.Low}, {irqClearAll, gpio.High}} {
		if err := d.bus.write("arm", set(comIEnReg, irqLow|irqRx|irqErr|irqTimer), set(comIrqReg, try.flags)); err != nil {
			return err
		}
		follows = follows && b.pin.Read() == try.want
	}
	if b.works = follows; !follows {
		b.tell("reason", "the pin does not follow the chip")
	}
	return nil
}

// rest waits for span, or until the pin is low, or until ctx ends.
func (b *bell) rest(ctx context.Context, span time.Duration) error {
	if !b.works {
		return b.clock.Sleep(ctx, span)
	}
	for end := b.clock.Now().Add(span); ctx.Err() == nil; {
		// A level, so that neither a stale edge nor a lost one matters.
		if b.trusted = b.pin.Read() == gpio.Low; b.trusted {
			return nil
		}
		left := end.Sub(b.clock.Now())
		if left <= 0 {
			break
		}
		b.pin.WaitForEdge(max(left, shortest))
	}
	return ctx.Err()
}

// judge notes whether the pin spoke the truth: it is low when the first look
// after it finds a flag, and only then.
func (b *bell) judge(flag bool) {
	if !b.works || b.trusted == flag {
		b.missed = 0
		return
	}
	if b.missed++; b.missed >= mostMissed {
		b.works = false
		b.tell("reason", "the pin does not follow the chip any more")
	}
}

func (b *bell) tell(args ...any) {
	if !b.told {
		b.told = true
		b.log.Warn("reader's IRQ pin does not work; going on without it", args...)
	}
}
