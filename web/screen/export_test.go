package screen

import (
	"time"

	"example.org/inloop/web"
)

// What a page is sent, for the tests that read it.
type (
	State = state
	Face  = idle
	Item  = item
)

// The kinds of a state that are no greeting, and how long a greeting stands.
const (
	KindIdle     = kindIdle
	KindAway     = kindAway
	KindStarting = kindStarting
	GreetFor     = greetFor
)

// First is the state that a page would get now.
func (s *Screen) First() []byte { return s.beats()() }

// Beats is what one page gets at every beat.
func (s *Screen) Beats() func() []byte { return s.beats() }

// Greets tells whether the program holds a greeting.
func (s *Screen) Greets() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.greeting != nil
}

// View is the idle face at now, in a room with a reader.
func (i Idle) View(l web.Localizer, now time.Time, sure bool) Face { return i.view(l, now, sure, true) }
