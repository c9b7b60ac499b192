package iso14443a

import (
	"fmt"
	"io"
	"log/slog"
)

// UID is a card's whole identifier: 4, 7 or 10 bytes. It is comparable and
// prints as "[card]", so that it cannot slip into a log or an error.
type UID struct {
	b [10]byte
	n uint8
}

// NewUID copies b. Any length but 4, 7 and 10 is [ErrGarbled].
func NewUID(b []byte) (UID, error) {
	switch len(b) {
	case 4, 7, 10:
		u := UID{n: uint8(len(b))}
		copy(u.b[:], b)
		return u, nil
	}
	return UID{}, fmt.Errorf("%w: UID of %d bytes, want 4, 7 or 10", ErrGarbled, len(b))
}

// Bytes returns a copy of the identifier.
func (u UID) Bytes() []byte { return append([]byte(nil), u.b[:u.n]...) }

// Random tells whether the card drew the UID for this field only, as phones
// and bank cards do (ISO/IEC 14443-3, table 5: four bytes of which the first
// is 08).
func (u UID) Random() bool { return u.n == 4 && u.b[0] == 0x08 }

// Format writes "[card]" whatever the verb.
func (UID) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[card]") }

// LogValue keeps the UID out of structured logs.
func (UID) LogValue() slog.Value { return slog.StringValue("[card]") }

// parts cuts the identifier into what is sent at each cascade level
// (ISO/IEC 14443-3, 6.5.4): every level but the last leads with the cascade tag.
func (u UID) parts() [][4]byte {
	var parts [][4]byte
	rest := u.b[:u.n]
	for len(rest) > 4 {
		parts = append(parts, [4]byte{CascadeTag, rest[0], rest[1], rest[2]})
		rest = rest[3:]
	}
	return append(parts, [4]byte(rest))
}

// Card is what a card told of itself while it was selected.
type Card struct {
	UID UID
	SAK SAK // of the last cascade level
}
