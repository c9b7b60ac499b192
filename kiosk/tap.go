package kiosk

import "example.org/inloop/kiosk/uid"

// ErrUID is returned for bytes that cannot be a card's UID.
var ErrUID = uid.ErrUID

// UID is a card's number, which never prints. Phones and bank cards draw theirs
// anew for each field ([uid.UID.Random]).
type UID = uid.UID

// NewUID copies b, which must be 4, 7 or 10 bytes long: else ErrUID.
func NewUID(b []byte) (UID, error) { return uid.New(b) }

// Tap is one presentation of one card: laid on the reader, however long.
type Tap struct {
	UID UID
	At  Moment
	// Doubt is set when the room asks its badges for more than their number
	// and this card did not show it: it counts as unknown.
	Doubt bool
	// Counter is that of the card's proof, which grows with every reading; 0
	// for a card that was not asked for one.
	Counter uint32
	// AtStart is set for a card that lay there already when the reader first
	// looked after the start of the program: it is a presentation only when the
	// room has not counted it before.
	AtStart bool
}
