// Package central is the centre's rules: which kiosk may report, what its
// cells mean, who may sign in and what a coordinator may see. It knows days,
// hours and numbers of rooms; a person of a room has no type here.
//
// A [Centre] holds the rules over a [Store]. Kiosks talk to it through package
// api, signed both ways as package wire says; the pages of web/dashboard call its
// methods.
// Every question about a room is led by the asking account's organisation:
// what belongs to another is [ErrNotFound], the same as what never was.
package central
