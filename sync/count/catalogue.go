package count

import (
	"errors"
	"fmt"
	"slices"
)

// ErrDefinition is returned for a definition that cannot stand in a catalogue.
var ErrDefinition = errors.New("no usable definition")

// MaxNumber is the largest number that is taken for a real one.
const MaxNumber = 100_000

// longestDay is how many minutes a day has at most: on the night that ends summer
// time there is an hour more.
const longestDay = 25 * 60

// Definition is all that is fixed about one measure.
type Definition struct {
	Measure Measure
	Class   Class
	// Periods are those that a cell of the measure is counted over, the shortest
	// first. A figure that follows from other measures has no cell, and none; nor has one
	// of class C, which rooms count together.
	Periods []PeriodKind
	// ByPart says that there is a cell for each part of the day. A part without
	// one is a 0; of a measure that is not by part it is a number that did not
	// come.
	ByPart bool
	// Optional says that a room may send null: the question was not answered. It is
	// no zero, and no number that did not come.
	Optional bool
	// Minutes says that it is told in minutes, which pages show as hours.
	Minutes bool
	// Base is the measure that this one is a part of, "" for none.
	Base Measure
	// Max is the largest number a cell can have; 0 stands for MaxNumber.
	Max int64
	// Key ends the names of the texts that say what the measure is called and, in
	// one sentence, what it counts. "" is for a measure that is shown only beside
	// its base.
	Key string
}

// Counted tells whether rooms count the measure, rather than work it out.
func (d Definition) Counted() bool { return len(d.Periods) > 0 }

// CountedOver tells whether a cell may be about a period of that kind.
func (d Definition) CountedOver(kind PeriodKind) bool { return slices.Contains(d.Periods, kind) }

// Largest returns the largest number that a cell can have.
func (d Definition) Largest() int64 {
	if d.Max == 0 {
		return MaxNumber
	}
	return d.Max
}

// Catalogue is the one list of what is counted, in the order in which it is
// explained. Rooms, the protocol, the centre, pages and files all go by it. It
// never changes; the zero Catalogue is empty.
type Catalogue struct {
	list  []Definition
	place map[Measure]int
}

// NewCatalogue returns a catalogue of these definitions, or ErrDefinition.
func NewCatalogue(list ...Definition) (Catalogue, error) {
	c := Catalogue{list: slices.Clone(list), place: make(map[Measure]int, len(list))}
	for i, d := range c.list {
		if err := d.check(); err != nil {
			return Catalogue{}, err
		}
		if _, twice := c.place[d.Measure]; twice {
			return Catalogue{}, fmt.Errorf("%w: %s stands twice", ErrDefinition, d.Measure)
		}
		c.place[d.Measure] = i
	}
	for _, d := range c.list {
		base, known := c.Find(d.Base)
		if d.Base != "" && (!known || base.Class != d.Class || d.Base == d.Measure) {
			return Catalogue{}, fmt.Errorf("%w: base %q of %s: want another measure of its class", ErrDefinition, d.Base, d.Measure)
		}
	}
	return c, nil
}

// check tells what is wrong with a definition by itself. The shortest period of
// a class is what keeps one person from being seen, see Class.
func (d Definition) check() error {
	shortest := map[Class]PeriodKind{ClassA: PeriodDay, ClassB: PeriodMonth, ClassC: PeriodQuarter}
	least, known := shortest[d.Class]
	switch {
	case d.Measure == "":
		return fmt.Errorf("%w: a measure without a name", ErrDefinition)
	case !known:
		return fmt.Errorf("%w: class %q of %s: want A, B or C", ErrDefinition, d.Class, d.Measure)
	case slices.ContainsFunc(d.Periods, func(k PeriodKind) bool { return k < least }):
		return fmt.Errorf("%w: %s is of class %c, which is not told over so short a period", ErrDefinition, d.Measure, d.Class)
	case d.Optional && (d.Class != ClassA || d.ByPart):
		return fmt.Errorf("%w: %s: want an answer left out only in class A, of a whole day", ErrDefinition, d.Measure)
	case d.ByPart && (d.Class != ClassA || !d.CountedOver(PeriodDay)):
		return fmt.Errorf("%w: %s: want parts of a day only in class A, by day", ErrDefinition, d.Measure)
	}
	return nil
}

// With returns a catalogue that has these definitions too, at its end.
func (c Catalogue) With(more ...Definition) (Catalogue, error) {
	return NewCatalogue(slices.Concat(c.list, more)...)
}

// Find returns a measure's definition; false for one that is not in the list.
func (c Catalogue) Find(m Measure) (Definition, bool) {
	i, ok := c.place[m]
	if !ok {
		return Definition{}, false
	}
	return c.list[i], true
}

// All returns every definition, in the catalogue's order.
func (c Catalogue) All() []Definition { return slices.Clone(c.list) }

// OfClass returns the definitions of a class, in the catalogue's order.
func (c Catalogue) OfClass(class Class) []Definition {
	return slices.DeleteFunc(c.All(), func(d Definition) bool { return d.Class != class })
}

// Outline returns the definitions of a class with the parts of each right after
// it, as in an outline.
func (c Catalogue) Outline(class Class) []Definition {
	var all []Definition
	var under func(base Measure)
	under = func(base Measure) {
		for _, d := range c.list {
			if d.Class == class && d.Base == base {
				all = append(all, d)
				under(d.Measure)
			}
		}
	}
	under("")
	return all
}

// Empty tells whether there is nothing in the catalogue.
func (c Catalogue) Empty() bool { return len(c.list) == 0 }

// Standard returns the catalogue of this version. To add a measure, add its entry
// here, its rule where rooms count it (reach.DayPartRules), and in each language the
// texts that its Key names.
func Standard() Catalogue {
	day := []PeriodKind{PeriodDay}
	persons := []PeriodKind{PeriodMonth, PeriodQuarter, PeriodYear}
	answers := []PeriodKind{PeriodQuarter, PeriodYear} // and what takes a quarter to show
	c, err := NewCatalogue(
		Definition{Measure: MeasureVisits, Class: ClassA, Key: "visits"},
		Definition{Measure: MeasureBadgeVisits, Class: ClassA, Periods: day, ByPart: true, Base: MeasureVisits, Key: "badge_visits"},
		Definition{Measure: MeasureGuests, Class: ClassA, Periods: day, ByPart: true, Base: MeasureVisits, Key: "guests"},
		Definition{Measure: MeasureGuestsChild, Class: ClassA, Periods: day, ByPart: true, Base: MeasureGuests},
		Definition{Measure: MeasureGuestsTeen, Class: ClassA, Periods: day, ByPart: true, Base: MeasureGuests},
		Definition{Measure: MeasureGuestsAdult, Class: ClassA, Periods: day, ByPart: true, Base: MeasureGuests},
		Definition{Measure: MeasureGuestsElder, Class: ClassA, Periods: day, ByPart: true, Base: MeasureGuests},
		Definition{Measure: MeasureGuestsUnasked, Class: ClassA, Base: MeasureGuests},
		Definition{Measure: MeasureAssumed, Class: ClassA, Periods: day, ByPart: true, Base: MeasureBadgeVisits, Key: "assumed"},
		Definition{Measure: MeasureBadgeShare, Class: ClassB, Key: "badge_share"},
		Definition{Measure: MeasureOpen, Class: ClassA, Periods: day, Max: 1, Key: "open"},
		Definition{Measure: MeasureOpened, Class: ClassA, Periods: day, Max: 1, Key: "opened"},
		Definition{Measure: MeasurePlannedParts, Class: ClassA, Periods: day, Max: 3, Key: "planned_parts"},
		Definition{Measure: MeasureOpenParts, Class: ClassA, Periods: day, Max: 3, Key: "open_parts"},
		Definition{Measure: MeasurePlannedMinutes, Class: ClassA, Periods: day, Max: longestDay, Minutes: true, Key: "planned_minutes"},
		Definition{Measure: MeasureOpenMinutes, Class: ClassA, Periods: day, Max: longestDay, Minutes: true, Key: "open_minutes"},
		Definition{Measure: MeasureVolunteers, Class: ClassA, Periods: day, Optional: true, Key: "volunteers"},
		Definition{Measure: MeasureVolunteerMinutes, Class: ClassA, Periods: day, Optional: true, Minutes: true, Key: "volunteer_minutes"},
		Definition{Measure: MeasureActivities, Class: ClassA, Periods: day, Key: "activities"},
		Definition{Measure: MeasureActivityVisits, Class: ClassA, Periods: day, Key: "activity_visits"},
		Definition{Measure: MeasureReferred, Class: ClassA, Periods: day, Key: "referred"},
		Definition{Measure: MeasureUnique, Class: ClassB, Periods: persons, Key: "unique"},
		Definition{Measure: MeasureNew, Class: ClassB, Periods: persons, Base: MeasureUnique, Key: "new"},
		Definition{Measure: MeasureKnown, Class: ClassB, Periods: persons, Base: MeasureUnique, Key: "known"},
		Definition{Measure: MeasureRegular, Class: ClassB, Periods: answers, Base: MeasureUnique, Key: "regular"},
		Definition{Measure: MeasureReachN, Class: ClassC, Key: "reach_n"},
		Definition{Measure: MeasureReachA, Class: ClassC, Base: MeasureReachN, Key: "reach_a"},
		Definition{Measure: MeasureReachK, Class: ClassC, Base: MeasureReachA, Key: "reach_k"},
	)
	if err != nil {
		panic("count: " + err.Error()) // a slip in the list above, which a test finds
	}
	return c
}
