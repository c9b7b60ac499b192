package signal

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/gpio"

	"example.org/inloop/kiosk"
)

// stage is a player that runs on two fake pins.
type stage struct {
	*Player
	led, buzzer *fakePin
	log         *bytes.Buffer // read it after stop
	end         context.CancelFunc
	ended       chan error
}

// play sets a stage up within a bubble.
func play(t *testing.T) *stage {
	t.Helper()
	s := &stage{led: newPin(), buzzer: newPin()}
	s.run(t, s.led, s.buzzer)
	return s
}

func (s *stage) run(t *testing.T, led, buzzer gpio.PinOut) {
	t.Helper()
	s.log, s.ended = new(bytes.Buffer), make(chan error, 1)
	s.Player = New(led, buzzer, slog.New(slog.NewTextHandler(s.log, nil)))
	var ctx context.Context
	ctx, s.end = context.WithCancel(t.Context())
	go func() { s.ended <- s.Run(ctx) }()
	synctest.Wait()
}

func (s *stage) stop(t *testing.T) {
	t.Helper()
	s.end()
	if err := <-s.ended; err != nil {
		t.Errorf("run: %v", err)
	}
}

// pass lets time pass, and all that is due at its end happen.
func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

func (s *stage) expect(t *testing.T, buzzer, led string) {
	t.Helper()
	if got := s.buzzer.said(); got != buzzer {
		t.Errorf("buzzer\n got %s\nwant %s", got, buzzer)
	}
	if got := s.led.said(); got != led {
		t.Errorf("led\n got %s\nwant %s", got, led)
	}
}

func TestPlay_EachPatternsEdges(t *testing.T) {
	for _, tt := range []struct {
		kind        kiosk.GreetingKind
		buzzer, led string
	}{
		{kiosk.GreetingNone, "0 off", "0 off"},
		{kiosk.GreetingWelcome, "0 off, 0 on, 120 off", "0 off, 0 on, 600 off"},
		{kiosk.GreetingUnknownBadge,
			"0 off, 0 on, 240 off, 360 on, 600 off",
			"0 off, 0 on, 300 off, 500 on, 800 off"},
		{kiosk.GreetingNotSaved,
			"0 off, 0 on, 480 off, 600 on, 720 off, 840 on, 960 off",
			"0 off, 0 on, 200 off, 400 on, 600 off, 800 on, 1000 off"},
	} {
		t.Run(string(tt.kind), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := play(t)
				s.Show(kiosk.Greeting{Kind: tt.kind})
				pass(time.Minute)
				s.expect(t, tt.buzzer, tt.led)
				s.stop(t)
				s.expect(t, tt.buzzer, tt.led) // off already
				if s.log.Len() > 0 {
					t.Errorf("logged %s", s.log)
				}
			})
		})
	}
}

// What is asked for is given as its time in ms and its pattern; the buzzer
// tells what was played.
func TestPlay_StrongerPatternInterrupts(t *testing.T) {
	type ask struct {
		at      time.Duration
		pattern Pattern
	}
	for _, tt := range []struct {
		name   string
		asks   []ask
		buzzer string
	}{
		{"not saved is heard out, then another's welcome",
			[]ask{{0, PatternNotSaved}, {100 * ms, PatternWelcome}},
			"0 off, 0 on, 480 off, 600 on, 720 off, 840 on, 960 off, 1350 on, 1470 off"},
		{"not saved cuts in",
			[]ask{{0, PatternAsk}, {100 * ms, PatternNotSaved}},
			"0 off, 0 on, 100 off, 450 on, 930 off, 1050 on, 1170 off, 1290 on, 1410 off"},
		{"ask cuts in on the light of a welcome",
			[]ask{{0, PatternWelcome}, {500 * ms, PatternAsk}},
			"0 off, 0 on, 120 off, 850 on, 1090 off, 1210 on, 1450 off"},
		{"two welcomes stay two",
			[]ask{{0, PatternWelcome}, {100 * ms, PatternWelcome}},
			"0 off, 0 on, 120 off, 950 on, 1070 off"},
		{"a crowd is no backlog",
			[]ask{{0, PatternWelcome}, {10 * ms, PatternWelcome}, {20 * ms, PatternWelcome}, {30 * ms, PatternWelcome}, {40 * ms, PatternWelcome}},
			"0 off, 0 on, 120 off, 950 on, 1070 off"},
		{"the stronger waits, whichever came last",
			[]ask{{0, PatternNotSaved}, {100 * ms, PatternWelcome}, {200 * ms, PatternAsk}, {300 * ms, PatternWelcome}},
			"0 off, 0 on, 480 off, 600 on, 720 off, 840 on, 960 off, 1350 on, 1590 off, 1710 on, 1950 off"},
		{"nothing cuts the rest short",
			[]ask{{0, PatternWelcome}, {700 * ms, PatternNotSaved}},
			"0 off, 0 on, 120 off, 950 on, 1430 off, 1550 on, 1670 off, 1790 on, 1910 off"},
		{"a badge a second is never late",
			[]ask{{0, PatternWelcome}, {1000 * ms, PatternWelcome}, {2000 * ms, PatternWelcome}},
			"0 off, 0 on, 120 off, 1000 on, 1120 off, 2000 on, 2120 off"},
		{"no such pattern", []ask{{0, PatternNone}, {0, -1}, {0, PatternNotSaved + 1}}, "0 off"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := play(t)
				for _, a := range tt.asks {
					pass(a.at - time.Since(s.buzzer.made))
					s.Play(a.pattern)
				}
				pass(10 * time.Second)
				s.stop(t)
				if got := s.buzzer.said(); got != tt.buzzer {
					t.Errorf("buzzer\n got %s\nwant %s", got, tt.buzzer)
				}
			})
		})
	}
}

func TestPlay_BeforeRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		led := newPin()
		p := New(led, nil, slog.New(slog.DiscardHandler))
		p.Play(PatternWelcome)
		p.Play(PatternWelcome)
		pass(time.Second)
		ctx, end := context.WithTimeout(t.Context(), time.Minute)
		defer end()
		if err := p.Run(ctx); err != nil {
			t.Error(err)
		}
		if got := led.said(); got != "1000 off, 1000 on, 1600 off" {
			t.Errorf("led: %s", got)
		}
	})
}

// Whatever comes when, no four flashes begin within a second, no beep is longer
// than the longest, and in the end all is dark and silent.
func TestPlay_ManyTapsKeepTheLimits(t *testing.T) {
	for seed := range uint64(50) {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 4))
			s := play(t)
			for range 300 {
				s.Play(patterns()[random.IntN(3)])
				pass(time.Duration(random.IntN(600)) * ms)
			}
			pass(10 * time.Second)
			s.stop(t)
			var flashes []time.Duration
			for _, e := range s.led.all() {
				if e.level {
					flashes = append(flashes, e.at)
				}
			}
			for i := 3; i < len(flashes); i++ {
				if flashes[i]-flashes[i-3] <= time.Second {
					t.Fatalf("seed %d: four flashes from %v to %v", seed, flashes[i-3], flashes[i])
				}
			}
			edges := s.buzzer.all()
			for i, e := range edges {
				if e.level && edges[i+1].at-e.at > 480*ms {
					t.Fatalf("seed %d: a beep from %v to %v", seed, e.at, edges[i+1].at)
				}
			}
			if s.led.on() || s.buzzer.on() {
				t.Errorf("seed %d: left on", seed)
			}
		})
	}
}

func TestRun_AbsentPins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, only := range []string{"led", "buzzer", "none"} {
			one := &stage{led: newPin(), buzzer: newPin()}
			switch only {
			case "led":
				one.run(t, one.led, nil)
			case "buzzer":
				one.run(t, nil, one.buzzer)
			case "none":
				one.run(t, nil, nil)
			}
			one.Play(PatternWelcome)
			pass(time.Second)
			one.stop(t)
			if got := one.led.said(); only == "led" && got != "0 off, 0 on, 600 off" {
				t.Errorf("the led alone: %s", got)
			}
			if got := one.buzzer.said(); only == "buzzer" && got != "0 off, 0 on, 120 off" {
				t.Errorf("the buzzer alone: %s", got)
			}
			if one.log.Len() > 0 {
				t.Errorf("%s: logged %s", only, one.log)
			}
		}
	})
}

func TestRun_EndTurnsBothOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := play(t)
		s.Play(PatternNotSaved)
		pass(100 * ms)
		if !s.led.on() || !s.buzzer.on() {
			t.Fatal("nothing is playing")
		}
		s.stop(t)
		s.expect(t, "0 off, 0 on, 100 off", "0 off, 0 on, 100 off")
		s.Play(PatternWelcome) // nobody plays it, and nobody waits
	})
}

func TestRun_HangingPinHoldsNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &stage{led: newPin(), buzzer: newPin()}
		held := &hangingPin{fakePin: s.led, release: make(chan struct{})}
		s.run(t, held, s.buzzer)
		begun := time.Now()
		for range 1000 {
			s.Play(PatternWelcome)
			s.Play(PatternNotSaved)
		}
		if d := time.Since(begun); d != 0 {
			t.Errorf("Play took %v", d)
		}
		pass(1200 * ms)
		if got := s.buzzer.said(); got != "0 off, 0 on, 480 off, 600 on, 720 off, 840 on, 960 off" {
			t.Errorf("beside a pin that hangs the buzzer plays %s", got)
		}
		s.end()
		begun = time.Now()
		err := <-s.ended
		if !errors.Is(err, ErrStuck) || !strings.Contains(err.Error(), "led GPIO0") || strings.Contains(err.Error(), "buzzer") {
			t.Errorf("run: %v, want that the led hangs", err)
		}
		if d := time.Since(begun); d > grace {
			t.Errorf("the end took %v", d)
		}
		if got := strings.Count(s.log.String(), "signal pin hangs"); got != 1 {
			t.Errorf("said %d times that it hangs: %s", got, s.log)
		}
		close(held.release)
	})
}

func TestRun_PinThatMovesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		held := &hangingPin{fakePin: newPin(), release: make(chan struct{})}
		s := &stage{led: held.fakePin, buzzer: newPin()}
		s.run(t, held, s.buzzer)
		s.Play(PatternWelcome)
		pass(time.Minute)
		close(held.release)
		pass(time.Second)
		s.Play(PatternWelcome)
		pass(time.Second)
		s.stop(t)
		// What it missed is not made up for.
		if got := s.led.said(); got != "60000 off, 60000 off, 61000 on, 61600 off" {
			t.Errorf("led: %s", got)
		}
		if got := s.log.String(); !strings.Contains(got, "moves again") {
			t.Errorf("logged %s", got)
		}
	})
}

func TestRun_FailingPin(t *testing.T) {
	broken := errors.New("broken")
	for _, tt := range []struct {
		name   string
		fail   func(gpio.Level) error
		buzzer string
		log    []string // in each of its lines
	}{
		{"never goes on", func(l gpio.Level) error {
			if l {
				return broken
			}
			return nil
		}, "0 off, 0 on, 0 off, 120 off, 5000 on, 5000 off, 5120 off",
			[]string{"err=broken", "failures=2 off=true"}},
		{"nothing works", func(gpio.Level) error { return broken },
			"0 off, 0 off, 0 on, 0 off, 120 off, 120 off, 1120 off, 1120 off, 2120 off, 2120 off, " +
				"3120 off, 3120 off, 4120 off, 4120 off, 5000 on, 5000 off, 5120 off, 5120 off, 6000 off, 6000 off",
			[]string{"err=broken", "failures=10 off=false"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &stage{led: newPin(), buzzer: newPin()}
				s.buzzer.fail = tt.fail
				s.run(t, s.led, s.buzzer)
				s.Play(PatternWelcome)
				pass(5 * time.Second)
				s.Play(PatternWelcome)
				pass(time.Second)
				s.stop(t)
				s.expect(t, tt.buzzer, "0 off, 0 on, 600 off, 5000 on, 5600 off")
				lines := strings.Split(strings.TrimSpace(s.log.String()), "\n")
				if len(lines) != len(tt.log) {
					t.Fatalf("logged %d lines, want %d:\n%s", len(lines), len(tt.log), s.log)
				}
				for i, want := range tt.log {
					if !strings.Contains(lines[i], want) || !strings.Contains(lines[i], "part=buzzer") {
						t.Errorf("logged %s, want %s of the buzzer", lines[i], want)
					}
				}
			})
		})
	}
}

// A buzzer that did not go off is told again until it does.
func TestRun_OffIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &stage{led: newPin(), buzzer: newPin()}
		bad := 0
		s.buzzer.fail = func(l gpio.Level) error {
			if d := time.Since(s.buzzer.made); !bool(l) && d > 0 && d < 3*time.Second {
				bad++
				return errors.New("stuck at high")
			}
			return nil
		}
		s.run(t, s.led, s.buzzer)
		s.Play(PatternWelcome)
		pass(2 * time.Minute)
		s.Play(PatternWelcome)
		pass(time.Second)
		s.stop(t)
		want := "0 off, 0 on, 120 off, 120 off, 1120 off, 1120 off, 2120 off, 2120 off, 3120 off, " +
			"120000 on, 120120 off"
		if got := s.buzzer.said(); got != want {
			t.Errorf("buzzer\n got %s\nwant %s", got, want)
		}
		if got := s.log.String(); strings.Count(got, "\n") != 2 || !strings.Contains(got, "works again") || !strings.Contains(got, "failures=3") {
			t.Errorf("logged %s", got)
		}
	})
}
