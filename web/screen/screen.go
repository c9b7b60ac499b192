package screen

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/web"
	"example.org/inloop/web/live"
)

// greetFor is how long a greeting stands, and how long anything about the
// person who tapped is known to the screen.
const greetFor = 5 * time.Second

// Screen is the door screen. Its methods may be called from any goroutine and
// none of them waits for a page.
type Screen struct {
	log          *slog.Logger
	translations *web.Translations
	hub          *live.Hub
	mux          *http.ServeMux
	page         []byte // the page itself, the same for everybody
	now          func() time.Time

	mu       sync.Mutex
	seq      uint64 // of the last state; a page passes over older ones
	idle     Idle
	lights   []kiosk.Health
	greeting *kiosk.Greeting // nil when nobody is being greeted
	taps     uint64          // greetings so far, to tell a late timer from its own
	expiry   *time.Timer     // takes the greeting away
	minute   *time.Timer     // moves the clock
	closed   bool
}

var _ http.Handler = (*Screen)(nil)

// Config is what a door screen needs.
type Config struct {
	Translations *web.Translations
	Log          *slog.Logger
	Now          func() time.Time // nil: time.Now
}

// New returns a screen that shows "one moment" until it is told more. It fails
// when its embedded page cannot be made, which a test would have found. The
// caller closes it.
func New(cfg Config) (*Screen, error) {
	page, err := render(cfg.Translations)
	if err != nil {
		return nil, fmt.Errorf("make the door page: %w", err)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	s := &Screen{
		log: cfg.Log, translations: cfg.Translations, hub: live.NewHub(cfg.Log), page: page, now: cfg.Now,
		lights: []kiosk.Health{{Part: "store", Level: kiosk.LevelRed, Reason: "store.starting"}},
	}
	s.mux = s.routes()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tick()
	return s, nil
}

// Show greets whoever tapped, in place of any greeting that stands, and takes
// the greeting away after five seconds. kiosk.GreetingNone takes it away at once.
func (s *Screen) Show(g kiosk.Greeting) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	s.forget()
	if g.Kind != kiosk.GreetingNone {
		s.greeting = &g
		tap := s.taps
		s.expiry = time.AfterFunc(greetFor, func() { s.expire(tap) })
	}
	s.publish()
}

// Navigate sends every open page to another one, such as the volunteers', for a
// hall that has one screen for both.
func (s *Screen) Navigate(path string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	s.hub.Publish(fmt.Appendf(nil, `{"go":%q}`, path))
}

// SetLights tells how each part of the kiosk is doing. The door shows only what
// concerns who stands before it: a dead reader, visits that are not kept, and
// no time of day while the clock is not sure.
func (s *Screen) SetLights(lights []kiosk.Health) {
	s.change(func() { s.lights = slices.Clone(lights) })
}

// SetIdle tells what the room does: its name, hours and programme. From these
// and the clock the screen knows what to say at any minute.
func (s *Screen) SetIdle(idle Idle) {
	s.change(func() { s.idle = idle })
}

// change shows what do alters, while the screen is open.
func (s *Screen) change(do func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		do()
		s.publish()
	}
}

// Close forgets the greeting, sends every page away and waits for their
// goroutines, or until ctx ends; then it returns why.
func (s *Screen) Close(ctx context.Context) error {
	s.mu.Lock()
	s.closed = true
	s.forget()
	s.minute.Stop()
	s.mu.Unlock()
	if err := s.hub.Close(ctx); err != nil {
		return fmt.Errorf("close the door screen: %w", err)
	}
	return nil
}

// forget drops the greeting and disarms its timer; s.mu is held.
func (s *Screen) forget() {
	s.taps++
	s.greeting = nil
	if s.expiry != nil {
		s.expiry.Stop()
	}
}

// expire ends the greeting of a tap unless another has replaced it: a timer
// that was stopped too late still runs.
func (s *Screen) expire(tap uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.taps != tap {
		return
	}
	s.forget()
	s.publish()
}

// tick publishes at every full minute, for the clock and for what is on; s.mu
// is held.
func (s *Screen) tick() {
	wait := time.Minute - time.Duration(s.now().UnixNano()%int64(time.Minute))
	s.minute = time.AfterFunc(wait, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.closed {
			return
		}
		s.publish()
		s.tick()
	})
}

// publish hands the present state to all pages; s.mu is held, so that states
// leave in their order.
func (s *Screen) publish() {
	s.seq++
	s.hub.Publish(s.encode())
}

// beats returns what gives a page the state when it has just connected, and again
// with every beat: nil while somebody is greeted, who was told once.
func (s *Screen) beats() func() []byte {
	joined := false
	return func() []byte {
		s.mu.Lock()
		defer s.mu.Unlock()
		if joined && s.greeting != nil {
			return nil
		}
		joined = true
		return s.encode()
	}
}

func (s *Screen) encode() []byte {
	msg, err := json.Marshal(s.state())
	if err != nil {
		panic(err) // a struct of strings, numbers and booleans always encodes
	}
	return msg
}
