package dashboard

import (
	"strconv"
	"time"

	"example.org/inloop/sync/central"
)

// tally is one of the three large figures.
type tally struct {
	Key, Title, Sub string
	Number          string // "" when nothing came
	Split           string // by badge and guests
	Change          string // with its sign, "" for no comparison
	Before          string // what it is compared with, in words
	Over            string // said when not all rooms could be compared
	Least           string // said when visits of today may be missing
	Undated         string // how many visits wait for a date that it may lack, "" for none
	SoFar           string // said of today while parts of it are still to come
}

func (p *sheet) tallies() []tally {
	now := p.Today.UTC()
	weekday := p.localizer.Weekday(now.Weekday())
	last := p.Total.Month.DaysBefore.Last.UTC()
	today := p.tally("today", p.localizer.Today(now), p.Total.Today, func(n string) string {
		if p.soFar() != "" {
			return p.T("dashboard.tally.before.parts", "Weekday", weekday, "Count", n)
		}
		return p.T("dashboard.tally.before.day", "Weekday", weekday, "Count", n)
	})
	today.SoFar = p.soFar()
	return []tally{
		today,
		p.tally("week", p.T("dashboard.tally.until.week", "Weekday", weekday), p.Total.Week,
			func(n string) string { return p.T("dashboard.tally.before.week", "Weekday", weekday, "Count", n) }),
		p.tally("month", p.T("dashboard.tally.until.month", "Date", p.dayMonth(now)), p.Total.Month,
			func(n string) string {
				return p.T("dashboard.tally.before.month", "Date", p.dayMonth(last), "Count", n)
			}),
	}
}

// soFar says of which parts of today the numbers have come, "" when of all or of none:
// rooms tell of a part when it has ended.
func (p *sheet) soFar() string {
	switch p.Total.Today.Ended {
	case 1:
		return p.T("dashboard.tally.sofar.ochtend")
	case 2:
		return p.T("dashboard.tally.sofar.middag")
	}
	return ""
}

// tally writes one of them; before words the number that it is compared with.
// Like is compared with like, over the rooms that sent all of both spans.
func (p *sheet) tally(key, sub string, total central.Comparison, before func(n string) string) tally {
	t := tally{Key: key, Title: p.T("dashboard.tally." + key), Sub: sub}
	if total.NowReason != central.AbsenceNone {
		t.Split = p.T("dashboard.tally.none")
		return t
	}
	t.Number, t.Undated = p.Num(total.Now.Total()), p.undated(total.Undated)
	if total.AtLeast {
		t.Least = p.T("dashboard.tally.least")
	}
	t.Split = p.T("dashboard.tally.split", "Badge", p.Num(total.Now.Badge()), "Guests", p.Num(total.Now.Guests()))

	if total.BeforeReason != central.AbsenceNone {
		t.Before = p.T("dashboard.tally.before.none")
		if total.BeforeReason == central.AbsenceUndated {
			t.Before = p.T("dashboard.tally.before.undated")
		}
		return t
	}
	t.Change = signed(p, total.Comparable.Total()-total.Before.Total())
	t.Before = before(p.Num(total.Before.Total()))
	if total.Rooms < total.Of {
		t.Over = p.T("dashboard.tally.over", "Rooms", total.Rooms, "Of", total.Of, "Count", p.Num(total.Comparable.Total()))
	}
	return t
}

// undated says beside a figure how many visits it may lack because they wait for a
// date, "" for none.
func (p *sheet) undated(n int64) string {
	if n == 0 {
		return ""
	}
	return p.localizer.N("dashboard.undated", int(n), nil)
}

// Undated is undated of the period shown.
func (p *sheet) Undated() string { return p.undated(p.Total.Undated) }

// signed writes a difference with its sign, in one piece also where the page
// runs from right to left.
func signed(p *sheet, n int64) string {
	switch {
	case n > 0:
		return "+" + p.Num(n)
	case n < 0:
		return "\u2212" + p.Num(-n)
	default:
		return "="
	}
}

// dayMonth writes a day without its year: "3 november".
func (f frame) dayMonth(day time.Time) string {
	return f.T("dashboard.date.day", "Day", day.Day(), "Month", f.localizer.Month(day.Month()))
}

// notice is something that asks for care.
type notice struct {
	Href, Text string
	Red        bool // else orange
}

// manyNotices is from how many silent rooms on one line stands for all: the
// list of rooms marks each of them anyway.
const manyNotices = 5

func (p *sheet) notices() []notice {
	var silent, failing []notice
	for _, r := range p.Rooms {
		href := "/rooms/" + strconv.FormatInt(r.Room.ID, 10)
		switch k := r.Room.Kiosk; {
		case k.ID == "":
			silent = append(silent, notice{href, p.T("dashboard.notice.unpaired", "Room", r.Room.Name), false})
		case k.Silent(p.Now):
			silent = append(silent, notice{href, p.silence(r.Room), true})
		default:
			if worst := p.worst(k); worst != nil {
				failing = append(failing, notice{href, p.T("dashboard.notice.light", "Room", r.Room.Name, "Reason", worst.Text), worst.Level == "red"})
			}
		}
	}
	if len(silent) > manyNotices {
		silent = []notice{{"#rooms", p.localizer.N("dashboard.notice.many", len(silent), nil), true}}
	}
	if len(failing) > manyNotices {
		failing = []notice{{"#rooms", p.localizer.N("dashboard.notice.lights", len(failing), nil), false}}
	}
	return append(silent, failing...)
}

// silence says since when a room was not heard.
func (p *sheet) silence(r central.Room) string {
	if r.Kiosk.Reported.IsZero() {
		return p.T("dashboard.notice.never", "Room", r.Name)
	}
	return p.T("dashboard.notice.silent", "Room", r.Name, "Date", p.dayMonth(r.Kiosk.Reported.In(p.Now.Location())))
}
