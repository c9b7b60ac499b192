// Package ledger reads the rows of a room that its figures are made of, and keeps
// what is to outlive them. What they come to is counted by package reach.
//
// [Rows.Load] returns a reach.Ledger: visits, residents, days counted, figures
// kept. [Rows.Keep] writes the figures of closed periods, sealed, so that a copy
// of the file tells nobody which resident was counted where. [LastRecount] says
// what need not be counted again; [Rows.Cut] and [Rows.Let] have the figures
// outlive rows that go, [Counted] tells whether figures that were counted beside the writing
// still stand, and [NoteForgotten] remembers of
// visits that go on which days they were, and until when some are missing.
package ledger
