package reach

import (
	"fmt"
	"maps"
	"slices"

	"example.org/inloop/kiosk"
	"example.org/inloop/sync/count"
)

// Ledger is all that a room's figures are made of, at one moment: the rows that
// are there, and what is kept of periods whose rows may be gone.
type Ledger struct {
	History   *History
	Counted   []count.Day // that have a cell, ascending: of them something is known, if only that nobody came
	Kept      map[count.Period]Kept
	Forgotten count.Day    // the day before it is the last of which a visit is gone
	Restored  []count.Days // from a backup to its restoring: visits of them may be missing
	Rounding  Rounding
	Openings  Openings // the days of visits that are there need not be marked in it
}

// Figures returns what may be told of a period on a day. A closed period is
// answered from what was kept of it, a running one is counted from the rows.
// count.ErrPeriod when p is no period.
func (l *Ledger) Figures(p count.Period, today count.Day) (Figures, error) {
	first, last, err := p.Span()
	if err != nil {
		return Figures{}, err
	}
	tally, err := l.tally(p)
	if err != nil {
		return Figures{}, err
	}
	if k, ok := l.Kept[p]; ok {
		tally = k.Corrected(tally, Final(p, today)).Tally
	} else if first <= today && (first < l.Forgotten || last < today && !l.known(tally, first, last)) {
		return Withheld(p, ReasonForgotten), nil
	}
	return tally.Figures(p, l.facts(p, today))
}

// tally counts a period from the rows.
func (l *Ledger) tally(p count.Period) (Tally, error) { return l.History.Tally(p, l.Openings) }

// whole tells whether no row is gone of the weeks by which a period's regulars are known.
func (l *Ledger) whole(p count.Period) bool {
	for _, s := range l.Openings.seasons(p) {
		if len(s) > 0 && s[0].First < l.Forgotten {
			return false
		}
	}
	return true
}

// known tells whether anything is known of the days: visits, or cells that say
// that there were none.
func (l *Ledger) known(tally Tally, first, last count.Day) bool {
	if tally.Visits() > 0 {
		return true
	}
	i, _ := slices.BinarySearch(l.Counted, first)
	return i < len(l.Counted) && l.Counted[i] <= last
}

func (l *Ledger) facts(p count.Period, today count.Day) Facts {
	first, last, _ := p.Span() // p was found to be a period before
	f := Facts{Today: today, Coverage: l.coverage(first), Rounding: l.Rounding, Regular: l.Openings.regular(p)}
	if k, kept := l.Kept[p]; kept && f.Regular == "" && !k.Regulars && !l.whole(p) {
		f.Regular = ReasonForgotten
	}
	for _, d := range l.Restored {
		f.AtLeast = f.AtLeast || first <= d.Last && d.First <= last
	}
	return f
}

// coverage is how well the time before a day is known, by the marks and by the
// visits that are there.
func (l *Ledger) coverage(first count.Day) Coverage {
	return l.Openings.before(first, func(d count.Day) bool { return l.Openings.Recorded[d] || l.History.recorded[d] })
}

// Recounted is what the periods that have ended come to.
type Recounted struct {
	Kept   map[count.Period]Kept // those of which something else is to be kept than before
	Counts []kiosk.Count         // the cells of all of them, without revisions
}

// Recount counts every month, quarter and year that has ended and of which
// something is known. What is closed is kept from then on, in the ledger too.
// The cells are those of an epoch.
func (l *Ledger) Recount(epoch int, today count.Day) (Recounted, error) {
	done := Recounted{Kept: make(map[count.Period]Kept)}
	for _, p := range l.due(today) {
		tally, known, err := l.recount(p, today)
		if err != nil {
			return done, fmt.Errorf("recount %s: %w", p, err)
		}
		if !known {
			continue
		}
		if k, closed := l.keep(p, tally, today); closed {
			tally = k.Tally
			if old, kept := l.Kept[p]; !kept || k != old {
				l.Kept[p], done.Kept[p] = k, k
			}
		}
		f, err := tally.Figures(p, l.facts(p, today))
		if err != nil {
			return done, fmt.Errorf("recount %s: %w", p, err)
		}
		done.Counts = append(done.Counts, f.Counts(epoch, today)...)
	}
	return done, nil
}

// due returns every month, quarter and year that has ended and of which
// something may be known, in the order of their names.
func (l *Ledger) due(today count.Day) []count.Period {
	set := make(map[count.Period]bool)
	for p := range l.Kept {
		set[p] = true
	}
	if earliest := l.earliest(); earliest != count.NoDay {
		for d := earliest; d <= today; d += 27 { // no month is stepped over
			set[d.Month()], set[d.Quarter()], set[d.Year()] = true, true, true
		}
		set[today.Month()] = true
	}
	maps.DeleteFunc(set, func(p count.Period, _ bool) bool { return !Ended(p, today) })
	return slices.Sorted(maps.Keys(set))
}

// earliest returns the first day that has a visit, or a cell that says there
// was none; NoDay when there is neither.
func (l *Ledger) earliest() count.Day {
	day := l.History.earliest
	if len(l.Counted) > 0 && (day == count.NoDay || l.Counted[0] < day) {
		day = l.Counted[0]
	}
	return day
}

// recount returns what the rows say of a period; not known when they are gone
// and nothing was kept.
func (l *Ledger) recount(p count.Period, today count.Day) (tally Tally, known bool, err error) {
	if tally, err = l.tally(p); err != nil {
		return tally, false, err
	}
	if _, kept := l.Kept[p]; kept {
		return tally, true, nil
	}
	first, last, err := p.Span()
	if err != nil {
		return tally, false, err
	}
	return tally, first >= l.Forgotten && l.known(tally, first, last), nil
}

// keep returns what is to be kept of a period of which the rows say now; not
// closed while they alone count.
func (l *Ledger) keep(p count.Period, now Tally, today count.Day) (k Kept, closed bool) {
	k, closed = l.Kept[p]
	if !closed {
		first, _, err := p.Span()
		if err != nil || !Closed(p, today) {
			return Kept{}, false
		}
		k = Kept{Tally: now, Base: now, Late: first < VisitsFrom(today)}
	}
	k = k.Corrected(now, Final(p, today))
	k.Regulars = k.Regulars || l.whole(p)
	return k, true
}

// Rebase returns what is kept with the rows as they are now, where that is
// something else: what was closed stays as it was, though rows are gone.
func (l *Ledger) Rebase() (map[count.Period]Kept, error) {
	changed := make(map[count.Period]Kept)
	for p, k := range l.Kept {
		now, err := l.tally(p)
		if err != nil {
			return nil, fmt.Errorf("rebase %s: %w", p, err)
		}
		if k.Base != now {
			changed[p] = k.Rebased(now)
		}
	}
	return changed, nil
}

// TakeBack returns the periods of which nothing may be kept any more because
// they had visits until newest of which no row will ever be: those that were
// kept from rows that only a list had brought. What was kept from all of its
// rows stays as it is.
func (l *Ledger) TakeBack(newest count.Day) []count.Period {
	var back []count.Period
	for p, k := range l.Kept {
		if first, _, err := p.Span(); err == nil && k.Late && first <= newest {
			back = append(back, p)
		}
	}
	slices.Sort(back)
	return back
}

// Untold returns the ended periods that old visits until newest leave untold
// though some of their rows are kept: of the last ones that begin before it.
func (l *Ledger) Untold(newest, today count.Day) []count.Period {
	var untold []count.Period
	for _, p := range []count.Period{newest.Month(), newest.Quarter(), newest.Year()} {
		_, last, err := p.Span()
		if _, kept := l.Kept[p]; err == nil && !kept && last >= VisitsFrom(today) && last < today {
			untold = append(untold, p)
		}
	}
	return untold
}
