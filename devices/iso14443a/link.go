package iso14443a

import "context"

// Link speaks to one selected card, by whichever chip selected it. Its errors
// are [ErrNoAnswer], [ErrGarbled], and those of the chip and the bus.
type Link interface {
	// Command sends one command of the card's own, such as READ of a type 2
	// tag, and gives the answer. Both are without CRC_A, which is added and
	// checked on the way; want is the awaited answer's length in bytes. A card
	// that refuses answers with four bits, which is [ErrGarbled].
	Command(ctx context.Context, command []byte, want int) ([]byte, error)
	// APDU sends one command of ISO/IEC 7816-4 by the block protocol of
	// ISO/IEC 14443-4, which it begins when it must, and gives the response
	// with its two status bytes.
	APDU(ctx context.Context, command []byte) ([]byte, error)
}
