package nfc

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"sync"
	"time"

	"example.org/inloop/devices/iso14443a"
	"example.org/inloop/kiosk"
)

const (
	// toleratedFor is how long the chip may fail before the room is told: a
	// fault that heals at once needs nobody.
	toleratedFor = 1500 * time.Millisecond
	// lookAgain is how often it is compared with the clock.
	lookAgain = 250 * time.Millisecond
	// stableAfter is how long it must work before a row of failures is over.
	stableAfter = 3 * time.Second
)

// health knows how the reader is doing and says so, by its light and in the
// log: the first failure of a row, and its end with a count.
type health struct {
	log     *slog.Logger
	onLight func(kiosk.Health)

	mu       sync.Mutex
	light    kiosk.Health
	told     bool      // whether a light was shown yet
	worked   time.Time // last good poll, at first the beginning
	since    time.Time // first good poll after the last failure
	reason   string    // of the last failure
	failures int       // in this row
}

func newHealth(log *slog.Logger, onLight func(kiosk.Health)) *health {
	return &health{
		log:     log,
		onLight: onLight,
		light:   kiosk.Health{Part: HealthPart, Level: kiosk.LevelRed, Reason: ReasonGone},
		reason:  ReasonGone,
	}
}

// begin starts the clock.
func (h *health) begin() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.worked = time.Now()
}

// good notes a poll that went well; care is what wants a person's all the same.
func (h *health) good(care string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := time.Now()
	h.worked = now
	if h.since.IsZero() {
		h.since = now
	}
	if h.failures > 0 && now.Sub(h.since) >= stableAfter {
		h.log.Info("reader works again", "failures", h.failures)
		h.failures = 0
	}
	if care != "" {
		h.show(kiosk.LevelOrange, care)
		return
	}
	h.show(kiosk.LevelGreen, "")
}

// bad notes a failure.
func (h *health) bad(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.since = time.Time{}
	h.reason = reasonOf(err)
	if h.failures++; h.failures == 1 {
		h.log.Warn("reader failed; opening it again until it works", "err", err)
	}
}

// reasonOf is what the light says of a failure.
func reasonOf(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return ReasonNoNode
	case errors.Is(err, fs.ErrPermission):
		return ReasonDenied
	case errors.Is(err, iso14443a.ErrChip):
		return ReasonFault
	}
	return ReasonGone
}

// watch turns the light red when nothing went well for too long, also when
// the bus hangs. It returns when ctx ends.
func (h *health) watch(ctx context.Context) {
	t := time.NewTicker(lookAgain)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			h.look()
		}
	}
}

func (h *health) look() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if time.Since(h.worked) >= toleratedFor {
		h.show(kiosk.LevelRed, h.reason)
	}
}

// show tells a change of the light. It is called with the lock held, so that
// changes are told in their order.
func (h *health) show(colour kiosk.Level, reason string) {
	light := kiosk.Health{Part: HealthPart, Level: colour, Reason: reason}
	if h.told && light == h.light {
		return
	}
	h.light, h.told = light, true
	h.onLight(light)
}
