package auth

import (
	"time"

	"example.org/inloop/kiosk"
)

// The waits after wrong attempts.
const (
	freeAttempts = 5
	firstWait    = 30 * time.Second // doubled with each wrong attempt that follows
	longestWait  = time.Hour
	doublings    = 12 // more than lead to the longest wait, and no overflow
)

// Lockout is how often somebody was wrong, and what was left of the wait at one
// moment of one boot. The zero value is that of one who was never wrong. The wall
// clock is not asked: setting it shortens no wait.
type Lockout struct {
	Attempts int
	Boot     string        // in which Left was noted
	Since    time.Duration // of that boot
	Left     time.Duration
}

// At returns how things stand now. In a boot other than the one in which the
// wait was noted, the whole of what was left then is left still: nobody knows
// how long the kiosk was off.
func (l Lockout) At(now kiosk.Moment) Lockout {
	if l.Boot == now.Boot {
		l.Left = max(0, l.Left-(now.Since-l.Since))
	}
	l.Boot, l.Since = now.Boot, now.Since
	return l
}

// Attempt counts an attempt in advance, as if it were wrong, with the wait that
// comes after it. While an earlier wait lasts the attempt may not be made: then
// the error is a *kiosk.PINError. The lockout that it returns is to be saved
// either way, and before the PIN is looked at, so that pulling the plug in
// between makes no free attempt.
func (l Lockout) Attempt(now kiosk.Moment) (Lockout, error) {
	l = l.At(now)
	if l.Left > 0 {
		return l, &kiosk.PINError{Wait: l.Left}
	}
	l.Attempts++
	if over := l.Attempts - freeAttempts; over >= 0 {
		l.Left = min(longestWait, firstWait<<min(over, doublings))
	}
	return l, nil
}

// Wrong returns what a wrong attempt that was counted comes to.
func (l Lockout) Wrong(now kiosk.Moment) *kiosk.PINError {
	return &kiosk.PINError{Left: max(0, freeAttempts-l.Attempts), Wait: l.At(now).Left}
}
