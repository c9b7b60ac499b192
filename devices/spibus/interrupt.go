package spibus

import (
	"context"
	"log/slog"
	"time"

	"periph.io/x/conn/v3/gpio"

	"example.org/inloop/devices/clock"
)

const (
	// shortestWait is the least that an edge is waited for: hosts round shorter
	// times down to nothing, which some take for ever (periph/host#78).
	shortestWait = time.Millisecond
	// mostWrong times in a row mean that the pin does not work any more.
	mostWrong = 5
)

// Interrupt is the interrupt pin, low while the chip has something to say. It
// only wakes: what the chip has to say is for the chip to tell, and no wait is
// longer with the pin than without. It is used as a level, so that neither a
// stale edge nor a lost one matters.
type Interrupt struct {
	pin   gpio.PinIn
	clock clock.Clock
	log   *slog.Logger

	works  bool // it followed the chip when it was last tried
	told   bool // that it does not
	ended  bool // the last wait, because the pin was low
	missed int  // times in a row that it was wrong
}

// Arm readies the pin for being tried; it is not trusted until [Interrupt.Trust].
// false where no pin is wired, or it cannot be had.
func (i *Interrupt) Arm() bool {
	i.works, i.missed = false, 0
	if i.pin == nil {
		return false
	}
	if err := i.pin.In(gpio.PullUp, gpio.FallingEdge); err != nil {
		i.Distrust(err.Error())
		return false
	}
	return true
}

// Trust uses the pin from now on, or says that it does not follow the chip.
func (i *Interrupt) Trust(follows bool) {
	if i.works = follows; !follows {
		i.Distrust("the pin does not follow the chip")
	}
}

// Distrust uses the pin no more until it was tried again. The reason is logged
// once.
func (i *Interrupt) Distrust(reason string) {
	i.works = false
	if !i.told {
		i.told = true
		i.log.Warn("reader's IRQ pin does not work; going on without it", "reason", reason)
	}
}

// Suspend uses the pin no more until it was tried again, and logs nothing.
func (i *Interrupt) Suspend() { i.works = false }

// Works tells whether the pin is used.
func (i *Interrupt) Works() bool { return i.works }

// Low tells whether the pin is low now.
func (i *Interrupt) Low() bool { return i.pin.Read() == gpio.Low }

// Wait waits for at most span, or until the pin is low, or until ctx ends and
// then gives its error.
func (i *Interrupt) Wait(ctx context.Context, span time.Duration) error {
	if !i.works {
		return i.clock.Sleep(ctx, span)
	}
	for end := i.clock.Now().Add(span); ctx.Err() == nil; {
		if i.ended = i.Low(); i.ended {
			return nil
		}
		left := end.Sub(i.clock.Now())
		if left <= 0 {
			break
		}
		i.pin.WaitForEdge(max(left, shortestWait))
	}
	return ctx.Err()
}

// Compare notes whether the pin was right: it ended the last wait, and the chip
// had something to say, or neither. A pin that is wrong too often is used no
// more.
func (i *Interrupt) Compare(said bool) {
	if !i.works || i.ended == said {
		i.missed = 0
		return
	}
	if i.missed++; i.missed >= mostWrong {
		i.Distrust("the pin does not follow the chip any more")
	}
}
