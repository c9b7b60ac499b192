package reach

import (
	"fmt"
	"maps"

	"example.org/inloop/kiosk"
	"example.org/inloop/sync/count"
)

// ErrNotKept says that a period that is to be settled is not closed in the room yet. It
// is a kiosk.ErrNotYet.
var ErrNotKept = fmt.Errorf("its figures are not kept: %w", kiosk.ErrNotYet)

// Settling is all that class C of a period is made of at the moment in which it is
// settled.
type Settling struct {
	Period count.PoolPeriod
	Kept   map[count.Period]Kept   // of the quarter, and of the year when it is settled too
	People map[int64]PersonAnswers // of everybody of whom answers are kept
	Came   func(person int64) bool // in the quarter
	Count  YearCount               // of the quarter's year, as the quarters before came to
	Known  bool                    // enough is known of the time before the year to call anybody new
	Slots  int                     // planned parts of weekdays; with fewer than three there is no habit
}

// Settled is what came of it.
type Settled struct {
	Numbers map[count.PoolItem]int64 // exact, for the vector; slips are not among them
	Count   YearCount                // of the year from now on
	People  map[int64]PersonAnswers  // of those of whom something else is kept from now on
}

// Enough tells whether enough visits were by badge, in the quarter and, when it is settled
// too, in the year. ErrNotKept when one of them is not closed.
func (s Settling) Enough() (bool, error) {
	enough := true
	for _, p := range s.Period.Periods() {
		k, kept := s.Kept[p]
		if !kept || k.Open {
			return false, fmt.Errorf("%s: %w", p, ErrNotKept)
		}
		enough = enough && !lowShare(k.Tally)
	}
	return enough, nil
}

// Settle counts class C of the period and advances what is kept for the year. It is done
// once for each period, in the order of the quarters. ErrNotKept when the period is not
// closed.
func (s Settling) Settle() (done Settled, err error) {
	if _, err := s.Enough(); err != nil {
		return done, err
	}
	quarter, year := s.Period.Quarter(), s.Period.Year()
	var n YearCount
	done = Settled{Numbers: make(map[count.PoolItem]int64), Count: s.Count, People: make(map[int64]PersonAnswers)}
	for who, a := range s.People {
		next := a.settled(quarter, s.Came(who), &n, &done.Count)
		if !next.equal(a) {
			done.People[who] = next
		}
	}
	// Who withdrew and answered again counts in a quarter, and no more in the year. So that
	// the year never comes to fewer than a quarter, it is raised to what the quarter is.
	done.Count = YearCount{Asked: max(done.Count.Asked, n.Asked), Few: max(done.Count.Few, n.Few)}
	done.reach(quarter, s.Kept[quarter].Tally.Unique, n)
	if year == "" {
		return done, nil
	}
	t := s.Kept[year].Tally
	done.reach(year, t.Unique, done.Count)
	more := make(map[count.Measure]int64)
	if s.Slots >= fewSlots {
		more[count.MeasureHabitN], more[count.MeasureHabitK] = t.HabitN, t.HabitK
	}
	if s.Known {
		more[count.MeasureBackN], more[count.MeasureBackK] = t.BackN, t.BackK
		for i, m := range routeMeasures() {
			more[m] = t.Routes[i]
		}
	}
	for m, n := range more {
		done.Numbers[count.PoolItem{Period: year, Measure: m}] = n
	}
	return done, nil
}

// reach sets the three numbers of a period. Who was cut is in n alone, and what was kept of
// a year may be of more answers than people who are left: a part never outgrows the whole.
func (d *Settled) reach(p count.Period, n int64, of YearCount) {
	n = max(n, of.Asked)
	maps.Copy(d.Numbers, map[count.PoolItem]int64{
		{Period: p, Measure: count.MeasureReachN}: n,
		{Period: p, Measure: count.MeasureReachA}: of.Asked,
		{Period: p, Measure: count.MeasureReachK}: of.Few,
	})
}

func (a PersonAnswers) equal(b PersonAnswers) bool {
	if len(a.Given) != len(b.Given) || a.Mark != b.Mark || a.Route != b.Route || a.Asked != b.Asked {
		return false
	}
	for i := range a.Given {
		if a.Given[i] != b.Given[i] {
			return false
		}
	}
	return true
}
