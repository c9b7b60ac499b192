package wire

import (
	"fmt"
	"slices"
)

// Class says how much a measure could tell about one person, and so how long a
// period it may be counted over: A visits (per day), B persons (month and up),
// C answers of persons (quarter and up).
type Class byte

// The three classes of measures.
const (
	ClassA Class = 'A'
	ClassB Class = 'B'
	ClassC Class = 'C'
)

// Measure is the name of something counted, as every page, file and request
// spells it.
type Measure string

// The measures that cross the network. Visits in total are not among them:
// they are BadgeVisits plus Guests, and one truth is enough.
const (
	BadgeVisits Measure = "badge_visits" // A: person-dagdelen by badge or at the desk
	Guests      Measure = "guests"       // A: accepted guests of every kind, the bands below included
	GuestsChild Measure = "guests_0_11"  // A: of them 0-11 years old
	GuestsTeen  Measure = "guests_12_17" // A: of them 12-17
	GuestsAdult Measure = "guests_18_64" // A: of them 18-64
	GuestsElder Measure = "guests_65"    // A: of them 65 and over
	Assumed     Measure = "assumed"      // A: of badge_visits, those that no tap of their own started
	Open        Measure = "open"         // A: 1 the day was planned open, 0 planned closed; sent once the day has ended
	Unique      Measure = "unique"       // B: different persons
	New         Measure = "new"          // B: of them first ever seen in the period's month
	Reactivated Measure = "reactivated"  // B: of them back after more than 90 days
	Returning   Measure = "returning"    // B: the rest of unique
	ReachN      Measure = "reach_n"      // C: the room's own residents with a visit, rounded
	ReachA      Measure = "reach_a"      // C: of them answered the contact questions, rounded
	ReachK      Measure = "reach_k"      // C: of those few contacts, rounded
)

// rule is what a measure allows.
type rule struct {
	class Class
	parts bool // counted per part of the day
}

var rules = map[Measure]rule{
	BadgeVisits: {ClassA, true}, Guests: {ClassA, true}, GuestsChild: {ClassA, true}, GuestsTeen: {ClassA, true},
	GuestsAdult: {ClassA, true}, GuestsElder: {ClassA, true}, Assumed: {ClassA, true}, Open: {ClassA, false},
	Unique: {ClassB, false}, New: {ClassB, false}, Reactivated: {ClassB, false}, Returning: {ClassB, false},
	ReachN: {ClassC, false}, ReachA: {ClassC, false}, ReachK: {ClassC, false},
}

// Class returns the measure's class, or 0 for a name this version does not know.
func (m Measure) Class() Class { return rules[m].class }

// ByPart tells whether the measure is counted per part of the day.
func (m Measure) ByPart() bool { return rules[m].parts }

// Part is a part of the day, by its Dutch name.
type Part string

// The parts of the day; NoPart goes with measures that are not split.
const (
	NoPart    Part = ""
	Morning   Part = "ochtend"
	Afternoon Part = "middag"
	Evening   Part = "avond"
)

// Parts lists the parts of a day in their order.
func Parts() []Part { return []Part{Morning, Afternoon, Evening} }

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
	BadEpoch   Code = "bad_epoch"   // not from 1 to the request's own epoch
	BadPeriod  Code = "bad_period"  // no calendar period, or one that the measure's class is not counted over
	BadMeasure Code = "bad_measure" // a name this version does not know
	BadPart    Code = "bad_part"    // a part for a measure without, or none for one with
	BadCount   Code = "bad_count"   // below 0, above MaxCount, open other than 0 or 1, or null in class A
	BadRev     Code = "bad_rev"     // below 1
	Future     Code = "future"      // the period begins more than a day after the receiver's today
)

// CellError is a cell that cannot be taken.
type CellError struct {
	Code Code
	Cell Cell
}

func (e *CellError) Error() string {
	return fmt.Sprintf("cell %s %s %q: %s", e.Cell.Period, e.Cell.Measure, e.Cell.Part, e.Code)
}

// Check returns a *CellError when the cell breaks a rule that can be judged
// without knowing the room: epoch is the ordinal of the request it came in.
func (c Cell) Check(epoch int) error {
	bad := func(code Code) error { return &CellError{code, c} }
	r, known := rules[c.Measure]
	kind, err := c.Period.Kind()
	switch {
	case !known:
		return bad(BadMeasure)
	case err != nil || !slices.Contains(r.class.kinds(), kind):
		return bad(BadPeriod)
	case c.Epoch < 1 || c.Epoch > epoch:
		return bad(BadEpoch)
	case r.parts && !slices.Contains(Parts(), c.Part), !r.parts && c.Part != NoPart:
		return bad(BadPart)
	case c.Rev < 1:
		return bad(BadRev)
	case c.N == nil:
		if r.class == ClassA {
			return bad(BadCount)
		}
	case *c.N < 0 || *c.N > MaxCount, c.Measure == Open && *c.N > 1:
		return bad(BadCount)
	}
	return nil
}

func (c Class) kinds() []Kind {
	switch c {
	case ClassA:
		return []Kind{Day}
	case ClassB:
		return []Kind{Month, Quarter, Year}
	default:
		return []Kind{Quarter, Year}
	}
}
