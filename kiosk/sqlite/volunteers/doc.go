// Package volunteers keeps the volunteers of a room, who are let in by a PIN:
// names, one-time codes, PINs and the waits after wrong ones. The rules are those
// of package auth; here are their rows.
//
// A [Roster] does each of its methods in a transaction that the room's store
// hands it. A PIN's hash leaves the tables for comparing only, and an attempt is
// counted before it is looked at, so that pulling the plug wins nobody another.
package volunteers
