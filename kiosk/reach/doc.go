// Package reach turns the visits of one room into figures: how many came, how
// many different people, how many of them new, and what may be said about how
// many have few contacts. All of it is pure: visits in, numbers and count rows
// out. What is exact, what is rounded and what is withheld, and why, is decided
// here alone, so that every page, file and request tells the same.
//
// The definitions are those of the design's chapter on reach (2.1 to 2.3 for
// the measures, 3.3 for the rules R1 to R13 of what may be shown to whom).
package reach
