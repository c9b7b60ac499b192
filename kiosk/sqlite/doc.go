// Package sqlite keeps the data of one neighbourhood room in one SQLite file:
// who came, who is in, what was counted and what the centre has acknowledged.
//
// Every exported method that writes owns one immediate transaction, durable
// when the method returns nil (WAL with synchronous=FULL; Open refuses anything
// less). There is one writing connection and a read-only handle beside it, so
// pages never wait for a tap nor a tap for a page. The store calls nobody: what
// has changed is told by the caller, after the method has returned.
//
// A card's UID is kept as an HMAC only; names, labels and the outcome of an
// intake are sealed with AES-256-GCM. The keys come from a file that lies
// outside the data folder and is in no backup.
//
// [Open] returns a [Store]. From there the way of a tap is CheckIn: write.go
// begins a transaction, redate.go dates its moment (package timeline), apply.go
// writes what the tap means (package kiosk), and cells.go counts each part of a
// day that was touched again (package reach) before the commit. Each minute
// Tick does what time alone brings, down to recount.go, which brings the figures
// of ended periods up to date, and retention.go. A rule that a test can hold
// without a database is in none of these files: they load, ask and write.
package sqlite
