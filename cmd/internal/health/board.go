package health

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"example.org/inloop/kiosk"
)

// Board keeps how each part of the kiosk is doing and tells the screens when
// it changes.
type Board struct {
	changed func([]kiosk.Health)

	mu     sync.Mutex
	lights map[string]kiosk.Health
}

// NewBoard returns a board without lights; changed is told of every change, and
// must not block.
func NewBoard(changed func([]kiosk.Health)) *Board {
	return &Board{changed: changed, lights: map[string]kiosk.Health{}}
}

// Set turns one light; nothing is told when it was so already.
func (b *Board) Set(part string, level kiosk.Level, reason string) {
	l := kiosk.Health{Part: part, Level: level, Reason: reason}
	b.mu.Lock()
	same := b.lights[part] == l
	b.lights[part] = l
	all := b.list()
	b.mu.Unlock()
	if !same {
		b.changed(all)
	}
}

// Is tells whether a part has this level.
func (b *Board) Is(part string, level kiosk.Level) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.lights[part].Level == level
}

// All returns the lights in the order of their parts' names.
func (b *Board) All() []kiosk.Health {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.list()
}

func (b *Board) list() []kiosk.Health {
	return slices.SortedFunc(maps.Values(b.lights), func(x, y kiosk.Health) int { return strings.Compare(x.Part, y.Part) })
}

// worst returns the level of the light that needs a person soonest, green when
// there is none.
func worst(lights []kiosk.Health) kiosk.Level {
	c := kiosk.LevelGreen
	for _, l := range lights {
		if l.Level.Worse(c) {
			c = l.Level
		}
	}
	return c
}
