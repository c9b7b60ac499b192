package reach

import (
	"cmp"
	"iter"
	"slices"

	"example.org/inloop/kiosk"
	"example.org/inloop/sync/count"
)

// Record is what a room keeps of one of its own residents beside the visits.
// Holders of another room's badge are not among them.
type Record struct {
	// Since is the first day of the month in which the person was first seen, kept
	// when the visits themselves are gone; NoDay while they are all there.
	Since count.Day
	// Last is the latest visit that is gone; NoDay when there is none, or when
	// it lies so far back that no period can ask for it.
	Last    count.Day
	Answers PersonAnswers
}

// Tally is what a period comes to, exact, before anything is withheld or
// rounded. Who was known before is not in it: it is what is left of Unique.
//
// Rooms keep the tallies of closed periods as sealed JSON. A name in a tag is on
// their disks: under another one, what is kept would read back as 0.
type Tally struct {
	Attendance
	Unique  int64 `json:"Unique"`  // different residents
	New     int64 `json:"New"`     // of Unique: not seen in the twelve months before
	Regular int64 `json:"Regular"` // of Unique: see regular
	N       int64 `json:"N"`       // the room's own residents with a visit
	A       int64 `json:"A"`       // of N: whose answer counts in a quarter of it in which they came
	K       int64 `json:"K"`       // of A: with few contacts in such a quarter
	Yearly
}

// Plus returns the sum, number by number.
func (t Tally) Plus(o Tally) Tally { return t.with(o, 1) }

// Minus returns the difference, number by number. A closed period is corrected
// by what it was, plus the recount after, minus the recount before.
func (t Tally) Minus(o Tally) Tally { return t.with(o, -1) }

func (t Tally) with(o Tally, sign int64) Tally {
	t.BadgeVisits += sign * o.BadgeVisits
	t.Guests += sign * o.Guests
	t.Assumed += sign * o.Assumed
	t.Unique += sign * o.Unique
	t.New += sign * o.New
	t.Regular += sign * o.Regular
	t.N += sign * o.N
	t.A += sign * o.A
	t.K += sign * o.K
	t.add(o.Yearly, sign)
	return t
}

// History is all that a room remembers, laid out for counting.
type History struct {
	people   []person
	guests   []count.Day        // ascending, one for each guest
	earliest count.Day          // of the visits that are there, NoDay when none is
	recorded map[count.Day]bool // on which a person was there
}

type person struct {
	Record
	parts []attended // ascending, one for each part of a day
}

// attended is a part of a day in which a person was there.
type attended struct {
	day     count.Day
	part    count.Part
	assumed bool
}

// NewHistory takes the visits that are there, in any order and one by one, because they
// may be too many to be held twice, and what is kept of residents beside them. Void and
// undated visits are left out, and two rows of one person in one part of a day are one
// visit.
func NewHistory(visits iter.Seq[kiosk.Visit], residents map[int64]Record) *History {
	h := &History{recorded: make(map[count.Day]bool)}
	parts := make(map[int64][]attended)
	for v := range visits {
		if !counts(v) {
			continue
		}
		if h.earliest == count.NoDay || v.Day < h.earliest {
			h.earliest = v.Day
		}
		if v.Person == 0 {
			h.guests = append(h.guests, v.Day)
			continue
		}
		h.recorded[v.Day] = true
		parts[v.Person] = append(parts[v.Person], attended{v.Day, v.Part, v.Assumed})
	}
	slices.Sort(h.guests)
	for id, s := range parts {
		// Measured before assumed, so that what stays of two is the measured one.
		slices.SortFunc(s, func(a, b attended) int {
			return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.part, b.part), compareBool(a.assumed, b.assumed))
		})
		s = slices.CompactFunc(s, func(a, b attended) bool { return a.day == b.day && a.part == b.part })
		h.people = append(h.people, person{residents[id], s})
	}
	return h
}

// from returns what the history is once the visits before a day are gone: of each person
// who came before it, the month of the first visit and the last day are kept.
func (h *History) from(day count.Day) *History {
	i, _ := slices.BinarySearch(h.guests, day)
	rest := &History{guests: h.guests[i:], people: make([]person, 0, len(h.people)), earliest: max(h.earliest, day), recorded: h.recorded}
	for _, p := range h.people {
		if i := p.index(day); i > 0 {
			if first := FirstSeen(p.parts[0].day); p.Since == count.NoDay || first < p.Since {
				p.Since = first
			}
			p.Last = max(p.Last, p.parts[i-1].day)
			p.parts = p.parts[i:]
		}
		rest.people = append(rest.people, p)
	}
	return rest
}

// Tally counts one period of a room that was open so; count.ErrPeriod when it is
// none. The counts of persons are of use from a month up: of a day or a week they
// are left 0.
func (h *History) Tally(p count.Period, o Openings) (Tally, error) {
	days, err := p.Days()
	if err != nil {
		return Tally{}, err
	}
	kind, err := p.Kind()
	return h.tally(days, kind, o.seasons(p)), err
}

// tally counts the days of a period of a kind, with the seasons of the quarters that end
// in it.
func (h *History) tally(days count.Days, kind count.PeriodKind, ends []season) (t Tally) {
	from, _ := slices.BinarySearch(h.guests, days.First)
	to, _ := slices.BinarySearch(h.guests, days.Last+1)
	t.Guests = int64(to - from)
	for _, who := range h.people {
		who.tally(&t, days, kind, ends)
	}
	return t
}

// tally adds one resident to t.
func (p person) tally(t *Tally, days count.Days, kind count.PeriodKind, ends []season) {
	from, to := p.index(days.First), p.index(days.Last+1)
	if from == to {
		return
	}
	t.BadgeVisits += int64(to - from)
	for _, s := range p.parts[from:to] {
		if s.assumed {
			t.Assumed++
		}
	}
	if kind < count.PeriodMonth {
		return
	}
	t.Unique++
	t.N++
	year := kind == count.PeriodYear
	if p.begins(from, days.First) {
		if t.New++; year {
			p.fresh(&t.Yearly, from, days.Last)
		}
	}
	if slices.ContainsFunc(ends, p.regular) {
		if t.Regular++; year {
			habit(&t.Yearly, p.parts[from:to])
		}
	}
	p.answers(t, days)
}

// answers adds what the person's answers count for, of whole quarters.
func (p person) answers(t *Tally, days count.Days) {
	asked, few := false, false
	for d := days.First; d <= days.Last && len(p.Answers.Given) > 0; {
		first, last, err := d.Quarter().Span()
		if err != nil || last > days.Last || first < days.First { // a month
			return
		}
		if g, counts := p.Answers.In(d.Quarter()); counts && p.index(first) < p.index(last+1) {
			asked, few = true, few || g.State == kiosk.IsolationFew
		}
		d = last + 1
	}
	if asked {
		t.A++
	}
	if few {
		t.K++
	}
}

// regular tells whether the person came in enough of the weeks.
func (p person) regular(s season) bool {
	came := 0
	for _, week := range s {
		if i := p.index(week.First); i < len(p.parts) && p.parts[i].day <= week.Last {
			came++
		}
	}
	return s.enough() && came >= regularWeeks
}

// index returns where the visits of d and later begin.
func (p person) index(d count.Day) int {
	i, _ := slices.BinarySearchFunc(p.parts, d, func(s attended, d count.Day) int { return cmp.Compare(s.day, d) })
	return i
}

// begins tells whether a chain of visits without a gap of more than twelve months
// begins with the i-th, the first one in a period that begins on first. Whoever stayed
// away for longer is somebody new: nothing is kept of who it was.
func (p person) begins(i int, first count.Day) bool {
	last := count.NoDay // before it
	if i > 0 {
		last = p.parts[i-1].day
	}
	if p.Last < first {
		last = max(last, p.Last)
	}
	if last == count.NoDay {
		return p.Since == count.NoDay || p.Since >= first
	}
	return last < p.parts[i].day.MonthsBefore(coverMonths)
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	default:
		return 1
	}
}
