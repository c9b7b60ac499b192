package count

// Part is a part of the day. A visit is one person in one part of one day (a
// dagdeel).
type Part string

// The parts of the day; PartNone goes with what is not split by part.
const (
	PartNone      Part = ""
	PartMorning   Part = "ochtend"
	PartAfternoon Part = "middag"
	PartEvening   Part = "avond"
)

// Parts returns the parts of the day in their order.
func Parts() []Part {
	return []Part{PartMorning, PartAfternoon, PartEvening}
}
