package reach

import (
	"cmp"
	"encoding/json"

	"example.org/inloop/kiosk"
	"example.org/inloop/sync/count"
)

// Reason says why a number is withheld. It is a key of the translations
// and stands in files as it is.
type Reason string

// The reasons; the empty one goes with a number that stands.
const (
	ReasonTogether   Reason = "together"      // what people answered is told of all rooms together
	ReasonNewRoom    Reason = "new_room"      // too little is known of the time before the period, see Coverage
	ReasonLowShare   Reason = "badge_share"   // under 60 % of the visits are by badge
	ReasonNoVisits   Reason = "no_visits"     // no share of nothing
	ReasonMonthAndUp Reason = "month_and_up"  // persons are not counted per day or week
	ReasonForgotten  Reason = "bewaartermijn" // the visits are gone and nothing was kept
	ReasonAhead      Reason = "ahead"         // the period has not begun
	ReasonFewWeeks   Reason = "few_weeks"     // too few open weeks to call anybody regular
	ReasonQuarters   Reason = "quarters"      // regulars are told per quarter and year
)

// Value is a number, or the reason why there is none.
type Value struct {
	N      int64
	Reason Reason
}

// Known tells whether there is a number.
func (v Value) Known() bool { return v.Reason == "" }

// Share is a part of a whole between 0 and 1, or the reason why there is none.
type Share struct {
	Of     float64
	Reason Reason
}

// Figures is what may be told of one period to the room's own people: class A
// and B, exact.
type Figures struct {
	Period      count.Period
	Visits      Value // badge visits and guests
	BadgeVisits Value
	Guests      Value
	Assumed     Value // of BadgeVisits
	BadgeShare  Share // the warning light beside every number of persons
	Unique      Value // always New + Known
	New         Value
	Known       Value
	Regular     Value // of Unique
	// AtLeast says that the database was restored while the period ran, so that
	// visits may be missing.
	AtLeast bool
	// Began is the day on which the room began, when nothing was planned before the
	// period: then everybody in it is new.
	Began count.Day
}

// Facts is what decides, beside the tally, what may be told.
type Facts struct {
	Today    count.Day
	Coverage Coverage // of the time before the period
	Regular  Reason   // why nobody can be called regular
	AtLeast  bool
}

const finalAfter = 7 // days after a quarter or year before reach is told (R2)

// Ended tells whether the whole period lies before today.
func Ended(p count.Period, today count.Day) bool {
	_, last, err := p.Span()
	return err == nil && last < today
}

// Closed tells whether the quarter, or for a year the last quarter, in which
// the period ends has ended: its figures are then kept.
func Closed(p count.Period, today count.Day) bool {
	_, last, err := p.Span()
	return err == nil && Ended(last.Quarter(), today)
}

// Final tells whether class C of a quarter or year may be computed: it ended
// and 7 full days have passed since.
func Final(p count.Period, today count.Day) bool {
	_, last, err := p.Span()
	return err == nil && p.AtLeast(count.PeriodQuarter) && today > last+finalAfter
}

// Figures decides what of the tally may be told; count.ErrPeriod when p is no
// period.
func (t Tally) Figures(p count.Period, facts Facts) (Figures, error) {
	first, _, err := p.Span()
	if err != nil {
		return Figures{}, err
	}
	if first > facts.Today {
		return Withheld(p, ReasonAhead), nil
	}
	f := Figures{
		Period:      p,
		Visits:      Value{N: t.Visits()},
		BadgeVisits: Value{N: t.BadgeVisits},
		Guests:      Value{N: t.Guests},
		Assumed:     Value{N: t.Assumed},
		AtLeast:     facts.AtLeast,
	}
	if f.BadgeShare.Reason = ReasonNoVisits; t.Visits() > 0 {
		f.BadgeShare = Share{Of: float64(t.BadgeVisits) / float64(t.Visits())}
	}
	f.persons(t, facts)
	return f, nil
}

// persons fills in class B.
func (f *Figures) persons(t Tally, facts Facts) {
	var all, kinds Reason
	switch {
	case !f.Period.AtLeast(count.PeriodMonth):
		all = ReasonMonthAndUp
	case lowShare(t):
		all = ReasonLowShare
	}
	if kinds = all; all == "" {
		f.Began = facts.Coverage.Began
		if !facts.Coverage.Enough() {
			kinds = ReasonNewRoom
		}
	}
	f.Unique = value(t.Unique, all)
	f.New = value(t.New, kinds)
	f.Known = value(t.Unique-t.New, kinds)
	f.Regular = value(t.Regular, cmp.Or(all, facts.Regular))
}

// lowShare tells whether so few visits are by badge that numbers of persons
// would mislead: under 60 %, in whole numbers so that 60 % itself passes.
func lowShare(t Tally) bool { return 5*t.BadgeVisits < 3*t.Visits() }

func value(n int64, why Reason) Value {
	if why != "" {
		return Value{Reason: why}
	}
	return Value{N: n}
}

// Withheld returns figures of which none can be told, for one reason.
func Withheld(p count.Period, why Reason) Figures {
	v := Value{Reason: why}
	return Figures{
		Period: p, Visits: v, BadgeVisits: v, Guests: v, Assumed: v, BadgeShare: Share{Reason: why},
		Unique: v, New: v, Known: v, Regular: v,
	}
}

// value returns the number of one measure; false when it is none of those that
// are figures of a whole period.
func (f Figures) value(m count.Measure) (Value, bool) {
	together := Value{Reason: ReasonTogether}
	v, ok := map[count.Measure]Value{
		count.MeasureVisits: f.Visits, count.MeasureBadgeVisits: f.BadgeVisits,
		count.MeasureGuests: f.Guests, count.MeasureAssumed: f.Assumed,
		count.MeasureUnique: f.Unique, count.MeasureNew: f.New,
		count.MeasureKnown: f.Known, count.MeasureRegular: f.Regular,
		count.MeasureReachN: together, count.MeasureReachA: together, count.MeasureReachK: together,
	}[m]
	return v, ok
}

// Counts returns the cells of class B that the period now has, without revisions,
// for the centre: of each measure that the catalogue counts over such a period, once
// it has ended. What is withheld goes without a number.
func (f Figures) Counts(epoch int, today count.Day) []kiosk.Count {
	kind, err := f.Period.Kind()
	if err != nil || !Ended(f.Period, today) {
		return nil
	}
	var counts []kiosk.Count
	for _, d := range count.Standard().All() {
		v, ok := f.value(d.Measure)
		if d.Class != count.ClassB || !ok || !d.CountedOver(kind) {
			continue
		}
		c := kiosk.Count{Cell: kiosk.Cell{Epoch: epoch, Period: f.Period, Measure: d.Measure}}
		if v.Known() {
			c.N = &v.N
		}
		counts = append(counts, c)
	}
	return counts
}

// MarshalJSON writes each measure by its name: a number, or null with its
// reason under "withheld".
func (f Figures) MarshalJSON() ([]byte, error) {
	withheld := make(map[count.Measure]Reason)
	number := func(m count.Measure) *int64 {
		v, _ := f.value(m)
		if v.Known() {
			return &v.N
		}
		withheld[m] = v.Reason
		return nil
	}
	var share *float64
	if share = &f.BadgeShare.Of; f.BadgeShare.Reason != "" {
		share = nil
		withheld[count.MeasureBadgeShare] = f.BadgeShare.Reason
	}
	return json.Marshal(struct {
		Period      count.Period             `json:"period"`
		Visits      *int64                   `json:"visits"`
		BadgeVisits *int64                   `json:"badge_visits"`
		Guests      *int64                   `json:"guests"`
		Assumed     *int64                   `json:"assumed"`
		BadgeShare  *float64                 `json:"badge_share"`
		Unique      *int64                   `json:"unique"`
		New         *int64                   `json:"new"`
		Known       *int64                   `json:"known"`
		Regular     *int64                   `json:"regular"`
		ReachN      *int64                   `json:"reach_n"`
		ReachA      *int64                   `json:"reach_a"`
		ReachK      *int64                   `json:"reach_k"`
		AtLeast     bool                     `json:"at_least,omitempty"`
		Began       string                   `json:"open_since,omitempty"`
		Withheld    map[count.Measure]Reason `json:"withheld,omitempty"`
	}{
		f.Period,
		number(count.MeasureVisits), number(count.MeasureBadgeVisits),
		number(count.MeasureGuests), number(count.MeasureAssumed), share,
		number(count.MeasureUnique), number(count.MeasureNew),
		number(count.MeasureKnown), number(count.MeasureRegular),
		number(count.MeasureReachN), number(count.MeasureReachA), number(count.MeasureReachK),
		f.AtLeast, f.began(), withheld,
	})
}

// began is the day on which the room began, empty when that says nothing.
func (f Figures) began() string {
	if f.Began == count.NoDay {
		return ""
	}
	return f.Began.String()
}
