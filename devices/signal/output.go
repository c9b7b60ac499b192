package signal

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"periph.io/x/conn/v3/gpio"
)

const (
	// slow is how long a pin may take before it is called hanging. It is less
	// than the shortest step of any rhythm.
	slow = 100 * ms
	// offAgain is how often switching off is tried again: a buzzer must not
	// go on for ever.
	offAgain = time.Second
	// stableAfter is how long a pin must not have failed before a row of failures
	// is over.
	stableAfter = time.Minute
)

// output switches one pin. It has a goroutine to itself, so that a pin which
// hangs holds up neither the other pin nor the rhythm, and cannot leave the
// buzzer on. A nil line is an absent pin.
type output struct {
	role, name string
	pin        gpio.PinOut
	log        *slog.Logger
	wish       chan gpio.Level // at most the newest
	done       chan struct{}

	// The player's.
	level gpio.Level // last wished for
	sent  time.Time  // when
	hangs bool       // was said to hang

	// The line's own goroutine's.
	unsure   bool // it may be on and should not
	failures int  // in this row
	failed   time.Time
}

// newOutput switches a pin off and makes it ready, without waiting for it.
func newOutput(role string, pin gpio.PinOut, log *slog.Logger) *output {
	if pin == nil {
		return nil
	}
	l := &output{
		role: role, name: pin.Name(), pin: pin, log: log.With("part", role, "pin", pin.Name()),
		wish: make(chan gpio.Level, 1), done: make(chan struct{}),
	}
	go l.run()
	return l
}

// set wishes for a level. It never blocks: a wish that was not yet taken is
// forgotten for the newer one. One goroutine at a time calls it.
func (l *output) set(level gpio.Level) {
	if l == nil || l.level == level {
		return
	}
	select {
	case <-l.wish:
		if !l.hangs && time.Since(l.sent) >= slow {
			l.hangs = true
			l.log.Warn("signal pin hangs")
		}
	default:
		if l.hangs {
			l.hangs = false
			l.log.Info("signal pin moves again")
		}
	}
	l.wish <- level // has room: nobody else sends
	l.level, l.sent = level, time.Now()
}

// close lets the pin be switched off for good.
func (l *output) close() {
	if l == nil {
		return
	}
	l.set(gpio.Low)
	close(l.wish)
}

// wait waits until the closed pin is off, ErrStuck when ctx ends before.
func (l *output) wait(ctx context.Context) error {
	if l == nil {
		return nil
	}
	select {
	case <-l.done:
		return nil
	case <-ctx.Done():
	}
	select {
	case <-l.done: // while the other one was waited for
		return nil
	default:
		return fmt.Errorf("switch off %s %s: %w", l.role, l.name, ErrStuck)
	}
}

// run makes wishes come true.
func (l *output) run() {
	defer close(l.done)
	// At once, and not with the first tap: a former life may have left it on,
	// and a pin that cannot be had is better known now.
	l.write(gpio.Low)
	for {
		var again <-chan time.Time
		if l.unsure {
			again = time.After(offAgain)
		}
		select {
		case level, open := <-l.wish:
			if !open {
				l.end()
				return
			}
			l.write(level)
		case <-again:
			l.write(gpio.Low)
		}
	}
}

// write switches the pin. After an error nobody knows what it shows, so it is
// switched off.
func (l *output) write(level gpio.Level) {
	err := l.pin.Out(level)
	if err == nil {
		l.unsure = false
		// Only a pin that went through a whole pulse works again.
		if l.failures > 0 && level == gpio.Low && time.Since(l.failed) >= stableAfter {
			l.log.Info("signal pin works again", "failures", l.failures)
			l.failures = 0
		}
		return
	}
	l.unsure = l.pin.Out(gpio.Low) != nil
	l.failed = time.Now()
	if l.failures++; l.failures == 1 {
		l.log.Warn("signal pin fails; going on without it until it works", "err", err)
	}
}

// end says what is left to say of the pin.
func (l *output) end() {
	if l.unsure {
		l.write(gpio.Low)
	}
	if l.failures > 0 {
		l.log.Warn("signal pin failed", "failures", l.failures, "off", !l.unsure)
	}
}
