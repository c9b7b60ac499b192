// Package uplink takes a room's numbers to the centre: it pairs the kiosk, sends
// what the centre has not acknowledged, and keeps sending through outages,
// captive portals and crashes. Only an answer signed by the key learned at
// pairing acknowledges anything; whatever else comes back, all is kept and sent
// again later, and the room counts on. The protocol is in package wire.
//
// The way through: [New] makes an [Uplink] from a [Config]; [Uplink.Run] does one
// exchange after another until it is told to stop, and [Uplink.Flush] sends what
// is left. What is unsent, and the request on its way, is in a [Store]; it knows
// cells as the wire does, and nothing of a room's people.
package uplink
