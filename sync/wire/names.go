package wire

import (
	"slices"

	"example.org/inloop/sync/count"
)

// firstNames are the measures of version 1, as its table had them. The list is never
// changed: kiosks and centres of that version go by it.
func firstNames() []count.Measure {
	return []count.Measure{
		count.MeasureBadgeVisits, count.MeasureGuests, count.MeasureGuestsChild, count.MeasureGuestsTeen, count.MeasureGuestsAdult,
		count.MeasureGuestsElder, count.MeasureAssumed, count.MeasureOpen, count.MeasureUnique, count.MeasureNew,
		"reactivated", "returning", count.MeasureReachN, count.MeasureReachA, count.MeasureReachK,
	}
}

// Sendable returns those cells of which a receiver of a version has a name: the others
// are held back until it speaks a newer one.
func Sendable(version int, cells []Cell) []Cell {
	if version > Version {
		return cells
	}
	names := firstNames()
	return slices.DeleteFunc(slices.Clone(cells), func(c Cell) bool { return !slices.Contains(names, c.Measure) })
}

// Retired tells whether a cell of a version 1 request is of a measure that was counted
// once and is not in the catalogue any more. Such a cell is answered accepted and not
// kept, so that the kiosk that still counts it has nothing to warn of.
func (c Cell) Retired(version int, measures count.Catalogue) bool {
	d, known := measures.Find(c.Measure)
	return version == Version && (!known || !d.Counted()) && slices.Contains(firstNames(), c.Measure)
}
