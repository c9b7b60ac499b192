package desk

import (
	"net/http"

	"example.org/inloop/kiosk"
)

// The deeds of the first page: each one touch, each in the list of what can be
// undone.

func (d *Desk) checkIn(w http.ResponseWriter, r *request) error {
	return d.onPerson(w, r, "desk.did.in", func(p int64) error {
		return d.cfg.Store.CheckInByHand(r.Context(), r.session.volunteer, p)
	})
}

func (d *Desk) checkOut(w http.ResponseWriter, r *request) error {
	return d.onPerson(w, r, "desk.did.out", func(p int64) error {
		return d.cfg.Store.CheckOut(r.Context(), r.session.volunteer, p)
	})
}

// onPerson does a deed to the person of the form and says so on the first page.
func (d *Desk) onPerson(w http.ResponseWriter, r *request, said string, do func(person int64) error) error {
	if err := r.form(w, "person"); err != nil {
		return err
	}
	person, err := r.number("person")
	if err != nil {
		return err
	}
	who := d.nameOf(r.Context(), r.localizer, person)
	if err := do(person); err != nil {
		return err
	}
	d.kept()
	return d.back(w, r, "/desk", words(r.localizer, said, "Who", who))
}

func (d *Desk) addGuest(w http.ResponseWriter, r *request) error {
	if err := r.form(w, "band"); err != nil {
		return err
	}
	band, err := choice(r.PostForm.Get("band"), kiosk.Bands())
	if err != nil {
		return err
	}
	if err := d.cfg.Store.AddGuest(r.Context(), r.session.volunteer, band); err != nil {
		return err
	}
	d.kept()
	return d.back(w, r, "/desk", words(r.localizer, "desk.did.guest", "Band", r.localizer.T("desk.band."+bandKey(band), nil)))
}

func (d *Desk) judge(w http.ResponseWriter, r *request) error {
	if err := r.form(w, "visit", "accept"); err != nil {
		return err
	}
	visit, err := r.number("visit")
	if err != nil {
		return err
	}
	accept, err := r.yes("accept")
	if err != nil {
		return err
	}
	if err := d.cfg.Store.ReviewGuest(r.Context(), r.session.volunteer, visit, accept); err != nil {
		return err
	}
	said := "desk.did.dropped"
	if accept {
		said = "desk.did.accepted"
	}
	d.kept()
	return d.back(w, r, "/desk", r.localizer.T(said, nil))
}

func (d *Desk) keepInside(w http.ResponseWriter, r *request) error {
	if err := r.form(w, "keep"); err != nil {
		return err
	}
	keep, err := r.yes("keep")
	if err != nil {
		return err
	}
	if err := d.cfg.Store.KeepInside(r.Context(), r.session.volunteer, keep); err != nil {
		return err
	}
	d.kept()
	return d.back(w, r, "/desk", r.localizer.T("desk.did.done", nil))
}

func (d *Desk) undo(w http.ResponseWriter, r *request) error {
	if err := r.form(w, "action"); err != nil {
		return err
	}
	action, err := r.number("action")
	if err != nil {
		return err
	}
	if err := d.cfg.Store.Undo(r.Context(), r.session.volunteer, action); err != nil {
		return err
	}
	d.kept()
	return d.back(w, r, "/desk", r.localizer.T("desk.did.undone", nil))
}
