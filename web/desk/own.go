package desk

import (
	"context"
	"net/http"
	"time"

	"example.org/inloop/kiosk"
)

// BadgeShower says whose badge a tap shows that the desk asked for, and what a
// room's only volunteer may do for somebody who has none.
type BadgeShower interface {
	ShowBadge(ctx context.Context, tap kiosk.Tap, person int64) (int64, error)
	AskAlone(ctx context.Context, by, person int64) (ready bool, err error)
}

const (
	ownFor  = 60 * time.Second // from the asking to the badge, or to the next PIN
	takeFor = 3 * time.Minute  // from the badge to the last print
	seeFor  = 10 * time.Minute // from the badge to the end of reading
)

// purpose is what a resident wants when the desk asks for their own badge.
type purpose string

// What it can be.
const (
	purposeSee   purpose = "see"   // to see what is kept; where nobody is meant, the badge says whose
	purposeTake  purpose = "take"  // to print it, or to take it along
	purposeErase purpose = "erase" // to have all of it erased
)

// ownAsk is one such asking, in memory alone and for the session that asked.
type ownAsk struct {
	key      key
	by       int64 // the volunteer
	person   int64 // 0 until the badge says it
	purpose  purpose
	at       kiosk.Moment // when it was asked, or got on
	shown    bool         // the badge was there, or two volunteers were
	seen     bool         // it was there for this page before
	erased   bool
	failed   bool           // to erase
	language kiosk.Language // of who was erased

	// Without a badge: whether the PIN of the session's own volunteer was right, and
	// whose comes next.
	first  bool
	second int64
}

// life is how long the asking stands.
func (a ownAsk) life() time.Duration {
	switch {
	case a.shown && a.purpose == purposeTake:
		return takeFor
	case a.shown && a.purpose == purposeSee:
		return seeFor
	}
	return ownFor
}

// sees tells whether the page may show what is kept.
func (a ownAsk) sees() bool { return a.seen || a.shown && a.purpose != purposeErase }

// wait begins an asking; one that stood is over. seen says that the page stays open.
func (d *Desk) wait(r *request, person int64, p purpose, seen bool) {
	d.setOwn(&ownAsk{key: r.key, by: r.session.volunteer, person: person, purpose: p, at: d.cfg.Clock.Now(), seen: seen})
}

func (d *Desk) setOwn(a *ownAsk) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.own = a
}

// asking returns what is asked at this moment, if anything is: a session that has
// ended asks nothing.
func (d *Desk) asking(now kiosk.Moment) (a ownAsk, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.own == nil {
		return a, false
	}
	since := now.Sub(d.own.at)
	return *d.own, since >= 0 && since <= d.own.life() && d.sessions.lives(d.own.key)
}

// ownOf returns what this page's session asks for this person, if it does.
func (d *Desk) ownOf(r *request, person int64, p purpose) (ownAsk, bool) {
	a, ok := d.askedFor(r, person)
	return a, ok && a.purpose == p
}

func (d *Desk) askedFor(r *request, person int64) (ownAsk, bool) {
	a, ok := d.asking(d.cfg.Clock.Now())
	return a, ok && a.key == r.key && a.person == person
}

// clearOwn drops an asking that is over and tells whether there was one.
func (d *Desk) clearOwn() bool {
	now := d.cfg.Clock.Now()
	if _, stands := d.asking(now); stands {
		return false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	gone := d.own != nil
	d.own = nil
	return gone
}

// TakeTap tells whether a tap is the one that the desk asked for, and does what it
// was asked for. Such a tap is no visit and no goodbye, and the door greets nobody
// by it. Every other tap means what it always does.
func (d *Desk) TakeTap(ctx context.Context, tap kiosk.Tap) bool {
	a, ok := d.asking(tap.At)
	if !ok || a.shown || a.erased {
		return false
	}
	person, err := d.cfg.Store.Shown.ShowBadge(ctx, tap, a.person)
	if err != nil {
		d.cfg.Log.Warn("look whose badge is shown", "err", err)
	}
	if err != nil || person == 0 {
		return false
	}
	if d.claim(a) {
		a.person, a.at = person, tap.At
		d.grant(ctx, a)
	}
	return true
}

// claim tells whether an asking still stands, and lets nobody else have it.
func (d *Desk) claim(a ownAsk) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.own == nil || *d.own != a {
		return false // "stop" was touched at that very moment
	}
	d.own.shown = true
	return true
}

// grant does what was asked for, now that it is known to be the resident's will.
func (d *Desk) grant(ctx context.Context, a ownAsk) {
	a.shown = true
	if a.purpose == purposeErase {
		d.eraseAll(ctx, &a)
	}
	d.setOwn(&a)
	d.announce()
}

func (d *Desk) eraseAll(ctx context.Context, a *ownAsk) {
	p, err := d.find(ctx, a.person)
	if err == nil {
		a.language = p.Language
		err = d.cfg.Store.Profiles.Erase(ctx, a.by, a.person)
	}
	if a.erased = err == nil; err != nil {
		a.failed = true
		d.cfg.Log.Error("erase a person", "err", err)
	}
}

// askOwn begins "my data": the next resident's badge says whose.
func (d *Desk) askOwn(w http.ResponseWriter, r *request) error {
	if err := r.form(w); err != nil {
		return err
	}
	d.wait(r, 0, purposeSee, false)
	http.Redirect(w, r.Request, "/desk/own", http.StatusSeeOther)
	return nil
}

func (d *Desk) waitOwn(w http.ResponseWriter, r *request) error {
	a, ok := d.asking(d.cfg.Clock.Now())
	if !ok || a.key != r.key || a.purpose != purposeSee {
		http.Redirect(w, r.Request, "/desk", http.StatusSeeOther)
		return nil
	}
	if a.shown {
		http.Redirect(w, r.Request, personPath(a.person)+"/data", http.StatusSeeOther)
		return nil
	}
	return d.show(w, r, "own", page{Title: r.localizer.T("desk.data.title", nil), Live: true, Body: closedPage{Waiting: true}})
}

// stopOwn ends an asking: nothing has changed.
func (d *Desk) stopOwn(w http.ResponseWriter, r *request) error {
	if err := r.form(w); err != nil {
		return err
	}
	to := "/desk"
	if a, ok := d.asking(d.cfg.Clock.Now()); ok && a.key == r.key {
		if a.person != 0 {
			to = personPath(a.person)
		}
		d.setOwn(nil)
	}
	http.Redirect(w, r.Request, to, http.StatusSeeOther)
	return nil
}

// lives tells whether a session is there and not over.
func (ss *sessions) lives(k key) bool {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	s, ok := ss.byKey[k]
	return ok && !ss.over(s)
}
