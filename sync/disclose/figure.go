package disclose

// Disclosure says in which form a figure is told. Its values are written on the wire.
type Disclosure string

// The forms.
const (
	DisclosureShown    Disclosure = "shown"    // the number, rounded
	DisclosureSmall    Disclosure = "small"    // "<8"
	DisclosureWithheld Disclosure = "withheld" // not at all
)

// Figure is one number as it may be told. N means something only when it is shown.
type Figure struct {
	State Disclosure
	N     int64
}

// FigureShown returns a figure that is told as n.
func FigureShown(n int64) Figure { return Figure{DisclosureShown, n} }

var (
	small    = Figure{State: DisclosureSmall}
	withheld = Figure{State: DisclosureWithheld}
)

// MinRoutes is how many new persons of a year there must be for any route to be told.
const MinRoutes = 80

// Routes returns by which routes the new persons of a year came, each with its own
// offset. None is told when all of them together, who would not say included, are fewer
// than MinRoutes; notSaid itself is never told, so that no sum can be closed.
func Routes(routes []int64, u []Offset, notSaid int64) []Figure {
	told := make([]Figure, len(routes))
	total := notSaid
	for _, n := range routes {
		total += n
	}
	for i, n := range routes {
		switch {
		case total < MinRoutes:
			told[i] = withheld
		case n < Smallest:
			told[i] = small // a 0 too: nobody by that route tells of each of them
		default:
			told[i] = FigureShown(Round(n, u[i]))
		}
	}
	return told
}

// MinEstimate is how many slips must say in how many rooms a person comes for
// PersonsEstimate.
const MinEstimate = 40

// PersonsEstimate returns about how many persons the rooms of an organisation had in a
// year, to the nearest 10. Sum is how many they were counted room by room; slips are how
// many said that they come in one, two, and three or more rooms. It is withheld where
// the pool's own number of persons is, or with fewer slips than MinEstimate. A person in
// two rooms stands twice in the sum, hence a half of each such slip.
func PersonsEstimate(sum int64, slips [3]int64, personsShown bool) Figure {
	all := slips[0] + slips[1] + slips[2]
	if !personsShown || all < MinEstimate {
		return withheld
	}
	persons, over := sum*(6*slips[0]+3*slips[1]+2*slips[2]), 6*all
	return FigureShown((persons + 5*over) / (10 * over) * 10)
}
