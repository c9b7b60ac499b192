package sim

import (
	"context"
	"slices"
	"sync"
	"time"

	"example.org/inloop/devices/clock"
)

// Field is the space above one reader in which cards lie. It is safe for
// concurrent use.
type Field struct {
	mu     sync.Mutex
	now    func() time.Time
	on     bool
	cards  []*Card
	strict bool // see SetStrict
}

// SetStrict chooses the reading of the standard by which an ANTICOLLISION or
// SELECT for another card sends every card back to IDLE, or HALT.
func (f *Field) SetStrict(strict bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.strict = strict
	for _, c := range f.cards {
		c.strict = strict
	}
}

// NewField makes an empty field.
func NewField() *Field { return &Field{now: time.Now} }

// Lay lays a card on the reader. One that lies there already stays.
func (f *Field) Lay(c *Card) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !slices.Contains(f.cards, c) {
		f.cards = append(f.cards, c)
		c.strict = f.strict
		c.power(f.now())
	}
}

// Take takes a card away.
func (f *Field) Take(c *Card) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.cards = slices.DeleteFunc(f.cards, func(o *Card) bool { return o == c })
}

// Tap lays a card down and takes it away after d, or when ctx ends, and then
// gives its error.
func (f *Field) Tap(ctx context.Context, c *Card, d time.Duration) error {
	f.Lay(c)
	defer f.Take(c)
	return clock.System{}.Sleep(ctx, d)
}

// UID is what the card answers with now; a phone's changes with each field.
func (f *Field) UID(c *Card) []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]byte(nil), c.uid...)
}

// On tells whether a reader powers the cards.
func (f *Field) On() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.on
}

// earliest tells from when on a card that lies there can answer, if one does.
func (f *Field) earliest() (at time.Time, any bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range f.cards {
		if t := c.since.Add(powerUp); !any || t.Before(at) {
			at, any = t, true
		}
	}
	return at, any
}

// power switches the field. Without it cards forget everything.
func (f *Field) power(on bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if on && !f.on {
		for _, c := range f.cards {
			c.power(f.now())
		}
	}
	f.on = on
}

// carry takes one frame to all cards and gives what comes back.
func (f *Field) carry(frame bits) []bits {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.on {
		return nil
	}
	var answers []bits
	for _, c := range f.cards {
		if a := c.hear(frame, f.now()); a != nil {
			answers = append(answers, a)
		}
	}
	return answers
}
