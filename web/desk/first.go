package desk

import (
	"crypto/subtle"
	"net/http"
	"time"
)

// first is how far a newcomer came: code, own badge, PIN, PIN once more.
type first struct {
	code  string // in memory until the PIN spends it
	badge bool
	pin   string // the first of the two, in memory until the second
	once  string // the key of the form that brought it, which may be sent again
}

// ownBadge is the page on which a newcomer lays a new badge on the reader.
type ownBadge struct {
	Badge int64 // an unknown badge tapped since they came, 0 while there is none
	At    string
}

// firstPage shows the step that the newcomer is at.
func (d *Desk) firstPage(w http.ResponseWriter, r *request) error {
	f := r.session.first
	title := r.localizer.T("desk.first.title", nil)
	switch {
	case f == nil:
		return d.show(w, r, "code", page{Title: title})
	case !f.badge:
		return d.firstBadgePage(w, r, title)
	}
	hint := "desk.first.choose"
	if f.pin != "" {
		hint = "desk.first.again"
	}
	return d.show(w, r, "pad", page{Title: title, Body: pad{
		Action: "/desk/first/pin", Hint: r.localizer.T(hint, nil), Cancel: "/desk/first/stop",
	}})
}

func (d *Desk) firstBadgePage(w http.ResponseWriter, r *request, title string) error {
	v, err := d.cfg.Store.Day.View(r.Context())
	if err != nil {
		return err
	}
	var body ownBadge
	var latest time.Time
	for _, b := range v.Badges {
		// The newest tap since the code was typed; older ones are residents'.
		if b.Lost == 0 && !b.Last.Before(r.session.began.Wall) && b.Last.After(latest) {
			latest = b.Last
			body = ownBadge{Badge: b.No, At: d.clock(r, b.Last)}
		}
	}
	return d.show(w, r, "ownbadge", page{Title: title, Live: true, Body: body})
}

func (d *Desk) firstCode(w http.ResponseWriter, r *request) error {
	if err := r.form(w, "code"); err != nil {
		return err
	}
	code := r.PostForm.Get("code")
	who, err := d.cfg.Store.PINs.CheckCode(r.Context(), code)
	if err != nil {
		status, words, known := refuse(r.localizer, err)
		if !known {
			return err
		}
		return d.render(w, "code", status, page{
			localizer: r.localizer, Face: "code", Title: r.localizer.T("desk.first.title", nil),
			Note: note{Words: words, Bad: true},
		})
	}
	d.sessions.end(r.key)
	setCookie(w, d.sessions.open(who, &first{code: code}, work{}))
	http.Redirect(w, r.Request, "/desk/first", http.StatusSeeOther)
	return nil
}

func (d *Desk) firstBadge(w http.ResponseWriter, r *request) error {
	if err := r.form(w, "badge"); err != nil {
		return err
	}
	badge, err := r.number("badge")
	if err != nil {
		return err
	}
	if r.session.first.badge { // its answer was lost
		http.Redirect(w, r.Request, "/desk/first", http.StatusSeeOther)
		return nil
	}
	if err := d.cfg.Store.Volunteers.AssignVolunteerBadge(r.Context(), r.session.volunteer, badge, r.session.volunteer); err != nil {
		return err
	}
	d.sessions.change(r.key, func(s *session) { s.first = &first{code: r.session.first.code, badge: true} })
	http.Redirect(w, r.Request, "/desk/first", http.StatusSeeOther)
	d.announce()
	return nil
}

func (d *Desk) firstPIN(w http.ResponseWriter, r *request) error {
	if err := r.form(w, "pin"); err != nil {
		return err
	}
	f, pin, once := r.session.first, r.PostForm.Get("pin"), r.PostForm.Get(onceField)
	again := pad{Action: "/desk/first/pin", Hint: r.localizer.T("desk.first.choose", nil), Cancel: "/desk/first/stop"}
	switch {
	case !f.badge:
		return errForm
	case once != "" && once == f.once: // it is the first PIN once more, and no second one
		http.Redirect(w, r.Request, "/desk/first", http.StatusSeeOther)
		return nil
	case f.pin == "":
		if err := d.cfg.Store.PINs.ValidatePIN(r.Context(), r.session.volunteer, pin); err != nil {
			return d.padAgain(w, r, err, again)
		}
		d.sessions.change(r.key, func(s *session) { s.first = &first{code: f.code, badge: true, pin: pin, once: once} })
		http.Redirect(w, r.Request, "/desk/first", http.StatusSeeOther)
		return nil
	}
	d.sessions.change(r.key, func(s *session) { s.first = &first{code: f.code, badge: true} })
	if subtle.ConstantTimeCompare([]byte(pin), []byte(f.pin)) != 1 {
		d.sessions.change(r.key, func(s *session) {
			s.note = note{Words: r.localizer.T("desk.first.unequal", nil), Bad: true}
		})
		http.Redirect(w, r.Request, "/desk/first", http.StatusSeeOther)
		return nil
	}
	if err := d.cfg.Store.PINs.SetPIN(r.Context(), r.session.volunteer, f.code, pin); err != nil {
		return d.padAgain(w, r, err, again)
	}
	return d.welcome(w, r, r.session.volunteer)
}
