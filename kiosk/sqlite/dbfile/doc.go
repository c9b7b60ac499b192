// Package dbfile keeps one SQLite file safely. It knows nothing of what is in it.
//
// [Open] takes the folder, brings the tables up to the migrations of a [Config]
// and opens the [File]: one connection that writes and a read-only handle beside
// it, so that neither waits for the other. It refuses a file whose commits are not
// flushed to the disk.
//
// Whoever writes waits for a turn ([File.Turn]) and, while it lasts, is alone with
// the file. [Turn.Write] runs one transaction, durable when it returns nil.
// [FailureOf] tells what SQLite and the kernel mean by an error.
//
// After an error that leaves in doubt what reached the disk ([Unsure]) neither the
// connection nor the file may be trusted any more: Linux marks pages that it could
// not flush as clean, so that they are read back from the page cache and are gone
// after a power cut. What every earlier Write returned nil for is safe, and is read
// through the connections that are still open, which do not see the transaction that
// failed. Before anything else is written [Turn.Reopen] copies it to a new file,
// flushes that, verifies it past the cache and puts it in the old one's place. A
// write-back of the log that fails leaves the log as it is: SQLite only begins it
// anew after the file has been flushed.
//
// A copy is made by [File.CopyTo], looked at by [Inspect], and a file that another
// one is to replace is read for the last time by [Drain].
package dbfile
