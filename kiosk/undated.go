package kiosk

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"example.org/inloop/sync/count"
)

// How far visits of one run of the machine may lie apart to be dated together:
// people who came on one part of a day, and never those of a whole day.
const (
	undatedGap  = 90 * time.Minute
	undatedSpan = 4 * time.Hour
)

// VisitSpan is a stretch of one run of the machine, told by the time since its
// start, both ends included.
type VisitSpan struct {
	Boot     int64 // the room's number of the run
	From, To time.Duration
}

// UndatedVisits are visits of one stretch whose day nobody knows, or which stand
// on a day that a clock alone has told: a volunteer is asked when they were.
type UndatedVisits struct {
	VisitSpan
	Visits int
	People []Resident // who came; the other visits are guests
	Day    count.Day  // where they stand by their clock, NoDay when nobody knows
	Part   count.Part // likewise, PartNone
	After  count.Day  // they were not before this day, NoDay when nothing tells
	Before count.Day  // nor after this one, likewise
}

// UndatedVisit is one of them, as it is read.
type UndatedVisit struct {
	Boot          int64
	Since         time.Duration
	Person        *Resident // nil for a guest
	Day           count.Day
	Part          count.Part
	After, Before count.Day
}

// GroupUndated puts visits together that one answer can date: of one run of the
// machine, not far apart, and on the same part of a day where their clock told one.
// The visits come in the order of their runs, and within a run as they were.
func GroupUndated(visits []UndatedVisit) (groups []UndatedVisits) {
	for _, v := range visits {
		if n := len(groups); n == 0 || !groups[n-1].takes(v) {
			groups = append(groups, UndatedVisits{
				VisitSpan: VisitSpan{v.Boot, v.Since, v.Since}, Day: v.Day, Part: v.Part, After: v.After, Before: v.Before,
			})
		}
		groups[len(groups)-1].add(v)
	}
	return groups
}

// takes tells whether a visit belongs to the group, whose last it would be.
func (g UndatedVisits) takes(v UndatedVisit) bool {
	return g.Boot == v.Boot && v.Since-g.To <= undatedGap && v.Since-g.From <= undatedSpan && g.Day == v.Day && g.Part == v.Part
}

func (g *UndatedVisits) add(v UndatedVisit) {
	g.To = v.Since
	g.Visits++
	known := v.Person == nil || slices.ContainsFunc(g.People, func(r Resident) bool { return r.No == v.Person.No })
	if !known {
		g.People = append(g.People, *v.Person)
	}
}

// Within tells whether the visits can have been on one of the days.
func (g UndatedVisits) Within(days count.Days) bool {
	return (g.Before == count.NoDay || days.First <= g.Before) && (g.After == count.NoDay || g.After <= days.Last)
}

// WaitingVisits is how many visits wait for a date, and the days of which they can be:
// no more of them is told to a centre.
type WaitingVisits struct {
	Days   count.Days // NoDay where nothing tells
	Visits int
}

// JoinWaiting returns the same visits in at most that many stretches, the earliest
// first: what is too much is told together, of all days of which any of it can be.
func JoinWaiting(all []WaitingVisits, most int) []WaitingVisits {
	slices.SortFunc(all, func(a, b WaitingVisits) int {
		return cmp.Or(cmp.Compare(a.Days.First, b.Days.First), cmp.Compare(a.Days.Last, b.Days.Last))
	})
	for len(all) > most {
		last, before := all[len(all)-1], &all[len(all)-2]
		before.Visits += last.Visits
		if before.Days.Last != count.NoDay && last.Days.Last != count.NoDay {
			before.Days.Last = max(before.Days.Last, last.Days.Last)
		} else {
			before.Days.Last = count.NoDay
		}
		all = all[:len(all)-1]
	}
	return all
}

// VisitDay is the part of a day on which a volunteer says that visits were.
type VisitDay struct {
	Day  count.Day
	Part count.Part
}

// Check tells whether visits can be dated so today, when visits are kept from
// oldest on: ErrFuture for a day to come, ErrTooOld when nothing is kept of that
// day any more, ErrNotFound for no part of a day.
func (d VisitDay) Check(today, oldest count.Day) error {
	switch {
	case !slices.Contains(count.Parts(), d.Part) || d.Day == count.NoDay:
		return fmt.Errorf("part %.10q: %w", string(d.Part), ErrNotFound)
	case d.Day > today:
		return ErrFuture
	case d.Day < oldest:
		return ErrTooOld
	}
	return nil
}
