package count

// Measure is the name of something counted, spelled the same on every page,
// file and request.
type Measure string

// The measures that a room counts. Visits in total are BadgeVisits + Guests.
const (
	MeasureVisits      Measure = "visits"       // in figures only, never a cell
	MeasureBadgeVisits Measure = "badge_visits" // person-dagdelen
	MeasureGuests      Measure = "guests"       // accepted guests, the bands included
	MeasureGuestsChild Measure = "guests_0_11"
	MeasureGuestsTeen  Measure = "guests_12_17"
	MeasureGuestsAdult Measure = "guests_18_64"
	MeasureGuestsElder Measure = "guests_65"
	MeasureAssumed     Measure = "assumed" // of BadgeVisits
	MeasureOpen        Measure = "open"    // 1 planned open, 0 planned closed, for an ended day
	MeasureUnique      Measure = "unique"
	MeasureNew         Measure = "new"
	MeasureReactivated Measure = "reactivated"
	MeasureReturning   Measure = "returning"
	MeasureBadgeShare  Measure = "badge_share" // in figures only, never a cell
	MeasureReachN      Measure = "reach_n"
	MeasureReachA      Measure = "reach_a"
	MeasureReachK      Measure = "reach_k"
)
