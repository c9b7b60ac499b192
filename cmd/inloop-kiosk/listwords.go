package main

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"strings"

	"example.org/inloop/kiosk/attendancelist"
	"example.org/inloop/kiosk/reach"
	"example.org/inloop/sync/count"
	"example.org/inloop/web"
)

// listWords say what becomes of lists, in one language.
type listWords struct {
	web.Localizer
	out io.Writer
	err error // the first of writing
}

// newListWords speaks the language that is asked for, or that of the operator's shell;
// Dutch where the translations lack it.
func newListWords(out io.Writer, lang string) (*listWords, error) {
	translations, err := web.NewTranslations()
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if lang != "" {
			break
		}
		lang = os.Getenv(name)
	}
	lang, _, _ = strings.Cut(lang, ".")
	lang, _, _ = strings.Cut(lang, "_")
	return &listWords{Localizer: translations.In(lang), out: out}, nil
}

func (w *listWords) line(text string) {
	if _, err := fmt.Fprintln(w.out, text); w.err == nil {
		w.err = err
	}
}

// read says how a list was read, for its owner to see whether it was written so.
func (w *listWords) read(how attendancelist.Reading) {
	if how.Sheet != "" {
		w.line("  " + w.Say("lists.read.sheet", "Sheet", how.Sheet))
	} else {
		comma := map[byte]string{',': "comma", ';': "semicolon", '\t': "tab"}[how.Comma]
		w.line("  " + w.Say("lists.read.text", "Text", string(how.Text)))
		w.line("  " + w.T("lists.read."+comma, nil))
	}
	w.line("  " + w.T("lists.read."+cmp.Or(string(how.Dates), "plain"), nil))
}

// foreseen says what would become of a list.
func (w *listWords) foreseen(e attendancelist.Upshot, how attendancelist.Reading) error {
	w.line(w.T("lists.foreseen", nil))
	w.read(how)
	w.sums(e)
	for _, g := range e.Gaps {
		w.line(w.Say("lists.gap", "FromLine", g.FromLine, "From", g.From.String(), "ToLine", g.ToLine, "To", g.To.String()))
	}
	for _, a := range e.Alike {
		id := "lists.alike"
		if a.Other == 0 {
			id = "lists.alikeknown"
		}
		w.line(w.Say(id, "Line", a.Line, "Label", a.Label, "Other", a.Other, "Like", a.Like))
	}
	w.figures(e)
	return w.err
}

// taken says what became of it.
func (w *listWords) taken(e attendancelist.Upshot, how attendancelist.Reading) error {
	w.line(w.Say("lists.taken", "List", e.List))
	w.read(how)
	w.sums(e)
	w.figures(e)
	return w.err
}

// takenBack says what became of a list that was taken back, or would.
func (w *listWords) takenBack(e attendancelist.Upshot, dryRun bool) error {
	id := "lists.takenback"
	if dryRun {
		id = "lists.wouldgo"
	}
	w.line(w.Say(id, "List", e.List))
	if e.Stayed > 0 {
		w.line(w.N("lists.stayed", e.Stayed, nil))
	}
	if e.Lost > 0 {
		w.line(w.N("lists.lost", e.Lost, nil))
	}
	w.figures(e)
	return w.err
}

// fault says what is wrong at one place of a list.
func (w *listWords) fault(f attendancelist.Problem) string {
	found := f.Found
	if f.Fault == attendancelist.FaultNoHead {
		found = w.T("lists.column."+f.Found, nil)
	}
	id := "lists.fault." + string(f.Fault)
	if f.Found == "" && (f.Fault == attendancelist.FaultDay || f.Fault == attendancelist.FaultPart) {
		id += "unshown"
	}
	at := "lists.at"
	if f.Column == 0 {
		at = "lists.atline"
	}
	return w.Say(at, "Line", f.Line, "Column", f.Column, "What", w.Say(id, "Found", found, "Other", f.Other))
}

// sums says how many of what a list brought.
func (w *listWords) sums(e attendancelist.Upshot) {
	for _, sum := range []struct {
		id string
		n  int
	}{
		{"rows", e.Rows}, {"visits", e.Visits}, {"known", e.Known}, {"people", e.People},
		{"guests", e.Guests}, {"old", e.Old}, {"firstseen", e.FirstSeen},
	} {
		w.line("  " + w.Say("lists.sum."+sum.id, "N", sum.n))
	}
	for _, p := range e.Withheld {
		w.line("  " + w.Say("lists.untold", "Period", w.period(p)))
	}
}

// figures says each that changes, before and after.
func (w *listWords) figures(e attendancelist.Upshot) {
	for _, m := range e.Figures {
		id := "lists.figure"
		if m.Told {
			id = "lists.told"
		}
		w.line("  " + w.Say(id, "Period", w.period(m.Period), "What", w.T("lists.measure."+string(m.Measure), nil),
			"Before", w.value(m.Before), "After", w.value(m.After)))
	}
	if len(e.Figures) == 0 {
		w.line("  " + w.T("lists.same", nil))
	}
	if e.Changed > 0 {
		w.line("  " + w.Say("lists.span", "From", e.Days.First.String(), "To", e.Days.Last.String()))
	}
	if e.Told > 0 {
		w.line("  " + w.N("lists.days", e.Told, nil))
	}
}

// period is its name as it is written in the language.
func (w *listWords) period(p count.Period) string {
	if year, quarter, is := strings.Cut(string(p), "Q"); is {
		return w.Say("lists.quarter", "Year", year, "Quarter", quarter)
	}
	return string(p)
}

func (w *listWords) value(v reach.Value) string {
	if !v.Known() {
		return w.T("lists.withheld", nil)
	}
	return fmt.Sprint(v.N)
}
