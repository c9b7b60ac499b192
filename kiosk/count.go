package kiosk

import "example.org/inloop/sync/count"

// Cell names one number: a measure over a period, or over one part of a day.
type Cell struct {
	Epoch   int // ordinal, from 1
	Period  count.Period
	Measure count.Measure
	Part    count.Part
}

// Count is a cell with its number. N is absolute, never a difference, and Rev
// grows with every change in the room, so a count may be sent any number of
// times in any order.
type Count struct {
	Cell
	N   *int64 // nil withdraws the cell
	Rev int64
}

// DayPart is one part of one day, as visits are counted by.
type DayPart struct {
	Epoch int       // ordinal; 0 in an attendance list, which knows of none
	Day   count.Day // NoDay while it is undated
	Part  count.Part
}

// Epoch names one generation of the room's database. A restored backup begins
// another, so that numbers of two generations are never taken for one.
type Epoch struct {
	Ordinal int
	ID      [16]byte
}
