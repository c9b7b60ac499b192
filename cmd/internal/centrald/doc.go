// Package office wires the centre together: store, rules, the kiosks'
// exchange and the coordinators' pages. It is used by inloop-central, by the
// demo and by the tests of the whole.
package centrald
