package central

import (
	"context"
	"fmt"
	"time"
)

// How tries grow slow.
const (
	MaxTries  = 5                // failed tries before the first wait
	placeless = 100              // failed tries on one account from anywhere before its first wait
	firstWait = 30 * time.Second // doubled with every further failed try
	maxWait   = time.Hour
)

// try counts a try for key before it is made, so that many at once cannot slip
// through. It returns a *WaitError when key has to wait.
func (o *Office) try(ctx context.Context, key string, free int) error {
	left, err := o.store.Try(ctx, key, o.now(), func(n int) time.Duration { return waitAfter(n, free) })
	if err != nil {
		return fmt.Errorf("count tries: %w", err)
	}
	if left > 0 {
		return &WaitError{For: left}
	}
	return nil
}

// waitAfter is how long to wait after the n-th failed try, free of which cost
// nothing but the last.
func waitAfter(n, free int) time.Duration {
	if n < free {
		return 0
	}
	return min(maxWait, firstWait<<min(n-free, 10)) // 30 s << 10 is above the hour
}
