package disclose

// MinBadgeShare is the share of visits with a badge, in percent, under which nothing
// that counts persons is told: too many came without one.
const MinBadgeShare = 60

// EnoughBadges tells whether figures about persons may be told beside so many visits
// with a badge and so many by guests. No visit at all is not enough.
func EnoughBadges(badge, guests int64) bool {
	return badge > 0 && 100*badge >= MinBadgeShare*(badge+guests)
}

// Persons returns how a release tells a number of persons of class B: 0 as it is, 1 to 7
// as small, the rest rounded by the measure's offset.
func Persons(v int64, u Offset) Figure {
	switch {
	case v <= 0:
		return FigureShown(0)
	case v < Smallest:
		return small
	}
	return FigureShown(Round(v, u))
}

// Visits returns how a release tells visits, guests and activity visits: as Persons, for
// a few visits may be one person's.
func Visits(v int64, u Offset) Figure { return Persons(v, u) }

// Referrals returns how a release tells referrals, which are the organisation's own
// doings: exact, but 1 to 7 as small, for each is of a person.
func Referrals(v int64) Figure {
	if 0 < v && v < Smallest {
		return small
	}
	return FigureShown(v)
}
