package dashboard

import (
	"fmt"
	"html/template"
	"strconv"
	"time"

	"example.org/inloop/sync/central"
	"example.org/inloop/sync/count"
	"example.org/inloop/web/dashboard/chart"
)

// roomRow is a room in the list of rooms.
type roomRow struct {
	ID            int64
	Name          string
	State         string // when it last reported, in words
	Class         string // silent, red, orange or ""
	Icon          string // goes with State; "" for none
	Undated       string // how many visits wait for a date that its figures may lack, "" for none
	Today, Visits string
	Silent        bool // nothing came for today: Today says so
	Absent        bool // no visits came: Visits says so
	Spark         template.HTML
	Persons       []fact
	Nobody        string // why there is none of Persons, when it is one reason
	Weeks         string
}

func (p *sheet) rows() ([]roomRow, error) {
	var all []roomRow
	for _, r := range p.Rooms {
		row := roomRow{ID: r.Room.ID, Name: r.Room.Name, Weeks: p.weeks(r.Counts.Weeks), Persons: p.personsOf(r.Persons)}
		row.State, row.Class, row.Icon = p.roomState(r.Room)
		row.Undated = p.undated(r.Counts.Undated)
		row.Today = p.countOr(r.Counts.Today.NowReason, r.Counts.Today.Now)
		if r.Counts.Today.AtLeast && r.Counts.Today.NowReason == central.AbsenceNone {
			row.Today = p.T("dashboard.least", "Count", row.Today)
		}
		row.Visits = p.countOr(r.Counts.Reason, r.Counts.Visits)
		row.Silent = r.Counts.Today.NowReason != central.AbsenceNone
		row.Absent = r.Counts.Reason != central.AbsenceNone
		var err error
		if row.Spark, err = p.spark(r); err != nil {
			return nil, err
		}
		row.Nobody = oneReason(row.Persons)
		all = append(all, row)
	}
	return all, nil
}

// oneReason is why all facts are absent, "" when they are not or for different
// reasons.
func oneReason(facts []fact) string {
	reason := ""
	for _, f := range facts {
		if !f.Absent || reason != "" && f.Value != reason {
			return ""
		}
		reason = f.Value
	}
	return reason
}

func (p *sheet) countOr(reason central.Absence, v central.Visits) string {
	if reason != central.AbsenceNone {
		return p.T("dashboard.reason." + string(reason))
	}
	return p.Num(v.Total())
}

// Weeks is weeks of all that is shown.
func (p *sheet) Weeks() string { return p.weeks(p.Total.Weeks) }

// spark draws the weeks of the period, the size of a word.
func (p *sheet) spark(r central.RoomFigures) (template.HTML, error) {
	type week struct {
		n                  int64
		days, came, closed int
	}
	var order []count.Day
	weeks := map[count.Day]*week{}
	for _, d := range r.Counts.Days {
		monday := d.Date.Monday()
		w := weeks[monday]
		if w == nil {
			w = &week{}
			weeks[monday] = w
			order = append(order, monday)
		}
		w.days++
		switch d.State {
		case central.DayMissing:
		case central.DayClosed:
			w.closed++
			w.came++
			w.n += d.Visits.Total()
		default:
			w.came++
			w.n += d.Visits.Total()
		}
	}
	s := chart.Spark{ID: "room-" + strconv.FormatInt(r.Room.ID, 10), RTL: p.RTL()}
	for _, monday := range order {
		w := weeks[monday]
		point := chart.Point{N: int(w.n), Current: monday == p.Today.Monday()}
		switch {
		case w.came == 0:
			point.State = chart.ColumnMissing
		case w.closed == w.days && w.n == 0:
			point.State = chart.ColumnClosed
		}
		s.Points = append(s.Points, point)
	}
	s.Title = p.T("dashboard.rooms.spark", "Room", r.Room.Name, "Weeks", p.weeks(r.Counts.Weeks))
	return s.SVG()
}

// roomState says in words how a room's kiosk is doing.
func (p *sheet) roomState(r central.Room) (text, class, icon string) {
	k := r.Kiosk
	switch {
	case k.ID == "":
		return p.T("dashboard.rooms.unpaired"), "orange", "unplugged"
	case k.Reported.IsZero():
		return p.T("dashboard.rooms.never"), "orange", "unplugged"
	case k.Silent(p.Now):
		return p.T("dashboard.rooms.silent", "Date", p.dayMonth(k.Reported.In(p.Now.Location()))), "silent", "unplugged"
	}
	text = p.reported(k)
	if worst := p.worst(k); worst != nil {
		return text, worst.Level, "warning"
	}
	return text, "", ""
}

// reported says when a kiosk was last heard.
func (p *sheet) reported(k central.Kiosk) string {
	at := k.Reported.In(p.Now.Location())
	if at.Format(time.DateOnly) == p.Now.Format(time.DateOnly) {
		return p.T("dashboard.rooms.today", "Clock", p.localizer.Clock(at))
	}
	return p.T("dashboard.rooms.earlier", "Date", p.dayMonth(at), "Clock", p.localizer.Clock(at))
}

// facts are the figures of class A of the whole period. Those that have a place
// of their own stand there: age bands in a table, assumed visits beside the
// total, and whether a day was open in the days.
func (p *sheet) facts() []fact {
	v, share := p.Total.Visits, p.Total.Visits.BadgeShare()
	notes := map[count.Measure]string{count.MeasureVisits: p.T("dashboard.facts.assumed", "Count", p.Num(v.Assumed()))}
	if share.OK() {
		notes[count.MeasureBadgeVisits] = p.T("dashboard.facts.share", "Count", p.Num(share.N))
	}
	var all []fact
	for _, d := range p.measures.OfClass(count.ClassA) {
		if d.Key == "" || d.Measure == count.MeasureAssumed || d.Measure == count.MeasureOpen {
			continue
		}
		f := fact{Name: p.T("dashboard.measure." + d.Key), Anchor: d.Key, Note: notes[d.Measure]}
		without := p.Total.Unfilled[d.Measure]
		switch n := v.Figure(d); {
		case n.OK() && d.Minutes:
			f.Value = hours(n.N)
		case n.OK():
			f.Value = p.Num(n.N)
		case without > 0:
			f.Absent, f.Value = true, p.T("dashboard.reason."+string(central.AbsenceUnfilled))
		default:
			f.Absent, f.Value = true, p.T("dashboard.reason."+string(n.Reason))
		}
		if without > 0 && !f.Absent {
			f.Note = p.localizer.N("dashboard.unfilled", without, nil)
		}
		all = append(all, f)
	}
	return all
}

// hours writes minutes as hours and minutes.
func hours(minutes int64) string { return fmt.Sprintf("%d:%02d", minutes/60, minutes%60) }

// persons are the person figures of a room's own page.
func (p *sheet) persons() []fact {
	if p.Room == nil {
		return nil
	}
	return p.personsOf(p.Rooms[0].Persons)
}

// personsOf writes the figures of class B. They are per room and never added:
// one person may visit two.
func (p *sheet) personsOf(n central.PersonFigures) []fact {
	var all []fact
	for _, d := range p.measures.OfClass(count.ClassB) {
		if !d.Counted() {
			continue
		}
		number := n.Numbers[d.Measure]
		f := fact{Name: p.T("dashboard.measure." + d.Key), Anchor: d.Key}
		switch {
		case !number.OK():
			f.Absent, f.Value = true, p.T("dashboard.reason."+string(p.personReason(number)))
		case n.AtLeast:
			f.Value = p.T("dashboard.least", "Count", p.Num(number.N))
		default:
			f.Value = p.Num(number.N)
		}
		all = append(all, f)
	}
	return all
}

// personReason is why a figure of class B is absent. A kiosk sends those of
// periods that have ended, so while one runs nothing is missing.
func (p *sheet) personReason(n central.Number) central.Absence {
	shown, err := parsePeriod(p.Period)
	if err == nil && n.Reason == central.AbsenceNotReceived && p.Today <= shown.Last {
		return central.AbsenceNotEnded
	}
	return n.Reason
}
