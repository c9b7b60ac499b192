package wire

import (
	"fmt"
	"slices"
)

// Cell is one counted number of a room: how often Measure happened in Period,
// in Part of the day. It is absolute, and it replaces whatever older revision
// the receiver holds for the same (Epoch, Period, Measure, Part).
type Cell struct {
	Epoch   int     `json:"epoch"`          // ordinal of the epoch in which it was counted, from 1
	Period  Period  `json:"period"`         // 2026-11-24, 2026-11, 2026Q4 or 2026
	Measure Measure `json:"measure"`        //
	Part    Part    `json:"part,omitempty"` // empty for measures that are not split
	N       *int64  `json:"n"`              // the count; null withdraws a class B or C cell
	Rev     int64   `json:"rev"`            // grows with every change in the room, from 1
}

// Code says why a cell was refused.
type Code string

// Why a cell can be refused.
const (
	CodeBadEpoch   Code = "bad_epoch"   // not from 1 to the request's own epoch
	CodeBadPeriod  Code = "bad_period"  // no calendar period, or one that the measure's class is not counted over
	CodeBadMeasure Code = "bad_measure" // a name this version does not know
	CodeBadPart    Code = "bad_part"    // a part for a measure without, or none for one with
	CodeBadCount   Code = "bad_count"   // below 0, above MaxCount, open other than 0 or 1, or null in class A
	CodeBadRev     Code = "bad_rev"     // below 1 or above MaxRev
	CodeFuture     Code = "future"      // the period begins more than a day after the receiver's today
)

// Codes lists why a cell can be refused.
func Codes() []Code {
	return []Code{CodeBadEpoch, CodeBadPeriod, CodeBadMeasure, CodeBadPart, CodeBadCount, CodeBadRev, CodeFuture}
}

// CellError is a cell that cannot be taken.
type CellError struct {
	Code Code
	Cell Cell
}

func (e *CellError) Error() string {
	return fmt.Sprintf("cell %.20q %.20q %.20q: %s", string(e.Cell.Period), string(e.Cell.Measure), string(e.Cell.Part), e.Code)
}

// Check returns a *CellError when the cell breaks a rule that can be judged
// without knowing the room: epoch is the ordinal of the request it came in.
func (c Cell) Check(epoch int) error {
	bad := func(code Code) error { return &CellError{code, c} }
	r, known := rules[c.Measure]
	kind, err := c.Period.Kind()
	switch {
	case !known:
		return bad(CodeBadMeasure)
	case err != nil || !slices.Contains(r.class.kinds(), kind):
		return bad(CodeBadPeriod)
	case c.Epoch < 1 || c.Epoch > epoch:
		return bad(CodeBadEpoch)
	case r.parts && !slices.Contains(Parts(), c.Part), !r.parts && c.Part != NoPart:
		return bad(CodeBadPart)
	case c.Rev < 1 || c.Rev > MaxRev:
		return bad(CodeBadRev)
	case c.N == nil:
		if r.class == ClassA {
			return bad(CodeBadCount)
		}
	case *c.N < 0 || *c.N > MaxCount, c.Measure == Open && *c.N > 1:
		return bad(CodeBadCount)
	}
	return nil
}
