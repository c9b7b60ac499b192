// Package nfc turns a reader chip into taps: it polls the chip, tells one
// presentation of a card from the next, and opens a dead bus again for ever.
//
// A card that is laid down is one tap, however long it lies there; it counts
// again after it was gone. Badges in one placement are a tap each. A number
// that a phone or a bank card drew for the moment is a tap only when no badge
// lies with it: the badge behind a phone is what was meant.
package nfc
