package attendancelist

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/reach"
	"example.org/inloop/sync/count"
)

// Person is what a room knows already of somebody whom a list names.
type Person struct {
	First, Last count.Day              // kept of visits whose rows are gone, NoDay for none
	Visits      map[kiosk.DayPart]bool // that are there, however they came there
}

// Known is what a room knows already of all that a list names.
type Known struct {
	Today  count.Day
	Now    count.Part            // the part of today that runs, empty when nobody knows
	People map[string]Person     // by their key (see [Known.Key]); who is not here is new
	Labels map[string]string     // of all whom the room has, as they are shown, by key
	Other  map[string]string     // to a key, what else a label folds into that means them
	Guests map[kiosk.DayPart]int // whom earlier lists brought
}

// Key returns by what somebody whom a list names so is known: by the very words, where
// somebody is kept under them beside another whose label means the same, or else by
// what the label folds into.
func (k Known) Key(words string) string {
	label := Label(words)
	if _, there := k.People[label]; there {
		return label
	}
	folded := Fold(label)
	if key, said := k.Other[folded]; said {
		return key
	}
	return folded
}

// Newcomer is somebody whom a list names first.
type Newcomer struct{ Key, Label string }

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
	Key    string // whose visit it is; empty for guests
	Guests int    // to be added, or when below 0 to be taken away
}

// Seen is what old rows say of a person: earlier first and later last visits
// than were known, NoDay where they say nothing new.
type Seen struct{ First, Last count.Day }

// Plan is what taking in a list comes to.
type Plan struct {
	Summary
	New     []Newcomer        // in the list's order
	Keys    map[string]string // whom its rows mean, by their words
	Changes []Change          // in the list's order
	Seen    map[string]Seen   // by key, of rows older than the retention
	Alike   []LookAlike       // of whom nobody has said whether they are the same
	Same    []Newcomer        // of whom it is said now, and under which other label

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
// person, and the room, were first seen. Who looks like somebody else is listed, and
// the same where their row says so. kiosk.ErrFuture when a row lies ahead, and [Problems]
// when rows are of a part of today that has not begun, or say that somebody is the same
// who looks like nobody, or like several.
//
// What it plans is entered in the room, whose maps it owns from then on.
func NewPlan(list []Row, room Known) (Plan, error) {
	if ahead := notBegun(list, room); len(ahead) > 0 {
		return Plan{}, ahead
	}
	p := planner{Plan: Plan{Seen: make(map[string]Seen), Recorded: make(map[count.Day]bool)}, room: room, keptFrom: reach.VisitsFrom(room.Today)}
	p.Gaps = gaps(list)
	if bad := p.name(list); len(bad) > 0 {
		return Plan{}, bad
	}
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

// name finds out whom the rows mean, and who looks like somebody else.
func (p *planner) name(list []Row) (bad Problems) {
	p.Keys = make(map[string]string)
	var named []*labelled // in the list's order, each key once
	same := make(map[string]int)
	seen := make(map[string]bool)
	for _, row := range list {
		key, met := p.Keys[row.Person]
		if !met && row.Person != "" {
			key = p.room.Key(row.Person)
			p.Keys[row.Person] = key
		}
		if row.Person != "" && !seen[key] {
			seen[key] = true
			named = append(named, &labelled{key, Label(row.Person), row.Line})
		}
		if row.Same {
			same[key] = row.Line
		}
	}
	as := p.whoIsWho(named, same, &bad)
	meant := func(key string) string {
		for as[key] != "" {
			key = as[key]
		}
		return key
	}
	for words, key := range p.Keys {
		p.Keys[words] = meant(key)
	}
	for i := range p.Same {
		p.Same[i].Key = meant(p.Same[i].Key)
	}
	return bad
}

// whoIsWho lists those of the list whom the room does not know and who look like somebody,
// and returns whom those are, by key, of whom it is said.
func (p *planner) whoIsWho(named []*labelled, same map[string]int, bad *Problems) map[string]string {
	as := make(map[string]string)
	if len(named)+len(p.room.Labels) > maxAlike {
		return as
	}
	others := newAlikes()
	for _, key := range slices.Sorted(maps.Keys(p.room.Labels)) {
		others.add(&labelled{key: key, label: p.room.Labels[key]})
	}
	for _, l := range named {
		if _, known := p.room.People[l.key]; known {
			continue // the same list once more asks nothing
		}
		like := others.like(l)
		line, said := same[l.key]
		switch {
		case said && len(like) != 1:
			*bad = append(*bad, Problem{Line: line, Fault: FaultSame, Found: strconv.Itoa(len(like))})
		case said:
			as[l.key] = like[0].key
			p.Same = append(p.Same, Newcomer{like[0].key, l.label})
		default:
			for _, other := range like {
				p.Alike = append(p.Alike, LookAlike{Line: l.line, Label: l.label, Other: other.line, Like: other.label})
			}
		}
		others.add(l)
	}
	return as
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
	key := p.Keys[row.Person]
	who, known := p.room.People[key]
	if !known {
		p.New, p.People = append(p.New, Newcomer{key, Label(row.Person)}), p.People+1
		who.Visits = make(map[kiosk.DayPart]bool)
	}
	if old {
		p.seen(key, &who, row.Day)
	} else {
		p.visit(key, who, kiosk.DayPart{Day: row.Day, Part: row.Part})
	}
	p.room.People[key] = who
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
func (p *planner) seen(key string, who *Person, day count.Day) {
	seen := p.Seen[key]
	if first := reach.FirstSeen(day); who.First == count.NoDay || first < who.First {
		who.First, seen.First = first, first
		p.FirstSeen++
	}
	if day > who.Last {
		who.Last, seen.Last = day, day
	}
	p.Seen[key] = seen
}

func (p *planner) visit(key string, who Person, at kiosk.DayPart) {
	if who.Visits[at] {
		p.Known++
		return
	}
	who.Visits[at] = true
	p.Visits++
	p.Changes = append(p.Changes, Change{DayPart: at, Key: key})
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
