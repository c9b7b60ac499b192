// Package attacker holds no program, only a test: it reads all that a year of rooms
// sends, tells and releases, week after week, as the organisation's coordinator and as
// a funder, and tries to find out about one person what nobody may know.
//
// The attacker knows every person and every visit but no answer, and by what rules
// everything is counted, rounded and shown; it has a solver of sums of whole numbers. What it
// must not find: a day of somebody who was erased, what somebody answered, a pool's
// number nearer than to 5 values or a room's than to 9, a funder's number of persons
// nearer than to 5, an arrival nearer than its part of the day. Each rule that keeps this
// hidden is switched off in turn, in the test's own copy of it: then the same search must
// find it, else it would see nothing.
package attacker
