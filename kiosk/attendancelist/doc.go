// Package attendancelist reads the lists that rooms kept on paper or in
// spreadsheets, and works out what taking one in would change. It knows no
// database: the room's store tells what is there already, and writes what the
// plan says.
//
// [Parse] reads a list into a [Row] for each person or number of guests, or
// returns all of its [Problems]; [Hints] are what its owner says of how it is
// written. [NewPlan] holds the rows against what the room knows already, a [Known],
// and returns a [Plan]: what is to be written, and the [Summary] of it. Whom a row means
// is told by [Fold], not by how a label is written; who looks like another is a [LookAlike].
// What became
// of it, figures before and after, is an [Upshot]; a list that was taken in, and can
// be taken back, a [Batch].
package attendancelist
