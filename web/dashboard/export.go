package dashboard

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"example.org/inloop/sync/central"
)

// byteOrderMark tells a spreadsheet that the file is UTF-8; without it Excel
// takes "café" for something else.
const byteOrderMark = "\uFEFF"

// columns are the file's, in Dutch in every language: other programs read
// them. Commissioner and contract stay empty until a room has them.
func columns() []string {
	return []string{"opdrachtgever", "contract", "kamer", "van", "tot", "dagdeel", "maat", "aantal", "toelichting"}
}

func (s *Site) exportAll(w http.ResponseWriter, r *http.Request, a central.Account) error {
	page, err := s.readAll(r, a)
	if err != nil {
		return err
	}
	return page.export(w)
}

func (s *Site) exportRoom(w http.ResponseWriter, r *http.Request, a central.Account) error {
	page, err := s.readRoom(r, a)
	if err != nil {
		return err
	}
	return page.export(w)
}

// export writes what the page shows, a figure a line. A figure that is absent
// has an empty number and its reason, never a 0.
func (p *sheet) export(w http.ResponseWriter) error {
	var b bytes.Buffer
	b.WriteString(byteOrderMark)
	file := csv.NewWriter(&b)
	file.Comma, file.UseCRLF = ';', true
	shown, err := parsePeriod(string(p.Period))
	if err != nil {
		return err
	}
	lines := [][]string{columns()}
	all := p.T("dashboard.csv.all")
	if p.Room != nil {
		all = p.Room.Name
	}
	last := shown.until.AddDate(0, 0, -1)
	add := func(room string, from, to time.Time, part, measure, number, note string) {
		line := []string{"", "", room, from.Format(time.DateOnly), to.Format(time.DateOnly), part, measure, number, note}
		for i := range line {
			line[i] = defuse(line[i])
		}
		lines = append(lines, line)
	}
	visits := func(room string, from, to time.Time, part, note string, v central.Visits) {
		for _, m := range visitMeasures(v) {
			add(room, from, to, part, m.name, decimal(m.n), note)
		}
	}
	absent := func(room string, from, to time.Time, measure string, reason central.Reason) {
		add(room, from, to, "", measure, "", p.T("dashboard.reason."+string(reason)))
	}

	for _, c := range []central.Comparison{p.Total.Today, p.Total.Week, p.Total.Month} {
		if c.NowReason != central.ReasonShown {
			absent(all, c.From, c.Until.AddDate(0, 0, -1), "visits", c.NowReason)
			continue
		}
		visits(all, c.From, c.Until.AddDate(0, 0, -1), "", p.T("dashboard.state.live"), c.Now)
	}
	for _, d := range p.Total.Days {
		row := p.dayRow(d)
		if row.Visits == nil {
			add(all, d.Date, d.Date, "", "visits", "", row.State)
			continue
		}
		visits(all, d.Date, d.Date, "", row.State, d.Visits)
	}
	for _, part := range p.Total.Parts {
		visits(all, shown.from, last, string(part.Part), "", part.Visits)
	}
	if p.Received() {
		visits(all, shown.from, last, "", p.Weeks(), p.Total.Visits)
	}
	for _, r := range p.Rooms {
		name := r.Room.Name
		if p.Room == nil {
			if r.Counts.Reason == central.ReasonShown {
				visits(name, shown.from, last, "", p.weeks(r.Counts.Weeks), r.Counts.Visits)
			} else {
				absent(name, shown.from, last, "visits", r.Counts.Reason)
			}
		}
		for _, m := range personMeasures(r.Persons) {
			if !m.n.OK() {
				absent(name, shown.from, last, m.name, p.personReason(m.n))
				continue
			}
			note := p.T("dashboard.rooms.perroom")
			if r.Persons.AtLeast {
				note = p.T("dashboard.csv.least")
			}
			add(name, shown.from, last, "", m.name, decimal(m.n.N), note)
		}
		for _, reach := range []central.Reach{r.ReachBefore, r.Reach} {
			quarter, err := parsePeriod(string(reach.Quarter))
			if err != nil {
				continue // no such quarter yet
			}
			end := quarter.until.AddDate(0, 0, -1)
			if reach.Reason != central.ReasonShown {
				add(name, quarter.from, end, "", "reach_n", "", p.reachReason(reach.Reason))
				continue
			}
			rounded := p.T("dashboard.csv.rounded")
			add(name, quarter.from, end, "", "reach_n", decimal(reach.N), rounded)
			add(name, quarter.from, end, "", "reach_a", decimal(reach.A), rounded)
			add(name, quarter.from, end, "", "reach_k", decimal(reach.K), p.bounds(reach))
		}
	}
	if err := file.WriteAll(lines); err != nil {
		return fmt.Errorf("write file: %w", err)
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", "inloop-"+string(p.Period)+".csv"))
	_, _ = b.WriteTo(w) // a reader who left needs no file
	return nil
}

type visitMeasure struct {
	name string
	n    int64
}

func visitMeasures(v central.Visits) []visitMeasure {
	return []visitMeasure{
		{"visits", v.Total()}, {"badge_visits", v.Badge}, {"assumed", v.Assumed}, {"guests", v.Guests},
		{"guests_0_11", v.Bands.Child}, {"guests_12_17", v.Bands.Teen}, {"guests_18_64", v.Bands.Adult},
		{"guests_65", v.Bands.Elder}, {"guests_unasked", v.Unasked()},
	}
}

type personMeasure struct {
	name string
	n    central.Number
}

func personMeasures(p central.PersonFigures) []personMeasure {
	return []personMeasure{
		{"unique", p.Unique}, {"new", p.New}, {"reactivated", p.Reactivated}, {"returning", p.Returning}, {"badge_share", p.BadgeShare},
	}
}

// decimal writes plain digits: a file is read by programs.
func decimal(n int64) string { return strconv.FormatInt(n, 10) }

// defuse keeps a spreadsheet from running a text as a formula.
func defuse(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r\n", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
