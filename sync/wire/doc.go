// Package wire is all that crosses the network between a room's kiosk and the
// central server: days, hours and numbers. Its types can hold no name, no card
// and no person.
package wire
