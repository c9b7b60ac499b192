package dashboard

import (
	"net/http"
	"strconv"
	"strings"

	"example.org/inloop/sync/central"
	"example.org/inloop/sync/count"
	"example.org/inloop/sync/disclose"
)

// byteOrderMark tells a spreadsheet that the file is UTF-8; without it Excel
// takes "café" for something else.
const byteOrderMark = "\uFEFF"

// columns are the file's, in Dutch in every language: other programs read
// them. Funder and contract stand in the file of a release alone; the last says what the
// figures may be used for: intern or verslag.
func columns() []string {
	return []string{"opdrachtgever", "contract", "kamer", "van", "tot", "dagdeel", "maat", "aantal", "toelichting", "gebruik"}
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
	shown, err := parsePeriod(p.Period)
	if err != nil {
		return err
	}
	lines := &csvLines{sheet: p, lines: [][]string{columns()}}
	lines.total(shown.Days)
	for _, r := range p.Rooms {
		lines.room(r, shown.Days)
	}
	for _, f := range p.Pooled {
		lines.joint(f)
	}
	return writeCSV(w, "inloop-"+string(p.Period)+".csv", lines.lines)
}

// csvLines are the lines of the file of a sheet.
type csvLines struct {
	*sheet
	lines [][]string
}

// line is what the lines of one place and time have in common.
type line struct {
	place string
	days  count.Days
	part  count.Part
}

// add adds a figure; number is "" for one that is absent, for the reason that
// note gives.
func (c *csvLines) add(at line, measure count.Measure, number, note string) {
	fields := []string{"", "", at.place, at.days.First.String(), at.days.Last.String(), string(at.part), string(measure), number, note, "intern"}
	c.lines = append(c.lines, fields)
}

func (c *csvLines) absent(at line, measure count.Measure, reason central.Absence) {
	c.add(at, measure, "", c.T("dashboard.reason."+string(reason)))
}

// note joins what is to be said of a figure: the second is undated.
func (c *csvLines) note(said string, undated int64) string {
	return c.joined(said, c.undated(undated))
}

func (c *csvLines) joined(said, more string) string {
	if said == "" || more == "" {
		return said + more
	}
	return said + "; " + more
}

// visits adds every figure of class A: a measure, then the parts of it. Whether a
// day was open is told by its state.
func (c *csvLines) visits(at line, note string, v central.Visits, unfilled map[count.Measure]int) {
	for _, d := range c.measures.Outline(count.ClassA) {
		if d.Measure == count.MeasureOpen || at.part != count.PartNone && d.Counted() && !d.ByPart {
			continue
		}
		switch n, without := v.Figure(d), unfilled[d.Measure]; {
		case n.OK() && without > 0:
			c.add(at, d.Measure, decimal(n.N), c.joined(note, c.localizer.N("dashboard.unfilled", without, nil)))
		case n.OK():
			c.add(at, d.Measure, decimal(n.N), note)
		case without > 0:
			c.absent(at, d.Measure, central.AbsenceUnfilled)
		default:
			c.absent(at, d.Measure, n.Reason)
		}
	}
}

// total adds what is shown of all rooms together, or of the one room.
func (c *csvLines) total(shown count.Days) {
	all := line{place: c.T("dashboard.csv.all"), days: shown}
	if c.Room != nil {
		all.place = c.Room.Name
	}
	for _, x := range []central.Comparison{c.Total.Today, c.Total.Week, c.Total.Month} {
		at := line{place: all.place, days: x.Days}
		if x.NowReason != central.AbsenceNone {
			c.absent(at, count.MeasureVisits, x.NowReason)
			continue
		}
		c.visits(at, c.note(c.T("dashboard.state.live"), x.Undated), x.Now, nil)
	}
	for _, d := range c.Total.Days {
		at, row := line{place: all.place, days: count.Days{First: d.Date, Last: d.Date}}, c.dayRow(d)
		if row.Visits == nil {
			c.add(at, count.MeasureVisits, "", row.State)
			continue
		}
		c.visits(at, c.note(row.State, d.Undated), d.Visits, d.Unfilled)
	}
	for _, part := range c.Total.Parts {
		c.visits(line{all.place, shown, part.Part}, c.Undated(), part.Visits, nil)
	}
	if c.Received() {
		c.visits(all, c.note(c.Weeks(), c.Total.Undated), c.Total.Visits, c.Total.Unfilled)
	}
}

// room adds what is told of each room by itself.
func (c *csvLines) room(r central.RoomFigures, shown count.Days) {
	at := line{place: r.Room.Name, days: shown}
	switch {
	case c.Room != nil: // its visits are the total
	case r.Counts.Reason == central.AbsenceNone:
		c.visits(at, c.note(c.weeks(r.Counts.Weeks), r.Counts.Undated), r.Counts.Visits, r.Counts.Unfilled)
	default:
		c.absent(at, count.MeasureVisits, r.Counts.Reason)
	}
	for _, d := range c.measures.OfClass(count.ClassB) {
		if d.Counted() {
			c.persons(at, d.Measure, r.Persons.Numbers[d.Measure], r.Persons)
		}
	}
	c.persons(at, count.MeasureBadgeShare, r.Persons.BadgeShare, r.Persons)
}

// persons adds a figure of class B.
func (c *csvLines) persons(at line, m count.Measure, n central.Number, of central.PersonFigures) {
	note := c.T("dashboard.rooms.perroom")
	if of.AtLeast {
		note = c.T("dashboard.csv.least")
	}
	if n.OK() {
		c.add(at, m, decimal(n.N), c.note(note, of.Undated))
	} else {
		c.absent(at, m, c.personReason(n))
	}
}

// joint adds what the rooms counted together. No room has a line of it.
func (c *csvLines) joint(p central.PooledFigures) {
	days, err := p.Period.Days()
	if err != nil {
		return // central gives quarters and years
	}
	at := line{place: c.T("dashboard.csv.all"), days: days}
	over := c.T("release.joint.over", "Rooms", c.Num(int64(p.Rooms)), "Of", c.Num(int64(p.Due)))
	for _, cell := range p.Cells {
		switch cell.State {
		case disclose.DisclosureShown:
			c.add(at, cell.Measure, decimal(cell.N), c.T("release.csv.rounded")+"; "+over)
		case disclose.DisclosureSmall:
			c.add(at, cell.Measure, "<"+strconv.Itoa(disclose.Smallest), over)
		case disclose.DisclosureWithheld:
			c.add(at, cell.Measure, "", c.T("release.reason."+string(cell.Reason)))
		}
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
