package count

import (
	"fmt"
	"slices"
)

// The measures that rooms count together and not by themselves, beside MeasureReachN,
// _A and _K. They are in no cell: what a room counted of them is sent masked, and only
// their sum over all rooms is ever told.
const (
	MeasureBackN             Measure = "back_n"
	MeasureBackK             Measure = "back_k"
	MeasureHabitN            Measure = "habit_n"
	MeasureHabitK            Measure = "habit_k"
	MeasureRouteNeighbour    Measure = "route_neighbour"
	MeasureRouteDoctor       Measure = "route_doctor"
	MeasureRouteDistrictTeam Measure = "route_district_team"
	MeasureRouteFlyer        Measure = "route_flyer"
	MeasureRouteWalkedIn     Measure = "route_walked_in"
	MeasureRouteNotSaid      Measure = "route_not_said"
	MeasureSlipN             Measure = "slip_n"
	MeasureSlipOutsideYes    Measure = "slip_outside_yes"
	MeasureSlipOutsideNo     Measure = "slip_outside_no"
	MeasureSlipHelpYes       Measure = "slip_help_yes"
	MeasureSlipHelpNo        Measure = "slip_help_no"
	MeasureSlipRooms1        Measure = "slip_rooms_1"
	MeasureSlipRooms2        Measure = "slip_rooms_2"
	MeasureSlipRooms3        Measure = "slip_rooms_3"
)

// What only a result tells, worked out of those above.
const (
	MeasureSlipOutsideBase Measure = "slip_outside_base" // yes and no together
	MeasureSlipHelpBase    Measure = "slip_help_base"
	MeasurePersonsEstimate Measure = "persons_estimate"
)

// The days of a round, from the first one after its period.
const (
	poolReady         Day = 8
	poolFixed         Day = 15
	poolDeadline      Day = 36
	poolJointDeadline Day = 80
)

// PoolPeriod is what rooms count together in one round: a quarter, or the fourth one
// with its year: 2026Q3, 2026Q4+2026.
type PoolPeriod string

// EndedPoolPeriod returns the newest one that has ended on d.
func EndedPoolPeriod(d Day) PoolPeriod {
	first, _, _ := d.Quarter().Span()
	quarter, year := (first - 1).Quarter(), (first - 1).Year()
	if year == d.Year() {
		return PoolPeriod(quarter)
	}
	return PoolPeriod(string(quarter) + "+" + string(year))
}

// Check returns ErrPeriod for what is no period of a round, such as 2026Q4 alone.
func (p PoolPeriod) Check() error {
	first, last, err := p.Quarter().Span()
	if err != nil || !p.Quarter().Is(PeriodQuarter) || EndedPoolPeriod(last+1) != p || EndedPoolPeriod(first) == p {
		return fmt.Errorf("%w: %.20q, want 2026Q3 or 2026Q4+2026", ErrPeriod, string(p))
	}
	return nil
}

// Quarter returns the quarter.
func (p PoolPeriod) Quarter() Period { return Period(p[:min(len(p), len("2026Q4"))]) }

// Year returns the year that is counted together with the quarter, "" for none.
func (p PoolPeriod) Year() Period {
	if len(p) > len("2026Q4+") {
		return Period(p[len("2026Q4+"):])
	}
	return ""
}

// Periods returns the quarter, and the year if it is counted too.
func (p PoolPeriod) Periods() []Period {
	if p.Year() == "" {
		return []Period{p.Quarter()}
	}
	return []Period{p.Quarter(), p.Year()}
}

// CalendarYear returns the year that the quarter lies in.
func (p PoolPeriod) CalendarYear() string { return string(p[:min(len(p), len("2026"))]) }

// First returns the first day of the quarter, which decides who takes part, of a year's
// round too; NoDay for what is no period.
func (p PoolPeriod) First() Day { first, _, _ := p.Quarter().Span(); return first }

// Last returns the last day of the quarter; NoDay for what is no period.
func (p PoolPeriod) Last() Day { _, last, _ := p.Quarter().Span(); return last }

// ReadyFrom returns the first day on which a room says that it is ready.
func (p PoolPeriod) ReadyFrom() Day { return p.Last() + poolReady }

// FixedBy returns the day from which the set is fixed of whoever is ready.
func (p PoolPeriod) FixedBy() Day { return p.Last() + poolFixed }

// Deadline returns the last day of the round; on the one after it the round has failed.
// A year's is longer, so that one broken kiosk does not cost the year.
func (p PoolPeriod) Deadline() Day {
	if p.Year() != "" {
		return p.Last() + poolJointDeadline
	}
	return p.Last() + poolDeadline
}

// PoolItem is one number of a round.
type PoolItem struct {
	Period  Period
	Measure Measure
}

func itemsOf(p Period, measures ...Measure) []PoolItem {
	items := make([]PoolItem, len(measures))
	for i, m := range measures {
		items[i] = PoolItem{p, m}
	}
	return items
}

// Items returns what each room counts for the round, in the order in which it is added
// up: 3 numbers, or 24 with a year.
func (p PoolPeriod) Items() []PoolItem {
	items := itemsOf(p.Quarter(), MeasureReachN, MeasureReachA, MeasureReachK)
	if p.Year() == "" {
		return items
	}
	return slices.Concat(items, itemsOf(p.Year(), MeasureReachN, MeasureReachA, MeasureReachK,
		MeasureBackN, MeasureBackK, MeasureHabitN, MeasureHabitK,
		MeasureRouteNeighbour, MeasureRouteDoctor, MeasureRouteDistrictTeam, MeasureRouteFlyer, MeasureRouteWalkedIn, MeasureRouteNotSaid,
		MeasureSlipN, MeasureSlipOutsideYes, MeasureSlipOutsideNo, MeasureSlipHelpYes, MeasureSlipHelpNo,
		MeasureSlipRooms1, MeasureSlipRooms2, MeasureSlipRooms3))
}

// Groups returns what a result tells, by what is shown or withheld together: the three
// numbers of a quarter; with a year its three, who came back, who holds to one part of
// the day, the routes, and two questions of the slips.
func (p PoolPeriod) Groups() [][]PoolItem {
	groups := [][]PoolItem{itemsOf(p.Quarter(), MeasureReachN, MeasureReachA, MeasureReachK)}
	if p.Year() == "" {
		return groups
	}
	return append(groups,
		itemsOf(p.Year(), MeasureReachN, MeasureReachA, MeasureReachK),
		itemsOf(p.Year(), MeasureBackN, MeasureBackK),
		itemsOf(p.Year(), MeasureHabitN, MeasureHabitK),
		itemsOf(p.Year(), MeasureRouteNeighbour, MeasureRouteDoctor, MeasureRouteDistrictTeam, MeasureRouteFlyer, MeasureRouteWalkedIn),
		itemsOf(p.Year(), MeasureSlipOutsideBase, MeasureSlipOutsideYes),
		itemsOf(p.Year(), MeasureSlipHelpBase, MeasureSlipHelpYes))
}

// Told returns the numbers of a result in their order: those of the groups, and with a
// year the estimate of persons over rooms.
func (p PoolPeriod) Told() []PoolItem {
	told := slices.Concat(p.Groups()...)
	if p.Year() != "" {
		told = append(told, PoolItem{p.Year(), MeasurePersonsEstimate})
	}
	return told
}
