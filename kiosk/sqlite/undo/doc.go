// Package undo keeps the rows that a volunteer's action changes as they were,
// and puts them back: one mechanism for every action, whatever it did.
//
// A transaction notes each row in a [Journal] before it changes it, and saves
// the journal at its end. [Load] finds one of the last ten actions of today
// again and refuses what later acts depend on; [Entry.PutBack] makes its rows
// what they were. A row is kept as a [Snapshot], by the names of its columns, so
// that what was kept outlives a migration that adds some.
package undo
