// Package boots reads and writes the rows of a room's boots: the runs of its
// machine, and what is known of the time of each. What that means is told by
// package timeline; the rows of visits that go by it are the store's.
//
// [Read] is the way of every transaction: the boot of its moment, with what the
// room knows of the present. [Align] notes what dates a boot, [Ended] lists those
// that ended and are still to be judged, [Confirm] covers the rows that a confirmed
// alignment dated.
package boots
