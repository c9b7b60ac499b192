// Package centrald wires the centre together: store, rules, the kiosks' exchange
// and the coordinators' pages. [Run] takes a [Config] and serves a [Daemon] until
// its context ends; [Open] lets a command work with one that is not served. It
// is used by inloop-central, by the demo and by the tests of the whole.
package centrald
