package desk

import (
	"context"
	"errors"
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

// done is what is said of an action, once, on the page to which it leads.
type done struct {
	said string
	to   string // the first page when empty
}

// act reads a form that may hold fields, does what it asks for, and tells
// everybody of it. Whatever do returns as an error was not kept, but for a form
// that was done before: then the same is said again.
func (d *Desk) act(w http.ResponseWriter, r *request, fields []string, do func() (done, error)) error {
	if err := r.form(w, fields...); err != nil {
		return err
	}
	r.Request = r.WithContext(kiosk.Once(r.Context(), r.PostForm.Get(onceField)))
	did, err := do()
	if err != nil && !errors.Is(err, kiosk.ErrDoneBefore) {
		return err
	}
	if did.to == "" {
		did.to = "/desk"
	}
	d.announce()
	d.sessions.change(r.key, func(s *session) { s.note = note{Words: did.said} })
	http.Redirect(w, r.Request, did.to, http.StatusSeeOther)
	return nil
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

// onPerson does something to the person of the form and says so with the name.
func (d *Desk) onPerson(w http.ResponseWriter, r *request, said string, do func(person int64) error) error {
	return d.act(w, r, []string{"person"}, func() (done, error) {
		person, err := r.number("person")
		if err != nil {
			return done{}, err
		}
		who := d.nameOf(r.Context(), r.localizer, person)
		return done{said: r.localizer.Say(said, "Who", who)}, do(person)
	})
}

func (d *Desk) addGuest(w http.ResponseWriter, r *request) error {
	return d.act(w, r, []string{"band"}, func() (done, error) {
		band, err := choice(r.PostForm.Get("band"), kiosk.Bands())
		if err != nil {
			return done{}, err
		}
		word := r.localizer.T("desk.band."+bandKey(band), nil)
		return done{said: r.localizer.Say("desk.did.guest", "Band", word)},
			d.cfg.Store.Guests.AddGuest(r.Context(), r.session.volunteer, band)
	})
}

func (d *Desk) reviewGuest(w http.ResponseWriter, r *request) error {
	return d.act(w, r, []string{"visit", "accept"}, func() (done, error) {
		visit, err := r.number("visit")
		if err != nil {
			return done{}, err
		}
		accept, err := r.yes("accept")
		if err != nil {
			return done{}, err
		}
		said := "desk.did.dropped"
		if accept {
			said = "desk.did.accepted"
		}
		return done{said: r.localizer.T(said, nil)},
			d.cfg.Store.Guests.ReviewGuest(r.Context(), r.session.volunteer, visit, accept)
	})
}

func (d *Desk) keepInside(w http.ResponseWriter, r *request) error {
	return d.act(w, r, []string{"keep"}, func() (done, error) {
		keep, err := r.yes("keep")
		if err != nil {
			return done{}, err
		}
		return done{said: r.localizer.T("desk.did.done", nil)},
			d.cfg.Store.Visits.KeepInside(r.Context(), r.session.volunteer, keep)
	})
}

func (d *Desk) undo(w http.ResponseWriter, r *request) error {
	return d.act(w, r, []string{"action"}, func() (done, error) {
		action, err := r.number("action")
		if err != nil {
			return done{}, err
		}
		return done{said: r.localizer.T("desk.did.undone", nil)},
			d.cfg.Store.Actions.Undo(r.Context(), r.session.volunteer, action)
	})
}
