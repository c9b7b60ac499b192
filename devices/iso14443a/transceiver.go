package iso14443a

import (
	"context"
	"errors"
)

// What a [Transceiver] can report beside an answer. Any other error
// is the bus's own: the chip cannot be reached.
var (
	// ErrNoAnswer means that no card answered in time.
	ErrNoAnswer = errors.New("no card answered")
	// ErrGarbled means that something answered, but not so that it can be
	// trusted: wrong length, parity, BCC or CRC_A.
	ErrGarbled = errors.New("garbled answer")
	// ErrChip means that the chip can be reached but does not do its work.
	ErrChip = errors.New("reader chip at fault")
)

// Transceiver sends one frame and gives the answer. It waits out the times
// that the standard wants between frames, and returns within a bounded time
// even when the chip is dead. A collision is an answer, not an error.
type Transceiver interface {
	Transceive(ctx context.Context, f Frame) (Response, error)
}

// OfCard tells the errors of one try, after which another makes sense, from
// those of the chip and the bus: whether err is [ErrNoAnswer] or [ErrGarbled].
func OfCard(err error) bool {
	return errors.Is(err, ErrNoAnswer) || errors.Is(err, ErrGarbled)
}
