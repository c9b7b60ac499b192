package central

import (
	"slices"
	"time"

	"example.org/inloop/sync/wire"
)

// tally is what one room sent, added up for reading.
type tally struct {
	days   map[wire.Period]*dayTally
	longer map[longerKey]longerCell
	today  time.Time
	since  time.Time // day from which the room is expected to send
	awake  bool      // the kiosk reported today: no cell of today is a zero
}

// epochKey orders what is newer: a later series, in it a higher epoch.
type epochKey struct{ series, epoch int }

func (l epochKey) before(m epochKey) bool {
	return l.series < m.series || l.series == m.series && l.epoch < m.epoch
}

// dayTally is class A of one day, over all epochs.
type dayTally struct {
	parts  [3]Visits  // as wire.Parts
	epochs []epochKey // that sent visits
	open   epochKey   // newest that sent open; zero for none
	closed bool       // what it sent
}

type longerKey struct {
	period wire.Period
	class  wire.Class
}

// longerCell is all measures of one class in one longer period, from the newest
// epoch that holds any of them.
type longerCell struct {
	epoch epochKey
	n     map[wire.Measure]*int64
}

func newTally(cells []RoomCell, today, since time.Time, awake bool) tally {
	t := tally{days: map[wire.Period]*dayTally{}, longer: map[longerKey]longerCell{}, today: today, since: since, awake: awake}
	for _, c := range cells {
		l := epochKey{c.Series, c.Cell.Epoch}
		if class := c.Cell.Measure.Class(); class == wire.ClassA {
			t.addDay(l, c.Cell)
		} else {
			t.addLonger(l, class, c.Cell)
		}
	}
	return t
}

func (t tally) addDay(l epochKey, c wire.Cell) {
	d := t.days[c.Period]
	if d == nil {
		d = &dayTally{}
		t.days[c.Period] = d
	}
	if c.N == nil {
		return
	}
	if c.Measure == wire.Open {
		if !l.before(d.open) {
			d.open, d.closed = l, *c.N == 0
		}
		return
	}
	part := slices.Index(wire.Parts(), c.Part)
	if part < 0 {
		return
	}
	if !slices.Contains(d.epochs, l) {
		d.epochs = append(d.epochs, l)
	}
	v := &d.parts[part]
	switch c.Measure {
	case wire.BadgeVisits:
		v.Badge += *c.N
	case wire.Guests:
		v.Guests += *c.N
	case wire.Assumed:
		v.Assumed += *c.N
	case wire.GuestsChild:
		v.Bands.Child += *c.N
	case wire.GuestsTeen:
		v.Bands.Teen += *c.N
	case wire.GuestsAdult:
		v.Bands.Adult += *c.N
	case wire.GuestsElder:
		v.Bands.Elder += *c.N
	}
}

func (t tally) addLonger(l epochKey, class wire.Class, c wire.Cell) {
	key := longerKey{c.Period, class}
	held, there := t.longer[key]
	if !there || held.epoch.before(l) {
		held = longerCell{epoch: l, n: map[wire.Measure]*int64{}}
		t.longer[key] = held
	}
	if held.epoch == l {
		held.n[c.Measure] = c.N
	}
}

// day returns what is known of one day.
func (t tally) day(date time.Time) DayFigures {
	d := t.days[dayOf(date)]
	day := DayFigures{Date: date, State: DayMissing}
	if d != nil {
		for _, v := range d.parts {
			day.Visits = day.Visits.plus(v)
		}
	}
	switch {
	case date.Equal(t.today):
		if d != nil || t.awake {
			day.State = DayLive
		}
	case d == nil:
	case d.open == epochKey{}:
		day.State = DayPartial
	case d.closed:
		day.State = DayClosed
	default:
		day.State = DayReceived
	}
	return day
}

// known tells whether the day's figure is whole, or today's.
func (d DayFigures) known() bool { return d.State != DayMissing && d.State != DayPartial }

// expected tells whether the room should have sent something of the day.
func (t tally) expected(date time.Time) bool {
	return !date.Before(t.since) || t.days[dayOf(date)] != nil
}

// sum adds up the visits of a span; came tells whether any day of it was
// received, and whole whether all were.
func (t tally) sum(s span) (v Visits, came, whole bool) {
	whole = true
	s.each(func(date time.Time) {
		d := t.day(date)
		v = v.plus(d.Visits)
		came = came || d.State != DayMissing
		whole = whole && d.known()
	})
	return v, came, whole
}

// parts adds up the visits of a span for each part of the day.
func (t tally) parts(s span) []PartVisits {
	sums := make([]PartVisits, 0, 3)
	for i, part := range wire.Parts() {
		sum := PartVisits{Part: part}
		s.each(func(date time.Time) {
			if d := t.days[dayOf(date)]; d != nil {
				sum.Visits = sum.Visits.plus(d.parts[i])
			}
		})
		sums = append(sums, sum)
	}
	return sums
}

// epochs tells how many epochs sent visits in a span.
func (t tally) epochs(s span) int {
	seen := map[epochKey]bool{}
	s.each(func(date time.Time) {
		if d := t.days[dayOf(date)]; d != nil {
			for _, l := range d.epochs {
				seen[l] = true
			}
		}
	})
	return len(seen)
}
