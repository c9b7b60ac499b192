package desk

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"example.org/inloop/kiosk"
	"example.org/inloop/sync/count"
)

const (
	paperDays   = 14 // how many days back the chips go
	paperGuests = 12 // guests that one touch can write down
	sheetGuests = 40 // guests that a sheet of paper has room for
)

// PaperWriter takes over a line of the paper list.
type PaperWriter interface {
	EnterPaper(ctx context.Context, by int64, e kiosk.PaperEntry) error
}

// paperPage is the paper list: a day, a part of it, and who stood on it.
type paperPage struct {
	Weekdays []string
	Weeks    [][]dayChoice // from Monday to Sunday, the present one first
	Parts    []partChoice
	Day      string
	Part     string
	DayWord  string
	Heading  string
	Numbers  []int
	Found    page        // the finder, with the words of this page
	Actions  []actionRow // what was written down, to undo
}

// dayChoice is a day of a week; one without Day cannot be chosen.
type dayChoice struct {
	Day, Word string
	Number    int // of the month
	Today     bool
}

type partChoice struct {
	Part, Word string
	Chosen     bool
}

func (d *Desk) paper(w http.ResponseWriter, r *request) error {
	q := r.URL.Query()
	v, err := d.cfg.Store.Day.View(r.Context())
	if err != nil {
		return err
	}
	body := paperPage{Day: q.Get("day"), Part: q.Get("part")}
	today := count.DayOf(d.now(), d.cfg.Timetable.Zone)
	heading, err := d.paperWeeks(r, &body, today)
	if err != nil {
		return err
	}
	body.DayWord = heading
	if body.Part != "" {
		if _, err := choice(body.Part, count.Parts()); err != nil {
			return err
		}
	}
	for _, p := range count.Parts() {
		word := r.localizer.T("desk.part."+partKey(p), nil)
		body.Parts = append(body.Parts, partChoice{string(p), word, string(p) == body.Part})
		if string(p) == body.Part {
			heading = r.localizer.Say("desk.paper.when", "Day", heading, "Part", word)
		}
	}
	body.Heading = heading
	for n := 1; n <= paperGuests; n++ {
		body.Numbers = append(body.Numbers, n)
	}
	for _, a := range v.Actions {
		if a.Kind == kiosk.ActionPaper {
			body.Actions = append(body.Actions, actionRow{a.No, d.clock(r, a.At), actionWords(r.localizer, a), a.CanUndo})
		}
	}
	if body.Day != "" && body.Part != "" {
		f, err := d.finder(r, "/desk/paper")
		if err != nil {
			return err
		}
		f.Action, f.Button = "/desk/paper/person", r.localizer.T("desk.paper.write", nil)
		f.Hidden = []hidden{{"day", body.Day}, {"part", body.Part}}
		body.Found = page{localizer: r.localizer, Body: f}
	}
	return d.show(w, r, "paper", page{Title: r.localizer.T("desk.paper.title", nil), Body: body})
}

// paperWeeks lays out the weeks of the last days, and gives the day that was chosen
// in words.
func (d *Desk) paperWeeks(r *request, body *paperPage, today count.Day) (heading string, err error) {
	body.Weekdays = d.weekdays(r, today)
	first := today - paperDays + 1
	for monday := mondayOf(today); monday+6 >= first; monday -= 7 {
		var week []dayChoice
		for day := monday; day < monday+7; day++ {
			_, _, number := day.Civil()
			c := dayChoice{Number: number, Today: day == today, Word: r.localizer.Today(day.At(12*60, d.cfg.Timetable.Zone))}
			if first <= day && day <= today {
				c.Day = day.String()
			}
			if c.Day != "" && c.Day == body.Day {
				heading = d.dayWord(r, day, today)
			}
			week = append(week, c)
		}
		body.Weeks = append(body.Weeks, week)
	}
	if body.Day != "" && heading == "" {
		return "", fmt.Errorf("%w: day was not offered", errForm)
	}
	return heading, nil
}

// sheetPage is an empty list on paper, with everybody's sign on it and no name.
type sheetPage struct {
	Parts  []string
	Signs  []signChoice
	Guests []int // places for strokes
}

// paperSheet is the list to print and lay beside the door.
func (d *Desk) paperSheet(w http.ResponseWriter, r *request) error {
	all, err := d.cfg.Store.Residents.Residents(r.Context())
	if err != nil {
		return fmt.Errorf("list residents for a sheet: %w", err)
	}
	body := sheetPage{Guests: make([]int, sheetGuests)}
	for _, p := range count.Parts() {
		body.Parts = append(body.Parts, r.localizer.T("desk.part."+partKey(p), nil))
	}
	for _, p := range all {
		if picture, colour, err := p.Sign.Split(); err == nil {
			body.Signs = append(body.Signs, signChoice{p.Sign, picture, colour, r.localizer.Sign(picture, colour)})
		}
	}
	slices.SortFunc(body.Signs, func(a, b signChoice) int { return strings.Compare(a.Word, b.Word) })
	return d.show(w, r, "sheet", page{Title: r.localizer.T("desk.paper.sheet", nil), Body: body})
}

func (d *Desk) dayWord(r *request, day, today count.Day) string {
	switch today - day {
	case 0:
		return r.localizer.T("desk.paper.today", nil)
	case 1:
		return r.localizer.T("desk.paper.yesterday", nil)
	}
	return r.localizer.Today(day.At(12*60, d.cfg.Timetable.Zone))
}

// partKey names a part of the day in the translations.
func partKey(p count.Part) string {
	switch p {
	case count.PartMorning:
		return "morning"
	case count.PartAfternoon:
		return "afternoon"
	default:
		return "evening"
	}
}

func (d *Desk) paperPerson(w http.ResponseWriter, r *request) error {
	return d.enterPaper(w, r, "person", func(e *kiosk.PaperEntry) (said string, err error) {
		if e.Person, err = r.number("person"); err != nil {
			return "", err
		}
		who := d.nameOf(r.Context(), r.localizer, e.Person)
		return r.localizer.Say("desk.did.paper", "Who", who), nil
	})
}

func (d *Desk) paperGuests(w http.ResponseWriter, r *request) error {
	return d.enterPaper(w, r, "guests", func(e *kiosk.PaperEntry) (string, error) {
		n, err := count.ParseNumber(r.PostForm.Get("guests"))
		if err != nil || n < 1 || n > paperGuests {
			return "", fmt.Errorf("%w: number of guests", errForm)
		}
		e.Guests = int(n)
		return r.localizer.N("desk.deed.paperguests", e.Guests, nil), nil
	})
}

// enterPaper writes one line of the paper list down and stays on the list. read
// takes the line's own field and returns what is said of it.
func (d *Desk) enterPaper(w http.ResponseWriter, r *request, field string, read func(*kiosk.PaperEntry) (string, error)) error {
	return d.act(w, r, []string{"day", "part", field}, func() (done, error) {
		var e kiosk.PaperEntry
		var err error
		if e.Day, err = count.ParseDay(r.PostForm.Get("day")); err != nil {
			return done{}, err
		}
		if e.Part, err = choice(r.PostForm.Get("part"), count.Parts()); err != nil {
			return done{}, err
		}
		said, err := read(&e)
		if err != nil {
			return done{}, err
		}
		at := url.Values{"day": {e.Day.String()}, "part": {string(e.Part)}}
		return done{said: said, to: "/desk/paper?" + at.Encode()},
			d.cfg.Store.Paper.EnterPaper(r.Context(), r.session.volunteer, e)
	})
}
