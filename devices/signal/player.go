package signal

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"periph.io/x/conn/v3/gpio"

	"example.org/inloop/kiosk"
)

const (
	// rest is for how long both pins are off between two patterns, so that
	// they are heard and seen as two. With it no four flashes begin within one
	// second, whatever cuts in.
	rest = 350 * ms
	// grace is how long the end waits for a pin that does not return.
	grace = 500 * ms
)

// ErrStuck means that a pin did not return from being switched: whether it is
// off is not known.
var ErrStuck = errors.New("pin hangs")

// Player plays patterns on a LED and a buzzer.
type Player struct {
	led, buzzer gpio.PinOut
	log         *slog.Logger

	mu      sync.Mutex
	waiting Pattern       // the one that is played next
	woken   chan struct{} // there is a new one
}

var _ kiosk.Door = (*Player)(nil)

// New makes a player that [Player.Run] sets going. A pin that is nil is absent.
// The player owns the pins while it runs.
func New(led, buzzer gpio.PinOut, log *slog.Logger) *Player {
	return &Player{led: led, buzzer: buzzer, log: log, woken: make(chan struct{}, 1)}
}

// Show plays what goes with a greeting. Like Play it never blocks.
func (p *Player) Show(g kiosk.Greeting) { p.Play(PatternFor(g.Kind)) }

// Play lets a pattern be played: at once when nothing or a weaker one is
// playing, or else after that, unless a stronger one waits already. It never
// blocks, whatever the pins do. Before Run it waits for it.
func (p *Player) Play(pattern Pattern) {
	if pattern <= PatternNone || pattern > PatternNotSaved {
		return
	}
	p.mu.Lock()
	p.waiting = max(p.waiting, pattern)
	p.mu.Unlock()
	select {
	case p.woken <- struct{}{}:
	default: // it will look anyway
	}
}

// Run plays until ctx ends and leaves both pins off. It is called once at a
// time. Its only error is ErrStuck, for each pin that hangs: that pin's
// goroutine is then left behind, so that the room can still close.
func (p *Player) Run(ctx context.Context) error {
	led := newOutput("led", p.led, p.log)
	buzzer := newOutput("buzzer", p.buzzer, p.log)
	p.perform(ctx, led, buzzer)

	led.close()
	buzzer.close()
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	return errors.Join(led.wait(last), buzzer.wait(last))
}

// perform plays what is asked for, one pattern after the other.
func (p *Player) perform(ctx context.Context, led, buzzer *output) {
	for ctx.Err() == nil {
		pattern := p.take()
		if pattern == PatternNone {
			select {
			case <-p.woken:
			case <-ctx.Done():
			}
			continue
		}
		p.play(ctx, pattern, led, buzzer)
		p.wait(ctx, time.Now().Add(rest), PatternNotSaved)
	}
}

// play plays one pattern, until a stronger one waits or ctx ends, and leaves
// the pins off.
func (p *Player) play(ctx context.Context, pattern Pattern, led, buzzer *output) {
	begun := time.Now()
	for t := time.Duration(0); ; {
		sound, nextSound := plays[pattern].sound.at(t)
		light, nextLight := plays[pattern].light.at(t)
		buzzer.set(sound)
		led.set(light)
		t = min(nextSound, nextLight)
		if t == never {
			return
		}
		// Counted from the beginning, so that lateness does not add up.
		if !p.wait(ctx, begun.Add(t), pattern) {
			break
		}
	}
	buzzer.set(gpio.Low)
	led.set(gpio.Low)
}

// wait waits for a time, and tells whether it came before ctx's end and before
// a pattern stronger than the one that is playing.
func (p *Player) wait(ctx context.Context, until time.Time, playing Pattern) bool {
	t := time.NewTimer(time.Until(until))
	defer t.Stop()
	for {
		select {
		case <-t.C:
			return true
		case <-ctx.Done():
			return false
		case <-p.woken:
			if p.next() > playing {
				return false
			}
		}
	}
}

// next tells which pattern waits.
func (p *Player) next() Pattern {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.waiting
}

// take takes the pattern that waits.
func (p *Player) take() Pattern {
	p.mu.Lock()
	defer p.mu.Unlock()
	pattern := p.waiting
	p.waiting = PatternNone
	return pattern
}
