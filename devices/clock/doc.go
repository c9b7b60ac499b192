// Package clock is the drivers' time: what it is, and waiting for it. Drivers
// take a [Clock] as an argument, so that a simulated chip can charge what a bus
// and the air really cost, and ten million polls need no week.
//
// [System] is the machine's own clock, [Precise] the same for waits far below a
// millisecond.
package clock
