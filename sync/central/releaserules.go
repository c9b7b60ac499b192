package central

import (
	"slices"

	"example.org/inloop/sync/count"
	"example.org/inloop/sync/disclose"
)

// releaseRule says how a release tells of a measure.
type releaseRule int

const (
	releaseVisits    releaseRule = iota // rounded, 1 to 7 hidden; rooms and whole
	releaseReferrals                    // exact, 1 to 7 hidden; rooms and whole
	releaseExact                        // the organisation's own doings; rooms and whole
	releasePersons                      // rounded, 1 to 7 hidden; rooms alone
)

// releasedMeasure is a measure that a release tells of.
type releasedMeasure struct {
	measure count.Measure
	rule    releaseRule
	yearly  bool // of years alone: by quarter nearly always hidden, or parts of one sum
}

// releasedMeasures are those of classes A and B that are released, in the order in which
// they are read. What is not here never is: the total of visits, which with its two parts
// would be three roundings of one sum; known for the same reason; and assumed.
func releasedMeasures() []releasedMeasure {
	return []releasedMeasure{
		{measure: count.MeasureUnique, rule: releasePersons},
		{measure: count.MeasureNew, rule: releasePersons, yearly: true},
		{measure: count.MeasureRegular, rule: releasePersons},
		{measure: count.MeasureBadgeVisits, rule: releaseVisits},
		{measure: count.MeasureGuests, rule: releaseVisits},
		{measure: count.MeasureGuestsChild, rule: releaseVisits, yearly: true},
		{measure: count.MeasureGuestsTeen, rule: releaseVisits, yearly: true},
		{measure: count.MeasureGuestsAdult, rule: releaseVisits, yearly: true},
		{measure: count.MeasureGuestsElder, rule: releaseVisits, yearly: true},
		{measure: count.MeasureActivities, rule: releaseExact},
		{measure: count.MeasureActivityVisits, rule: releaseVisits},
		{measure: count.MeasureOpenParts, rule: releaseExact},
		{measure: count.MeasurePlannedParts, rule: releaseExact},
		{measure: count.MeasureOpenMinutes, rule: releaseExact},
		{measure: count.MeasurePlannedMinutes, rule: releaseExact},
		{measure: count.MeasureVolunteerMinutes, rule: releaseExact},
		{measure: count.MeasureReferred, rule: releaseReferrals},
	}
}

// figure is the measure's number as it is released, rounded by the offset of its place.
func (m releasedMeasure) figure(n int64, u disclose.Offset) disclose.Figure {
	switch m.rule {
	case releaseVisits:
		return disclose.Visits(n, u)
	case releasePersons:
		return disclose.Persons(n, u)
	case releaseReferrals:
		return disclose.Referrals(n)
	case releaseExact:
	}
	return disclose.FigureShown(n)
}

// withheldFor is a cell of which nothing is told, for a reason.
func withheldFor(m count.Measure, reason Absence) ReleaseCell {
	return ReleaseCell{m, disclose.Figure{State: disclose.DisclosureWithheld}, reason}
}

// ReleaseOrder returns the measures of classes A and B that a release can tell of, in
// the order in which they are read.
func ReleaseOrder() (order []count.Measure) {
	for _, m := range releasedMeasures() {
		order = append(order, m.measure)
	}
	return order
}

// PooledOrder returns the measures of class C that can be told, in the order in which
// they are read.
func PooledOrder() (order []count.Measure) {
	for _, item := range count.PoolPeriod("2026Q4+2026").Told() {
		if item.Period.Is(count.PeriodYear) {
			order = append(order, item.Measure)
		}
	}
	return order
}

// ReleasedExact tells whether a release tells a measure as it is, from
// disclose.Smallest on: the organisation's own doings.
func ReleasedExact(m count.Measure) bool {
	return slices.ContainsFunc(releasedMeasures(), func(r releasedMeasure) bool {
		return r.measure == m && (r.rule == releaseExact || r.rule == releaseReferrals)
	})
}
