package desktest

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"time"
)

// Line is the way between a browser and the desk, which a test makes slow or cuts.
// The zero value carries everything at once.
type Line struct {
	mu     sync.Mutex
	delay  time.Duration
	cut    bool
	loses  int
	kills  bool
	passed int
}

// Delay has every answer come so much later.
func (l *Line) Delay(d time.Duration) { l.set(func() { l.delay = d }) }

// Cut has no request arrive, until it is told otherwise.
func (l *Line) Cut(cut bool) { l.set(func() { l.cut = cut }) }

// Lose has the next n forms arrive, and be done, and their answers get lost.
func (l *Line) Lose(n int) { l.set(func() { l.loses = n }) }

// Kill has the next form arrive, and be done, and cuts the line before its answer.
func (l *Line) Kill() { l.set(func() { l.loses, l.kills = 1, true }) }

// Forms is how many forms have arrived.
func (l *Line) Forms() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.passed
}

func (l *Line) set(change func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	change()
}

func (l *Line) over(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var delay time.Duration
		var cut, lose bool
		form := r.Method == http.MethodPost
		l.set(func() {
			delay, cut = l.delay, l.cut
			if !form || cut {
				return
			}
			l.passed++
			if l.loses > 0 {
				l.loses--
				lose, l.cut = true, l.kills
				l.kills = false
			}
		})
		switch {
		case cut:
			panic(http.ErrAbortHandler) // the connection ends without an answer
		case lose:
			next.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler)
		case r.URL.Path == "/desk/live":
			next.ServeHTTP(w, r)
			return
		}
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r)
		select {
		case <-time.After(delay):
		case <-r.Context().Done():
		}
		for name, values := range answer.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes()) // a browser that went away
	})
}
