package desk

import (
	"errors"
	"net/http"

	"example.org/inloop/kiosk"
)

// access says who may use a route.
type access int

const (
	accessAnyone    access = iota // at this screen: the page holds no name
	accessCounter                 // signed in, or anyone while no badge can be read
	accessNewcomer                // with a one-time code, on the way to a PIN
	accessVolunteer               // signed in
	accessResident                // holding the screen that a volunteer handed them
)

type route struct {
	pattern string
	access  access
	handle  func(http.ResponseWriter, *request) error
}

// list is every route there is.
func (d *Desk) list() []route {
	return []route{
		{"GET /desk", accessAnyone, d.home},
		{"GET /desk/live", accessAnyone, d.live},
		{"GET /desk/state", accessAnyone, d.whoIsHere},
		{"GET /desk/static/{file}", accessAnyone, d.static},
		{"POST /desk/language", accessAnyone, d.chooseLanguage},
		{"POST /desk/pin", accessAnyone, d.signIn},
		{"POST /desk/pin/away", accessAnyone, d.putAway},
		{"POST /desk/work", accessAnyone, d.keepWork},
		{"GET /desk/counted", accessAnyone, d.counted},
		{"GET /desk/first", accessAnyone, d.firstPage},
		{"POST /desk/first/code", accessAnyone, d.firstCode},
		{"POST /desk/first/badge", accessNewcomer, d.firstBadge},
		{"POST /desk/first/pin", accessNewcomer, d.firstPIN},
		{"POST /desk/first/stop", accessNewcomer, d.signOut},

		{"POST /desk/done", accessVolunteer, d.signOut},
		{"POST /desk/in", accessVolunteer, d.checkIn},
		{"POST /desk/out", accessVolunteer, d.checkOut},
		{"POST /desk/guest", accessCounter, d.addGuest},
		{"POST /desk/open", accessCounter, d.openRoom},
		{"POST /desk/close", accessCounter, d.closeRoom},
		{"GET /desk/closing", accessCounter, d.closing},
		{"POST /desk/closing", accessCounter, d.answerClosing},
		{"POST /desk/referred", accessCounter, d.refer},
		{"GET /desk/slips", accessVolunteer, d.slips},
		{"POST /desk/slips", accessVolunteer, d.typeSlips},
		{"GET /desk/slips/sheet", accessVolunteer, d.slipSheet},
		{"POST /desk/held", accessVolunteer, d.reviewGuest},
		{"POST /desk/inside", accessVolunteer, d.keepInside},
		{"GET /desk/clock", accessVolunteer, d.setClock},
		{"POST /desk/clock", accessVolunteer, d.confirmClock},
		{"POST /desk/mended", accessVolunteer, d.seenMended},
		{"POST /desk/pair", accessVolunteer, d.pairAnew},
		{"GET /desk/undated", accessVolunteer, d.undated},
		{"POST /desk/undated", accessVolunteer, d.dateVisits},
		{"POST /desk/undo", accessVolunteer, d.undo},
		{"GET /desk/lists", accessVolunteer, d.lists},
		{"POST /desk/lists", accessVolunteer, d.takeListBack},
		{"GET /desk/twins", accessVolunteer, d.twins},
		{"POST /desk/twins", accessVolunteer, d.settleTwin},
		{"GET /desk/pooled", accessVolunteer, d.pooled},
		{"POST /desk/pooled/room", accessVolunteer, d.setRoomAside},
		{"POST /desk/pooled/organisation", accessVolunteer, d.acceptOrganisation},
		{"GET /desk/people", accessVolunteer, d.people},
		{"GET /desk/kept", accessVolunteer, d.storedData},

		{"GET /desk/new", accessVolunteer, d.chooseSign},
		{"POST /desk/new", accessVolunteer, d.enrol},
		{"GET /desk/badge/{badge}", accessVolunteer, d.chooseSign},
		{"POST /desk/badge/{badge}", accessVolunteer, d.enrol},
		{"GET /desk/badge/{badge}/person", accessVolunteer, d.choosePerson},
		{"POST /desk/badge/{badge}/person", accessVolunteer, d.assignBadge},
		{"GET /desk/badge/{badge}/volunteer", accessVolunteer, d.chooseVolunteer},
		{"POST /desk/badge/{badge}/volunteer", accessVolunteer, d.assignVolunteerBadge},
		{"POST /desk/badge/{badge}/pass", accessVolunteer, d.makeGuestPass},
		{"POST /desk/badge/{badge}/drop", accessVolunteer, d.dropBadge},

		{"GET /desk/person/{person}", accessVolunteer, d.person},
		{"GET /desk/person/{person}/sign", accessVolunteer, d.changeSign},
		{"POST /desk/person/{person}/sign", accessVolunteer, d.saveSign},
		{"POST /desk/person/{person}/name", accessVolunteer, d.saveName},
		{"POST /desk/person/{person}/language", accessVolunteer, d.saveLanguage},
		{"POST /desk/person/{person}/lost", accessVolunteer, d.markLost},

		{"GET /desk/own", accessVolunteer, d.waitOwn},
		{"POST /desk/own", accessVolunteer, d.askOwn},
		{"POST /desk/own/stop", accessVolunteer, d.stopOwn},
		{"GET /desk/person/{person}/data", accessVolunteer, d.personData},
		{"POST /desk/person/{person}/see", accessVolunteer, d.askSee},
		{"POST /desk/person/{person}/take", accessVolunteer, d.askTake},
		{"POST /desk/person/{person}/save", accessVolunteer, d.saveData},
		{"GET /desk/person/{person}/erase", accessVolunteer, d.askErase},
		{"POST /desk/person/{person}/erase", accessVolunteer, d.erase},
		{"GET /desk/person/{person}/witness/take", accessVolunteer, d.witnessTake},
		{"POST /desk/person/{person}/witness/take", accessVolunteer, d.vouchTake},
		{"GET /desk/person/{person}/witness/erase", accessVolunteer, d.witnessErase},
		{"POST /desk/person/{person}/witness/erase", accessVolunteer, d.vouchErase},
		{"POST /desk/person/{person}/forget", accessVolunteer, d.forget},
		{"POST /desk/person/{person}/questions", accessVolunteer, d.handOver},

		{"GET /desk/questions", accessResident, d.questions},
		{"POST /desk/questions", accessResident, d.answer},
		{"POST /desk/questions/stop", accessResident, d.stopQuestions},
		{"POST /desk/questions/back", accessResident, d.takeBack},

		{"GET /desk/paper", accessVolunteer, d.paper},
		{"GET /desk/paper/sheet", accessVolunteer, d.paperSheet},
		{"POST /desk/paper/person", accessVolunteer, d.paperPerson},
		{"POST /desk/paper/guests", accessVolunteer, d.paperGuests},

		{"GET /desk/{rest...}", accessAnyone, d.nowhere},
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
		r := &request{Request: hr, localizer: d.localizer(hr), key: k, session: s, changes: d.changes.Load()}
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
	case accessCounter:
		return s.names() || s.hand == nil && d.readerDown()
	case accessNewcomer:
		return s.first != nil
	case accessVolunteer:
		return s.names()
	case accessResident:
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
		if d.cfg.Failed != nil {
			d.cfg.Failed(err)
		}
	}
	d.message(w, r.localizer, status, note{Words: words, Bad: true})
}

func (d *Desk) live(w http.ResponseWriter, r *request) error {
	d.hub.Serve(w, r.Request, func() []byte { return d.state(d.changes.Load()) })
	return nil
}
