package wire

import (
	"fmt"
	"slices"

	"example.org/inloop/sync/count"
)

// Cell is one counted number of a room: how often Measure happened in Period,
// in Part of the day. It is absolute, and it replaces whatever older revision
// the receiver holds for the same (Epoch, Period, Measure, Part).
type Cell struct {
	Epoch   int           `json:"epoch"`          // ordinal of the epoch in which it was counted, from 1
	Period  count.Period  `json:"period"`         // 2026-11-24, 2026-11, 2026Q4 or 2026
	Measure count.Measure `json:"measure"`        //
	Part    count.Part    `json:"part,omitempty"` // empty for measures that are not split
	N       *int64        `json:"n"`              // the count; null withdraws a class B or C cell, or says that nobody answered
	Rev     int64         `json:"rev"`            // given when the cell is released, each above all before, from 1
}

// Code says why a cell was refused.
type Code string

// Why a cell can be refused.
const (
	CodeBadEpoch   Code = "bad_epoch"   // not from 1 to the request's own epoch
	CodeBadPeriod  Code = "bad_period"  // no calendar period, or one that the measure's class is not counted over
	CodeBadMeasure Code = "bad_measure" // a name this version does not know
	CodeBadPart    Code = "bad_part"    // a part for a measure without, or none for one with
	CodeBadCount   Code = "bad_count"   // below 0, above MaxCount, open other than 0 or 1, or null in class A where no question was asked
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

// Check returns a *CellError when the cell breaks a rule that can be checked
// without knowing the room: measures are those that are known here, and epoch is
// the ordinal of the request it came in.
func (c Cell) Check(measures count.Catalogue, epoch int) error {
	if code := c.fault(measures, epoch); code != "" {
		return &CellError{code, c}
	}
	return nil
}

// fault returns the first rule that the cell breaks, in the order of the
// protocol, or "".
func (c Cell) fault(measures count.Catalogue, epoch int) Code {
	d, known := measures.Find(c.Measure)
	if !known || !d.Counted() {
		return CodeBadMeasure
	}
	kind, err := c.Period.Kind()
	switch {
	case err != nil || !d.CountedOver(kind):
		return CodeBadPeriod
	case c.Epoch < 1 || c.Epoch > epoch:
		return CodeBadEpoch
	case d.ByPart && !slices.Contains(count.Parts(), c.Part), !d.ByPart && c.Part != count.PartNone:
		return CodeBadPart
	case c.Rev < 1 || c.Rev > MaxRev:
		return CodeBadRev
	case c.N == nil && d.Class == count.ClassA && !d.Optional, c.N != nil && (*c.N < 0 || *c.N > d.Largest()):
		return CodeBadCount
	}
	return ""
}
