package desk

import (
	"context"
	"io"
	"net/http"

	"example.org/inloop/kiosk"
	"example.org/inloop/web"
)

// PINKeeper says who a volunteer is: by one-time code at first, then by the PIN
// that they chose.
type PINKeeper interface {
	CheckCode(ctx context.Context, code string) (volunteer int64, err error)
	ValidatePIN(ctx context.Context, volunteer int64, pin string) error
	SetPIN(ctx context.Context, volunteer int64, code, pin string) error
	CheckPIN(ctx context.Context, volunteer int64, pin string) error
}

// pad is the keypad page, for signing in, for a new PIN, and for taking the
// screen back from a resident.
type pad struct {
	Action string // where the PIN goes
	Ask    string // which tap it belongs to, empty when none is needed
	Hint   string
	Cancel string // where "stop" goes
}

// front is the page without a name: numbers, and how to come in.
type front struct {
	In, Capacity int
	Guests       int
	AtLeast      bool        // there were more: a backup was put back today
	Known        bool        // the numbers are there
	Undated      string      // how many visits they may lack, "" for none
	Bands        []bandCount // to count by hand, while no badge can be read
	Room         *roomDay    // likewise
	Notices      []notice
}

// home is the first page: the keypad while a badge waits for its PIN, the day
// for a volunteer, and numbers for everybody else.
func (d *Desk) home(w http.ResponseWriter, r *request) error {
	switch {
	case r.session.names():
		return d.today(w, r)
	case r.session.hand != nil:
		http.Redirect(w, r.Request, "/desk/questions", http.StatusSeeOther)
		return nil
	}
	if a, waits := d.asks.newest(); waits {
		if to, back := d.sessions.goOn(r.Request, a.volunteer); back {
			d.closePad(a.volunteer)
			http.Redirect(w, r.Request, to, http.StatusSeeOther)
			d.Changed()
			return nil
		}
		return d.show(w, r, "pad", page{Title: r.localizer.T("desk.pin.title", nil), Body: signInPad(r.localizer, a)})
	}
	var f front
	if v, err := d.cfg.Store.Day.View(r.Context()); err != nil {
		d.cfg.Log.Error("read the day for the desk", "err", err)
		f.Notices = []notice{unsaved(r.localizer)}
	} else {
		f = front{In: v.In, Capacity: v.Capacity, Guests: sum(v.Guests), AtLeast: v.AtLeast, Known: true, Notices: d.healthNotices(r.localizer)}
		if v.Undated > 0 {
			f.Undated = r.localizer.N("desk.undated.waiting", v.Undated, nil)
		}
		if d.readerDown() {
			f.Bands, f.Room = bandCounts(r.localizer, v.Guests), d.roomDay(r.localizer, v)
		}
	}
	return d.show(w, r, "front", page{Title: r.localizer.T("desk.title", nil), Live: true, Body: f})
}

func signInPad(t web.Localizer, a ask) pad {
	return pad{Action: "/desk/pin", Ask: a.id, Hint: t.T("desk.pin.hint", nil), Cancel: "/desk/pin/away"}
}

// putAway closes the keypad: the wrong person, or not now.
func (d *Desk) putAway(w http.ResponseWriter, r *request) error {
	if err := r.form(w, "ask"); err != nil {
		return err
	}
	if a, waits := d.asks.of(r.PostForm.Get("ask")); waits {
		d.closePad(a.volunteer)
	}
	http.Redirect(w, r.Request, "/desk", http.StatusSeeOther)
	d.Changed()
	return nil
}

// whoIsHere tells the script whether what stands on its page may stay there.
func (d *Desk) whoIsHere(w http.ResponseWriter, r *request) error {
	who := "here"
	if r.session.volunteer == 0 {
		who = "gone"
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err := io.WriteString(w, who)
	return err
}

// closePad lets a volunteer's badge wait no longer.
func (d *Desk) closePad(volunteer int64) {
	d.asks.forget(func(a ask) bool { return a.volunteer == volunteer })
}

func (d *Desk) signIn(w http.ResponseWriter, r *request) error {
	if err := r.form(w, "ask", "pin"); err != nil {
		return err
	}
	a, waits := d.asks.of(r.PostForm.Get("ask"))
	if !waits {
		d.message(w, r.localizer, http.StatusForbidden, note{Words: r.localizer.T("desk.pin.late", nil), Bad: true})
		return nil
	}
	if err := d.cfg.Store.PINs.CheckPIN(r.Context(), a.volunteer, r.PostForm.Get("pin")); err != nil {
		return d.padAgain(w, r, err, signInPad(r.localizer, a))
	}
	d.closePad(a.volunteer)
	return d.welcome(w, r, a.volunteer)
}

// padAgain shows the keypad with why the PIN was not taken.
func (d *Desk) padAgain(w http.ResponseWriter, r *request, err error, again pad) error {
	status, words, known := refuse(r.localizer, err)
	if !known {
		return err
	}
	return d.render(w, "pad", status, page{
		localizer: r.localizer, Face: "pad", Title: r.localizer.T("desk.pin.title", nil),
		Note: note{Words: words, Bad: true}, Body: again,
	})
}

// welcome begins a session under a new token, whatever the old cookie held, and
// leads to what the volunteer was at under that.
func (d *Desk) welcome(w http.ResponseWriter, r *request, volunteer int64) error {
	d.sessions.end(r.key)
	at := d.sessions.takeUnfinished(r.Request, volunteer)
	setCookie(w, d.sessions.open(volunteer, nil, at))
	http.Redirect(w, r.Request, at.place(), http.StatusSeeOther)
	d.Changed()
	return nil
}

func (d *Desk) signOut(w http.ResponseWriter, r *request) error {
	if err := r.form(w); err != nil {
		return err
	}
	d.sessions.end(r.key)
	d.closePad(r.session.volunteer)
	setCookie(w, "")
	http.Redirect(w, r.Request, "/desk", http.StatusSeeOther)
	d.Changed()
	return nil
}

func sum(bands map[kiosk.Band]int) (n int) {
	for _, b := range bands {
		n += b
	}
	return n
}
