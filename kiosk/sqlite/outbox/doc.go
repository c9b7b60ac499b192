// Package outbox keeps what a room has counted and what the centre has
// acknowledged of it: cells with their numbers and revisions, the request that
// is on its way, and the pairing. It knows no person. Numbers come in and numbers
// go out, so that nothing that is kept here, or sent from here, can name anybody.
//
// # The way through
//
// A number is written inside a transaction of the room's store, by a [Tx]: a tap
// and a volunteer's action by [Tx.Write], the end of a day by [Tx.Fill] and
// [Tx.Set], the figures of ended periods by [Tx.Tell]. All that one transaction
// writes has one revision, above all that were given out before; a cell whose
// revision is above the acknowledged one is to be sent.
//
// An [Outbox] is what the sending of them calls, each method in a transaction of
// its own: [Outbox.Unsent] lists them, [Outbox.Begin] remembers a request before
// it leaves, [Outbox.Acknowledge] notes what the centre answered, up to the
// revisions that were sent, so that nothing that changed meanwhile is lost. A
// count that the centre refused is set aside and shown, until its reason has passed
// ([Outbox.OfferAgain], [Outbox.OfferDue]). What is believed to be there is compared
// once a day, stretch by stretch ([Outbox.Stretches]), and [Outbox.Mend] has sent again
// what differs.
//
// Cells belong to an epoch, one generation of the room's database. A restored
// backup and the end of a pairing begin another; see [Tx.Restore] for the days of
// which the centre then knows more than the room.
package outbox
