package central

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// pollChanges is how often Watch asks the store what other servers changed.
const pollChanges = 2 * time.Second

// Watch calls changed after every committed change to what an organisation's
// accounts see, with a number that only grows: at once for a change through
// this Centre, within two seconds for one by another server on the same store.
// Several changes may come as one, and the first calls tell each organisation's
// number as it is. It returns when ctx ends, with its error; a store that does
// not answer is logged once and asked again. changed must not block.
func (o *Centre) Watch(ctx context.Context, changed func(organisation, number int64)) error {
	woken, stop := o.changed.listen()
	defer stop()
	tick := time.NewTicker(pollChanges)
	defer tick.Stop()
	told, failing := map[int64]int64{}, false
	for {
		numbers, err := o.changes.Changes(ctx)
		if err != nil && !failing && ctx.Err() == nil {
			o.log.Warn("cannot read changes, asking again", "err", err)
		}
		failing = err != nil
		for organisation, n := range numbers {
			if n > told[organisation] {
				told[organisation] = n
				changed(organisation, n)
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-woken:
		case <-tick.C:
		}
	}
}

// Change returns the organisation's present number, as Watch says it; 0 for
// one without rooms.
func (o *Centre) Change(ctx context.Context, organisation int64) (int64, error) {
	numbers, err := o.changes.Changes(ctx)
	if err != nil {
		return 0, fmt.Errorf("read changes: %w", err)
	}
	return numbers[organisation], nil
}

// broadcast wakes those who listen, and never waits for them.
type broadcast struct {
	mu        sync.Mutex
	listeners map[chan struct{}]bool
}

func (b *broadcast) listen() (woken <-chan struct{}, stop func()) {
	c := make(chan struct{}, 1)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.listeners == nil {
		b.listeners = map[chan struct{}]bool{}
	}
	b.listeners[c] = true
	return c, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.listeners, c)
	}
}

func (b *broadcast) send() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for c := range b.listeners {
		select {
		case c <- struct{}{}:
		default: // it has not yet heard the last one
		}
	}
}

// ChangeStore tells when something changed.
type ChangeStore interface {
	// Changes returns a number for each organisation with rooms, which grows
	// with every change to what can be seen of it.
	Changes(ctx context.Context) (map[int64]int64, error)
}
