// Package uid is a card's number. The rules of a room and the frames of the
// reader both speak of it and know nothing else of each other, so its one type,
// [UID], lies in a package that imports nothing of either.
package uid

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
)

// ErrUID is returned for bytes that cannot be a card's UID.
var ErrUID = errors.New("malformed UID")

// UID is a card's unique identifier as ISO/IEC 14443-3 gives it: 4, 7 or 10
// bytes. It is comparable, and it prints as "[card]" under every verb, so that
// a card's number cannot slip into a log or an error.
type UID struct {
	b [10]byte
	n uint8
}

// New copies b, which must be 4, 7 or 10 bytes long; any other length is
// ErrUID, because half a UID would be somebody else's.
func New(b []byte) (UID, error) {
	switch len(b) {
	case 4, 7, 10:
		u := UID{n: uint8(len(b))}
		copy(u.b[:], b)
		return u, nil
	}
	return UID{}, fmt.Errorf("%w: want 4, 7 or 10 bytes, got %d", ErrUID, len(b))
}

// Bytes returns a copy of the identifier. Only the store, which keeps its HMAC,
// and the reader have a use for it.
func (u UID) Bytes() []byte { return slices.Clone(u.b[:u.n]) }

// Random tells whether the number was drawn by the card for this field only,
// as phones and bank cards do: 4 bytes of which the first is 08
// (ISO/IEC 14443-3, table 5).
func (u UID) Random() bool { return u.n == 4 && u.b[0] == 0x08 }

// Format writes "[card]" whatever the verb.
func (UID) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[card]") }

// LogValue keeps the number out of structured logs.
func (UID) LogValue() slog.Value { return slog.StringValue("[card]") }
