package pn532

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"example.org/inloop/devices/iso14443a"
)

// Bytes of the frames (user manual 6.2.1).
const (
	toChip   = 0xD4 // TFI of a command
	fromChip = 0xD5 // TFI of a response
	failed   = 0x7F // in the place of a TFI: the chip did not understand
)

var (
	ackFrame  = []byte{0x00, 0x00, 0xFF, 0x00, 0xFF, 0x00}
	nackFrame = []byte{0x00, 0x00, 0xFF, 0xFF, 0x00, 0x00}
	startCode = []byte{0x00, 0xFF}
)

// errRefused means that the chip does not know a command, or not with these
// parameters.
var errRefused = fmt.Errorf("%w: it does not understand the command", iso14443a.ErrChip)

// errDamaged means that bytes came that are no whole frame with the right check
// bytes: the chip can be asked for it again.
var errDamaged = errors.New("damaged frame")

// errMute means that the chip did not send its answer once more.
var errMute = errors.New("the chip does not repeat its answer")

// shortError means that a frame is longer than what was read.
type shortError struct{ want int } // bytes to read in all

func (e shortError) Error() string { return fmt.Sprintf("a frame of %d bytes was cut short", e.want) }

// command makes the frame of a command: preamble, start code, length and its
// checksum, TFI, code, parameters, checksum, postamble (user manual 6.2.1.1). A
// long one has two bytes of length (6.2.1.2).
func command(code byte, parameters ...byte) []byte {
	n := 2 + len(parameters)
	length := []byte{byte(n), -byte(n)}
	if n > 0xFF {
		length = []byte{0xFF, 0xFF, byte(n >> 8), byte(n), -(byte(n>>8) + byte(n))}
	}
	body := append([]byte{toChip, code}, parameters...)
	return slices.Concat([]byte{0x00, 0x00, 0xFF}, length, body, []byte{-sum(body), 0x00})
}

// isACK tells whether b holds an acknowledgement, whatever its preamble.
func isACK(b []byte) bool {
	at := bytes.Index(b, startCode)
	return at >= 0 && len(b) >= at+4 && b[at+2] == 0x00 && b[at+3] == 0xFF
}

// response takes the answer to a command out of what was read: the bytes after
// its code, and how many zeros led it. The preamble may be of any length, since
// chips differ (user manual 6.2.1.1 leaves it open); everything else is strict.
// Errors: a shortError, errDamaged, and [iso14443a.ErrChip] for a frame that is
// whole but no answer to this command.
func response(b []byte, code byte) (data []byte, lead int, err error) {
	at := bytes.Index(b, startCode)
	if at < 0 {
		return nil, 0, fmt.Errorf("%w: no start code in %d bytes", errDamaged, len(b))
	}
	if lead = at; len(b) < at+4 {
		return nil, lead, shortError{at + 4 + 4}
	}
	n, head := int(b[at+2]), at+4
	switch {
	case b[at+2] == 0xFF && b[at+3] == 0xFF:
		// An extended frame: two bytes of length (user manual 6.2.1.2).
		if len(b) < at+7 {
			return nil, lead, shortError{at + 7 + 4}
		}
		if b[at+4]+b[at+5]+b[at+6] != 0 {
			return nil, lead, fmt.Errorf("%w: wrong checksum of the length", errDamaged)
		}
		n, head = int(b[at+4])<<8|int(b[at+5]), at+7
		if n > mostFrame {
			return nil, lead, fmt.Errorf("%w: %d bytes", errDamaged, n)
		}
	case b[at+2]+b[at+3] != 0:
		return nil, lead, fmt.Errorf("%w: wrong checksum of the length", errDamaged)
	}
	if n == 0 {
		return nil, lead, fmt.Errorf("%w: an acknowledgement for a response", errDamaged)
	}
	if len(b) < head+n+1 {
		return nil, lead, shortError{head + n + 1}
	}
	body := b[head : head+n]
	if sum(body)+b[head+n] != 0 {
		return nil, lead, fmt.Errorf("%w: wrong checksum", errDamaged)
	}
	switch {
	case body[0] == failed:
		return nil, lead, errRefused
	case n < 2 || body[0] != fromChip || body[1] != code+1:
		return nil, lead, fmt.Errorf("%w: an answer to another command than %02X", iso14443a.ErrChip, code)
	}
	return body[2:], lead, nil
}

// mostFrame is the longest body of a frame (user manual 6.2.1.2).
const mostFrame = 265

func sum(b []byte) (s byte) {
	for _, v := range b {
		s += v
	}
	return s
}

// targets reads the cards out of the answer to InListPassiveTarget at 106 kbit/s
// type A (user manual 7.3.5): number of targets; each its index, SENS_RES,
// SEL_RES, length and UID, and the ATS where the chip has sent a RATS, as some
// do unasked. Anything that does not fit to the byte is [iso14443a.ErrGarbled]:
// half a UID would be another card's.
func targets(data []byte) ([]iso14443a.Target, error) {
	list, err := parse(data, false)
	if err != nil {
		if with, e := parse(data, true); e == nil {
			return with, nil
		}
	}
	return list, err
}

func parse(data []byte, withATS bool) ([]iso14443a.Target, error) {
	bad := func(what string) ([]iso14443a.Target, error) {
		return nil, fmt.Errorf("%w: listing: %s", iso14443a.ErrGarbled, what)
	}
	if len(data) == 0 || data[0] > mostTargets {
		return bad("no number of targets")
	}
	count, rest := int(data[0]), data[1:]
	list := make([]iso14443a.Target, 0, count)
	for range count {
		if len(rest) < 5 || len(rest) < 5+int(rest[4]) {
			return bad("ends in the middle of a target")
		}
		sak, n := iso14443a.SAK(rest[3]), int(rest[4])
		uid, err := iso14443a.NewUID(rest[5 : 5+n])
		if err != nil {
			return nil, fmt.Errorf("listing: %w", err)
		}
		if !sak.Complete() {
			return bad("a UID that goes on")
		}
		list = append(list, iso14443a.Target{UID: uid, SAK: sak})
		rest = rest[5+n:]
		if withATS && sak.SpeaksBlocks() {
			if len(rest) == 0 || rest[0] < 1 || int(rest[0]) > len(rest) {
				return bad("an ATS that does not fit")
			}
			rest = rest[rest[0]:]
		}
	}
	if len(rest) > 0 {
		return bad("more than its targets")
	}
	return list, nil
}

// mostTargets is how many the chip holds at once (user manual 7.3.5).
const mostTargets = 2
