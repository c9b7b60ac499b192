// Package disclose decides what may be shown of counted persons and visits, and in
// which form: thresholds, rounding, and the bounds of a share. It is the one place for
// rooms and centre; pages, commands and files show what it returns and nothing nearer
// to the truth. Pure arithmetic: it knows no person, no room's key file and no database.
//
// The way through: class C is a [Reach] (persons, of these answered, of these few
// contacts) or a [Pair] (a base and a part of it); Shown returns the rounded one, or
// false when it may not be shown, and Interval the share that the rounded numbers leave
// open. [Routes], [PersonsEstimate] and, for a release to a funder, [Persons], [Visits]
// and [Referrals] return single [Figure]s. All round by an [Offset], fixed for ever for
// each number, so that looking again in another period tells nothing more.
//
// The model is NHS Digital's: 1 to 7 hidden, the rest to the nearest 5
// (HES disclosure control, 2018); rounding up or down by a secret offset is unbiased
// rounding after Hundepool et al., Handbook on Statistical Disclosure Control, 5.4.
// What a shown number leaves open was enumerated; the tests do so again.
package disclose
