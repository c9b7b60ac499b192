package desk

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"example.org/inloop/kiosk"
	"example.org/inloop/sync/count"
	"example.org/inloop/web"
)

// SlipKeeper keeps the totals of a year's slips.
type SlipKeeper interface {
	Slips(ctx context.Context, year int) (kiosk.SlipYear, error)
	TypeSlips(ctx context.Context, by int64, year int, s kiosk.SlipTotals) error
}

// lastSlips is the month until which the year before may still be typed, where it is
// not settled yet.
const lastSlips = 3

// slipsPage is where a volunteer types a year's totals.
type slipsPage struct {
	Year    int
	Other   int // the year that can be typed too, 0 for none
	Settled bool
	Typed   bool
	Fields  []slipGroup
}

// slipGroup is a question with the answers to it.
type slipGroup struct {
	Question string
	Answers  []slipAnswer
}

// slipAnswer is a number to be typed.
type slipAnswer struct {
	Name, Word string
	Number     string // typed before, "" for nothing
}

// totals are where each field of the form goes.
func totals(s *kiosk.SlipTotals) map[string]*int {
	return map[string]*int{
		"slips": &s.Slips, "outside_yes": &s.OutsideYes, "outside_no": &s.OutsideNo, "help_yes": &s.HelpYes, "help_no": &s.HelpNo,
		"rooms_1": &s.Rooms1, "rooms_2": &s.Rooms2, "rooms_3": &s.Rooms3,
	}
}

func (d *Desk) slips(w http.ResponseWriter, r *request) error {
	if d.seeking() {
		return kiosk.ErrNoDay
	}
	now, month, _ := count.DayOf(d.now(), d.cfg.Timetable.Zone).Civil()
	body := slipsPage{Year: now}
	if month <= lastSlips {
		before, err := d.cfg.Store.Slips.Slips(r.Context(), now-1)
		if err != nil {
			return err
		}
		if !before.Settled {
			body.Other = now - 1
		}
	}
	if text := r.URL.Query().Get("year"); text != "" {
		if text != strconv.Itoa(now) && text != strconv.Itoa(now-1) {
			return fmt.Errorf("%w: %.10q is no year of slips", errForm, text)
		}
		if text == strconv.Itoa(now-1) {
			body.Year, body.Other = now-1, now
		}
	}
	y, err := d.cfg.Store.Slips.Slips(r.Context(), body.Year)
	if err != nil {
		return err
	}
	body.Settled, body.Typed, body.Fields = y.Settled, y.Typed, slipGroups(r.localizer, y)
	return d.show(w, r, "slips", page{Title: r.localizer.Say("desk.slips.title", "Year", strconv.Itoa(body.Year)), Body: body})
}

// slipGroups are the questions with what was typed before.
func slipGroups(t web.Localizer, y kiosk.SlipYear) []slipGroup {
	values := totals(&y.Totals)
	answer := func(name, word string) slipAnswer {
		a := slipAnswer{Name: name, Word: t.T(word, nil)}
		if y.Typed {
			a.Number = strconv.Itoa(*values[name])
		}
		return a
	}
	return []slipGroup{
		{t.T("desk.slips.how", nil), []slipAnswer{answer("slips", "desk.slips.slips")}},
		{t.T("desk.slip.outside", nil), []slipAnswer{answer("outside_yes", "desk.slip.yes"), answer("outside_no", "desk.slip.no")}},
		{t.T("desk.slip.help", nil), []slipAnswer{answer("help_yes", "desk.slip.yes"), answer("help_no", "desk.slip.no")}},
		{t.T("desk.slip.rooms", nil), []slipAnswer{
			answer("rooms_1", "desk.slip.rooms1"), answer("rooms_2", "desk.slip.rooms2"), answer("rooms_3", "desk.slip.rooms3"),
		}},
	}
}

// typeSlips keeps what was typed. A field that is empty is a 0.
func (d *Desk) typeSlips(w http.ResponseWriter, r *request) error {
	var s kiosk.SlipTotals
	fields := totals(&s)
	names := []string{"year"}
	for name := range fields {
		names = append(names, name)
	}
	return d.act(w, r, names, func() (done, error) {
		year, err := r.number("year")
		if err != nil {
			return done{}, err
		}
		for name, to := range fields {
			text := r.PostForm.Get(name)
			if text == "" {
				continue
			}
			n, err := count.ParseNumber(text)
			if err != nil || n > kiosk.MaxSlips {
				return done{}, &kiosk.SlipError{Field: kiosk.SlipFieldSlips, Most: kiosk.MaxSlips, Number: int(n)}
			}
			*to = int(n)
		}
		return done{said: r.localizer.T("desk.did.slips", nil), to: fmt.Sprintf("/desk/slips?year=%d", year)},
			d.cfg.Store.Slips.TypeSlips(r.Context(), r.session.volunteer, int(year), s)
	})
}

// slipWords says which total cannot be, and what to do.
func slipWords(t web.Localizer, e *kiosk.SlipError) string {
	return t.Say("desk.slips.wrong."+string(e.Field), "Most", t.Number(e.Most), "Number", t.Number(e.Number))
}

// slipPaper is the slip and the words for its box, in one language.
type slipPaper struct {
	page
	Four []int // slips on a sheet
}

// slipSheet is the slips for the printer, in every language, with the words for the box.
func (d *Desk) slipSheet(w http.ResponseWriter, r *request) error {
	var all []slipPaper
	for _, l := range d.cfg.Translations.Languages() {
		all = append(all, slipPaper{page{localizer: l}, make([]int, 4)})
	}
	return d.show(w, r, "slipsheet", page{Title: r.localizer.T("desk.slips.sheet", nil), Body: all})
}
