// Package pooling keeps a room's part in counting class C together with the other rooms
// of its organisation: whom it knows since when, what it has answered, what was found.
// What is done when, and refused, is decided in package pool; here it is done and
// remembered, each answer in the one transaction that settles its period: the numbers
// are counted, masked and stored as the bytes to send, and never again in another form.
// The key of a period lies beside the key file and goes once the period is settled.
//
// The way through: [Pooling.PoolAsking] is what the next request says, [Pooling.HearPool]
// takes what its answer said, [Pooling.TickPool] does what time alone brings, and
// [Pooling.Pooled] is what the desk shows.
package pooling
