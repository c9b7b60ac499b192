package kiosk

// Measure is the name of something counted, spelled the same on every page,
// file and request.
type Measure string

// The measures that a room counts. Visits in total are BadgeVisits + Guests.
const (
	Visits      Measure = "visits"       // in figures only, never a cell
	BadgeVisits Measure = "badge_visits" // person-dagdelen
	Guests      Measure = "guests"       // accepted guests, the bands included
	GuestsChild Measure = "guests_0_11"
	GuestsTeen  Measure = "guests_12_17"
	GuestsAdult Measure = "guests_18_64"
	GuestsElder Measure = "guests_65"
	Assumed     Measure = "assumed" // of BadgeVisits
	Open        Measure = "open"    // 1 planned open, 0 planned closed, for an ended day
	Unique      Measure = "unique"
	New         Measure = "new"
	Reactivated Measure = "reactivated"
	Returning   Measure = "returning"
	BadgeShare  Measure = "badge_share" // in figures only, never a cell
	ReachN      Measure = "reach_n"
	ReachA      Measure = "reach_a"
	ReachK      Measure = "reach_k"
)

// Cell names one number: a measure over a period, or over one part of a day.
type Cell struct {
	Epoch   int // ordinal, from 1
	Period  Period
	Measure Measure
	Part    Part
}

// Count is a cell with its number. N is absolute, never a difference, and Rev
// grows with every change in the room, so a count may be sent any number of
// times in any order.
type Count struct {
	Cell
	N   *int64 // nil withdraws the cell
	Rev int64
}

// Epoch names one life of the room's database. A restored backup begins
// another, so that numbers of two lives are never taken for one.
type Epoch struct {
	Ordinal int
	ID      [16]byte
}
