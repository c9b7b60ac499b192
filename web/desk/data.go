package desk

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"net/http"

	"example.org/inloop/kiosk"
	"example.org/inloop/sync/count"
	"example.org/inloop/web"
)

// OwnReader reads what is kept of one person, for that person.
type OwnReader interface {
	OwnData(ctx context.Context, person int64) (kiosk.OwnData, error)
	OwnAnswers(ctx context.Context, person int64) (kiosk.OwnAnswers, error)
}

// Taker writes what a resident takes along onto a memory stick. Sticks lists the
// sticks that are there; Save writes a file that was not there onto one of them,
// all of it or nothing, and returns when it can be pulled out. Shared tells of a stick that
// somebody else's file is on too.
type Taker interface {
	Sticks() []string
	Shared(stick string) bool
	Save(ctx context.Context, stick, name string, content []byte) error
}

// Errors of taking data along.
var (
	errNoStick     = errors.New("no stick is there")
	errStick       = errors.New("stick could not be written")
	errSharedStick = errors.New("somebody else's data are on the stick")
)

// fact is one line of what is kept.
type fact struct{ Label, Value string }

// ownSheet is "what do you know about me": everything stored of one person, in
// their language, on the page and in the file that they take along.
type ownSheet struct {
	localizer       web.Localizer
	No              int64
	Title           string
	Made            string // the day of it
	Picture, Colour string // of the sign
	SignWord        string
	Facts           []fact
	Days            []string // newest first
	Undated         string
	Answers         []fact // what the answers came to: in the file alone, when asked for
}

// W is a text of the translations.
func (s ownSheet) W(id string, pairs ...any) string { return s.localizer.Say(id, pairs...) }

// Lang and Dir go on the root element of the file.
func (s ownSheet) Lang() string { return s.localizer.Lang() }

// Dir is the writing direction.
func (s ownSheet) Dir() string { return s.localizer.Dir() }

// dataPage is the sheet with what can be done with it.
type dataPage struct {
	ownSheet
	NoBadge string // what stands for one that works, as the id of its text
	Waiting bool   // for the badge
	Shown   bool   // it was there
	Answer  bool   // there is one to take along
	Sticks  []string
}

// closedPage stands for a person's data until their badge opens them.
type closedPage struct {
	No      int64
	NoBadge string // what stands for one that works, as the id of its text
	Waiting bool   // for the badge
}

// personData shows a person what is kept of them, in their own language, once their
// own badge, or two volunteers, have opened it.
func (d *Desk) personData(w http.ResponseWriter, r *request) error {
	no, err := r.path("person")
	if err != nil {
		return err
	}
	data, err := d.cfg.Store.Own.OwnData(r.Context(), no)
	if err != nil {
		return err
	}
	r.localizer = d.cfg.Translations.In(string(data.Language))
	var noBadge string
	if data.Badges == 0 {
		if noBadge, err = d.withoutBadge(r); err != nil {
			return err
		}
	}
	a, ok := d.askedFor(r, no)
	if !ok || !a.sees() {
		return d.show(w, r, "own", page{Title: r.localizer.T("desk.data.title", nil), Live: true, Body: closedPage{
			No: no, NoBadge: noBadge, Waiting: ok && a.purpose == purposeSee,
		}})
	}
	sheet, err := d.sheet(r, data)
	if err != nil {
		return err
	}
	body := dataPage{ownSheet: sheet, NoBadge: noBadge, Answer: data.Answered != ""}
	if a.purpose == purposeTake {
		body.Waiting, body.Shown = !a.shown, a.shown
	}
	if body.Shown && d.cfg.Taker != nil {
		body.Sticks = d.cfg.Taker.Sticks()
	}
	return d.show(w, r, "data", page{Title: body.Title, Live: true, Body: body})
}

// sheet puts into words what is kept of a person.
func (d *Desk) sheet(r *request, data kiosk.OwnData) (ownSheet, error) {
	t := r.localizer
	s := ownSheet{localizer: t, No: data.No, Title: t.T("desk.data.title", nil), Made: t.Date(d.now())}
	if picture, colour, err := data.Sign.Split(); err == nil {
		s.Picture, s.Colour, s.SignWord = picture, colour, t.Sign(picture, colour)
	}
	nothing := t.T("desk.data.nothing", nil)
	yes := map[bool]string{true: t.T("desk.yes", nil), false: t.T("desk.no", nil)}
	s.Facts = []fact{{t.T("desk.person.name", nil), orElse(data.Name, nothing)}}
	if data.Label != "" {
		s.Facts = append(s.Facts, fact{t.T("desk.data.listed", nil), data.Label})
	}
	s.Facts = append(s.Facts,
		fact{t.T("desk.person.onscreen", nil), yes[data.OnScreen]},
		fact{t.T("desk.person.language", nil), t.Name()},
		fact{t.T("desk.data.badges", nil), t.Number(data.Badges)},
		fact{t.T("desk.data.lost", nil), t.Number(data.Lost)},
		fact{t.T("desk.person.questions", nil), d.answeredWords(t, data.Answered)},
		fact{t.T("desk.data.visits", nil), t.Number(len(data.Visits))},
	)
	for _, v := range data.Visits {
		s.Days = append(s.Days, d.visitWords(t, v))
	}
	var err error
	s.Undated, err = d.undatedOf(r, data.No)
	return s, err
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

// answeredWords says in which quarter a person answered; never what.
func (d *Desk) answeredWords(t web.Localizer, q count.Period) string {
	if q == "" {
		return t.T("desk.data.noanswer", nil)
	}
	return t.Say("desk.person.answered", "Quarter", quarterWords(t, q))
}

// visitWords says one visit, as exactly as it is kept.
func (d *Desk) visitWords(t web.Localizer, v kiosk.Visit) string {
	day := t.Date(v.Day.At(12*60, d.cfg.Timetable.Zone))
	part := t.T("desk.part."+partKey(v.Part), nil)
	switch {
	case v.In.IsZero():
		return t.Say("desk.data.visit", "Day", day, "Part", part)
	case v.Out.IsZero():
		return t.Say("desk.data.visitfrom", "Day", day, "Part", part, "In", t.Clock(v.In))
	default:
		return t.Say("desk.data.visituntil", "Day", day, "Part", part, "In", t.Clock(v.In), "Out", t.Clock(v.Out))
	}
}

// askSee asks for the badge that opens a person's data.
func (d *Desk) askSee(w http.ResponseWriter, r *request) error {
	return d.askBadge(w, r, purposeSee, "/data")
}

// askTake asks once more for the badge that opened them, to print them or take them
// along.
func (d *Desk) askTake(w http.ResponseWriter, r *request) error {
	return d.askBadge(w, r, purposeTake, "/data")
}

// askBadge begins to wait for a person's own badge, on the page where it is asked
// for; who has none goes on to the volunteers.
func (d *Desk) askBadge(w http.ResponseWriter, r *request, p purpose, where string) error {
	if err := r.form(w); err != nil {
		return err
	}
	no, err := r.path("person")
	if err != nil {
		return err
	}
	data, err := d.cfg.Store.Own.OwnData(r.Context(), no)
	if err != nil {
		return err
	}
	a, open := d.askedFor(r, no)
	open = open && a.sees()
	to := personPath(no) + where
	switch {
	case data.Badges == 0 && p != purposeErase: // two volunteers open and give all of it at once
		p = purposeTake
		fallthrough
	case data.Badges == 0:
		to = personPath(no) + "/witness/" + string(p)
	case p == purposeTake && !open:
		p = purposeSee
	}
	d.wait(r, no, p, open && p == purposeTake)
	http.Redirect(w, r.Request, to, http.StatusSeeOther)
	return nil
}

//go:embed own.html
var ownFile string

// saveData writes a person's data as one file onto a stick. What is wrong with the
// stick is said on the same page, on which another one can be tried.
func (d *Desk) saveData(w http.ResponseWriter, r *request) error {
	if err := r.form(w, "stick", "answer"); err != nil {
		return err
	}
	no, err := r.path("person")
	if err != nil {
		return err
	}
	if a, ok := d.ownOf(r, no, purposeTake); !ok || !a.shown {
		return errNotShown
	}
	data, err := d.cfg.Store.Own.OwnData(r.Context(), no)
	if err != nil {
		return err
	}
	r.localizer = d.cfg.Translations.In(string(data.Language))
	said := note{Words: r.localizer.T("desk.data.saved", nil)}
	if err := d.saveSheet(r, data); err != nil {
		_, words, known := refuse(r.localizer, err)
		if !known {
			return err
		}
		said = note{Words: words, Bad: true}
	}
	d.sessions.change(r.key, func(s *session) { s.note = said })
	http.Redirect(w, r.Request, personPath(no)+"/data", http.StatusSeeOther)
	return nil
}

func (d *Desk) saveSheet(r *request, data kiosk.OwnData) error {
	var sticks []string
	if d.cfg.Taker != nil {
		sticks = d.cfg.Taker.Sticks()
	}
	if len(sticks) == 0 {
		return errNoStick
	}
	stick, err := choice(orElse(r.PostForm.Get("stick"), sticks[0]), sticks)
	if err != nil {
		return errNoStick // it was pulled out meanwhile
	}
	s, err := d.sheet(r, data)
	if err != nil {
		return err
	}
	if r.PostForm.Get("answer") == "yes" {
		if d.cfg.Taker.Shared(stick) {
			return errSharedStick
		}
		if s.Answers, err = d.answerWords(r, data.No); err != nil {
			return err
		}
	}
	content, err := s.file()
	if err != nil {
		return err
	}
	name := fmt.Sprintf("inloop-%s.html", count.DayOf(d.now(), d.cfg.Timetable.Zone))
	if err := d.cfg.Taker.Save(r.Context(), stick, name, content); err != nil {
		d.cfg.Log.Warn("write a file for a resident onto a stick", "err", err)
		return errStick
	}
	return nil
}

// answerWords says what a person's answers came to: for their own file alone.
func (d *Desk) answerWords(r *request, person int64) ([]fact, error) {
	a, err := d.cfg.Store.Own.OwnAnswers(r.Context(), person)
	if errors.Is(err, kiosk.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	t := r.localizer
	outcome := map[kiosk.Isolation]string{kiosk.IsolationFew: "rarely", kiosk.IsolationEnough: "often"}[a.Isolation]
	facts := []fact{{t.T("desk.data.contact", nil), t.T("desk.data.outcome."+orElse(outcome, "unsaid"), nil)}}
	if a.Route != "" {
		facts = append(facts, fact{t.T("desk.ask.route", nil), t.T("desk.route."+string(a.Route), nil)})
	}
	return facts, nil
}

// file is the sheet as one file that any browser opens, and that needs no other.
func (s ownSheet) file() ([]byte, error) {
	t, err := template.New("own").Funcs(template.FuncMap{"picture": web.SignPicture}).Parse(ownFile)
	if err != nil {
		return nil, fmt.Errorf("own file: %w", err)
	}
	var out bytes.Buffer
	if err := t.Execute(&out, s); err != nil {
		return nil, fmt.Errorf("own file: %w", err)
	}
	return out.Bytes(), nil
}
