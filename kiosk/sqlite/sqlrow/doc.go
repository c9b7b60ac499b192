// Package sqlrow is what the tables of a room's store have in common: how rows are
// read and written, how NULL stands for what is not known, and which errors of
// package kiosk SQLite's refusals are.
//
// [Tx] is a transaction that writes and [Querier] whatever reads. [Collect]
// reads rows by a function that scans one; [Insert] and [One] write exactly one.
package sqlrow
