package screen

import (
	"slices"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/sync/count"
	"example.org/inloop/web"
)

// Idle is what the hall may know of the room: the screen shows it whenever
// nobody is being greeted.
type Idle struct {
	Room      string           // the room's name, as the neighbourhood calls it
	Timetable kiosk.Timetable  // when it is open; a nil Zone counts as UTC
	Programme []kiosk.Activity // the week's activities, in any order
	// Desk is the path of the volunteers' page where both share one screen:
	// while no badge can be read, people are counted there by hand.
	Desk string
}

// Up to when a closed room looks ahead for its next opening.
const lookAhead = 14

// Outside these hours the page is dark, for the eyes of who stands in a dark
// hall and of who lives across the street.
const (
	dayBegins = 7 * 60
	dayEnds   = 19 * 60
)

// idle is the idle face in one language.
type idle struct {
	Dir     string `json:"dir"`
	Size    string `json:"size"` // of the title, as in words
	Room    string `json:"room"`
	Title   string `json:"title"`
	Guest   string `json:"guest"`
	Picture string `json:"picture"` // what the drawing shows, for who cannot see it; empty for no drawing
	Choose  string `json:"choose"`  // the language button
	Clock   string `json:"clock"`   // empty while the clock is not sure
	Date    string `json:"date"`
	Open    bool   `json:"open"`
	Status  string `json:"status"`
	Heading string `json:"heading"`
	Items   []item `json:"items"`
}

// item is one line of today's programme.
type item struct {
	Time  string `json:"time"`
	Title string `json:"title"` // in the words of the room's own settings
	Note  string `json:"note"`  // said of what is on now
	On    bool   `json:"on"`
}

// view writes the idle face as it is at now. An unsure clock gives no time, no
// programme and no hours: a wrong one would send people away. A room without a
// reader asks nobody for a badge.
func (i Idle) view(t web.Localizer, now time.Time, sure, badges bool) idle {
	v := idle{
		Dir: t.Dir(), Room: i.Room, Items: []item{},
		Title: t.T("door.idle.title", nil), Guest: t.T("door.idle.guest", nil),
		Picture: t.T("door.idle.picture", nil), Choose: t.T("door.language.choose", nil),
		Heading: t.T("door.idle.programme", nil), Status: t.T("door.idle.empty", nil),
	}
	if !badges {
		v.Title, v.Guest, v.Picture = t.T("door.unknown.title", nil), t.T("door.unknown.line", nil), ""
	}
	v.Size = size(v.Title)
	if !sure {
		v.Date = t.T("door.idle.seeking", nil)
		return v
	}
	now = now.In(i.zone())
	v.Clock, v.Date = t.Clock(now), t.Today(now)
	v.Open, v.Status = i.status(t, now)
	v.Items = i.today(t, now)
	return v
}

// status says whether the room is open and until when, or when it opens next.
func (i Idle) status(t web.Localizer, now time.Time) (open bool, text string) {
	clock, today := count.ClockOf(now, i.zone()), count.DayOf(now, i.zone())
	for _, h := range i.Timetable.Hours(today) {
		if h.From <= clock && clock < h.Until {
			return true, t.T("door.idle.open", map[string]any{"Until": h.Until.String()})
		}
		if clock < h.From {
			return false, t.T("door.idle.later", map[string]any{"At": h.From.String()})
		}
	}
	for ahead := count.Day(1); ahead <= lookAhead; ahead++ {
		hours := i.Timetable.Hours(today + ahead)
		if len(hours) == 0 {
			continue
		}
		id := "door.idle.another"
		if ahead == 1 {
			id = "door.idle.tomorrow"
		}
		return false, t.T(id, map[string]any{
			"Weekday": t.Weekday((today + ahead).Weekday()), "At": hours[0].From.String(),
		})
	}
	return false, t.T("door.idle.closed", nil)
}

// today lists what is still to come or going on; what is over helps nobody. On
// a day on which the room is closed nothing is.
func (i Idle) today(t web.Localizer, now time.Time) []item {
	clock, today := count.ClockOf(now, i.zone()), count.DayOf(now, i.zone())
	items := []item{}
	if !i.Timetable.Open(today) {
		return items
	}
	programme := slices.Clone(i.Programme)
	slices.SortStableFunc(programme, func(a, b kiosk.Activity) int { return int(a.From - b.From) })
	for _, a := range programme {
		if a.Weekday != today.Weekday() || a.Until <= clock {
			continue
		}
		it := item{Time: a.From.String(), Title: a.Title, On: a.From <= clock}
		if it.On {
			it.Time, it.Note = t.T("door.idle.now", nil), t.T("door.idle.join", nil)
		}
		items = append(items, it)
	}
	return items
}

// look is "night" in the evening and before dawn.
func (i Idle) look(now time.Time) string {
	if c := count.ClockOf(now, i.zone()); c < dayBegins || c >= dayEnds {
		return "night"
	}
	return "day"
}

func (i Idle) zone() *time.Location {
	if i.Timetable.Zone == nil {
		return time.UTC
	}
	return i.Timetable.Zone
}
