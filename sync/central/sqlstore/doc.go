// Package sqlstore keeps what package central knows, in SQLite or in
// PostgreSQL: one text of hand-written SQL over both, with ?1 placeholders, and
// one contract suite.
//
// The way through: [Open] returns a [Store], which is a central.Store. Its
// methods stand in a file for each of central's interfaces; the tables are in
// migrations, one source for both engines, which spell some words differently.
// Where the engines differ otherwise stands in sqlite.go and postgres.go: how a
// transaction is begun, and how a batch of cells is merged. On SQLite one
// goroutine writes, and commits what came in meanwhile together, so that 32
// kiosks cost one flush; on PostgreSQL each exchange is a transaction of its
// own, with one statement for all its cells. SQLite serves one server;
// PostgreSQL is there for more than one, not for more speed.
package sqlstore
