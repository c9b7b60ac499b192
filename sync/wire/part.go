package wire

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
