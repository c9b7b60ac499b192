package central

import (
	"maps"
	"slices"

	"example.org/inloop/sync/count"
	"example.org/inloop/sync/wire"
)

// tally is what one room sent, added up for reading.
type tally struct {
	measures count.Catalogue
	days     map[count.Day]*dayTally
	longer   map[longerKey]longerCell
	today    count.Day
	since    count.Day // day from which the room is expected to send
	awake    bool      // the kiosk reported today
	undated  undatedVisits
	lost     lostDays
	untold   map[count.Measure]untold
}

// untold is what the days that came whole say of a measure that was added to the
// catalogue when the room was counting already. A room ends each day with a number
// for every measure that it knows, zeros included, so a day without one is older
// than the measure in that room.
type untold struct {
	last  count.Day // that came whole without it
	since bool      // a later one came with it
}

// epochKey orders what is newer: a later series, in it a higher epoch.
type epochKey struct{ series, epoch int }

func (l epochKey) before(m epochKey) bool {
	return l.series < m.series || l.series == m.series && l.epoch < m.epoch
}

// dayTally is class A of one day, over all epochs.
type dayTally struct {
	all    Visits                // of the whole day
	asked  []count.Measure       // that came without a number: nobody answered
	parts  map[count.Part]Visits // of the measures that are counted by part
	epochs []epochKey            // that sent visits
	open   epochKey              // newest that sent open; zero for none
	closed bool                  // what it sent
}

type longerKey struct {
	period count.Period
	class  count.Class
}

// longerCell is all measures of one class in one longer period, from the newest
// epoch that holds any of them.
type longerCell struct {
	epoch epochKey
	n     map[count.Measure]*int64
}

func newTally(measures count.Catalogue, cells []RoomCell, today, since count.Day, awake bool, undated undatedVisits) tally {
	t := tally{
		measures: measures, days: map[count.Day]*dayTally{}, longer: map[longerKey]longerCell{},
		today: today, since: since, awake: awake, undated: undated,
	}
	for _, c := range cells {
		l := epochKey{c.Series, c.Cell.Epoch}
		switch d, known := measures.Find(c.Cell.Measure); {
		case !known: // stored by a newer version of this server
		case d.Class == count.ClassA:
			t.addDay(l, d, c.Cell)
		default:
			t.addLonger(l, d.Class, c.Cell)
		}
	}
	t.findUntold()
	return t
}

// findUntold looks for measures that the room did not always know.
func (t *tally) findUntold() {
	t.untold = map[count.Measure]untold{}
	for _, date := range slices.Sorted(maps.Keys(t.days)) {
		if t.received(date) != DayReceived {
			continue
		}
		for _, d := range t.measures.OfClass(count.ClassA) {
			_, came := t.days[date].all[d.Measure]
			if u, known := t.untold[d.Measure]; came && known {
				t.untold[d.Measure] = untold{u.last, true}
			} else if !came && d.ByPart {
				t.untold[d.Measure] = untold{last: date}
			}
		}
	}
}

// visits returns the counts of a day: a zero for each measure that the room knew
// then and sent no number of.
func (t tally) visits(date count.Day) Visits {
	v := maps.Clone(t.days[date].all)
	for _, d := range t.measures.OfClass(count.ClassA) {
		u, known := t.untold[d.Measure]
		if _, came := v[d.Measure]; !came && d.ByPart && (!known || u.since && date > u.last) {
			v[d.Measure] = 0
		}
	}
	return v
}

func (t tally) addDay(l epochKey, m count.Definition, c wire.Cell) {
	day, _, err := c.Period.Span()
	if err != nil {
		return // Cell.Check let no such period pass
	}
	d := t.days[day]
	if d == nil {
		d = &dayTally{all: Visits{}, parts: map[count.Part]Visits{}}
		t.days[day] = d
	}
	switch {
	case c.N == nil:
		if !slices.Contains(d.asked, c.Measure) {
			d.asked = append(d.asked, c.Measure)
		}
	case c.Measure == count.MeasureOpen:
		if !l.before(d.open) {
			d.open, d.closed = l, *c.N == 0
		}
	default:
		d.add(l, m, c)
	}
}

func (d *dayTally) add(l epochKey, m count.Definition, c wire.Cell) {
	if m.ByPart && !slices.Contains(count.Parts(), c.Part) {
		return
	}
	if !m.ByPart { // what the room did that day, which two of its epochs may both tell
		d.all[c.Measure] = max(d.all[c.Measure], *c.N)
		return
	}
	if !slices.Contains(d.epochs, l) {
		d.epochs = append(d.epochs, l)
	}
	d.all[c.Measure] += *c.N
	if d.parts[c.Part] == nil {
		d.parts[c.Part] = Visits{}
	}
	d.parts[c.Part][c.Measure] += *c.N
}

func (t tally) addLonger(l epochKey, class count.Class, c wire.Cell) {
	key := longerKey{c.Period, class}
	held, there := t.longer[key]
	if !there || held.epoch.before(l) {
		held = longerCell{epoch: l, n: map[count.Measure]*int64{}}
		t.longer[key] = held
	}
	if held.epoch == l {
		held.n[c.Measure] = c.N
	}
}

// day returns what is known of one day.
func (t tally) day(date count.Day) DayFigures {
	day := DayFigures{Date: date, State: t.state(date), Undated: t.undatedOf(count.Days{First: date, Last: date})}
	if d := t.days[date]; d != nil {
		day.Visits, day.Unfilled = t.visits(date), d.unfilled()
	}
	return day
}

// unfilled is what was asked and not answered, in any epoch.
func (d *dayTally) unfilled() map[count.Measure]int {
	none := make(map[count.Measure]int, len(d.asked))
	for _, m := range d.asked {
		if _, answered := d.all[m]; !answered {
			none[m] = 1
		}
	}
	return none
}

// state returns what is known of a day: one that may lack visits is not whole.
func (t tally) state(date count.Day) DayState {
	state := t.received(date)
	if (state == DayReceived || state == DayClosed) && t.undatedOf(count.Days{First: date, Last: date}) > 0 {
		return DayUndated
	}
	return state
}

// ended returns the parts of today of which the numbers have come, all of them once
// those of the whole day have. A room sends all measures of a part when that has ended,
// zeros too: what has not come runs still, and is no zero.
func (t tally) ended() (parts []count.Part) {
	d := t.days[t.today]
	switch {
	case d == nil:
		return nil
	case d.open != epochKey{}:
		return count.Parts()
	}
	return slices.DeleteFunc(count.Parts(), func(p count.Part) bool { return d.parts[p] == nil })
}

// soFar adds up the visits of the running days, and of as much of the days that they are
// set beside: of that beside today the parts of which today's numbers have come.
func (t tally) soFar(r running) (now, before Visits, came, comparable bool) {
	ended := t.ended()
	if whole := len(ended) == len(count.Parts()); whole || t.today < r.now.First || t.today > r.now.Last {
		now, came, comparable = t.sum(r.now)
		var wholeBefore bool
		before, _, wholeBefore = t.sum(r.before)
		return now, before, came, comparable && wholeBefore
	}
	now, came, comparable = t.sum(count.Days{First: r.now.First, Last: t.today - 1})
	beside := r.before.First + (t.today - r.now.First)
	before, _, wholeBefore := t.sum(count.Days{First: r.before.First, Last: min(beside-1, r.before.Last)})
	comparable = comparable && wholeBefore && t.undatedOf(count.Days{First: t.today, Last: t.today}) == 0
	if len(ended) == 0 {
		// A silent room is one whose numbers are missing.
		return now, before, came, comparable && t.awake && r.now.First < t.today
	}
	now.add(t.visits(t.today))
	if beside <= r.before.Last {
		d := t.day(beside)
		comparable = comparable && d.known()
		for _, p := range ended {
			if held := t.days[beside]; held != nil {
				before.add(held.parts[p])
			}
		}
	}
	return now, before, true, comparable
}

// received returns what of a day came.
func (t tally) received(date count.Day) DayState {
	d := t.days[date]
	switch {
	case date == t.today && (d != nil || t.awake):
		return DayLive
	case d == nil:
		return DayMissing
	case d.open == epochKey{}:
		return DayPartial
	case d.closed:
		return DayClosed
	}
	return DayReceived
}

// known tells whether the day's figure is whole, or today's so far.
func (d DayFigures) known() bool {
	return d.State == DayReceived || d.State == DayClosed || d.State == DayLive
}

// expected tells whether the room should have sent something of the day.
func (t tally) expected(date count.Day) bool {
	return date >= t.since || t.days[date] != nil
}

// sum adds up the visits of some days; came tells whether any of them was
// received, and whole whether all were.
func (t tally) sum(days count.Days) (v Visits, came, whole bool) {
	v, whole = Visits{}, true
	for date := range days.All() {
		d := t.day(date)
		v.add(d.Visits)
		came = came || d.State != DayMissing
		whole = whole && d.known()
	}
	return v, came, whole
}

// parts adds up the visits of some days for each part of the day.
func (t tally) parts(days count.Days) []PartVisits {
	sums := make([]PartVisits, 0, 3)
	for _, part := range count.Parts() {
		sum := PartVisits{Part: part, Visits: Visits{}}
		for date := range days.All() {
			if d := t.days[date]; d != nil {
				sum.Visits.add(d.parts[part])
			}
		}
		sums = append(sums, sum)
	}
	return sums
}

// databases tells how many of them, and how many epochs, sent visits of some days.
func (t tally) databases(days count.Days) (series, epochs int) {
	seen, rows := map[epochKey]bool{}, map[int]bool{}
	for date := range days.All() {
		if d := t.days[date]; d != nil {
			for _, l := range d.epochs {
				seen[l], rows[l.series] = true, true
			}
		}
	}
	return len(rows), len(seen)
}
