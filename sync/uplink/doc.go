// Package uplink takes a room's numbers to the centre: it pairs the kiosk, sends
// what the centre has not acknowledged, and keeps sending through outages,
// captive portals and crashes. Only an answer signed by the key learned at
// pairing acknowledges anything; whatever else comes back, all is kept and sent
// again later, and the room counts on. The protocol is in package wire.
package uplink
