package kioskd

import (
	"fmt"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"example.org/inloop/kiosk"
)

// SystemClock is the machine's wall clock, its boot and the time since it.
type SystemClock struct {
	boot string
}

// NewSystemClock reads the id of the running boot.
func NewSystemClock() (SystemClock, error) {
	id, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return SystemClock{}, fmt.Errorf("read boot id: %w", err)
	}
	return SystemClock{strings.TrimSpace(string(id))}, nil
}

var _ kiosk.Clock = SystemClock{}

// Now returns the present moment. CLOCK_BOOTTIME goes on while the machine
// sleeps and never jumps, whatever happens to the wall clock.
func (c SystemClock) Now() kiosk.Moment {
	var ts unix.Timespec
	// The call cannot fail on a kernel that has the clock, which is every one
	// since 2.6.39; a zero would only order this boot's taps by arrival.
	_ = unix.ClockGettime(unix.CLOCK_BOOTTIME, &ts)
	return kiosk.Moment{Wall: time.Now().Round(0), Boot: c.boot, Since: time.Duration(ts.Nano())}
}
