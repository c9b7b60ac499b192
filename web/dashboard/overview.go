package dashboard

import (
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strconv"

	"example.org/inloop/sync/central"
	"example.org/inloop/sync/count"
)

// sheet is a page of figures: all rooms of the organisation, or one.
type sheet struct {
	frame
	central.Overview
	Room    *central.Room           // nil for all rooms
	Pooled  []central.PooledFigures // of all rooms together; none on a room's page
	Changed int64                   // central's number before the figures were read
	Paired  bool                    // the room's kiosk was paired a moment ago

	Notices []notice
	Tallies []tally
	Periods periods
	Days    daysChart
	Parts   []bar
	Guests  []bar
	Rows    []roomRow
	Facts   []fact // of visits in the period
	Persons []fact
	Reach   []reachPanel
	Kiosk   *kioskPanel
	Server  string // fingerprint of central's key

	measures count.Catalogue
}

// periods are the links that choose what is shown: fixed ones only.
type periods struct {
	Title          string
	Before, After  *link
	Month, Quarter *link
	Quarterly      bool
}

// link is an address with its words.
type link struct {
	Href, Text string
}

// showStart shows everybody the page that their work begins with.
func (s *Site) showStart(w http.ResponseWriter, r *http.Request, a central.Account) error {
	if a.Role == central.RoleFunder {
		http.Redirect(w, r, "/release", http.StatusSeeOther)
		return nil
	}
	return s.showOverview(w, r, a)
}

func (s *Site) showOverview(w http.ResponseWriter, r *http.Request, a central.Account) error {
	page, err := s.readAll(r, a)
	if err != nil {
		return err
	}
	return s.showSheet(w, r, "overview", page)
}

func (s *Site) showRoom(w http.ResponseWriter, r *http.Request, a central.Account) error {
	page, err := s.readRoom(r, a)
	if err != nil {
		return err
	}
	page.Paired = r.URL.Query().Has("paired")
	return s.showSheet(w, r, "room", page)
}

func (s *Site) showSheet(w http.ResponseWriter, r *http.Request, name string, page sheet) error {
	if err := page.fill(); err != nil {
		return err
	}
	if r.URL.Query().Has("fragment") {
		return s.write(w, http.StatusOK, name, "live", &page)
	}
	return s.show(w, http.StatusOK, name, &page)
}

// readAll asks central for all rooms in the period of the address.
func (s *Site) readAll(r *http.Request, a central.Account) (sheet, error) {
	page, err := s.newSheet(r, a)
	if err != nil {
		return page, err
	}
	if page.Overview, err = s.central.Overview(r.Context(), a, count.Period(r.URL.Query().Get("period"))); err != nil {
		return page, err
	}
	page.Pooled, err = s.central.Pooled(r.Context(), a)
	return page, err
}

// readRoom asks central for the room of the address.
func (s *Site) readRoom(r *http.Request, a central.Account) (sheet, error) {
	page, err := s.newSheet(r, a)
	if err != nil {
		return page, err
	}
	id, err := roomID(r)
	if err != nil {
		return page, err
	}
	page.Overview, err = s.central.RoomOverview(r.Context(), a, id, count.Period(r.URL.Query().Get("period")))
	if err != nil {
		return page, err
	}
	if len(page.Rooms) != 1 {
		return page, fmt.Errorf("overview of room %d holds %d rooms", id, len(page.Rooms))
	}
	page.Room = &page.Rooms[0].Room
	page.Title = page.Room.Name
	return page, nil
}

// newSheet reads central's number before the figures: a change in between makes
// the page fetch them again, and none is missed.
func (s *Site) newSheet(r *http.Request, a central.Account) (sheet, error) {
	page := sheet{frame: s.frame(r, "dashboard.overview.title"), Server: s.central.Fingerprint(), measures: s.central.Measures()}
	var err error
	page.Changed, err = s.central.Change(r.Context(), a.Organisation)
	return page, err
}

// roomID reads the room of the address. What is no number is no room.
func roomID(r *http.Request) (int64, error) {
	id, err := count.ParseNumber(r.PathValue("room"))
	if err != nil {
		return 0, central.ErrNotFound
	}
	return id, nil
}

// fill works out everything that the template shows.
func (p *sheet) fill() error {
	p.Periods = p.choose()
	p.Notices = p.notices()
	p.Tallies = p.tallies()
	p.Facts = p.facts()
	p.Persons = p.persons()
	for _, f := range p.Pooled {
		p.Reach = append(p.Reach, p.reachOf(f))
	}
	if p.Room != nil {
		p.Kiosk = p.kiosk(*p.Room)
	}
	var err error
	if p.Days, err = p.days(); err != nil {
		return err
	}
	if p.Parts, err = p.parts(); err != nil {
		return err
	}
	if p.Guests, err = p.guests(); err != nil {
		return err
	}
	p.Rows, err = p.rows()
	return err
}

// Empty tells whether there is nothing to count yet.
func (p *sheet) Empty() bool { return len(p.Rooms) == 0 }

// Received tells whether anything of the period came.
func (p *sheet) Received() bool { return p.Total.Reason == central.AbsenceNone }

// Clock is when the figures were read.
func (p *sheet) Clock() string { return p.localizer.Clock(p.Now) }

// Since says what a page tells when its connection is gone.
func (p *sheet) Since() string { return p.T("dashboard.live.lost", "Clock", p.Clock()) }

// Fetched is where the page fetches its newer figures.
func (p *sheet) Fetched() string { return p.address(string(p.Period), "", "fragment") }

// Export is the address of the same figures as a file.
func (p *sheet) Export() string { return p.address(string(p.Period), "/csv", "") }

// Place is the address of the room, "" for all rooms.
func (p *sheet) Place() string {
	if p.Room == nil {
		return ""
	}
	return "/rooms/" + strconv.FormatInt(p.Room.ID, 10)
}

// address is the page's own in another period; sub is what follows the place,
// and flag a name in the query that needs no value.
func (p *sheet) address(period, sub, flag string) string {
	query := url.Values{"period": {period}}
	if flag != "" {
		query.Set(flag, "1")
	}
	target := p.Place() + sub
	if target == "" {
		target = "/"
	}
	return target + "?" + query.Encode()
}

func (p *sheet) choose() periods {
	chosen, err := parsePeriod(p.Period)
	if err != nil {
		return periods{Title: string(p.Period)}
	}
	to := func(spelt count.Period) *link {
		if spelt == "" {
			return nil
		}
		return &link{p.address(string(spelt), "", ""), periodTitle(p.localizer, spelt)}
	}
	list := p.Months
	if chosen.quarterly {
		list = p.Quarters
	}
	before, after := beside(list, p.Period)
	c := periods{
		Title: chosen.title(p.localizer), Quarterly: chosen.quarterly,
		Before: to(before), After: to(after),
	}
	// The other kind that holds what is shown; of a quarter, its newest month.
	for _, m := range p.Months {
		if month, err := parsePeriod(m); err == nil && chosen.Contains(month.First) && chosen.Contains(month.Last) {
			c.Month = to(m)
			break
		}
	}
	for _, q := range p.Quarters {
		if quarter, err := parsePeriod(q); err == nil && quarter.Contains(chosen.First) && quarter.Contains(chosen.Last) {
			c.Quarter = to(q)
			break
		}
	}
	return c
}

// bar is a line of a table with a bar in it.
type bar struct {
	Label string
	N     int64
	Share string // of all lines, "" for none
	Bar   template.HTML
}

// barTable is lines under the heading with that id.
type barTable struct {
	frame
	Heading string
	Lines   []bar
}

// Table hands lines to the template that draws them.
func (p *sheet) Table(heading string, lines []bar) barTable { return barTable{p.frame, heading, lines} }

// fact is a number with its name.
type fact struct {
	Name, Value, Note string
	Anchor            string // of its definition
	Absent            bool   // Value says why
}
