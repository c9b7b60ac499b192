package desk

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/sync/count"
	"example.org/inloop/web"
)

// DayKeeper keeps what the room itself does: when a host opens and closes it, what was
// answered at closing, and how often somebody was referred to other help.
type DayKeeper interface {
	OpenRoom(ctx context.Context, by int64) error
	CloseRoom(ctx context.Context, by int64) error
	AnswerClosing(ctx context.Context, by int64, a kiosk.ClosingAnswers) error
	Refer(ctx context.Context, by int64) error
}

// How many buttons a question at closing has.
const (
	fewVolunteers = 12 // before "more"
	hoursButtons  = 48 // of hours, whatever the step between them
	hoursEach     = 8  // for which there are buttons, for each volunteer
)

// roomDay is what the first page says and asks of the room's own day.
type roomDay struct {
	CanOpen, CanClose bool
	Words             string // since when it is open or closed, "" before anybody touched anything
	Closed            bool   // it was closed today: the questions may be answered, and answered anew
	Answers           string // what was answered, "" for nothing yet
	Referred          int
}

// roomDay tells how the room stands. While nobody knows the day there is nothing to touch.
func (d *Desk) roomDay(t web.Localizer, v kiosk.View) *roomDay {
	if d.seeking() {
		return nil
	}
	r := roomDay{
		CanOpen: v.Room.Since.IsZero(), CanClose: !v.Room.Since.IsZero(), Closed: !v.Room.Closed.IsZero(),
		Answers: answerWords(t, v.Room.Answers), Referred: v.Room.Referred,
	}
	switch {
	case r.CanClose:
		r.Words = t.Say("desk.room.since", "Time", t.Clock(v.Room.Since))
	case r.Closed:
		r.Words = t.Say("desk.room.closed", "Time", t.Clock(v.Room.Closed))
	default: // who forgot to open may still close
		hours := d.cfg.Timetable.Hours(v.Day)
		r.CanClose = len(hours) > 0 && count.ClockOf(d.now(), d.cfg.Timetable.Zone) >= hours[0].From
	}
	return &r
}

// ofRoom tells whether an action is about nobody, but about the room.
func ofRoom(kind kiosk.ActionKind) bool {
	switch kind {
	case kiosk.ActionOpen, kiosk.ActionClose, kiosk.ActionRefer, kiosk.ActionAnswerClosing, kiosk.ActionTypeSlips:
		return true
	}
	return false
}

// answerWords says what was answered at closing, "" for nothing.
func answerWords(t web.Localizer, a kiosk.ClosingAnswers) string {
	if a.Volunteers == nil {
		return ""
	}
	words := t.N("desk.room.volunteers", *a.Volunteers, nil)
	if a.Minutes != nil {
		words = t.Say("desk.room.both", "Volunteers", words, "Hours", t.N("desk.room.hours", *a.Minutes/60, nil))
	}
	return words
}

func (d *Desk) openRoom(w http.ResponseWriter, r *request) error {
	return d.touchRoom(w, r, "desk.did.opened", "", d.cfg.Store.Room.OpenRoom)
}

func (d *Desk) closeRoom(w http.ResponseWriter, r *request) error {
	return d.touchRoom(w, r, "desk.did.closed", "/desk/closing", d.cfg.Store.Room.CloseRoom)
}

func (d *Desk) refer(w http.ResponseWriter, r *request) error {
	return d.touchRoom(w, r, "desk.did.referred", "", d.cfg.Store.Room.Refer)
}

// touchRoom does what one touch asks. What is so already is as good as done: somebody
// else was a moment earlier.
func (d *Desk) touchRoom(w http.ResponseWriter, r *request, said, to string, do func(context.Context, int64) error) error {
	return d.act(w, r, nil, func() (done, error) {
		err := do(r.Context(), r.session.volunteer)
		if errors.Is(err, kiosk.ErrAlready) {
			err = nil
		}
		return done{said: r.localizer.T(said, nil), to: to}, err
	})
}

// closingPage is one of the two questions at closing.
type closingPage struct {
	Question   string
	Hint       string
	Volunteers int   // answered already, with Hours
	Hours      []int // to choose from, once the volunteers are known
	Numbers    []int // of volunteers to choose from, before
	More       bool  // there are more of them
	Chosen     int   // what was answered before, -1 for nothing
}

// closing asks how many volunteers there were, and then how many hours together.
func (d *Desk) closing(w http.ResponseWriter, r *request) error {
	v, err := d.cfg.Store.Day.View(r.Context())
	if err != nil {
		return err
	}
	q := r.URL.Query()
	body := closingPage{Chosen: -1}
	if text := q.Get("volunteers"); text != "" {
		if body.Volunteers, err = amount(text, kiosk.MaxVolunteers); err != nil {
			return err
		}
		body.Question, body.Hint = r.localizer.T("desk.closing.hours", nil), r.localizer.T("desk.closing.hourshint", nil)
		body.Hours = hoursFor(body.Volunteers)
		if was := v.Room.Answers.Minutes; was != nil {
			body.Chosen = *was / 60
		}
	} else {
		body.Question, body.Hint = r.localizer.T("desk.closing.volunteers", nil), r.localizer.T("desk.closing.hint", nil)
		last := fewVolunteers
		if q.Has("more") {
			last = kiosk.MaxVolunteers
		}
		for n := range last + 1 {
			body.Numbers = append(body.Numbers, n)
		}
		body.More = last < kiosk.MaxVolunteers
		if was := v.Room.Answers.Volunteers; was != nil {
			body.Chosen = *was
		}
	}
	return d.show(w, r, "closing", page{Title: r.localizer.T("desk.closing.title", nil), Body: body})
}

// hoursFor are the hours to choose from for so many volunteers together.
func hoursFor(volunteers int) (all []int) {
	most := max(fewVolunteers, volunteers*hoursEach)
	step := (most + hoursButtons - 1) / hoursButtons
	for h := step; h <= most; h += step {
		if h <= volunteers*24 {
			all = append(all, h)
		}
	}
	return all
}

// amount reads a number from nothing up to most.
func amount(text string, most int) (int, error) {
	n, err := count.ParseNumber(text)
	if err != nil || n > int64(most) || strconv.FormatInt(n, 10) != text {
		return 0, fmt.Errorf("%w: %.20q is no number up to %d", errForm, text, most)
	}
	return int(n), nil
}

// answerClosing keeps the answers; hours that were passed over stay not filled in.
func (d *Desk) answerClosing(w http.ResponseWriter, r *request) error {
	return d.act(w, r, []string{"volunteers", "hours"}, func() (done, error) {
		volunteers, err := amount(r.PostForm.Get("volunteers"), kiosk.MaxVolunteers)
		if err != nil {
			return done{}, err
		}
		a := kiosk.ClosingAnswers{Volunteers: &volunteers}
		if text := r.PostForm.Get("hours"); text != "" {
			hours, err := amount(text, kiosk.MaxVolunteers*24)
			if err != nil {
				return done{}, err
			}
			minutes := hours * int(time.Hour/time.Minute)
			a.Minutes = &minutes
		}
		return done{said: r.localizer.T("desk.did.thanks", nil)}, d.cfg.Store.Room.AnswerClosing(r.Context(), r.session.volunteer, a)
	})
}
