package central

import (
	"context"
	"fmt"
	"time"
)

// How attempts grow slow.
const (
	MaxAttempts = 5                // failed attempts before the first wait
	maxAnywhere = 100              // failed attempts on one account from anywhere before its first wait
	firstWait   = 30 * time.Second // doubled with every further failed attempt
	maxWait     = time.Hour
)

// countAttempt counts an attempt for key before it is made, so that many at once cannot slip
// through. It returns a *WaitError when key has to wait.
func (o *Centre) countAttempt(ctx context.Context, key string, free int) error {
	left, err := o.attempts.CountAttempt(ctx, key, o.now(), func(n int) time.Duration { return waitAfter(n, free) })
	if err != nil {
		return fmt.Errorf("count attempts: %w", err)
	}
	if left > 0 {
		return &WaitError{For: left}
	}
	return nil
}

// waitAfter is how long to wait after the n-th failed attempt, free of which cost
// nothing but the last.
func waitAfter(n, free int) time.Duration {
	if n < free {
		return 0
	}
	return min(maxWait, firstWait<<min(n-free, 10)) // 30 s << 10 is above the hour
}

// AttemptStore counts failed attempts, so that guessing gets slow and stays slow
// through a restart.
type AttemptStore interface {
	// CountAttempt counts one more attempt for key before it is made, unless key has to
	// wait: then it returns for how long and counts nothing. After the n-th
	// attempt key waits for wait(n). Attempts older than a day are forgotten.
	CountAttempt(ctx context.Context, key string, now time.Time, wait func(n int) time.Duration) (time.Duration, error)

	// ResetAttempts forgets the attempts of key: one succeeded.
	ResetAttempts(ctx context.Context, key string) error
}
