package isodep

import (
	"fmt"
	"time"

	"example.org/inloop/devices/iso14443a"
)

// unit is the grid of frame waiting times: 256 x 16/fc (ISO/IEC 14443-4, 7.2).
const unit = 302065 * time.Nanosecond

// sizes are the frame sizes in bytes by their code (ISO/IEC 14443-4, table 1);
// higher codes mean the last one.
var sizes = []int{16, 24, 32, 40, 48, 64, 96, 128, 256}

// ats is what a card says of itself when it is activated.
type ats struct {
	frame int           // bytes that it takes in one frame, CRC_A included
	wait  time.Duration // it may take for an answer (FWT)
	guard time.Duration // it wants before the first block (SFGT)
}

// parseATS reads an answer to select without its CRC_A (ISO/IEC 14443-4, 5.2).
// One whose length byte is wrong, or that ends before what it announces, is
// [iso14443a.ErrGarbled].
func parseATS(b []byte) (ats, error) {
	a := ats{frame: sizes[2], wait: waiting(4)}
	if len(b) == 0 || int(b[0]) != len(b) {
		return a, fmt.Errorf("%w: ATS of %d bytes", iso14443a.ErrGarbled, len(b))
	}
	if len(b) == 1 {
		return a, nil // the defaults hold
	}
	format, rest := b[1], b[2:]
	a.frame = sizes[min(int(format&0x0F), len(sizes)-1)]
	for _, bit := range []byte{0x10, 0x20, 0x40} { // TA(1), TB(1), TC(1)
		if format&bit == 0 {
			continue
		}
		if len(rest) == 0 {
			return a, fmt.Errorf("%w: ATS ends before its interface bytes", iso14443a.ErrGarbled)
		}
		if bit == 0x20 {
			a.wait = waiting(rest[0] >> 4)
			if guard := rest[0] & 0x0F; guard != 0 && guard != 0x0F {
				a.guard = unit << guard
			}
		}
		rest = rest[1:]
	}
	return a, nil
}

// waiting gives a frame waiting time of its code; 15 is reserved and stands for
// the default 4.
func waiting(code byte) time.Duration {
	if code == 15 {
		code = 4
	}
	return unit << code
}
