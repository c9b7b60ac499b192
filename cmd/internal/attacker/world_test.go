package attacker_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/reach"
	"example.org/inloop/sync/count"
)

// The year that is played, and the weeks in which all is read.
const (
	year  = 2026
	weeks = 54
)

func quarters() []count.Period { return []count.Period{"2026Q1", "2026Q2", "2026Q3", "2026Q4"} }

func firstOf(p count.Period) count.Day { d, _, _ := p.Span(); return d }
func lastOf(p count.Period) count.Day  { _, d, _ := p.Span(); return d }

// readOn returns the day on which the attacker reads for the n-th time.
func readOn(week int) count.Day { return count.Date(year, time.January, 1) + count.Day(7*week) }

// answer is what somebody said on the screen; none of it with contacts unknown, which is
// a withdrawal.
type answer struct {
	on       count.Day
	contacts kiosk.Isolation
}

// resident is one person of the world. The attacker knows all of it but the answers.
type resident struct {
	room    int
	no      int64
	known   bool // came in the year before
	days    []count.Day
	part    count.Part
	answers []answer
	erased  count.Day // NoDay for never
	late    []late    // visits that were on paper
}

// late is a visit that was written in after its day.
type late struct{ day, written count.Day }

// attended tells whether she has a visit in a period, as was known on a day.
func (r resident) attended(p count.Period, on count.Day) bool {
	in := func(d count.Day) bool { return firstOf(p) <= d && d <= lastOf(p) }
	return slices.ContainsFunc(r.days, in) || slices.ContainsFunc(r.late, func(l late) bool { return in(l.day) && l.written <= on })
}

// says is what of her answers counts for a quarter, as it stood on a day.
func (r resident) says(quarter count.Period, on count.Day) (given count.Period, contacts kiosk.Isolation) {
	if r.erased != count.NoDay && r.erased <= on {
		return "", unknownContacts
	}
	contacts = unknownContacts
	for _, a := range r.answers {
		switch {
		case a.on > on:
		case a.contacts == unknownContacts: // withdrawn: all of them go
			given, contacts = "", unknownContacts
		case a.on.Quarter() <= quarter:
			given, contacts = a.on.Quarter(), a.contacts
		}
	}
	return given, contacts
}

// world is an organisation's rooms and who comes there.
type world struct {
	residents []resident
	rooms     int
	firstYear []bool // of each room: it began with the year
}

// size is how a world is made up.
type size struct {
	rooms, people     int // people of each room
	answering, few    float64
	steady            float64 // the share that comes all year through
	firstYear, spread bool    // spread: rooms of rather different sizes
}

func usual() size { return size{rooms: 3, people: 60, answering: 0.65, few: 0.3, steady: 0.6} }

// newWorld makes a year up. The same seed is the same year.
func newWorld(seed uint64, s size) *world {
	rnd := rand.New(rand.NewPCG(seed, 13))
	w := &world{rooms: s.rooms}
	for room := range s.rooms {
		people := s.people
		if s.spread {
			people = people/4 + rnd.IntN(people)
		}
		w.firstYear = append(w.firstYear, s.firstYear)
		for range people {
			r := resident{room: room, no: int64(len(w.residents) + 1), known: !s.firstYear && rnd.Float64() < 0.7, part: count.Parts()[rnd.IntN(3)]}
			from, until := 0, 52
			if rnd.Float64() >= s.steady {
				from, until = rnd.IntN(40), 12+rnd.IntN(41)
			}
			if r.known {
				from = 0
			}
			often := 0.1 + 0.7*rnd.Float64()
			for week := from; week < max(until, from+3); week++ {
				if week < 52 && rnd.Float64() < often {
					d := readOn(week) + count.Day(rnd.IntN(7))
					r.days = append(r.days, d)
				}
			}
			if len(r.days) == 0 {
				r.days = append(r.days, readOn(from))
			}
			if rnd.Float64() < s.answering {
				contacts := enoughContacts
				if rnd.Float64() < s.few {
					contacts = fewContacts
				}
				r.answers = []answer{{r.days[rnd.IntN(1+len(r.days)/4)], contacts}}
			}
			w.residents = append(w.residents, r)
		}
	}
	return w
}

// openings is when a room was planned open: every day, since the year or long before.
func (w *world) openings(room int) reach.Openings {
	o := reach.Openings{Since: count.Date(year-2, time.January, 1), Planned: func(count.Day) bool { return true }}
	if w.firstYear[room] {
		o.Since = count.Date(year, time.January, 1)
	}
	return o
}

// history is what a room's rows say of a quarter on a day, none of them being cut.
func (w *world) history(room int, quarter count.Period, on count.Day) *reach.History {
	var visits []kiosk.Visit
	records := map[int64]reach.Record{}
	for _, r := range w.residents {
		if r.room != room {
			continue
		}
		add := func(d count.Day) {
			visits = append(visits, kiosk.Visit{Person: r.no, Day: d, Part: r.part})
		}
		for _, d := range r.days {
			add(d)
		}
		for _, l := range r.late {
			if l.written <= on {
				add(l.day)
			}
		}
		var rec reach.Record
		given, contacts := r.says(quarter, on)
		rec.Answers = rec.Answers.With(reach.GivenAnswer{State: contacts, Given: given})
		if r.known {
			rec.Since, rec.Last = count.Date(year-1, time.March, 1), count.Date(year-1, time.December, 1)
		}
		records[r.no] = rec
	}
	return reach.NewHistory(slices.Values(visits), records)
}

// tally is what a room's real rules count of a period on a day.
func (w *world) tally(t testing.TB, room int, p count.Period, on count.Day) reach.Tally {
	t.Helper()
	tally, err := w.history(room, lastOf(p).Quarter(), on).Tally(p, w.openings(room))
	if err != nil {
		t.Fatal(err)
	}
	return tally
}

const (
	unknownContacts = kiosk.IsolationUnknown
	enoughContacts  = kiosk.IsolationEnough
	fewContacts     = kiosk.IsolationFew
)

// settledOn is the first reading on which a quarter is settled.
func settledOn(q count.Period) count.Day {
	for week := 1; ; week++ {
		if on := readOn(week); on >= lastOf(q)+8 {
			return on
		}
	}
}
