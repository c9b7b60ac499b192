// Package daybook keeps what a room itself did on a day: when a host opened and closed
// it, what was answered at closing, how often somebody was referred to other help. No
// row says who.
//
// A [Book] is what the volunteers' page asks. Each touch is a row ([Touch]) until its
// day has ended; then [End] makes a [kiosk.DayRecord] of them, which has no times, and
// the rows go. [Tell] writes the day's measures that are not counted by part of the day;
// they follow from the record and from the visits that the day's own cells tell, so that
// nothing that goes from the rows of visits moves them. [ClosedAt] says when a day was
// closed, for who waits for that.
package daybook
