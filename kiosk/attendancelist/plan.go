package attendancelist

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/reach"
	"example.org/inloop/sync/count"
)

// Label returns a person's label as it is compared: the same one, however its
// letters are encoded and spaced, is the same person in every list.
func Label(text string) string {
	return norm.NFC.String(strings.Join(strings.Fields(text), " "))
}

// Person is what a room knows already of somebody whom a list names.
type Person struct {
	First, Last count.Day              // kept of visits whose rows are gone, NoDay for none
	Visits      map[kiosk.DayPart]bool // that are there, however they came there
}

// Known is what a room knows already of all that a list names.
type Known struct {
	Today  count.Day
	Now    count.Part            // the part of today that runs, empty when nobody knows
	People map[string]Person     // by label; who is not here is new
	Guests map[kiosk.DayPart]int // whom earlier lists brought
}

// Summary says what an import changed, or would change.
type Summary struct {
	Rows      int `json:"rows"`       // of the list
	Visits    int `json:"visits"`     // added
	Known     int `json:"known"`      // persons' rows of which the visit was there already
	People    int `json:"people"`     // labels that were seen for the first time
	Guests    int `json:"guests"`     // by which the number of guests changed
	Old       int `json:"old"`        // rows older than the retention, of which no visit is kept
	FirstSeen int `json:"first_seen"` // people whom an old row made known for longer

	// Withheld are closed periods that are not told, because the list knows of
	// older visits in them than the room keeps.
	Withheld []count.Period `json:"withheld"`
}

// Change is a visit to be added, or a change in the number of guests.
type Change struct {
	kiosk.DayPart
	Label  string // whose visit it is; empty for guests
	Guests int    // to be added, or when below 0 to be taken away
}

// Seen is what old rows say of a person: earlier first and later last visits
// than were known, NoDay where they say nothing new.
type Seen struct{ First, Last count.Day }

// Plan is what taking in a list comes to.
type Plan struct {
	Summary
	New     []string        // labels seen for the first time, in the list's order
	Changes []Change        // in the list's order
	Seen    map[string]Seen // by label, of rows older than the retention

	// The last day before the retention on which anybody came, NoDay without any: no
	// row of them is ever kept.
	Newest count.Day
	// Recorded are the days before the retention on which a person came: of each
	// it is known who did, and of no other.
	Recorded map[count.Day]bool

	Gaps []Gap // longer than a year, in the order of the days
}

// NewPlan holds a list against what the room knows. A visit that is there
// already is not doubled. A row of guests sets the imported guests of that part
// of the day, beside those who were counted otherwise, so that the same list
// twice changes nothing. A row older than the retention only moves back when the
// person, and the room, were first seen. kiosk.ErrFuture when a row lies ahead, and
// [Problems] when rows are of a part of today that has not begun.
//
// What it plans is entered in the room, whose maps it owns from then on.
func NewPlan(list []Row, room Known) (Plan, error) {
	if ahead := notBegun(list, room); len(ahead) > 0 {
		return Plan{}, ahead
	}
	p := planner{Plan: Plan{Seen: make(map[string]Seen), Recorded: make(map[count.Day]bool)}, room: room, keptFrom: reach.VisitsFrom(room.Today)}
	p.Gaps = gaps(list)
	for _, row := range list {
		if row.Day > room.Today {
			return Plan{}, fmt.Errorf("line %d: %s: %w", row.Line, row.Day, kiosk.ErrFuture)
		}
		p.row(row)
	}
	return p.Plan, nil
}

// notBegun returns a problem for each row of a part of today that is still to come.
func notBegun(list []Row, room Known) (all Problems) {
	now := slices.Index(count.Parts(), room.Now)
	for _, row := range list {
		if now < 0 || row.Day != room.Today || slices.Index(count.Parts(), row.Part) <= now {
			continue
		}
		if len(all) == maxProblems {
			return append(all, Problem{Line: row.Line, Fault: FaultMore})
		}
		all = append(all, Problem{Line: row.Line, Fault: FaultNotBegun, Found: string(row.Part)})
	}
	return all
}

type planner struct {
	Plan
	room     Known
	keptFrom count.Day // rows before it are older than the retention
}

func (p *planner) row(row Row) {
	p.Rows++
	old := row.Day < p.keptFrom
	if old {
		p.old(row)
	}
	if row.Person == "" {
		if !old {
			p.guests(row)
		}
		return
	}
	label := Label(row.Person)
	who, known := p.room.People[label]
	if !known {
		p.New, p.People = append(p.New, label), p.People+1
		who.Visits = make(map[kiosk.DayPart]bool)
	}
	if old {
		p.seen(label, &who, row.Day)
	} else {
		p.visit(label, who, kiosk.DayPart{Day: row.Day, Part: row.Part})
	}
	p.room.People[label] = who
}

// old notes a row of which no visit is kept.
func (p *planner) old(row Row) {
	p.Old++
	if row.Person == "" && row.Guests == 0 {
		return
	}
	p.Newest = max(p.Newest, row.Day)
	if row.Person != "" {
		p.Recorded[row.Day] = true
	}
}

// seen notes an old visit: the month in which the person was first seen, and
// the day for as long as a running year may ask for it.
func (p *planner) seen(label string, who *Person, day count.Day) {
	seen := p.Seen[label]
	if first := reach.FirstSeen(day); who.First == count.NoDay || first < who.First {
		who.First, seen.First = first, first
		p.FirstSeen++
	}
	if day > who.Last {
		who.Last, seen.Last = day, day
	}
	p.Seen[label] = seen
}

func (p *planner) visit(label string, who Person, at kiosk.DayPart) {
	if who.Visits[at] {
		p.Known++
		return
	}
	who.Visits[at] = true
	p.Visits++
	p.Changes = append(p.Changes, Change{DayPart: at, Label: label})
}

func (p *planner) guests(row Row) {
	at := kiosk.DayPart{Day: row.Day, Part: row.Part}
	change := row.Guests - p.room.Guests[at]
	if change == 0 {
		return
	}
	p.room.Guests[at] = row.Guests
	p.Guests += change
	p.Changes = append(p.Changes, Change{DayPart: at, Guests: change})
}
