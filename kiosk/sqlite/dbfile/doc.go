// Package dbfile keeps one SQLite file safely. It knows nothing of what is in it.
//
// [Open] takes the folder, brings the tables up to the migrations of a [Config]
// and opens the [File]: one connection that writes and a read-only handle beside
// it, so that neither waits for the other. It refuses a file whose commits are not
// flushed to the disk.
//
// Whoever writes waits for a turn ([File.Turn]) and, while it lasts, is alone with
// the file. [Turn.Write] runs one transaction, durable when it returns nil. After
// an error that leaves in doubt what reached the disk ([Unsure]) the connection may
// not be believed any more: [Turn.Reopen] opens the file anew and looks at it, and
// only then the caller looks whether its rows are there. [FailureOf] tells what
// SQLite and the kernel mean by an error.
//
// A copy is made by [File.CopyTo], looked at by [Inspect], and a file that another
// one is to replace is read for the last time by [Drain].
package dbfile
