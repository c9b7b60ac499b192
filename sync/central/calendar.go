package central

import (
	"fmt"
	"slices"
	"time"

	"example.org/inloop/sync/wire"
)

// All days here are civil days at midnight UTC, as civil returns them.

// span is the days from from up to and without until.
type span struct {
	from, until time.Time
}

// each calls do with every day of the span, in order.
func (s span) each(do func(day time.Time)) {
	for d := s.from; d.Before(s.until); d = d.AddDate(0, 0, 1) {
		do(d)
	}
}

// civil returns the day of t in zone, at midnight UTC: days are compared and
// counted there, where none is 23 hours long.
func civil(t time.Time, zone *time.Location) time.Time {
	year, month, day := t.In(zone).Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

func dayOf(d time.Time) wire.Period   { return wire.Period(d.Format(time.DateOnly)) }
func monthOf(d time.Time) wire.Period { return wire.Period(d.Format("2006-01")) }
func quarterOf(d time.Time) wire.Period {
	return wire.Period(fmt.Sprintf("%dQ%d", d.Year(), (int(d.Month())+2)/3))
}

func monthStart(d time.Time) time.Time { return d.AddDate(0, 0, 1-d.Day()) }

// weekStart returns the Monday of the ISO week of d.
func weekStart(d time.Time) time.Time {
	return d.AddDate(0, 0, -(int(d.Weekday())+6)%7)
}

// choices returns the months and the quarters from that of first to that of
// today, newest first.
func choices(first, today time.Time) (months, quarters []wire.Period) {
	for m := monthStart(first); !m.After(today); m = m.AddDate(0, 1, 0) {
		months = append(months, monthOf(m))
		if q := quarterOf(m); !slices.Contains(quarters, q) {
			quarters = append(quarters, q)
		}
	}
	slices.Reverse(months)
	slices.Reverse(quarters)
	return months, quarters
}

// weeksOf returns the ISO weeks of a period that have ended by today, a week
// being in the period that holds its Thursday.
func weeksOf(period span, today time.Time) []span {
	var weeks []span
	for monday := weekStart(period.from); ; monday = monday.AddDate(0, 0, 7) {
		thursday, next := monday.AddDate(0, 0, 3), monday.AddDate(0, 0, 7)
		if !thursday.Before(period.until) || next.After(today) {
			return weeks
		}
		if !thursday.Before(period.from) {
			weeks = append(weeks, span{monday, next})
		}
	}
}

// running are the spans that are shown beside one another whatever period is
// chosen.
type running struct {
	now, before span
}

func runningDay(today time.Time) running {
	return running{span{today, today.AddDate(0, 0, 1)}, span{today.AddDate(0, 0, -7), today.AddDate(0, 0, -6)}}
}

func runningWeek(today time.Time) running {
	monday, until := weekStart(today), today.AddDate(0, 0, 1)
	return running{span{monday, until}, span{monday.AddDate(0, 0, -7), until.AddDate(0, 0, -7)}}
}

func runningMonth(today time.Time) running {
	first, until := monthStart(today), today.AddDate(0, 0, 1)
	before := span{from: first.AddDate(0, -1, 0), until: first}
	if same := before.from.AddDate(0, 0, today.Day()); same.Before(first) {
		before.until = same
	}
	return running{span{first, until}, before}
}
