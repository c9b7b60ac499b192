package desk

import (
	"context"
	"net/http"
	"slices"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/sync/count"
	"example.org/inloop/web"
)

// DayViewer gives the day so far.
type DayViewer interface {
	View(ctx context.Context) (kiosk.View, error)
}

// Pairer tells how the room and its centre are doing, with the code to be
// typed by the coordinator while one is open.
type Pairer interface {
	Sending(ctx context.Context) (kiosk.Sending, error)
	// PairAnew goes on with the centre because a volunteer said so.
	PairAnew(ctx context.Context) error
}

// newBadgeFor is how long a new badge asks for attention on the first page;
// after that it is still in the list of today.
const newBadgeFor = 10 * time.Minute

// litFor is how long the badge that was laid down last stands out.
const litFor = 20 * time.Second

// notice is one thing that wants attention, in words, colour and picture.
type notice struct {
	Tone string // green, orange or red
	Icon string
	Text string
}

// dayPage is the volunteers' first page.
type dayPage struct {
	In        int
	Capacity  int
	Full      bool
	Guests    int
	AtLeast   bool // there were more: a backup was put back today
	Newcomers int
	Bands     []bandCount
	Notices   []notice
	Mended    bool        // a volunteer is to say that they have seen what was mended
	Badges    []badgeCard // tapped in the last ten minutes
	Several   bool        // of them: one that is laid down again is told apart
	Later     []badgeCard // the other new badges of today
	Held      []heldGuest
	Cut       int // people inside since before a power cut
	People    []dayLine
	List      string // its tag: which people the script has from now on
	Actions   []actionRow
	Sent      string
	Pair      *pairCode
	PairAgain *again // what a volunteer may say so that the sending goes on
	Ask       string // whether the time is right, while nobody knows
	Other     string // or whether another is, which the centre told
	Undated   string // how many visits wait for a day
	Unsure    string // how many stand on one that only a clock has told
	Calm      string // that a room counts along from now on
	Room      *roomDay
	Lists     bool // lists were taken in, which a page of their own shows
}

type bandCount struct {
	Band  kiosk.Band
	Word  string
	Count int
}

type badgeCard struct {
	No   int64
	At   string // its last tap, as a time
	Ago  string // and in words
	Lit  bool   // it was laid down just now, and is not alone
	Lost string // whose lost badge it is, in words
	Who  int64
}

type heldGuest struct {
	Visit int64
	At    string
}

type actionRow struct {
	No   int64
	At   string
	Text string

	CanUndo bool
}

// again asks whether the sending is to go on, in words, and the word on the button.
type again struct{ Words, Yes string }

// pairCode is what the coordinator types, with the words to compare.
type pairCode struct{ Code, Check string }

// today shows the day. A store that does not answer is red, on this page too.
func (d *Desk) today(w http.ResponseWriter, r *request) error {
	title := r.localizer.Today(d.now())
	if d.seeking() {
		title = r.localizer.T("door.idle.seeking", nil)
	}
	v, err := d.cfg.Store.Day.View(r.Context())
	if err != nil {
		d.cfg.Log.Error("read the day for the desk", "err", err)
		return d.show(w, r, "today", page{Title: title, Live: true, Body: dayPage{Notices: []notice{unsaved(r.localizer)}}})
	}
	return d.show(w, r, "today", page{Title: title, Live: true, Body: d.dayPage(r, v)})
}

func (d *Desk) dayPage(r *request, v kiosk.View) dayPage {
	t, now := r.localizer, d.now()
	p := dayPage{
		In: v.In, Capacity: v.Capacity, Guests: sum(v.Guests), AtLeast: v.AtLeast, Newcomers: v.Newcomers,
		Full: v.Capacity > 0 && v.In >= v.Capacity, Notices: d.healthNotices(t), Mended: d.mended(), Bands: bandCounts(t, v.Guests),
	}
	p.Room = d.roomDay(t, v)
	for _, b := range v.Badges {
		card := d.badgeCard(r, b)
		if now.Sub(b.Last) <= newBadgeFor {
			p.Badges = append(p.Badges, card)
		} else {
			p.Later = append(p.Later, card)
		}
	}
	light(p.Badges, v.Badges, now)
	p.Several = len(p.Badges) > 1
	for _, h := range v.Held {
		p.Held = append(p.Held, heldGuest{h.Visit, d.clock(r, h.At)})
	}
	for _, q := range v.Present {
		p.People = append(p.People, dayLine{personRow: d.row(r, q)})
		if q.Before {
			p.Cut++
		}
	}
	p.List = d.lines.mark(p.People, t.Lang(), r.Header.Get(listHeader))
	for _, a := range v.Actions {
		p.Actions = append(p.Actions, actionRow{a.No, d.clock(r, a.At), actionWords(t, a), a.CanUndo})
	}
	if d.asksTime() {
		p.Ask = timeWords(t, "desk.clock.ask", now)
		if other, ask := d.otherTime(); ask {
			p.Other = timeWords(t, "desk.clock.elsewhere", other)
		}
	}
	if v.Undated > 0 {
		p.Undated = t.N("desk.undated.waiting", v.Undated, nil)
	}
	if v.Unsure > 0 {
		p.Unsure = t.N("desk.undated.unsure", v.Unsure, nil)
	}
	p.Lists, p.Calm = d.hasLists(r), d.calmLine(r)
	d.addSending(r, &p)
	return p
}

// timeWords is a question about a time, with its date.
func timeWords(t web.Localizer, id string, at time.Time) string {
	return t.T(id, map[string]any{"Date": t.Today(at), "Year": at.Year(), "Time": t.Clock(at)})
}

// otherTime is the centre's, in the room's zone, when it is to be asked about.
func (d *Desk) otherTime() (time.Time, bool) {
	if d.cfg.OtherTime == nil || d.cfg.ConfirmOther == nil {
		return time.Time{}, false
	}
	at, ask := d.cfg.OtherTime()
	return at.In(d.cfg.Timetable.Zone), ask
}

func (d *Desk) badgeCard(r *request, b kiosk.NewBadge) badgeCard {
	card := badgeCard{No: b.No, At: d.clock(r, b.Last), Ago: ago(r.localizer, d.now().Sub(b.Last)), Who: b.Lost}
	if b.Lost != 0 {
		card.Lost = d.nameOf(r.Context(), r.localizer, b.Lost)
	}
	return card
}

// ago says how long ago something was.
func ago(t web.Localizer, passed time.Duration) string {
	if passed < time.Minute {
		return t.T("desk.ago.now", nil)
	}
	return t.N("desk.ago.minutes", int(passed/time.Minute), nil)
}

// light marks the badge that was laid down last, where it was just now and there are
// several: so who holds one finds out which it is.
func light(cards []badgeCard, badges []kiosk.NewBadge, now time.Time) {
	if len(cards) < 2 {
		return
	}
	last := slices.MaxFunc(badges, func(a, b kiosk.NewBadge) int { return a.Last.Compare(b.Last) })
	for i := range cards {
		cards[i].Lit = cards[i].No == last.No && now.Sub(last.Last) <= litFor
	}
}

func bandCounts(t web.Localizer, guests map[kiosk.Band]int) (all []bandCount) {
	for _, b := range kiosk.Bands() {
		all = append(all, bandCount{b, t.T("desk.range."+bandKey(b), nil), guests[b]})
	}
	return all
}

// readerDown tells whether nobody can sign in, since no badge can be read: then
// whoever stands here may count who comes in.
func (d *Desk) readerDown() bool { return d.cfg.Health != nil && kiosk.ReaderDown(d.cfg.Health()) }

// addSending says that all is kept and when the counts last left, and shows the
// code while no centre is paired. A fault in asking is no reason to hide the
// day: the lights tell of it.
func (d *Desk) addSending(r *request, p *dayPage) {
	if d.cfg.Pairing == nil {
		p.Sent = r.localizer.T("desk.sent.kept", nil)
		return
	}
	s, err := d.cfg.Pairing.Sending(r.Context())
	if err != nil {
		d.cfg.Log.Warn("ask how sending goes", "err", err)
		return
	}
	p.Sent = d.sentWords(r.localizer, s.Last)
	if !s.Paired && s.Code != "" {
		p.Pair = &pairCode{s.Code, s.Check}
	}
	switch s.Asks {
	case "":
	case "sync.forked":
		p.PairAgain = &again{r.localizer.T("desk.pair.second", nil), r.localizer.T("desk.pair.thisone", nil)}
	default:
		p.PairAgain = &again{r.localizer.T("desk.pair.unknown", nil), r.localizer.T("desk.pair.again", nil)}
	}
}

// pairAnew goes on with the centre: by pairing again, or as the one kiosk that does.
func (d *Desk) pairAnew(w http.ResponseWriter, r *request) error {
	return d.act(w, r, nil, func() (done, error) {
		if d.cfg.Pairing == nil {
			return done{}, kiosk.ErrNotFound
		}
		return done{said: r.localizer.T("desk.did.done", nil)}, d.cfg.Pairing.PairAnew(r.Context())
	})
}

func (d *Desk) sentWords(t web.Localizer, last time.Time) string {
	if last.IsZero() {
		return t.T("desk.sent.never", nil)
	}
	zone := d.cfg.Timetable.Zone
	days := int(count.DayOf(d.now(), zone) - count.DayOf(last, zone))
	if days <= 0 {
		return t.Say("desk.sent.today", "Time", t.Clock(last.In(zone)))
	}
	return t.N("desk.sent.days", days, nil)
}

// healthNotices are the parts of the kiosk that are not green, worst first, in words.
func (d *Desk) healthNotices(t web.Localizer) []notice {
	if d.cfg.Health == nil {
		return nil
	}
	var worst, care []notice
	for _, l := range d.cfg.Health() {
		switch l.Level {
		case kiosk.LevelGreen:
		case kiosk.LevelOrange:
			care = append(care, notice{"orange", "info", t.T("lights."+l.Reason, nil)})
		default:
			worst = append(worst, notice{"red", "warning", t.T("lights."+l.Reason, nil)})
		}
	}
	return append(worst, care...)
}

// seeking tells whether nobody knows for sure what time it is: then no page may
// tell a date.
func (d *Desk) seeking() bool {
	return d.cfg.Health != nil && slices.ContainsFunc(d.cfg.Health(), func(h kiosk.Health) bool { return h.Reason == "clock.unsure" })
}

func unsaved(t web.Localizer) notice {
	return notice{"red", "warning", t.T("desk.refused.unsaved", nil)}
}

// nameOf is how the desk calls a person, or "" when that cannot be known.
func (d *Desk) nameOf(ctx context.Context, t web.Localizer, person int64) string {
	p, err := d.find(ctx, person)
	if err != nil {
		return ""
	}
	return label(t, p.Resident)
}

// actionWords says what was done, as one sentence.
func actionWords(t web.Localizer, a kiosk.PastAction) string {
	id := "desk.deed." + string(a.Kind)
	switch {
	case a.Kind == kiosk.ActionAddGuest:
		return t.Say(id, "Band", t.T("desk.band."+bandKey(a.Band), nil))
	case a.Person.No != 0:
		return t.Say(id, "Who", label(t, a.Person))
	case a.Kind == kiosk.ActionClock || a.Kind == kiosk.ActionVolunteer, ofRoom(a.Kind):
		return t.T(id, nil)
	case a.Kind == kiosk.ActionKeepIn || a.Kind == kiosk.ActionClearOut:
		return t.N(id, a.Number, nil)
	case a.Kind == kiosk.ActionDate:
		return t.N("desk.deed.date", a.Number, nil)
	case a.Kind == kiosk.ActionPaper:
		return t.N("desk.deed.paperguests", a.Number, nil)
	}
	return t.Say(id, "Who", t.T("desk.somebody", nil))
}

// bandKey names a band in the translations, whose ids take no sign but a dot.
func bandKey(b kiosk.Band) string {
	switch b {
	case kiosk.BandChild:
		return "child"
	case kiosk.BandTeen:
		return "teen"
	case kiosk.BandAdult:
		return "adult"
	case kiosk.BandElder:
		return "elder"
	default:
		return "unasked"
	}
}

// now is the wall clock in the room's zone.
func (d *Desk) now() time.Time { return d.cfg.Clock.Now().Wall.In(d.cfg.Timetable.Zone) }

func (d *Desk) clock(r *request, at time.Time) string {
	return r.localizer.Clock(at.In(d.cfg.Timetable.Zone))
}
