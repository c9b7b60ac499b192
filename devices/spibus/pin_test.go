package spibus_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"periph.io/x/conn/v3/gpio"

	"example.org/inloop/devices/sim"
	"example.org/inloop/devices/sim/simtest"
	"example.org/inloop/devices/spibus"
)

// outPin notes what it is told, and refuses it while it fails.
type outPin struct {
	gpio.PinIO
	levels []gpio.Level
	fails  bool
}

func (p *outPin) Out(l gpio.Level) error {
	if p.fails {
		return errors.New("busy")
	}
	p.levels = append(p.levels, l)
	return nil
}

func TestPulseReset_LowThenHigh(t *testing.T) {
	pin := &outPin{PinIO: gpio.INVALID}
	b, _, clock := newBus(sim.Host{}, spibus.Wiring{Reset: pin})
	began := clock.Now()
	if done, err := b.PulseReset(t.Context(), time.Millisecond, 5*time.Millisecond); !done || err != nil {
		t.Errorf("done %v, %v", done, err)
	}
	if want := []gpio.Level{gpio.Low, gpio.High}; !slices.Equal(pin.levels, want) {
		t.Errorf("levels %v, want %v", pin.levels, want)
	}
	if spent := clock.Now().Sub(began); spent != 6*time.Millisecond {
		t.Errorf("took %v", spent)
	}
}

func TestPulseReset_WithoutAPin(t *testing.T) {
	b, _, _ := newBus(sim.Host{}, spibus.Wiring{})
	if done, err := b.PulseReset(t.Context(), time.Millisecond, time.Millisecond); done || err != nil {
		t.Errorf("done %v, %v", done, err)
	}
}

func TestPulseReset_TriesAPinThatFailedAgainAndWarnsOnce(t *testing.T) {
	var log bytes.Buffer
	pin := &outPin{PinIO: gpio.INVALID, fails: true}
	b, _, _ := newBus(sim.Host{}, spibus.Wiring{Reset: pin, Log: slog.New(slog.NewTextHandler(&log, nil))})
	for range 2 {
		if done, err := b.PulseReset(t.Context(), time.Millisecond, time.Millisecond); done || err != nil {
			t.Errorf("done %v, %v", done, err)
		}
	}
	if n := strings.Count(log.String(), "reset pin"); n != 1 {
		t.Errorf("warned %d times", n)
	}
	pin.fails = false
	if done, err := b.PulseReset(t.Context(), time.Millisecond, time.Millisecond); !done || err != nil {
		t.Errorf("once it works: done %v, %v", done, err)
	}
}

func TestPulseReset_NeverLeavesTheChipInReset(t *testing.T) {
	pin := &outPin{PinIO: gpio.INVALID}
	b, _, _ := newBus(sim.Host{}, spibus.Wiring{Reset: pin})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.PulseReset(ctx, time.Millisecond, time.Millisecond); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if n := len(pin.levels); n == 0 || pin.levels[n-1] != gpio.High {
		t.Errorf("levels %v", pin.levels)
	}
}

// inPin is low from a time on, and lets the clock run while it is waited for.
type inPin struct {
	gpio.PinIO
	clock *simtest.Clock
	lowAt time.Time
	fails bool
}

func (p *inPin) In(gpio.Pull, gpio.Edge) error {
	if p.fails {
		return errors.New("busy")
	}
	return nil
}

func (p *inPin) Read() gpio.Level { return gpio.Level(p.clock.Now().Before(p.lowAt)) }

func (p *inPin) WaitForEdge(longest time.Duration) bool {
	left := p.lowAt.Sub(p.clock.Now())
	fell := left > 0 && left <= longest
	if fell {
		longest = left
	}
	return p.clock.Sleep(context.Background(), longest) == nil && fell
}

// newInterrupt makes a trusted pin that falls after a while.
func newInterrupt(t *testing.T, after time.Duration) (*spibus.Interrupt, *inPin) {
	t.Helper()
	pin := &inPin{PinIO: gpio.INVALID}
	b, _, clock := newBus(sim.Host{}, spibus.Wiring{IRQ: pin})
	pin.clock, pin.lowAt = clock, clock.Now().Add(after)
	i := b.Interrupt()
	if !i.Arm() || i.Works() {
		t.Fatal("an armed pin works before it was tried")
	}
	i.Trust(true)
	return i, pin
}

func TestWait_EndsWithThePinOrTheTime(t *testing.T) {
	for name, tt := range map[string]struct{ falls, span, want time.Duration }{
		"the pin":              {3 * time.Millisecond, 10 * time.Millisecond, 3 * time.Millisecond},
		"the time":             {time.Hour, 10 * time.Millisecond, 10 * time.Millisecond},
		"a pin low already":    {0, 10 * time.Millisecond, 0},
		"never below the host": {time.Hour, 10 * time.Microsecond, time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			i, pin := newInterrupt(t, tt.falls)
			began := pin.clock.Now()
			if err := i.Wait(t.Context(), tt.span); err != nil {
				t.Error(err)
			}
			if spent := pin.clock.Now().Sub(began); spent != tt.want {
				t.Errorf("waited %v, want %v", spent, tt.want)
			}
		})
	}
}

func TestCompare_APinThatIsWrongTooOftenIsGivenUp(t *testing.T) {
	i, _ := newInterrupt(t, time.Hour)
	wrong := func() {
		t.Helper()
		if err := i.Wait(t.Context(), time.Millisecond); err != nil {
			t.Fatal(err)
		}
		i.Compare(true)
	}
	for range 4 {
		wrong()
	}
	i.Compare(false) // right once: the row is over
	for range 4 {
		wrong()
	}
	if !i.Works() {
		t.Error("given up although it was right in between")
	}
	wrong()
	if i.Works() {
		t.Error("used although it was wrong five times in a row")
	}
}

func TestArm_WithoutAPinOrWithOneThatIsTaken(t *testing.T) {
	b, _, _ := newBus(sim.Host{}, spibus.Wiring{})
	if b.Interrupt().Arm() {
		t.Error("armed without a pin")
	}
	b, _, _ = newBus(sim.Host{}, spibus.Wiring{IRQ: &inPin{PinIO: gpio.INVALID, fails: true}})
	if b.Interrupt().Arm() || b.Interrupt().Works() {
		t.Error("armed a pin that is taken")
	}
}
