package desk

import (
	"context"
	"fmt"
	"net/http"

	"example.org/inloop/kiosk"
	"example.org/inloop/sync/count"
	"example.org/inloop/web"
)

// AnswerKeeper takes what a resident answered. It has no method that tells what
// the answers came to.
type AnswerKeeper interface {
	Intake(ctx context.Context, person int64, in kiosk.Intake) error
	ForgetIntake(ctx context.Context, person int64) error
	AnsweredIn(ctx context.Context, person int64) (count.Period, error)
}

// step is where a resident is in the questions.
type step string

// The steps in their order. Consent comes first; without it the three contact
// questions are passed over.
const (
	stepConsent    step = "consent"
	stepFamily     step = "family"
	stepFriends    step = "friends"
	stepNeighbours step = "neighbours"
	stepRoute      step = "route"
	stepThanked    step = "thanks"
	stepHandBack   step = "back"
)

// hand is a screen handed to a resident. What they answer is here until the last
// question and nowhere after it.
type hand struct {
	person   int64
	language kiosk.Language
	at       step
	answers  kiosk.Intake
}

// questionPage is one question, or the thanks.
type questionPage struct {
	Step    step
	Text    string
	Hint    string
	Version string
	Date    string
	Choices []questionChoice
}

type questionChoice struct{ Value, Word string }

// handOver hands the screen to a resident: from here on nothing of the desk can be reached
// until the volunteer types the PIN again.
func (d *Desk) handOver(w http.ResponseWriter, r *request) error {
	if err := r.form(w); err != nil {
		return err
	}
	p, err := d.ofPath(r)
	if err != nil {
		return err
	}
	h := &hand{person: p.No, language: p.Language, at: stepConsent}
	d.sessions.change(r.key, func(s *session) { s.hand = h })
	http.Redirect(w, r.Request, "/desk/questions", http.StatusSeeOther)
	return nil
}

func (d *Desk) questions(w http.ResponseWriter, r *request) error {
	h := *r.session.hand
	if h.at == stepHandBack {
		return d.show(w, r, "pad", page{Title: r.localizer.T("desk.pin.title", nil), Body: d.backPad(r.localizer)})
	}
	d.speak(r, h)
	t := r.localizer
	q := questionPage{Step: h.at, Text: t.T("desk.ask."+string(h.at), nil)}
	switch h.at {
	case stepConsent:
		q.Version, q.Date = kiosk.ConsentText, t.Date(d.now())
		q.Choices = []questionChoice{{"yes", t.T("desk.ask.agree", nil)}, {"no", t.T("desk.ask.refuse", nil)}}
	case stepRoute:
		for _, route := range kiosk.Routes() {
			q.Choices = append(q.Choices, questionChoice{string(route), t.T("desk.route."+string(route), nil)})
		}
		q.Choices = append(q.Choices, questionChoice{"", t.T("desk.ask.notsaid", nil)})
	case stepFamily, stepFriends, stepNeighbours:
		q.Hint = t.T("desk.ask.hint", nil)
		for _, c := range kiosk.Contacts() {
			word := t.T("desk.ask.notsaid", nil)
			if c != kiosk.ContactNotSaid {
				word = t.T("desk.contact."+string(c), nil)
			}
			q.Choices = append(q.Choices, questionChoice{string(c), word})
		}
	}
	return d.show(w, r, "questions", page{Title: t.T("desk.ask.title", nil), Body: q})
}

// speak turns the page to the resident's own language.
func (d *Desk) speak(r *request, h hand) {
	if h.language != "" {
		r.localizer = d.cfg.Translations.In(string(h.language))
	}
}

// answer takes one answer and goes to the next question; the last one saves.
func (d *Desk) answer(w http.ResponseWriter, r *request) error {
	h := *r.session.hand
	d.speak(r, h)
	if err := r.form(w, "step", "answer"); err != nil {
		return err
	}
	// A page that was sent twice, or went back in the browser, is one behind.
	if step(r.PostForm.Get("step")) != h.at {
		http.Redirect(w, r.Request, "/desk/questions", http.StatusSeeOther)
		return nil
	}
	if err := h.take(r); err != nil {
		return err
	}
	if h.at == stepThanked && (h.answers.Consent || h.answers.Route != "") {
		if err := d.cfg.Store.Answers.Intake(r.Context(), h.person, h.answers); err != nil {
			return err
		}
		d.announce()
	}
	if h.at == stepThanked {
		h.answers = kiosk.Intake{}
	}
	d.sessions.change(r.key, func(s *session) { s.hand = &h })
	http.Redirect(w, r.Request, "/desk/questions", http.StatusSeeOther)
	return nil
}

// take puts the answer where it belongs and moves on.
func (h *hand) take(r *request) (err error) {
	said := r.PostForm.Get("answer")
	if !r.PostForm.Has("answer") {
		return fmt.Errorf("%w: no answer", errForm)
	}
	switch h.at {
	case stepConsent:
		if h.answers.Consent, err = r.yes("answer"); err != nil {
			return err
		}
		h.at = stepRoute
		if h.answers.Consent {
			h.at = stepFamily
		}
	case stepFamily:
		h.answers.Family, err = choice(said, kiosk.Contacts())
		h.at = stepFriends
	case stepFriends:
		h.answers.Friends, err = choice(said, kiosk.Contacts())
		h.at = stepNeighbours
	case stepNeighbours:
		h.answers.Neighbours, err = choice(said, kiosk.Contacts())
		h.at = stepRoute
	case stepRoute:
		h.answers.Route, err = choice(said, append(kiosk.Routes(), ""))
		h.at = stepThanked
	case stepThanked:
		h.at = stepHandBack
	default:
		return errForm
	}
	return err
}

// stopQuestions forgets what was answered so far.
func (d *Desk) stopQuestions(w http.ResponseWriter, r *request) error {
	if err := r.form(w); err != nil {
		return err
	}
	d.sessions.change(r.key, func(s *session) {
		if s.hand != nil {
			s.hand = &hand{person: s.hand.person, language: s.hand.language, at: stepThanked}
		}
	})
	http.Redirect(w, r.Request, "/desk/questions", http.StatusSeeOther)
	return nil
}

func (d *Desk) backPad(t web.Localizer) pad {
	return pad{Action: "/desk/questions/back", Hint: t.T("desk.pin.back", nil), Cancel: "/desk/questions/stop"}
}

// takeBack gives the screen back to the volunteer who handed it over.
func (d *Desk) takeBack(w http.ResponseWriter, r *request) error {
	if err := r.form(w, "pin"); err != nil {
		return err
	}
	if err := d.cfg.Store.PINs.CheckPIN(r.Context(), r.session.volunteer, r.PostForm.Get("pin")); err != nil {
		return d.padAgain(w, r, err, d.backPad(r.localizer))
	}
	d.sessions.change(r.key, func(s *session) { s.hand = nil })
	http.Redirect(w, r.Request, personPath(r.session.hand.person), http.StatusSeeOther)
	return nil
}
