package attacker_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/reach"
	"example.org/inloop/kiosk/sqlite"
	"example.org/inloop/sync/count"
)

// arrivalDay is one day of a room: who came in which part of it, and when.
type arrivalDay struct {
	day  count.Day
	taps []arrival // in order
}

type arrival struct {
	who  int
	part count.Part
	at   time.Time
}

// watched is what a request held, and when it came.
type watched struct {
	at     time.Time
	counts []kiosk.Count
}

// partTimes are when the parts of a day begin and end in the hall.
func partTimes(part count.Part) (from, until count.ClockTime) {
	switch part {
	case count.PartMorning:
		return 9 * 60, 12 * 60
	case count.PartAfternoon:
		return 12 * 60, 18 * 60
	}
	return 18 * 60, 21 * 60
}

// newArrivalDay makes a day up: the same seed is the same people in the same parts, each
// shift the same people at other minutes of them.
func newArrivalDay(seed, shift uint64) arrivalDay {
	rnd, minutes := rand.New(rand.NewPCG(seed, 9)), rand.New(rand.NewPCG(seed, shift))
	d := arrivalDay{day: firstOf("2026") + 4 + 7*count.Day(seed)}
	for who := range 14 {
		part := count.Parts()[rnd.IntN(3)]
		from, until := partTimes(part)
		minute := from + 5 + count.ClockTime(minutes.IntN(int(until-from)-40))
		at := d.day.At(minute, time.UTC).Add(time.Duration(minutes.IntN(60)) * time.Second)
		d.taps = append(d.taps, arrival{who, part, at})
	}
	slices.SortFunc(d.taps, func(a, b arrival) int { return a.at.Compare(b.at) })
	return d
}

// gridPoint and gridOffset are when the room reports.
const (
	gridPoint  = 15 * time.Minute
	gridOffset = 400 * time.Second
)

// play lets the day pass in a real store and returns the requests of it, at each point of
// the grid one.
func (d arrivalDay) play(t *testing.T) (requests []watched) {
	t.Helper()
	r, ctx := openRoom(t), t.Context()
	for before := firstOf("2026"); before < d.day; before++ { // the days before have ended
		r.clock.at = before.At(23*60, time.UTC)
		r.must(r.Tick(ctx))
		r.sent(ctx, before.String())
	}
	next := 0
	for at := d.day.At(0, time.UTC).Add(gridOffset); at.Before((d.day + 1).At(0, time.UTC)); at = at.Add(gridPoint) {
		for ; next < len(d.taps) && d.taps[next].at.Before(at); next++ {
			r.clock.at = d.taps[next].at
			r.tap(ctx, d.taps[next].who)
		}
		r.clock.at = at
		r.must(r.Tick(ctx))
		requests = append(requests, watched{at, r.sent(ctx, at.String())})
	}
	return requests
}

// without is what the requests would be if each told what was counted by then, by the
// room's own rules: no ended parts.
func (d arrivalDay) without() (requests []watched) {
	rules := reach.DayPartRules()
	told := map[kiosk.Cell]int64{}
	for at := d.day.At(0, time.UTC).Add(gridOffset); at.Before((d.day + 1).At(0, time.UTC)); at = at.Add(gridPoint) {
		w := watched{at: at}
		for _, part := range count.Parts() {
			var visits []reach.Alike
			for _, tap := range d.taps {
				if tap.part == part && tap.at.Before(at) {
					visits = append(visits, reach.Alike{Visit: kiosk.Visit{Person: 1, Day: d.day, Part: part}, N: 1})
				}
			}
			cell := kiosk.Cell{Epoch: 1, Period: d.day.Period(), Measure: count.MeasureBadgeVisits, Part: part}
			if n := rules.Count(visits)[count.MeasureBadgeVisits]; n != told[cell] {
				told[cell] = n
				w.counts = append(w.counts, kiosk.Count{Cell: cell, N: &n, Rev: int64(len(requests) + 1)})
			}
		}
		requests = append(requests, w)
	}
	return requests
}

// found returns of how many the arrival is told within less than their part of the day:
// the visits of the part became more in a request that came before it had ended.
func (d arrivalDay) found(requests []watched) (people int) {
	for _, part := range count.Parts() {
		_, until := partTimes(part)
		var was int64
		for _, w := range requests {
			for _, c := range w.counts {
				if c.Period != d.day.Period() || c.Part != part || c.Measure != count.MeasureBadgeVisits || c.N == nil {
					continue
				}
				if *c.N > was && w.at.Before(d.day.At(until, time.UTC)) {
					people += int(*c.N - was)
				}
				was = *c.N
			}
		}
	}
	return people
}

// same tells whether two days were told alike: the same cells and revisions at the same
// times.
func same(a, b []watched) bool {
	return slices.EqualFunc(a, b, func(a, b watched) bool {
		return a.at.Equal(b.at) && slices.EqualFunc(a.counts, b.counts, func(a, b kiosk.Count) bool { return a.Cell == b.Cell && sameCount(a, b) })
	})
}

func TestArrival_OnlyItsPartOfTheDayIsTold(t *testing.T) {
	if _, is := any((*sqlite.Store)(nil)).(releaser); !is {
		t.Log("this store lets counts go at once: nothing is looked for")
		return
	}
	people, found, told := 0, 0, 0
	for seed := range years(2, 20) {
		d, shifted := newArrivalDay(seed, 1), newArrivalDay(seed, 2)
		requests := d.play(t)
		people += len(d.taps)
		told += d.found(requests)
		found += d.found(d.without())
		if !same(requests, shifted.play(t)) {
			t.Errorf("day %d: the same people at other minutes of the same parts: something else is sent, or at another time", seed)
		}
		if !slices.ContainsFunc(requests, func(w watched) bool { return len(w.counts) > 0 }) {
			t.Errorf("day %d: nothing was sent", seed)
		}
	}
	if told > 0 || found < people*9/10 {
		t.Errorf("of %d arrivals %d are told within less than their part, %d when parts need not have ended; want none and nearly all", people, told, found)
	}
	t.Logf("of %d arrivals %d are told within less than their part of the day, %d within a quarter of an hour when parts need not have ended", people, told, found)
}
