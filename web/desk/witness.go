package desk

import (
	"fmt"
	"net/http"
	"slices"

	"example.org/inloop/kiosk"
)

// witnessPage lists the volunteers of whom one is to look along.
type witnessPage struct {
	Here string
	List []kiosk.Volunteer
}

func witnessPath(a ownAsk) string { return personPath(a.person) + "/witness/" + string(a.purpose) }

func (d *Desk) witnessTake(w http.ResponseWriter, r *request) error {
	return d.witness(w, r, purposeTake)
}

func (d *Desk) witnessErase(w http.ResponseWriter, r *request) error {
	return d.witness(w, r, purposeErase)
}

// witness lets two volunteers stand for a resident who has no badge: the one at the
// desk types their PIN, and another one theirs.
func (d *Desk) witness(w http.ResponseWriter, r *request, p purpose) error {
	a, err := d.witnessed(r, p)
	if err != nil {
		return err
	}
	others, err := d.otherVolunteers(r)
	if err != nil {
		return err
	}
	title := r.localizer.T("desk.witness.title", nil)
	switch {
	case a.first && a.second == 0:
		return d.show(w, r, "witness", page{Title: title, Body: witnessPage{witnessPath(a), others}})
	default:
		return d.show(w, r, "pad", page{Title: title, Body: d.witnessPad(r, a, others)})
	}
}

// witnessPad is the keypad for the volunteer whose turn it is.
func (d *Desk) witnessPad(r *request, a ownAsk, others []kiosk.Volunteer) pad {
	p := pad{Action: witnessPath(a), Cancel: "/desk/own/stop"}
	i := slices.IndexFunc(others, func(v kiosk.Volunteer) bool { return v.No == a.second })
	switch {
	case i >= 0:
		p.Hint = r.localizer.Say("desk.witness.second", "Who", others[i].Name)
	case len(others) == 0:
		p.Hint = r.localizer.T("desk.witness.alone", nil)
	default:
		p.Hint = r.localizer.T("desk.witness.own", nil)
	}
	return p
}

// witnessed is the asking that the page is about: of this session, and for one
// without a badge.
func (d *Desk) witnessed(r *request, p purpose) (ownAsk, error) {
	no, err := r.path("person")
	if err != nil {
		return ownAsk{}, err
	}
	a, ok := d.ownOf(r, no, p)
	if !ok {
		return a, errNotShown
	}
	data, err := d.cfg.Store.Own.OwnData(r.Context(), no)
	if err == nil && data.Badges > 0 {
		err = errNotShown
	}
	return a, err
}

// withoutBadge says what stands for a badge that is not there, as the id of its text.
func (d *Desk) withoutBadge(r *request) (string, error) {
	others, err := d.otherVolunteers(r)
	if len(others) == 0 {
		return "desk.data.nobadgealone", err
	}
	return "desk.data.nobadge", err
}

// otherVolunteers are those with a PIN but for the one who is signed in.
func (d *Desk) otherVolunteers(r *request) ([]kiosk.Volunteer, error) {
	all, err := d.cfg.Store.Volunteers.Volunteers(r.Context())
	if err != nil {
		return nil, fmt.Errorf("list volunteers: %w", err)
	}
	return slices.DeleteFunc(all, func(v kiosk.Volunteer) bool { return !v.HasPIN || v.No == r.session.volunteer }), nil
}

func (d *Desk) vouchTake(w http.ResponseWriter, r *request) error { return d.vouch(w, r, purposeTake) }

func (d *Desk) vouchErase(w http.ResponseWriter, r *request) error {
	return d.vouch(w, r, purposeErase)
}

// vouch takes a PIN, or the choice of who looks along.
func (d *Desk) vouch(w http.ResponseWriter, r *request, p purpose) error {
	if err := r.form(w, "pin", "volunteer"); err != nil {
		return err
	}
	a, err := d.witnessed(r, p)
	if err != nil {
		return err
	}
	others, err := d.otherVolunteers(r)
	if err != nil {
		return err
	}
	if a.first && a.second == 0 {
		return d.chooseWitness(w, r, a, others)
	}
	who := a.by
	if a.first {
		who = a.second
	}
	if err := d.cfg.Store.PINs.CheckPIN(r.Context(), who, r.PostForm.Get("pin")); err != nil {
		return d.padAgain(w, r, err, d.witnessPad(r, a, others))
	}
	a.at = d.cfg.Clock.Now()
	switch {
	case a.first:
		d.grant(r.Context(), a)
	case len(others) == 0:
		return d.vouchAlone(w, r, a)
	default:
		a.first = true
		d.setOwn(&a)
		http.Redirect(w, r.Request, witnessPath(a), http.StatusSeeOther)
		return nil
	}
	return d.vouched(w, r, a)
}

func (d *Desk) chooseWitness(w http.ResponseWriter, r *request, a ownAsk, others []kiosk.Volunteer) error {
	who, err := r.number("volunteer")
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(others, func(v kiosk.Volunteer) bool { return v.No == who }) {
		return errForm
	}
	a.second, a.at = who, d.cfg.Clock.Now()
	d.setOwn(&a)
	http.Redirect(w, r.Request, witnessPath(a), http.StatusSeeOther)
	return nil
}

// vouchAlone is for a room with one volunteer: twice, on two days.
func (d *Desk) vouchAlone(w http.ResponseWriter, r *request, a ownAsk) error {
	ready, err := d.cfg.Store.Shown.AskAlone(r.Context(), a.by, a.person)
	if err != nil {
		return err
	}
	if !ready {
		d.setOwn(nil)
		d.sessions.change(r.key, func(s *session) { s.note = note{Words: r.localizer.T("desk.witness.tomorrow", nil)} })
		http.Redirect(w, r.Request, personPath(a.person), http.StatusSeeOther)
		return nil
	}
	d.grant(r.Context(), a)
	return d.vouched(w, r, a)
}

// vouched leads to the page on which it was asked.
func (d *Desk) vouched(w http.ResponseWriter, r *request, a ownAsk) error {
	to := "/erase"
	if a.purpose == purposeTake {
		to = "/data"
	}
	http.Redirect(w, r.Request, personPath(a.person)+to, http.StatusSeeOther)
	return nil
}
