package desk

import (
	"errors"
	"net/http"

	"example.org/inloop/web"
)

// errNotShown is returned for what wants the resident's own badge first.
var errNotShown = errors.New("own badge was not shown")

// erasePage says what goes and what stays, in the language of who is asked and in
// that of the volunteer beside them.
type erasePage struct {
	personRow
	How     string // what has to be done, as the id of its text
	Waiting bool   // for the badge
	Erased  bool
	Failed  bool
	Name    bool // there is one to erase alone
	Answer  bool // likewise
	Beside  *web.Localizer
}

// Says is a text in the volunteer's language.
func (p erasePage) Says(id string) string { return p.Beside.T(id, nil) }

func (d *Desk) askErase(w http.ResponseWriter, r *request) error {
	no, err := r.path("person")
	if err != nil {
		return err
	}
	a, asked := d.ownOf(r, no, purposeErase)
	if asked && a.erased {
		r.localizer = d.cfg.Translations.In(string(a.language))
		return d.show(w, r, "erase", page{Title: r.localizer.T("desk.erase.title", nil), Live: true, Body: erasePage{Erased: true}})
	}
	p, err := d.find(r.Context(), no)
	if err != nil {
		return err
	}
	data, err := d.cfg.Store.Own.OwnData(r.Context(), no)
	if err != nil {
		return err
	}
	beside := r.localizer
	r.localizer = d.cfg.Translations.In(string(p.Language))
	body := erasePage{
		personRow: d.row(r, p), How: "desk.erase.how", Name: data.Name != "", Answer: data.Answered != "",
		Waiting: asked && !a.shown && !a.first, Failed: asked && a.failed,
	}
	if data.Badges == 0 {
		if body.How, err = d.withoutBadge(r); err != nil {
			return err
		}
	}
	if beside.Lang() != r.localizer.Lang() {
		body.Beside = &beside
	}
	return d.show(w, r, "erase", page{Title: r.localizer.T("desk.erase.title", nil), Live: true, Body: body})
}

// erase asks for the badge that erases its owner.
func (d *Desk) erase(w http.ResponseWriter, r *request) error {
	return d.askBadge(w, r, purposeErase, "/erase")
}
