package wire

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
	New         Measure = "new"          // B: of them first ever seen in the period
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

// kinds lists the periods that a class is counted over.
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
