package desk

import (
	"crypto/rand"
	"slices"
	"sync"
	"time"

	"example.org/inloop/kiosk"
)

const askFor = 60 * time.Second // from tap to PIN

// ask is a volunteer's badge that waits for its PIN.
type ask struct {
	id        string // ties a typed PIN to this very tap
	volunteer int64
	at        kiosk.Moment
}

// asks are the badges that wait, at most one of each volunteer, the newest last.
// The keypad is for the newest; who was typing before keeps theirs, so that the
// next badge does not throw them out.
type asks struct {
	clock kiosk.Clock
	mu    sync.Mutex
	list  []ask
}

// tapped notes a badge. Of one that waits already the keypad stays good.
func (a *asks) tapped(volunteer int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	next := ask{id: rand.Text(), volunteer: volunteer, at: a.clock.Now()}
	if i := slices.IndexFunc(a.list, func(w ask) bool { return w.volunteer == volunteer }); i >= 0 {
		next.id = a.list[i].id
		a.list = slices.Delete(a.list, i, i+1)
	}
	a.list = append(a.list, next)
}

// newest is the badge that the keypad is for, if one waits.
func (a *asks) newest() (ask, bool) {
	a.sweep()
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.list) == 0 {
		return ask{}, false
	}
	return a.list[len(a.list)-1], true
}

// of is the badge that a typed PIN belongs to, if it waits still.
func (a *asks) of(id string) (ask, bool) {
	a.sweep()
	a.mu.Lock()
	defer a.mu.Unlock()
	i := slices.IndexFunc(a.list, func(w ask) bool { return w.id == id })
	if i < 0 {
		return ask{}, false
	}
	return a.list[i], true
}

// forget drops the badges of which gone is true, and tells whether any was.
func (a *asks) forget(gone func(ask) bool) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	before := len(a.list)
	a.list = slices.DeleteFunc(a.list, gone)
	return len(a.list) < before
}

// sweep drops what has waited too long and tells whether anything had.
func (a *asks) sweep() bool {
	now := a.clock.Now()
	return a.forget(func(w ask) bool { return now.Sub(w.at) > askFor })
}
