// Package pgtest gives tests a real PostgreSQL server: a throw-away cluster on
// a Unix socket, made at the first test that asks for one. It never runs as
// root, opens no port, and ends with the test process, even a killed one.
package pgtest
