// Package count is the language that rooms and the centre share: civil days and
// the calendar periods made of them, the parts of a day, and the measures that
// are counted over them. It knows no person, no card and no database.
//
// Start at [Day] and [Period] for the calendar, at [Part] for the parts of a day
// and at [Measure] for what is counted.
package count
