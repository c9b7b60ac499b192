package dashboard

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"example.org/inloop/sync/central"
	"example.org/inloop/sync/count"
	"example.org/inloop/sync/disclose"
)

// releasesPage is what was released: to a coordinator's funders, or to a reader.
type releasesPage struct {
	frame
	Of    []releasesOf
	Fault string // why a release was not made
	Made  bool   // one was made a moment ago
}

// releasesOf is what one organisation released.
type releasesOf struct {
	Name    string
	Funders []central.Funder
	Lines   []releaseLine
	Next    *nextRelease // for a coordinator, when one is to come
}

// releaseLine is a period with its versions.
type releaseLine struct {
	Title, Href string
	Made        string
	Older       []link
}

// nextRelease is what the next release waits for.
type nextRelease struct {
	Title     string
	Waits     []string
	NoFunder  bool
	Releasing bool
	Latest    string
}

func (s *Site) showReleases(w http.ResponseWriter, r *http.Request, a central.Account) error {
	page, err := s.releasesPage(r, a)
	if err != nil {
		return err
	}
	page.Made = r.URL.Query().Has("made")
	return s.show(w, http.StatusOK, "releases", page)
}

func (s *Site) releasesPage(r *http.Request, a central.Account) (releasesPage, error) {
	page := releasesPage{frame: s.frame(r, "release.list.title")}
	all, err := s.central.Releases(r.Context(), a)
	for _, of := range all {
		o := releasesOf{Name: of.OrganisationName, Funders: of.Funders}
		for i, h := range of.Versions {
			href := fmt.Sprintf("/release/%d/%s", of.Organisation, h.Period)
			if i > 0 && of.Versions[i-1].Period == h.Period {
				line := &o.Lines[len(o.Lines)-1]
				line.Older = append(line.Older, link{fmt.Sprintf("%s?version=%d", href, h.Version), page.T("release.version", "Version", h.Version)})
				continue
			}
			o.Lines = append(o.Lines, releaseLine{Title: releaseTitle(page.frame, h.Period), Href: href, Made: page.made(h)})
		}
		if n := of.Next; n.Quarter != "" && !n.Made && n.Rooms > 0 {
			o.Next = page.next(n)
		}
		page.Of = append(page.Of, o)
	}
	return page, err
}

// releaseTitle names the period of a release, a year too.
func releaseTitle(f frame, p count.Period) string { return periodTitle(f.localizer, p) }

// made says who released when.
func (f frame) made(h central.ReleaseHead) string {
	date := f.localizer.Date(h.Made)
	if h.MadeBy == "" {
		return f.T("release.made.itself", "Date", date)
	}
	return f.T("release.made.by", "Date", date, "Name", h.MadeBy)
}

// next says what the next release waits for.
func (f frame) next(n central.NextRelease) *nextRelease {
	next := &nextRelease{Title: periodTitle(f.localizer, n.Quarter), NoFunder: n.NoFunder, Releasing: n.Releasing, Latest: f.dayOf(n.Latest)}
	if n.NoFunder {
		return next
	}
	if !n.Pool {
		next.Waits = append(next.Waits, f.T("release.next.pool"))
	}
	if n.Missing > 0 {
		next.Waits = append(next.Waits, f.localizer.N("release.next.missing", n.Missing, map[string]any{"Of": f.Num(int64(n.Rooms))}))
	}
	return next
}

func (s *Site) makeRelease(w http.ResponseWriter, r *http.Request, a central.Account) error {
	err := s.central.MakeRelease(r.Context(), a)
	if err == nil || errors.Is(err, central.ErrReleased) { // another was first: it is there
		http.Redirect(w, r, "/release?made=1", http.StatusSeeOther)
		return nil
	}
	if !errors.Is(err, central.ErrNotYet) {
		return err
	}
	page, lost := s.releasesPage(r, a)
	if lost != nil {
		return lost
	}
	page.Fault = page.T("release.next.notyet")
	return s.show(w, http.StatusConflict, "releases", page)
}

// releasePage is one version of a release as one reader may see it.
type releasePage struct {
	frame
	central.ReadRelease
	Heading string // the period
	MadeBy  string
	Export  string
	Others  []link // the other versions
	Reach   *reachPanel
	Whole   []fact
	Rooms   []releaseRoom
	Changed []changeRow

	measures count.Catalogue
}

// releaseRoom is a room in a release.
type releaseRoom struct {
	Name, Received string
	Facts          []fact
}

// changeRow is a figure that this version has otherwise.
type changeRow struct {
	Place, Measure, Was, Is string
}

// release is the release of the address, as the account may see it.
func (s *Site) release(r *http.Request, a central.Account) (central.ReadRelease, error) {
	organisation, err := count.ParseNumber(r.PathValue("organisation"))
	if err != nil {
		return central.ReadRelease{}, central.ErrNotFound
	}
	version := int64(0)
	if asked := r.URL.Query().Get("version"); asked != "" {
		if version, err = count.ParseNumber(asked); err != nil || version < 1 || version > 9 {
			return central.ReadRelease{}, central.ErrNotFound
		}
	}
	return s.central.Release(r.Context(), a, organisation, count.Period(r.PathValue("period")), int(version))
}

func (s *Site) showRelease(w http.ResponseWriter, r *http.Request, a central.Account) error {
	read, err := s.release(r, a)
	if err != nil {
		return err
	}
	page := releasePage{frame: s.frame(r, "release.list.title"), ReadRelease: read, measures: s.central.Measures()}
	page.fill()
	return s.show(w, http.StatusOK, "release", &page)
}

func (p *releasePage) fill() {
	p.Heading = periodTitle(p.localizer, p.Period)
	p.Title = p.T("release.title", "Period", p.Heading, "Organisation", p.OrganisationName)
	p.MadeBy = p.made(p.ReleaseHead)
	base := fmt.Sprintf("/release/%d/%s", p.Organisation, p.Period)
	p.Export = fmt.Sprintf("%s/csv?version=%d", base, p.Version)
	for _, v := range p.Versions {
		if v.Version != p.Version {
			p.Others = append(p.Others, link{fmt.Sprintf("%s?version=%d", base, v.Version), p.T("release.version", "Version", v.Version)})
		}
	}
	for _, place := range p.Places {
		if place.Room == 0 {
			reach := p.reachOf(central.PooledFigures{Period: p.Period, Cells: place.Cells, Rooms: p.Release.Rooms, Due: p.Due, Told: p.Told})
			p.Reach = &reach
			p.Whole = p.releaseFacts(place)
			for i, f := range p.Whole {
				if f.Anchor == string(count.MeasureUnique) { // over rooms nobody is told apart
					p.Whole[i].Name, p.Whole[i].Anchor = p.T("dashboard.measure.reach_n"), string(count.MeasureReachN)
				}
			}
			continue
		}
		p.Rooms = append(p.Rooms, releaseRoom{Name: place.Name, Received: p.weeks(place.Received), Facts: p.releaseFacts(place)})
	}
	for _, c := range p.Changes {
		if c.Was.State == disclose.DisclosureWithheld && c.Is.State == disclose.DisclosureWithheld && c.Measure != count.MeasureReachK {
			continue // one line says for all that rooms counted together why there is nothing
		}
		row := changeRow{Place: c.Name, Measure: p.measureName(c.Measure), Was: p.cell(c.Was), Is: p.cell(c.Is)}
		if c.Room == 0 {
			row.Place = p.T("release.whole")
		}
		p.Changed = append(p.Changed, row)
	}
}

// figuresPage hands figures to the template that lists them.
type figuresPage struct {
	frame
	Facts []fact
}

// Figures is figuresPage of this page's frame.
func (p *releasePage) Figures(facts []fact) figuresPage { return figuresPage{p.frame, facts} }

// Glossary explains each measure that the page tells of: a print has no link to follow.
func (p *releasePage) Glossary() (all []definition) {
	seen := map[string]bool{}
	for _, place := range append([]releaseRoom{{Facts: p.Whole}}, p.Rooms...) {
		for _, f := range place.Facts {
			if !seen[f.Anchor] {
				seen[f.Anchor] = true
				if d, known := p.measures.Find(count.Measure(f.Anchor)); known && d.Key != "" {
					all = append(all, definition{f.Anchor, f.Name, p.T("dashboard.definition." + d.Key)})
				}
			}
		}
	}
	return all
}

// cell writes a cell as facts do; one that is not there is a dash.
func (p *releasePage) cell(c central.ReleaseCell) string {
	if c.State == "" {
		return "–"
	}
	return p.measured(c)
}

// measured writes a cell in the unit of its measure: minutes as hours.
func (p *releasePage) measured(c central.ReleaseCell) string {
	if d, _ := p.measures.Find(c.Measure); d.Minutes && c.State == disclose.DisclosureShown {
		return hours(c.N)
	}
	return p.figure(c)
}

// measureName is what a measure is called: everywhere the same, where it has a name of
// its own.
func (p *releasePage) measureName(m count.Measure) string {
	if d, known := p.measures.Find(m); known && d.Key != "" {
		return p.T("dashboard.measure." + d.Key)
	}
	return p.T("release.measure." + string(m))
}

// releaseFacts are the figures of a place in the order in which they are read.
func (p *releasePage) releaseFacts(place central.ReleasePlace) (facts []fact) {
	for _, m := range central.ReleaseOrder() {
		c, there := place.Find(m)
		if !there {
			continue
		}
		f := fact{Name: p.measureName(m), Value: p.measured(c), Anchor: string(m), Absent: c.State == disclose.DisclosureWithheld}
		if d, known := p.measures.Find(m); known && d.Key == "" { // it is explained with its base
			f.Anchor = string(d.Base)
		}
		facts = append(facts, f)
	}
	return facts
}

// weeks says how many weeks of a place came.
func (f frame) weeks(w central.Weeks) string {
	if w.Expected == 0 {
		return f.T("dashboard.weeks.none")
	}
	return f.localizer.N("dashboard.weeks.some", w.Expected, map[string]any{"Received": f.Num(int64(w.Received)), "Expected": f.Num(int64(w.Expected))})
}

// releaseColumns are those of the internal file, and what a release knows beside.
func releaseColumns() []string { return append(columns(), "versie", "datum", "ontvangen") }

func (s *Site) exportRelease(w http.ResponseWriter, r *http.Request, a central.Account) error {
	read, err := s.release(r, a)
	if err != nil {
		return err
	}
	days, err := read.Period.Days()
	if err != nil {
		return err
	}
	f := s.frame(r, "release.list.title")
	lines := [][]string{releaseColumns()}
	for _, funder := range read.Funders {
		for _, p := range read.Places {
			if funder.Sees(p.Room) {
				lines = append(lines, f.releaseLines(read, funder, p, days)...)
			}
		}
	}
	return writeCSV(w, fmt.Sprintf("inloop-%s-%d.csv", read.Period, read.Version), lines)
}

// releaseLines are a place in the file of a funder.
func (f frame) releaseLines(read central.ReadRelease, funder central.Funder, p central.ReleasePlace, days count.Days) (lines [][]string) {
	name := p.Name
	if p.Room == 0 {
		name = f.T("dashboard.csv.all")
	}
	received := strconv.Itoa(p.Received.Received) + "/" + strconv.Itoa(p.Received.Expected)
	order := append(central.ReleaseOrder(), central.PooledOrder()...)
	for _, m := range order {
		c, there := p.Find(m)
		if !there {
			continue
		}
		number, note := "", ""
		switch c.State {
		case disclose.DisclosureShown:
			number, note = decimal(c.N), f.T("release.csv.rounded")
			if central.ReleasedExact(m) {
				note = ""
			}
		case disclose.DisclosureSmall:
			number = "<" + strconv.Itoa(disclose.Smallest)
		case disclose.DisclosureWithheld:
			note = f.T("release.reason." + string(c.Reason))
		}
		lines = append(lines, []string{
			funder.Name, funder.Contract, name, days.First.String(), days.Last.String(), "", string(m), number, note,
			"verslag", strconv.Itoa(read.Version), read.Made.Format("2006-01-02"), received,
		})
	}
	return lines
}

// writeCSV writes a file that spreadsheets of this country open as it is, with no cell
// that one would run.
func writeCSV(w http.ResponseWriter, name string, lines [][]string) error {
	var b bytes.Buffer
	b.WriteString(byteOrderMark)
	file := csv.NewWriter(&b)
	file.Comma, file.UseCRLF = ';', true
	for _, fields := range lines {
		safe := slices.Clone(fields)
		for i := range safe {
			safe[i] = defuse(safe[i])
		}
		if err := file.Write(safe); err != nil {
			return fmt.Errorf("write file: %w", err)
		}
	}
	if file.Flush(); file.Error() != nil {
		return fmt.Errorf("write file: %w", file.Error())
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", name))
	_, _ = b.WriteTo(w) // a reader who left needs no file
	return nil
}
