package desk

import (
	"context"
	"net/http"

	"example.org/inloop/kiosk"
)

// VisitKeeper begins and ends visits by hand. by is the volunteer's number. As
// with every other part of the store, each method commits before it returns; an
// error of package kiosk is a refusal, any other means that nothing was kept.
type VisitKeeper interface {
	CheckInByHand(ctx context.Context, by, person int64) error
	CheckOut(ctx context.Context, by, person int64) error
	KeepInside(ctx context.Context, by int64, keep bool) error
}

// GuestCounter counts who has no badge, and says of a held guest whether it was
// one.
type GuestCounter interface {
	AddGuest(ctx context.Context, by int64, band kiosk.Band) error
	ReviewGuest(ctx context.Context, by, visit int64, accept bool) error
}

// Undoer takes an action back.
type Undoer interface {
	Undo(ctx context.Context, by, action int64) error
}

// The actions of the first page: each one touch, each in the list of what can be
// undone.

func (d *Desk) checkIn(w http.ResponseWriter, r *request) error {
	return d.onPerson(w, r, "desk.did.in", func(p int64) error {
		return d.cfg.Store.Visits.CheckInByHand(r.Context(), r.session.volunteer, p)
	})
}

func (d *Desk) checkOut(w http.ResponseWriter, r *request) error {
	return d.onPerson(w, r, "desk.did.out", func(p int64) error {
		return d.cfg.Store.Visits.CheckOut(r.Context(), r.session.volunteer, p)
	})
}

// onPerson does an action to the person of the form and says so on the first page.
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
	d.announce()
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
	if err := d.cfg.Store.Guests.AddGuest(r.Context(), r.session.volunteer, band); err != nil {
		return err
	}
	d.announce()
	return d.back(w, r, "/desk", words(r.localizer, "desk.did.guest", "Band", r.localizer.T("desk.band."+bandKey(band), nil)))
}

func (d *Desk) reviewGuest(w http.ResponseWriter, r *request) error {
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
	if err := d.cfg.Store.Guests.ReviewGuest(r.Context(), r.session.volunteer, visit, accept); err != nil {
		return err
	}
	said := "desk.did.dropped"
	if accept {
		said = "desk.did.accepted"
	}
	d.announce()
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
	if err := d.cfg.Store.Visits.KeepInside(r.Context(), r.session.volunteer, keep); err != nil {
		return err
	}
	d.announce()
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
	if err := d.cfg.Store.Actions.Undo(r.Context(), r.session.volunteer, action); err != nil {
		return err
	}
	d.announce()
	return d.back(w, r, "/desk", r.localizer.T("desk.did.undone", nil))
}
