package desk

import (
	"errors"
	"net/http"

	"example.org/inloop/kiosk"
)

// access says who may use a route.
type access int

const (
	anyone    access = iota // at this screen: the page holds no name
	counter                 // signed in, or anyone while no badge can be read
	newcomer                // with a one-time code, on the way to a PIN
	volunteer               // signed in
	resident                // holding the screen that a volunteer lent them
)

type route struct {
	pattern string
	access  access
	handle  func(http.ResponseWriter, *request) error
}

// list is every route there is.
func (d *Desk) list() []route {
	return []route{
		{"GET /desk", anyone, d.home},
		{"GET /desk/live", anyone, d.live},
		{"GET /desk/state", anyone, d.whoIsHere},
		{"GET /desk/static/{file}", anyone, d.static},
		{"POST /desk/language", anyone, d.chooseLanguage},
		{"POST /desk/pin", anyone, d.signIn},
		{"POST /desk/pin/away", anyone, d.putAway},
		{"GET /desk/first", anyone, d.firstPage},
		{"POST /desk/first/code", anyone, d.firstCode},
		{"POST /desk/first/badge", newcomer, d.firstBadge},
		{"POST /desk/first/pin", newcomer, d.firstPIN},
		{"POST /desk/first/stop", newcomer, d.signOut},

		{"POST /desk/done", volunteer, d.signOut},
		{"POST /desk/in", volunteer, d.checkIn},
		{"POST /desk/out", volunteer, d.checkOut},
		{"POST /desk/guest", counter, d.addGuest},
		{"POST /desk/held", volunteer, d.reviewGuest},
		{"POST /desk/inside", volunteer, d.keepInside},
		{"GET /desk/clock", volunteer, d.setClock},
		{"POST /desk/clock", volunteer, d.confirmClock},
		{"POST /desk/mended", volunteer, d.seenMended},
		{"GET /desk/undated", volunteer, d.undated},
		{"POST /desk/undated", volunteer, d.dateVisits},
		{"POST /desk/undo", volunteer, d.undo},
		{"GET /desk/people", volunteer, d.people},
		{"GET /desk/kept", volunteer, d.storedData},

		{"GET /desk/new", volunteer, d.chooseSign},
		{"POST /desk/new", volunteer, d.enrol},
		{"GET /desk/badge/{badge}", volunteer, d.chooseSign},
		{"POST /desk/badge/{badge}", volunteer, d.enrol},
		{"GET /desk/badge/{badge}/person", volunteer, d.choosePerson},
		{"POST /desk/badge/{badge}/person", volunteer, d.assignBadge},
		{"GET /desk/badge/{badge}/volunteer", volunteer, d.chooseVolunteer},
		{"POST /desk/badge/{badge}/volunteer", volunteer, d.assignVolunteerBadge},
		{"POST /desk/badge/{badge}/pass", volunteer, d.makeGuestPass},
		{"POST /desk/badge/{badge}/drop", volunteer, d.dropBadge},

		{"GET /desk/person/{person}", volunteer, d.person},
		{"GET /desk/person/{person}/sign", volunteer, d.changeSign},
		{"POST /desk/person/{person}/sign", volunteer, d.saveSign},
		{"POST /desk/person/{person}/name", volunteer, d.saveName},
		{"POST /desk/person/{person}/language", volunteer, d.saveLanguage},
		{"POST /desk/person/{person}/lost", volunteer, d.markLost},
		{"GET /desk/person/{person}/erase", volunteer, d.askErase},
		{"POST /desk/person/{person}/erase", volunteer, d.erase},
		{"GET /desk/person/{person}/data", volunteer, d.personData},
		{"POST /desk/person/{person}/forget", volunteer, d.forget},
		{"POST /desk/person/{person}/questions", volunteer, d.handOver},

		{"GET /desk/questions", resident, d.questions},
		{"POST /desk/questions", resident, d.answer},
		{"POST /desk/questions/stop", resident, d.stopQuestions},
		{"POST /desk/questions/back", resident, d.takeBack},

		{"GET /desk/paper", volunteer, d.paper},
		{"POST /desk/paper/person", volunteer, d.paperPerson},
		{"POST /desk/paper/guests", volunteer, d.paperGuests},

		{"GET /desk/{rest...}", anyone, d.nowhere},
	}
}

// nowhere answers for an address of no page.
func (d *Desk) nowhere(http.ResponseWriter, *request) error { return kiosk.ErrNotFound }

// partHeader marks what our script asks for: "live" when something changed,
// which is no touch of a person, "action" when somebody pressed a button.
const partHeader = "Desk-Part"

// serve wraps a route: who may, in which language, and what an error becomes.
func (d *Desk) serve(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		part := hr.Header.Get(partHeader)
		k, s, _ := d.sessions.find(hr, part != "live" && rt.pattern != "GET /desk/live")
		r := &request{Request: hr, localizer: d.localizer(hr), key: k, session: s}
		if !d.admits(rt, s) {
			d.turnAway(w, r, part)
			return
		}
		if err := rt.handle(w, r); err != nil {
			d.fail(w, r, err)
		}
	})
}

func (d *Desk) admits(rt route, s session) bool {
	switch rt.access {
	case counter:
		return s.names() || s.hand == nil && d.readerDown()
	case newcomer:
		return s.first != nil
	case volunteer:
		return s.names()
	case resident:
		return s.hand != nil
	default:
		return true
	}
}

// turnAway answers one who may not: a page leads back to where they are, a script
// hears 401, and an action is refused.
func (d *Desk) turnAway(w http.ResponseWriter, r *request, part string) {
	switch {
	case part != "":
		w.WriteHeader(http.StatusUnauthorized)
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		d.fail(w, r, errSignedOut)
	case r.session.hand != nil:
		http.Redirect(w, r.Request, "/desk/questions", http.StatusSeeOther)
	default:
		http.Redirect(w, r.Request, "/desk", http.StatusSeeOther)
	}
}

// fail says in plain words that something was not done. A fault of ours is
// logged here and nowhere else.
func (d *Desk) fail(w http.ResponseWriter, r *request, err error) {
	if errors.Is(err, r.Context().Err()) {
		return // the page has gone
	}
	status, words, known := refuse(r.localizer, err)
	if !known {
		d.cfg.Log.Error("desk could not do it", "route", r.Pattern, "err", err)
	}
	d.message(w, r.localizer, status, note{Words: words, Bad: true})
}

func (d *Desk) live(w http.ResponseWriter, r *request) error {
	d.hub.Serve(w, r.Request, func() []byte { return d.state(d.changes.Load()) })
	return nil
}
