// Package room wires one neighbourhood room's kiosk together: the door screen
// and the volunteers' pages first, then the store, then the reader, then the
// line to the centre. What fails becomes a light on the screen and heals by
// itself where it can.
//
// It is used by inloop-kiosk, by the demo and by the tests of the whole, so
// that all three run the same kiosk.
package kioskd
