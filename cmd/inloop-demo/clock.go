package main

import (
	"fmt"
	"sync"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/sync/count"
)

// stageClock is the clock by which the made-up history is played: it stands where
// it was put, and every day is a boot of its own.
type stageClock struct {
	zone *time.Location

	mu   sync.Mutex
	wall time.Time
}

var _ kiosk.Clock = (*stageClock)(nil)

func (s *stageClock) set(at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wall = at
}

// Time is the wall clock.
func (s *stageClock) Time() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.wall
}

// Now is the moment the history stands at.
func (s *stageClock) Now() kiosk.Moment {
	at := s.Time()
	day := count.DayOf(at, s.zone)
	return kiosk.Moment{Wall: at, Boot: fmt.Sprintf("made-up-%s", day), Since: at.Sub(day.At(0, s.zone))}
}
