package desk

import (
	"net/http"
	"strconv"

	"example.org/inloop/kiosk"
	"example.org/inloop/sync/count"
	"example.org/inloop/sync/disclose"
	"example.org/inloop/web"
)

// pooledPage tells of counting together, or asks whether a room counts along.
type pooledPage struct {
	Calm    string // that a room is new, for two weeks
	Refusal string // why this kiosk does not do what it was asked
	Accept  bool
	Alone   bool
	Rooms   []pooledRoom
	Ask     *pooledRoom
	Periods []pooledPeriod
}

type pooledRoom struct {
	ID, Name, Check, Since string
	Left, Aside            bool
}

// pooledPeriod is what became of a quarter or a year, in sentences.
type pooledPeriod struct {
	ID, Title string
	Words     []string
}

func (d *Desk) pooled(w http.ResponseWriter, r *request) error {
	view, err := d.cfg.Store.Pool.Pooled(r.Context())
	if err != nil {
		return err
	}
	t := r.localizer
	body := pooledPage{Calm: calmWords(t, view), Accept: view.Accept, Alone: view.Alone}
	if view.Refusal != "" {
		body.Refusal = t.T("pooled.refused."+view.Refusal, nil)
	}
	asked := r.URL.Query().Get("room")
	for _, room := range view.Rooms {
		row := pooledRoom{ID: room.ID, Name: room.Name, Check: room.Check, Left: room.Left, Aside: room.Aside, Since: t.Say("pooled.since", "Day", d.date(r, room.Since))}
		body.Rooms = append(body.Rooms, row)
		if room.ID == asked {
			body.Ask = &row
		}
	}
	if asked != "" && body.Ask == nil {
		return kiosk.ErrNotFound
	}
	for _, p := range view.Periods {
		body.Periods = append(body.Periods, d.pooledPeriods(r, p)...)
	}
	return d.show(w, r, "pooled", page{Title: t.T("pooled.title", nil), Body: body})
}

// calmWords is the line of a room that counts along from now on, "" for none.
func calmWords(t web.Localizer, view kiosk.Pooled) string {
	switch n := len(view.Newcomer); n {
	case 0:
		return ""
	case 1:
		return t.Say("pooled.newcomer", "Room", view.Newcomer[0].Name)
	default:
		return t.N("pooled.newcomers", n, nil)
	}
}

// calmLine is the same for the first page. A fault in asking is no reason to hide the day.
func (d *Desk) calmLine(r *request) string {
	if d.cfg.Store.Pool == nil {
		return ""
	}
	view, err := d.cfg.Store.Pool.Pooled(r.Context())
	if err != nil {
		d.cfg.Log.Warn("ask for new rooms", "err", err)
	}
	return calmWords(r.localizer, view)
}

// setRoomAside says whether the room of the form counts along.
func (d *Desk) setRoomAside(w http.ResponseWriter, r *request) error {
	return d.act(w, r, []string{"room", "aside"}, func() (done, error) {
		return done{said: r.localizer.T("desk.did.done", nil), to: "/desk/pooled"},
			d.cfg.Store.Pool.SetRoomAside(r.Context(), r.PostForm.Get("room"), r.PostForm.Get("aside") == "yes")
	})
}

// acceptOrganisation lets this room count together for another organisation.
func (d *Desk) acceptOrganisation(w http.ResponseWriter, r *request) error {
	return d.act(w, r, nil, func() (done, error) {
		return done{said: r.localizer.T("desk.did.done", nil), to: "/desk/pooled"}, d.cfg.Store.Pool.AcceptOrganisation(r.Context())
	})
}

func (d *Desk) date(r *request, day count.Day) string {
	return r.localizer.Date(day.At(12*60, d.cfg.Timetable.Zone))
}

// pooledPeriods puts what became of a round in words: the year first, which most rooms
// can be told of, and then its quarter.
func (d *Desk) pooledPeriods(r *request, p kiosk.PooledPeriod) (told []pooledPeriod) {
	t := r.localizer
	quarter, year := periodTitle(t, p.Period.Quarter()), p.Period.Year()
	if p.State != kiosk.PooledStateTold {
		id := map[kiosk.PooledState]string{kiosk.PooledStateWaiting: "pooled.waiting", kiosk.PooledStateFailed: "pooled.failed"}[p.State]
		if year != "" {
			id, quarter = id+"year", periodTitle(t, year)
		}
		return []pooledPeriod{{ID: string(p.Period), Title: quarter, Words: []string{t.Say(id, "Day", d.date(r, p.Period.Deadline()))}}}
	}
	figures := pooledFigures{t, p, t.Say("pooled.counted", "Rooms", t.Number(p.Rooms), "Due", t.Number(p.Due), "Day", d.date(r, p.Day))}
	if p.Due == 1 {
		figures.counted = t.Say("pooled.countedalone", "Day", d.date(r, p.Day))
	}
	if year != "" {
		told = append(told, pooledPeriod{ID: string(year), Title: periodTitle(t, year), Words: append(
			figures.reach(year, "pooled.year"),
			figures.pair("back", count.MeasureBackN, count.MeasureBackK),
			figures.pair("habit", count.MeasureHabitN, count.MeasureHabitK),
			figures.routes(),
			figures.pair("outside", count.MeasureSlipOutsideBase, count.MeasureSlipOutsideYes),
			figures.pair("help", count.MeasureSlipHelpBase, count.MeasureSlipHelpYes),
		)})
		if words := figures.estimate(); words != "" {
			told[0].Words = append(told[0].Words, words)
		}
	}
	return append(told, pooledPeriod{ID: string(p.Period.Quarter()), Title: quarter, Words: figures.reach(p.Period.Quarter(), "pooled.quarter")})
}

// periodTitle is what a quarter or a year is called.
func periodTitle(t web.Localizer, p count.Period) string {
	if p.Is(count.PeriodYear) {
		return t.Say("pooled.titleyear", "Year", string(p))
	}
	return t.Say("pooled.titlequarter", "Year", string(p[:4]), "Quarter", string(p[5:]))
}

// pooledFigures are the figures of a round, to be put in words.
type pooledFigures struct {
	t       web.Localizer
	p       kiosk.PooledPeriod
	counted string // over how many rooms, and since when it stands
}

// find returns a figure; not shown when it is withheld.
func (f pooledFigures) find(span count.Period, m count.Measure) (n int64, state disclose.Disclosure) {
	for _, x := range f.p.Figures {
		if x.Period == span && x.Measure == m {
			return x.N, disclose.Disclosure(x.State)
		}
	}
	return 0, disclose.DisclosureWithheld
}

func (f pooledFigures) number(n int64) string { return f.t.Number(int(n)) }

// reach is the sentence about few contacts, or of what there were too few, and how many
// are needed.
func (f pooledFigures) reach(span count.Period, id string) []string {
	var r disclose.Reach
	var state disclose.Disclosure
	r.N, state = f.find(span, count.MeasureReachN)
	r.A, _ = f.find(span, count.MeasureReachA)
	r.K, _ = f.find(span, count.MeasureReachK)
	if state != disclose.DisclosureShown {
		return []string{f.t.Say("pooled.few.reach", "Persons", f.number(disclose.MinPersons), "Answers", f.number(disclose.MinAnswers), "Side", f.number(disclose.MinSide)), f.counted}
	}
	i := r.Interval()
	return []string{
		f.t.Say(id, "Few", f.number(r.K), "Persons", f.number(r.N), "Answers", f.number(r.A)),
		f.t.Say("pooled.between", "Low", f.number(i.Low), "High", f.number(i.High)),
		f.counted,
	}
}

// pair is the sentence about a part of a base.
func (f pooledFigures) pair(id string, base, part count.Measure) string {
	b, state := f.find(f.p.Period.Year(), base)
	k, _ := f.find(f.p.Period.Year(), part)
	if state != disclose.DisclosureShown {
		return f.t.Say("pooled.few."+id, "Base", f.number(disclose.MinAnswers), "Side", f.number(disclose.MinSide))
	}
	i := disclose.Pair{Base: b, K: k}.Interval()
	return f.t.Say("pooled.pair."+id, "Base", f.number(b), "Part", f.number(k), "Low", f.number(i.Low), "High", f.number(i.High))
}

// routes is the sentence about how new visitors came to know the room.
func (f pooledFigures) routes() string {
	said := map[string]any{}
	for key, m := range map[string]count.Measure{
		"Neighbour": count.MeasureRouteNeighbour, "Doctor": count.MeasureRouteDoctor, "Team": count.MeasureRouteDistrictTeam,
		"Flyer": count.MeasureRouteFlyer, "Walked": count.MeasureRouteWalkedIn,
	} {
		switch n, state := f.find(f.p.Period.Year(), m); state {
		case disclose.DisclosureWithheld:
			return f.t.Say("pooled.few.routes", "Base", f.number(disclose.MinRoutes))
		case disclose.DisclosureSmall:
			said[key] = "<" + strconv.Itoa(disclose.Smallest)
		default:
			said[key] = f.number(n)
		}
	}
	return f.t.T("pooled.routes", said)
}

// estimate is the sentence about persons over rooms, "" when it is not told.
func (f pooledFigures) estimate() string {
	n, state := f.find(f.p.Period.Year(), count.MeasurePersonsEstimate)
	all, _ := f.find(f.p.Period.Year(), count.MeasureReachN)
	if state != disclose.DisclosureShown {
		return ""
	}
	return f.t.Say("pooled.estimate", "Persons", f.number(n), "Sum", f.number(all))
}
