// Package keyring is the key file of one room and all that is derived from it.
//
// [Load] reads the file, or makes it at the first start, and returns the room's
// [Keys]. A card's number, a label or an erased person is only ever kept as an
// HMAC ([Keys.UID], [Keys.Label], [Keys.Erased]); names and answers are sealed
// for the one place where they are kept ([Keys.Seal], [Keys.Open]). A store
// writes [Keys.Check] at its first start and refuses another room's file by
// [Keys.Checks].
//
// Labels of the derivation, purposes of the HMACs and the form of a place are on
// the disks of rooms. They are fixed to the byte: golden tests hold them.
package keyring
