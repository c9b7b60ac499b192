// Package names keeps in memory what was opened of people's sealed names, so that a
// page that shows many costs only what changed since the last one.
//
// The process holds the key for as long as it runs, so whoever could read this memory
// could open every name in the file too. On the disk all stays sealed.
package names

import "sync"

// Opener opens a sealed text of a row.
type Opener func(sealed []byte, table, column string, row int64) (string, error)

// Memory holds the names and labels of people. It may be used from any goroutine.
type Memory struct {
	open Opener
	mu   sync.Mutex
	held map[place]text
}

type place struct {
	column string
	person int64
}

// text is what was opened, of these very bytes: others there are opened anew.
type text struct{ sealed, opened string }

// New returns an empty memory of what open opens.
func New(open Opener) *Memory { return &Memory{open: open, held: make(map[place]text)} }

// Open opens what stands sealed in a column of a person's row; nil is the empty text.
// An error is the opener's, and nothing is kept of it.
func (m *Memory) Open(sealed []byte, column string, person int64) (string, error) {
	if sealed == nil {
		return "", nil
	}
	at := place{column, person}
	m.mu.Lock()
	held := m.held // what is forgotten meanwhile gets nothing back
	was, ok := held[at]
	m.mu.Unlock()
	if ok && was.sealed == string(sealed) {
		return was.opened, nil
	}
	opened, err := m.open(sealed, "person", column, person)
	if err != nil {
		return "", err
	}
	m.mu.Lock()
	held[at] = text{string(sealed), opened}
	m.mu.Unlock()
	return opened, nil
}

// Forget drops all: somebody was erased, or a day has ended and with it what may be
// kept of some.
func (m *Memory) Forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.held = make(map[place]text)
}
