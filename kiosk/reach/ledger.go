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
	Openings  Openings     // the days of visits that are there need not be marked in it
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
	k := l.Kept[p] // nothing of most periods that are not closed
	if tally = k.Corrected(tally, Final(p, today)).Tally; !l.closed(p) &&
		first <= today && (first < l.Forgotten || last < today && !l.known(tally, first, last)) {
		return Withheld(p, ReasonForgotten), nil
	}
	return tally.Figures(p, l.facts(p, today))
}

// closed tells whether a period is kept as it came to when it was closed.
func (l *Ledger) closed(p count.Period) bool {
	k, kept := l.Kept[p]
	return kept && !k.Open
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
	f := Facts{Today: today, Coverage: l.coverage(first), Regular: l.Openings.regular(p)}
	if l.closed(p) && f.Regular == "" && !l.Kept[p].Regulars && !l.whole(p) {
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
		k, closed := l.keep(p, tally, today)
		if old, kept := l.Kept[p]; closed && (!kept || k != old) {
			l.Kept[p], done.Kept[p] = k, k
		}
		tally = k.Tally
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
	if l.closed(p) {
		return tally, true, nil
	}
	first, last, err := p.Span()
	if err != nil {
		return tally, false, err
	}
	return tally, first >= l.Forgotten && l.known(tally, first, last), nil
}

// keep returns a period of which the rows say now, and whether it is closed, and so to be
// kept.
func (l *Ledger) keep(p count.Period, now Tally, today count.Day) (k Kept, closed bool) {
	k = l.Kept[p]
	if !l.closed(p) {
		first, _, err := p.Span()
		if err != nil || !Closed(p, today) {
			return k.Corrected(now, false), false
		}
		k.Open, k.Late = false, first < VisitsFrom(today)
	}
	k = k.Corrected(now, Final(p, today))
	k.Regulars = k.Regulars || l.whole(p)
	return k, true
}

// Cut returns what is to be kept of the periods of a ledger that holds nothing but the
// rows of somebody who is about to be cut: none of them moves when those are gone.
func (l *Ledger) Cut() (map[count.Period]Kept, error) {
	cut := make(map[count.Period]Kept)
	for _, day := range slices.Sorted(maps.Keys(l.History.recorded)) {
		for _, p := range []count.Period{day.Month(), day.Quarter(), day.Year()} {
			if _, done := cut[p]; done {
				continue
			}
			gone, err := l.tally(p)
			if err != nil {
				return nil, fmt.Errorf("cut out of %s: %w", p, err)
			}
			k, kept := l.Kept[p]
			if !kept {
				k = Kept{Open: true}
			}
			cut[p] = k.Cut(gone)
		}
	}
	return cut, nil
}

// Without returns what is to be kept when the visits before a day go, of the periods of
// which that is something else than now: none of them moves.
func (l *Ledger) Without(until count.Day) (map[count.Period]Kept, error) {
	cut := make(map[count.Period]Kept)
	after := l.History.from(until)
	for p, k := range l.Kept {
		was, err := l.tally(p)
		if err != nil {
			return nil, fmt.Errorf("let rows of %s go: %w", p, err)
		}
		is, err := after.Tally(p, l.Openings)
		if err != nil {
			return nil, fmt.Errorf("let rows of %s go: %w", p, err)
		}
		if is != was {
			cut[p] = k.Cut(was.Minus(is))
		}
	}
	return cut, nil
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
		if err == nil && !l.closed(p) && last >= VisitsFrom(today) && last < today {
			untold = append(untold, p)
		}
	}
	return untold
}
