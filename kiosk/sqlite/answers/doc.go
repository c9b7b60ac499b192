// Package answers keeps what residents answered to the questions about contact, and counts
// it when a period is settled. What an answer counts for, and for how long, is decided in
// package reach: here are the rows, one for each person, sealed and of one size.
//
// The way through: [Register.Intake] keeps an answer, [Register.ForgetIntake] takes all of a person
// back, [Settler.Settle] is called in the transaction that closes class C of a period.
package answers
