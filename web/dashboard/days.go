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

// daysChart is the visits of each day of the period, drawn and as a table.
type daysChart struct {
	Picture                           template.HTML
	Rows                              []dayRow
	Closed, Missing, Partial, Undated bool // which of these the legend explains
}

// dayRow is a day of the table.
type dayRow struct {
	Day           string
	Visits        *central.Visits // nil when nothing came
	State         string          // in words, "" for an ordinary day
	Undated       string          // how many visits wait for a date that it may lack, "" for none
	Badge, Guests int64
}

func (p *sheet) days() (daysChart, error) {
	shown, err := parsePeriod(p.Period)
	if err != nil || !p.Received() {
		return daysChart{}, nil //nolint:nilerr // central gave a period that it could not have been asked for
	}
	known := map[count.Day]central.DayFigures{}
	for _, d := range p.Total.Days {
		known[d.Date] = d
	}
	var c daysChart
	drawn := chart.Columns{
		ID: "days", RTL: p.RTL(), Format: p.localizer.Number,
		Title: p.T("dashboard.days.title", "Period", shown.title(p.localizer)),
	}
	var best central.DayFigures
	for date := range shown.All() {
		day, ok := known[date]
		column := chart.Column{State: chart.ColumnAhead, Label: p.columnLabel(shown, date), Major: major(shown, date), Current: date == p.Today}
		if ok {
			row := p.dayRow(day)
			c.Rows = append(c.Rows, row)
			column = p.column(column, day, row)
			c.Closed = c.Closed || column.State == chart.ColumnClosed
			c.Missing = c.Missing || column.State == chart.ColumnMissing
			c.Partial = c.Partial || day.State == central.DayPartial
			c.Undated = c.Undated || day.State == central.DayUndated
			if day.State != central.DayMissing && day.Visits.Total() > best.Visits.Total() {
				best = day
			}
		}
		drawn.Columns = append(drawn.Columns, column)
	}
	drawn.Desc = p.T("dashboard.days.none")
	if best.Date != count.NoDay {
		drawn.Desc = p.T("dashboard.days.desc", "Total", p.Num(p.Total.Visits.Total()), "Day", p.localizer.Today(best.Date.UTC()), "Count", p.Num(best.Visits.Total()))
	}
	c.Picture, err = drawn.SVG()
	return c, err
}

func (p *sheet) column(c chart.Column, day central.DayFigures, row dayRow) chart.Column {
	c.Title = p.T("dashboard.days.day", "Day", row.Day, "Count", p.Num(day.Visits.Total()), "Guests", p.Num(day.Visits.Guests()))
	c.Solid, c.Dotted, c.State = int(day.Visits.Badge()), int(day.Visits.Guests()), chart.ColumnCounted
	switch day.State {
	case central.DayMissing:
		c.State, c.Title = chart.ColumnMissing, p.T("dashboard.days.state", "Day", row.Day, "State", row.State)
	case central.DayPartial, central.DayUndated:
		c.Partial = true
	case central.DayClosed:
		if day.Visits.Total() == 0 {
			c.State, c.Title = chart.ColumnClosed, p.T("dashboard.days.state", "Day", row.Day, "State", row.State)
		}
	case central.DayLive:
		c.Current = true
	}
	return c
}

func (p *sheet) dayRow(day central.DayFigures) dayRow {
	row := dayRow{Day: p.localizer.Today(day.Date.UTC())}
	if day.State != central.DayMissing {
		row.Undated = p.undated(day.Undated)
	}
	if day.State != central.DayReceived && day.State != central.DayUndated {
		row.State = p.T("dashboard.state." + string(day.State))
	}
	if day.State == central.DayPartial && len(p.Rooms) > 1 {
		row.State = p.T("dashboard.state.some")
	}
	if day.State != central.DayMissing {
		row.Visits = &day.Visits
	}
	return row
}

// columnLabel writes under a month's columns the day, and under a quarter's the
// Mondays and the names of the months.
func (p *sheet) columnLabel(shown period, date count.Day) string {
	_, month, day := date.Civil()
	switch {
	case !shown.quarterly:
		return strconv.Itoa(day)
	case day == 1:
		return p.T(fmt.Sprintf("dashboard.month.%02d", month))
	case date.Weekday() == time.Monday && day > 4 && day < 29:
		return strconv.Itoa(day)
	default:
		return ""
	}
}

// major tells which labels stay on a phone.
func major(shown period, date count.Day) bool {
	if shown.quarterly {
		return date == date.FirstOfMonth()
	}
	return date.Weekday() == time.Monday
}

// parts are the visits of each part of the day.
func (p *sheet) parts() ([]bar, error) {
	var all []bar
	for _, part := range p.Total.Parts {
		all = append(all, bar{Label: p.T("dashboard.part." + string(part.Part)), N: part.Visits.Total()})
	}
	return p.bars(all)
}

// guests are the guests by the bands in which they were counted.
func (p *sheet) guests() ([]bar, error) {
	v := p.Total.Visits
	return p.bars([]bar{
		{Label: p.T("dashboard.band.child"), N: v[count.MeasureGuestsChild]},
		{Label: p.T("dashboard.band.teen"), N: v[count.MeasureGuestsTeen]},
		{Label: p.T("dashboard.band.adult"), N: v[count.MeasureGuestsAdult]},
		{Label: p.T("dashboard.band.elder"), N: v[count.MeasureGuestsElder]},
		{Label: p.T("dashboard.band.unasked"), N: v.Unasked()},
	})
}

// bars draws a bar in each line, the longest over the whole width.
func (p *sheet) bars(lines []bar) ([]bar, error) {
	var most, total int64
	for _, l := range lines {
		most = max(most, l.N)
		total += l.N
	}
	for i, l := range lines {
		if total > 0 {
			lines[i].Share = p.T("dashboard.percent", "Count", p.Num((200*l.N+total)/(2*total)))
		}
		var err error
		if lines[i].Bar, err = chart.Bar(int(l.N), int(most), p.RTL()); err != nil {
			return nil, err
		}
	}
	return lines, nil
}
