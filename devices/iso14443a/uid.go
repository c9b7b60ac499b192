package iso14443a

import (
	"fmt"

	"example.org/inloop/kiosk/uid"
)

// UID is a card's whole identifier, which never prints.
type UID = uid.UID

// NewUID copies b. Any length but 4, 7 and 10 is [ErrGarbled].
func NewUID(b []byte) (UID, error) {
	u, err := uid.New(b)
	if err != nil {
		return u, fmt.Errorf("%w: %w", ErrGarbled, err)
	}
	return u, nil
}

// partsOf cuts the identifier into what is sent at each cascade level
// (ISO/IEC 14443-3, 6.5.4): every level but the last leads with the cascade tag.
func partsOf(u UID) [][4]byte {
	var parts [][4]byte
	rest := u.Bytes()
	for len(rest) > 4 {
		parts = append(parts, [4]byte{CascadeTag, rest[0], rest[1], rest[2]})
		rest = rest[3:]
	}
	return append(parts, [4]byte(rest))
}

// Target is what a card told of itself while it was selected.
type Target struct {
	UID UID
	SAK SAK // of the last cascade level
}
