// Package backup handles the files of a room's backup: how one is written so
// that there is a whole backup or none ([Write]), how a restored one takes the
// place of the database without a moment at which there is neither ([Restore]),
// and what a restored backup must not undo ([Notes]).
//
// It knows nothing of what is in a database. The store fills a backup, checks it
// and makes a restored one fit to go on. All that has to be on the disk before
// something else may happen goes through a [Disk], so that tests can watch the
// order.
//
// A backup holds no key: without the room's key file nobody can read a name in
// it, or tell whose card is whose.
package backup
