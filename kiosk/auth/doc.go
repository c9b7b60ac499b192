// Package auth holds the rules by which a volunteer signs in: which PIN is taken
// and how it is kept ([ValidatePIN], [Hash], [Verify], [OnBadge]), the one-time
// code with which the first PIN is chosen ([NewCode], [CodeHash]), and how long
// somebody waits who was wrong too often ([Lockout]).
//
// It keeps nothing itself. A store reads the [Lockout] of whoever tries, counts
// the attempt by [Lockout.Attempt] and saves it, only then looks at the PIN, and
// forgets the attempts when it was right.
package auth
