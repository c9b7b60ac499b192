// Package reach turns the visits of one room into figures: how many came, how
// many different people, how many of them new, and what may be said about how
// many have few contacts. All of it is pure: visits in, numbers and count rows
// out. What is exact, what is rounded and what is withheld, and why, is decided
// here alone, so that every page, file and request tells the same.
//
// # What may be told
//
// Numbers are of three classes, by how much they could tell about one person: A
// counts visits, B counts persons, C counts what persons answered. The rules that
// other comments name:
//
//   - R1: class A is told per day, ISO week, month, quarter and year, class B
//     from a month up, class C from a quarter up.
//   - R2: class C is settled once, from 7 days after its quarter or year has ended,
//     and told of all rooms of an organisation together: package pool counts it, and
//     package disclose says what of it is shown. A number that ran along would tell,
//     by its change, what one person said.
//
// Who is new or known is told where enough is known of the year before, by the days on
// which a person was recorded: see [Coverage].
//
// # The way through
//
// A [History] is made of visits and of what is kept of residents, and counts any
// period into a [Tally], exact; Tally.Figures decides what of it may be told, as
// [Figures]. A [Ledger] is a history with what a room has kept of closed periods
// ([Kept]): it answers for periods whose visits are long gone, and its Recount is
// what a room does each night. No figure moves because rows go: its Cut is for somebody
// who is erased, its Without for rows whose time is over. [Rules] count one part of one
// day, at each tap. What people answered is kept as [PersonAnswers], and counted once,
// when a period is settled: [Settling].
// What goes when is said by [VisitsFrom], [LinksUntil] and PersonAnswers.Expired.
package reach
