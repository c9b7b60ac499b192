package kioskd

import (
	"slices"
	"strings"
	"sync"

	"example.org/inloop/kiosk"
)

// board keeps how each part of the kiosk is doing and tells the screens when
// it changes.
type board struct {
	changed func([]kiosk.Health)

	mu     sync.Mutex
	lights map[string]kiosk.Health
}

func newBoard(changed func([]kiosk.Health)) *board {
	return &board{changed: changed, lights: map[string]kiosk.Health{}}
}

// set turns one light; nothing is told when it was so already.
func (b *board) set(part string, colour kiosk.Level, reason string) {
	l := kiosk.Health{Part: part, Level: colour, Reason: reason}
	b.mu.Lock()
	same := b.lights[part] == l
	b.lights[part] = l
	all := b.list()
	b.mu.Unlock()
	if !same {
		b.changed(all)
	}
}

// is tells whether a part has this colour.
func (b *board) is(part string, colour kiosk.Level) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.lights[part].Level == colour
}

// all returns the lights in the order of their parts' names.
func (b *board) all() []kiosk.Health {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.list()
}

func (b *board) list() []kiosk.Health {
	all := make([]kiosk.Health, 0, len(b.lights))
	for _, l := range b.lights {
		all = append(all, l)
	}
	slices.SortFunc(all, func(x, y kiosk.Health) int { return strings.Compare(x.Part, y.Part) })
	return all
}

// worst returns the colour of the light that needs a person soonest, green when
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
