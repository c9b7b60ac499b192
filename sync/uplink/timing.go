package uplink

import (
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

// Bounds of what a Retry-After may ask.
const (
	minRetryAfter = 30 * time.Second
	maxRetryAfter = 6 * time.Hour
)

// Timing is how patient an Uplink is. What is zero gets its default.
type Timing struct {
	Timeout      time.Duration // of one exchange; 30 s
	Base         time.Duration // bound of the first wait after a failure; 30 s
	Cap          time.Duration // bound of all later ones; 1 h
	Gather       time.Duration // how long what may go at once waits for more of it; 10 s
	OfflineAfter time.Duration // of failures before the health turns orange; 5 min
	Grid         time.Duration // between two reports, news or none; 15 min, and no program but a test's has another
}

func (t Timing) withDefaults() Timing {
	for _, d := range []struct {
		value *time.Duration
		unset time.Duration
	}{
		{&t.Timeout, 30 * time.Second}, {&t.Base, 30 * time.Second}, {&t.Cap, time.Hour},
		{&t.Gather, 10 * time.Second}, {&t.OfflineAfter, 5 * time.Minute}, {&t.Grid, gridStep},
	} {
		if *d.value <= 0 {
			*d.value = d.unset
		}
	}
	return t
}

// backoff counts failures in a row. Its waits have full jitter, so that rooms
// that went silent together do not come back together.
type backoff struct {
	base, limit time.Duration
	failures    int
	doublings   int       // of the bound of the next wait
	since       time.Time // of the first failure; compared by its monotonic clock
}

// next counts one more failure and returns how long to wait.
func (b *backoff) next() time.Duration {
	if b.failures == 0 {
		b.since = time.Now()
	}
	bound := b.base << min(b.doublings, 20)
	if bound <= 0 || bound > b.limit {
		bound = b.limit
	}
	b.failures++
	b.doublings++
	return rand.N(bound) + 1
}

func (b *backoff) reset() { b.failures, b.doublings = 0, 0 }

// hurry has the waits begin short again: the network is another than the one
// that failed.
func (b *backoff) hurry() { b.doublings = 0 }

// lasts tells for how long it has been failing.
func (b *backoff) lasts() time.Duration {
	if b.failures == 0 {
		return 0
	}
	return time.Since(b.since)
}

// retryAfter reads how long an answer asks to stay away, within the bounds, or
// returns 0 when it does not ask. A date is compared to the answer's own,
// because our clock may be wrong.
func retryAfter(h http.Header) time.Duration {
	var wait time.Duration
	value := h.Get("Retry-After")
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		wait = time.Duration(seconds) * time.Second
	} else if at, err := http.ParseTime(value); err == nil {
		if said, err := http.ParseTime(h.Get("Date")); err == nil {
			wait = at.Sub(said)
		}
	} else {
		return 0
	}
	return min(max(wait, minRetryAfter), maxRetryAfter)
}
