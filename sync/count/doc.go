// Package count is the language that rooms and the centre share: civil days and
// the calendar periods made of them, the parts of a day, and the list of the
// measures that are counted over them. It knows no person, no card and no
// database.
//
// The way through: [Day] is a civil day, a plain number, with all arithmetic of
// weeks and months; [Period] is a day, week, month, quarter or year as it is
// written everywhere, and [Days] what it spans. [Part] is a part of a day. A
// [Measure] is the name of something counted, and its [Definition] says how: its
// class, its periods, what it is a part of. [Standard] is the [Catalogue] of all
// of them, from which the room counts, the protocol checks, the centre stores and
// shows, and files and explanations are written. A measure is added there.
package count
