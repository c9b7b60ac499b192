// Package sqlite keeps the rows of one neighbourhood room in one SQLite file:
// who came, who is in, what was counted and what the centre has acknowledged. A
// rule that a test can hold without a database is above it, in package kiosk and
// the packages beside this one: these files load, ask and write.
//
// [Open] returns the [Store] that a [Config] describes. Every exported method
// that writes owns one immediate transaction, durable when the method returns
// nil; pages never wait for a tap nor a tap for a page. How the file is kept safely
// is in package dbfile (WAL with synchronous=FULL; it refuses anything less), how
// rows are read and written in package sqlrow. The store calls nobody: what has
// changed is told by the caller, after the method has returned. [ReasonFor] says in
// one key what a volunteer is to be told of an error.
//
// The way of a tap: [Store.CheckIn] begins a transaction (write.go), which dates
// its moment (redate.go, package timeline) and does what the clock owes
// (closing.go); finds whose card it is (card.go); asks kiosk.Meaning what the tap
// means; writes it down (apply.go, stay.go, visit.go); counts again the parts of
// days that were touched (daypart.go, package reach) and writes what changed into
// the cells (package outbox); commits; and reads the greeting back. A volunteer's
// action takes the same way, and what it changed is kept to be undone (action.go,
// package undo). Each minute [Store.Tick] does what time alone brings, down to the
// figures of ended periods (recount.go, package ledger) and what may not be kept
// any longer (retention.go).
//
// What the room itself does on a day is package daybook, a year's slips package slips.
// The volunteers, their codes and PINs, are package volunteers; lists that are taken
// in, and back, package imports, whose rows the view attendance shows. A card's UID is
// kept as an HMAC only; names, labels and what answers came to (package answers) are
// sealed (package keyring). The keys come from a file that lies outside the data folder
// and is in no backup.
package sqlite
