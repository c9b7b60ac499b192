// Package salvage takes out of a damaged database of a room what can still be
// read of it.
//
// [Check] looks at a database before it is opened, and at its log before SQLite
// does: SQLite ends a log, without a word, at the first frame whose check sum is
// wrong, as after a power cut, and with it goes all that was saved later. It opens
// everything that is sealed, too: that is the one check sum that rows have. [Read] makes one file of the database and of
// every sound frame of its log, in a folder of the caller's, so that the damaged
// files stay as they are; what it returns gives row by row what it can ([Damaged.Fill],
// [Damaged.FillCells]) to a copy of a backup, or to an empty database.
//
// What is taken by which rule is in tables.go. Rows of the damaged file go before
// those of the backup, which are a night older; a row that the tables' own rules
// refuse is passed over; and of a person, a boot or an epoch that is lost while
// something speaks of it a row without content is made, so that nothing that was
// counted is lost with it.
package salvage
