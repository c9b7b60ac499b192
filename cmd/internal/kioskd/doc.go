// Package kioskd wires the kiosk of one neighbourhood room together: the door
// screen and the volunteers' pages first, then the store, then the reader, then
// the sending to the centre. What fails becomes a light on the screen and heals
// by itself where it can.
//
// [Run] takes a [Config] and runs a [Daemon] until its context ends. A tap goes
// from the reader (reader.go) through the store to the door screen (kioskd.go);
// store.go looks after the store, send.go after the centre, and routes.go lists
// every address of the pages. Package wiring opens the reader, and package health
// keeps how each part is doing.
//
// It is used by inloop-kiosk, by the demo and by the tests of the whole, so
// that all three run the same kiosk.
package kioskd
