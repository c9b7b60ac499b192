package reach

import (
	"time"

	"example.org/inloop/sync/count"
)

// How long what is kept (the table in the README).
const (
	visitMonths = 13 // visits and stays
	linkMonths  = 12 // name, sign, label and badge, after the last visit
)

// VisitsFrom returns the first day of which visits and stays are still kept:
// what is older goes, and is not taken in any more.
func VisitsFrom(today count.Day) count.Day { return today.MonthsBefore(visitMonths) }

// LinksUntil returns the last visit that is too long ago: who has not come
// since is no longer known by name, sign, label or badge.
func LinksUntil(today count.Day) count.Day { return today.MonthsBefore(linkMonths) }

// AskedFrom returns the first day for which a period whose visits are kept may ask
// whether somebody came on it: a visit before it says nothing about who is new.
func AskedFrom(today count.Day) count.Day {
	year, _, _ := VisitsFrom(today).Civil()
	return count.Date(year, time.January, 1).MonthsBefore(coverMonths)
}

// FirstSeen returns what is kept of the first visit of somebody whose row goes:
// its month.
func FirstSeen(d count.Day) count.Day { return d.FirstOfMonth() }
