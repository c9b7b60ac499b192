package desk

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/sync/count"
)

const (
	undatedGroups = 12 // that one page shows
	undatedDays   = 14 // that can be chosen from at once
	undatedPeople = 8  // of a group that are shown
)

// VisitDater tells which visits wait for a day, and gives them one.
type VisitDater interface {
	Undated(ctx context.Context) ([]kiosk.UndatedVisits, error)
	DateVisits(ctx context.Context, by int64, at kiosk.VisitSpan, day kiosk.VisitDay) error
}

// undatedPage is the visits that wait for a day, or one group of them with the
// days and parts to choose from.
type undatedPage struct {
	Groups  []undatedGroup
	More    int // groups that find no place here
	Days    []dayChoice
	Earlier string // where the days before these are, empty when there are none
	Parts   []partChoice
	Day     string
	Heading string
	Actions []actionRow // what was dated, to undo
}

// undatedGroup is one group in words.
type undatedGroup struct {
	Boot, From, To string // as fields of a form
	Here           string // the address of its own page
	Words          string // how many
	Between        string // what is known of when they were, empty when nothing is
	Said           string // the day and part that a clock told, empty when none did
	Day, Part      string // the same, as fields of a form
	People         []personRow
	Guests         string // how many guests among them, in words; empty for none
}

// undated shows what waits for a day: all of it, or the group of the address.
func (d *Desk) undated(w http.ResponseWriter, r *request) error {
	groups, err := d.cfg.Store.Dates.Undated(r.Context())
	if err != nil {
		return err
	}
	body := undatedPage{}
	q := r.URL.Query()
	for _, g := range groups {
		switch row := d.undatedGroup(r, g); {
		case q.Has("boot") && (q.Get("boot") != row.Boot || q.Get("from") != row.From || q.Get("to") != row.To):
		case len(body.Groups) == undatedGroups:
			body.More++
		default:
			body.Groups = append(body.Groups, row)
			if q.Has("boot") {
				if err := d.undatedChoices(r, &body, g, row); err != nil {
					return err
				}
			}
		}
	}
	if q.Has("boot") && len(body.Groups) == 0 {
		return kiosk.ErrNotFound
	}
	v, err := d.cfg.Store.Day.View(r.Context())
	if err != nil {
		return err
	}
	for _, a := range v.Actions {
		if a.Kind == kiosk.ActionDate {
			body.Actions = append(body.Actions, actionRow{a.No, d.clock(r, a.At), actionWords(r.localizer, a), a.CanUndo})
		}
	}
	// Not live while a day is chosen: what was just dated would be asked for again.
	return d.show(w, r, "undated", page{Title: r.localizer.T("desk.undated.title", nil), Live: !q.Has("boot"), Body: body})
}

func (d *Desk) undatedGroup(r *request, g kiosk.UndatedVisits) undatedGroup {
	t := r.localizer
	row := undatedGroup{
		Boot: strconv.FormatInt(g.Boot, 10), From: strconv.FormatInt(int64(g.From), 10), To: strconv.FormatInt(int64(g.To), 10),
		Words: t.N("desk.undated.visits", g.Visits, nil),
	}
	row.Here = "/desk/undated?" + url.Values{"boot": {row.Boot}, "from": {row.From}, "to": {row.To}}.Encode()
	if g.Day != count.NoDay {
		row.Day, row.Part = g.Day.String(), string(g.Part)
		row.Said = t.Say("desk.undated.said", "Day", d.longDay(r, g.Day), "Part", t.T("desk.part."+partKey(g.Part), nil))
	}
	if g.After != count.NoDay && g.Before != count.NoDay && row.Said == "" {
		row.Between = t.Say("desk.undated.between", "From", d.longDay(r, g.After), "To", d.longDay(r, g.Before))
	}
	for _, p := range g.People[:min(len(g.People), undatedPeople)] {
		one := personRow{No: p.No, Label: label(t, p)}
		one.Picture, one.Colour, _ = strings.Cut(string(p.Sign), ".")
		row.People = append(row.People, one)
	}
	if n := g.Visits - len(row.People); n > 0 {
		row.Guests = t.N("desk.undated.others", n, nil)
	}
	return row
}

// undatedOf says how many visits of one person wait for a day: each group will be one.
func (d *Desk) undatedOf(r *request, person int64) (string, error) {
	groups, err := d.cfg.Store.Dates.Undated(r.Context())
	if err != nil {
		return "", fmt.Errorf("list undated visits of one person: %w", err)
	}
	n := 0
	for _, g := range groups {
		if slices.ContainsFunc(g.People, func(p kiosk.Resident) bool { return p.No == person }) {
			n++
		}
	}
	if n == 0 {
		return "", nil
	}
	return r.localizer.N("desk.undated.waiting", n, nil), nil
}

// undatedChoices offers the days on which a group can have been, the latest first,
// and the parts of the one that was chosen.
func (d *Desk) undatedChoices(r *request, body *undatedPage, g kiosk.UndatedVisits, row undatedGroup) error {
	today := count.DayOf(d.now(), d.cfg.Timetable.Zone)
	last, first := today, today-365
	if g.Before != count.NoDay && g.Before < last {
		last = g.Before
	}
	if g.After != count.NoDay && g.After > first {
		first = g.After
	}
	q := r.URL.Query()
	if until, err := count.ParseDay(q.Get("until")); err == nil && until < last {
		last = until
	}
	body.Day = q.Get("day")
	for day := last; day >= first; day-- {
		if last-day == undatedDays {
			body.Earlier = row.Here + "&until=" + day.String()
			break
		}
		body.Days = append(body.Days, dayChoice{Day: day.String(), Word: d.dayWord(r, day, today)})
	}
	if body.Day == "" {
		return nil
	}
	day, err := count.ParseDay(body.Day)
	if err != nil || day > today {
		return fmt.Errorf("%w: day was not offered", errForm)
	}
	body.Heading = d.dayWord(r, day, today)
	for _, p := range count.Parts() {
		body.Parts = append(body.Parts, partChoice{Part: string(p), Word: r.localizer.T("desk.part."+partKey(p), nil)})
	}
	return nil
}

// longDay is a day that may lie a year back.
func (d *Desk) longDay(r *request, day count.Day) string {
	return r.localizer.Today(day.At(12*60, d.cfg.Timetable.Zone))
}

// dateVisits gives a group of visits its part of a day.
func (d *Desk) dateVisits(w http.ResponseWriter, r *request) error {
	return d.act(w, r, []string{"boot", "from", "to", "day", "part"}, func() (done, error) {
		var at kiosk.VisitSpan
		var from, to int64
		for field, n := range map[string]*int64{"boot": &at.Boot, "from": &from, "to": &to} {
			var err error
			if *n, err = r.number(field); err != nil {
				return done{}, err
			}
		}
		at.From, at.To = time.Duration(from), time.Duration(to)
		day, err := count.ParseDay(r.PostForm.Get("day"))
		if err != nil {
			return done{}, err
		}
		part, err := choice(r.PostForm.Get("part"), count.Parts())
		if err != nil {
			return done{}, err
		}
		if err := d.cfg.Store.Dates.DateVisits(r.Context(), r.session.volunteer, at, kiosk.VisitDay{Day: day, Part: part}); err != nil {
			return done{}, err
		}
		return done{said: r.localizer.T("desk.did.done", nil), to: "/desk/undated"}, nil
	})
}
