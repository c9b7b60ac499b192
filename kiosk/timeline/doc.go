// Package timeline works out which instant, and so which day, a moment of the
// room's machine was. A Pi without a clock chip may wake up years off, so a
// moment is written down with the time since its boot, which only grows, and
// dated by what is known of that boot. It is all arithmetic: no database, no
// clock of its own.
//
// A [Boot] is one run of the machine. Its [Alignment] ties the time since the
// boot to the true time, at one instant, which dates all of the boot.
//
//   - [Boot.Read] is the way of every moment: it returns its [Instant],
//     dated or not, and the boot as it is aligned from then on.
//   - [Boot.Anchor] takes a true time of the boot and says what it means for the
//     moments that were dated before it came.
//   - [Hearing] says which of a centre's words may be such a time.
//   - [Alignment.Date] dates a moment that was written down earlier in the boot.
//   - [PastBoot.Align] dates a boot that ended before its time was known, when what
//     came before it and after it leaves but one part of one day.
//
// Time that has passed never comes back: no clock below the lower bound is
// trusted. [LowerBound] and [Raise] say where that stands. A clock that leapt ends no
// day, settles no figure and deletes nothing before it is proven, or a volunteer's word
// for it has stood some nights: see [Believed], and for leaps that only a clock chip
// tells, [Boot.Deletes] and [Doubt]. [Night.Portion] bounds what is closed out at once.
package timeline
