// Package kiosk holds the words and the rules of one neighbourhood room: who a
// badge belongs to, what a tap means, when a visit counts and what the door
// screen says about it. It knows no database, no network and no chip; it
// imports the standard library alone, so every rule can be read and tested
// without a machine around it.
package kiosk
