package signal

import (
	"math"
	"time"

	"periph.io/x/conn/v3/gpio"
)

const ms = time.Millisecond

// never is when a rhythm that is over changes next.
const never time.Duration = math.MaxInt64

// rhythm is how long a pin is on, off, on and so on, beginning with on. After
// the last it is off.
type rhythm []time.Duration

// at gives the level at a time since the beginning, and when it changes next.
func (r rhythm) at(t time.Duration) (level gpio.Level, next time.Duration) {
	for i, d := range r {
		if next += d; t < next {
			return i%2 == 0, next
		}
	}
	return gpio.Low, never
}
