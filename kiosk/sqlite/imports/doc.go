// Package imports takes lists into a room's database, and back out of it, beside the
// taps. What a list means is planned by package attendancelist, what figures come to is
// counted by package reach: here are the rows.
//
// A list of 199,000 lines in one transaction would keep the door waiting for half a
// minute. So its rows are written in portions, each shorter than anybody notices, with
// time for taps between them, and are hidden meanwhile: the views attendance and
// list_seen leave them out. What they change is counted from a snapshot, which keeps
// nobody waiting. One short transaction at the end shows them all and tells the figures;
// when something was corrected since the snapshot, it is counted anew first. Taking a
// list back goes the same way: hidden at once, removed in portions.
//
// A program that ends in between leaves a list that is hidden, which is to say none.
// [Lists.Sweep] removes it; the room calls it at its start and each minute. One list is
// taken in at a time, by a lock that ends with the process.
package imports
