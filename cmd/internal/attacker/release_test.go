package attacker_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"example.org/inloop/sync/count"
	"example.org/inloop/sync/disclose"
)

// released are the cells of a year's five releases that a funder reads who sees all
// rooms and the whole, which is room -1.
type released map[cellAt]disclose.Figure

type cellAt struct {
	room    int
	period  count.Period
	measure count.Measure
}

const whole = -1

func periods() []count.Period { return append(quarters(), "2026") }

// releaseRules are the rules of a release that can be switched off.
type releaseRules struct {
	rounded bool // numbers of persons are rounded at all
	shared  bool // persons, and who of them is new or regular, are rounded by one offset
	apart   bool // rooms are withheld where they and the whole would tell too much
}

func allReleaseRules() releaseRules { return releaseRules{true, true, true} }

// offset is that of a room's measure: the real one, or one of its own for each measure.
func (r releaseRules) offset(key []byte, room int, m count.Measure) disclose.Offset {
	if r.shared {
		return disclose.ReleaseOffset(key, organisationID, fmt.Sprint(room+1), string(m))
	}
	return disclose.PoolOffset(key, organisationID, fmt.Sprint(room, m))
}

// sharing is of which measure the offset is by which one is rounded.
func (r releaseRules) sharing(m count.Measure) count.Measure {
	if r.shared && (m == count.MeasureNew || m == count.MeasureRegular) {
		return count.MeasureUnique
	}
	return m
}

// sums are what the round tells of all rooms that the release tells of each.
func sums() map[count.Measure]count.Measure {
	return map[count.Measure]count.Measure{
		count.MeasureReachN: count.MeasureUnique, count.MeasureHabitN: count.MeasureRegular, count.MeasureBackN: count.MeasureNew,
	}
}

// release makes the cells of a world by the real rules of package disclose, in the way of
// the centre: persons of each room, and of the whole what the round tells.
func (w *world) release(t testing.TB, key []byte, rules releaseRules) (released, map[cellAt]int64) {
	t.Helper()
	told, exact := released{}, map[cellAt]int64{}
	for _, p := range periods() {
		total := map[count.Measure]int64{}
		for room := range w.rooms {
			tally := w.tally(t, room, p, readOn(weeks))
			numbers := map[count.Measure]int64{count.MeasureUnique: tally.Unique, count.MeasureRegular: tally.Regular, count.MeasureBadgeVisits: tally.BadgeVisits}
			total[count.MeasureReachN] += tally.Unique
			if p == "2026" {
				numbers[count.MeasureNew] = tally.New
				total[count.MeasureHabitN] += tally.Regular
				total[count.MeasureBackN] += tally.New - w.newSince(t, room, lastOf(p)-27)
			}
			for m, v := range numbers {
				at := cellAt{room, p, m}
				if exact[at], told[at] = v, disclose.Persons(v, rules.offset(key, room, m)); !rules.rounded {
					told[at] = disclose.FigureShown(v)
				}
			}
		}
		for m, v := range total {
			at := cellAt{whole, p, m}
			exact[at] = v
			if v >= 2*disclose.MinGap { // with as many on either side a pair of it is told
				told[at] = disclose.FigureShown(disclose.Round(v, disclose.PoolOffset(key, organisationID, string(m))))
			}
		}
		for m := range total {
			w.keepApart(told, cellAt{whole, p, m}, rules)
		}
	}
	return told, exact
}

// keepApart withholds the rooms' cells that would tell too much beside the whole, and
// tells no part of the year's persons as more than these.
func (w *world) keepApart(told released, at cellAt, rules releaseRules) {
	all, there := told[at]
	part := sums()[at.measure]
	if !there || !rules.apart {
		return
	}
	if persons, shown := told[cellAt{whole, at.period, count.MeasureReachN}]; shown {
		all.N = min(all.N, persons.N)
		told[at] = all
	}
	if at.measure == count.MeasureBackN { // of who came back the rooms are not told
		return
	}
	var parts []disclose.Figure
	for room := range w.rooms {
		parts = append(parts, told[cellAt{room, at.period, part}])
	}
	for _, room := range disclose.Summed(all, parts, w.rooms) {
		told[cellAt{room, at.period, part}] = disclose.Figure{State: disclose.DisclosureWithheld}
		if _, yearly := told[cellAt{room, at.period, count.MeasureNew}]; yearly && part == count.MeasureUnique {
			told[cellAt{room, at.period, count.MeasureNew}] = disclose.Figure{State: disclose.DisclosureWithheld}
		}
	}
}

// newSince is how many of a room's new persons came first on a day or later.
func (w *world) newSince(t testing.TB, room int, day count.Day) (n int64) {
	for _, r := range w.residents {
		if r.room == room && !r.known && slices.Min(r.days) >= day {
			n++
		}
	}
	return n
}

// view is what the funder makes of a release: a number for each cell.
type view struct {
	knowledge
	cells   map[cellAt]unknown
	offsets map[string]unknown
}

// rounded adds that a number is told as a figure by an offset that nobody knows.
func (k *knowledge) rounded(n unknown, f disclose.Figure, u unknown) {
	switch {
	case f.State == disclose.DisclosureSmall:
		k.know(1, disclose.Smallest-1, total(n)...)
	case f.State != disclose.DisclosureShown:
	case f.N == 0:
		k.know(0, 0, total(n)...)
	case f.N == 10: // the lowest that is shown
		k.know(disclose.Smallest, 14, total(n)...)
		k.know(-farOff, 10, term{n, 1}, term{u, -1})
	default:
		k.know(f.N-4, f.N, term{n, 1}, term{u, -1})
	}
}

// read makes of a release all that follows from the definitions.
func (w *world) read(told released, rules releaseRules) *view {
	v := &view{cells: map[cellAt]unknown{}, offsets: map[string]unknown{}}
	for _, at := range sortedCells(told) {
		place := fmt.Sprint(at.room, " ", rules.sharing(at.measure))
		u, there := v.offsets[place]
		if !there {
			u = v.between(0, 4)
			v.offsets[place] = u
		}
		v.cells[at] = v.between(0, 4000)
		if f := told[at]; rules.rounded || at.room == whole {
			v.rounded(v.cells[at], f, u)
		} else if f.State == disclose.DisclosureShown {
			v.know(f.N, f.N, total(v.cells[at])...)
		}
	}
	cell := func(room int, p count.Period, m count.Measure) unknown { return v.cells[cellAt{room, p, m}] }
	atMost := func(a unknown, b ...unknown) { v.know(0, farOff, append(total(b...), term{a, -1})...) }
	for room := range w.rooms {
		for _, m := range []count.Measure{count.MeasureUnique, count.MeasureRegular} {
			var parts []unknown
			for _, q := range quarters() {
				parts = append(parts, cell(room, q, m))
				atMost(cell(room, q, m), cell(room, "2026", m))
			}
			atMost(cell(room, "2026", m), parts...)
		}
		var visits []unknown
		for _, p := range periods() {
			atMost(cell(room, p, count.MeasureRegular), cell(room, p, count.MeasureUnique))
			atMost(cell(room, p, count.MeasureUnique), cell(room, p, count.MeasureBadgeVisits))
			if p != "2026" {
				visits = append(visits, cell(room, p, count.MeasureBadgeVisits))
			}
		}
		v.know(0, 0, append(total(visits...), term{cell(room, "2026", count.MeasureBadgeVisits), -1})...)
		if w.firstYear[room] { // told: everybody is new
			v.know(0, 0, term{cell(room, "2026", count.MeasureNew), 1}, term{cell(room, "2026", count.MeasureUnique), -1})
		} else {
			atMost(cell(room, "2026", count.MeasureNew), cell(room, "2026", count.MeasureUnique))
		}
	}
	for _, at := range sortedCells(told) {
		if at.room != whole {
			continue
		}
		terms, most := []term{{v.cells[at], -1}}, int64(0)
		if at.measure == count.MeasureBackN { // who was new in December is not in it
			most = farOff
		}
		for room := range w.rooms {
			terms = append(terms, term{cell(room, at.period, sums()[at.measure]), 1})
		}
		v.know(0, most, terms...)
	}
	return v
}

func sortedCells(told released) []cellAt {
	all := make([]cellAt, 0, len(told))
	for at := range told {
		all = append(all, at)
	}
	slices.SortFunc(all, func(a, b cellAt) int {
		return cmp.Or(cmp.Compare(a.room, b.room), strings.Compare(string(a.period), string(b.period)), strings.Compare(string(a.measure), string(b.measure)))
	})
	return all
}

// narrowed are the numbers of persons in a year's releases that a funder finds nearer
// than to five values.
func (w *world) narrowed(t *testing.T, seed uint64, rules releaseRules) (narrow, cells, withheld int) {
	t.Helper()
	told, exact := w.release(t, secret("release", seed), rules)
	v := w.read(told, rules)
	for at, number := range v.cells {
		switch f := told[at]; {
		case at.measure == count.MeasureBadgeVisits, f == disclose.FigureShown(0):
			continue
		case f.State == disclose.DisclosureWithheld:
			withheld++
		}
		cells++
		if left := v.values(leastOfPool, total(number)...); len(left) < leastOfPool {
			narrow++
			if rules == allReleaseRules() {
				t.Logf("year %d, %v is told as %v: one of %v", seed, at, told[at], left)
			}
			if !slices.Contains(left, exact[at]) {
				t.Errorf("year %d, %v: %d is none of %v", seed, at, exact[at], left)
			}
		}
	}
	return narrow, cells, withheld
}

// organisations are those whose releases are read.
func organisations() map[string]size {
	return map[string]size{
		"two rooms":                   {rooms: 2, people: 60, steady: 0.6, spread: true},
		"three rooms":                 {rooms: 3, people: 60, steady: 0.6, spread: true},
		"two rooms, their first year": {rooms: 2, people: 60, steady: 0.6, spread: true, firstYear: true},
		"three small rooms":           {rooms: 3, people: 25, steady: 0.9, spread: true, firstYear: true},
	}
}

func TestFunder_LeavesFiveValuesOfPersons(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: plays years")
	}
	for name, s := range organisations() {
		found := map[releaseRules]int{}
		cells, withheld := 0, 0
		n := years(8, 100)
		for seed := range n {
			w := newWorld(seed, s)
			for _, rules := range []releaseRules{allReleaseRules(), {true, true, false}, {true, false, false}, {false, true, true}} {
				narrow, all, none := w.narrowed(t, seed, rules)
				if found[rules] += narrow; rules == allReleaseRules() {
					cells, withheld = cells+all, withheld+none
				}
			}
		}
		// What is known of offsets by one period narrows another: of rooms of about ten people
		// a number now and then, here of 1 to 2 of 100 cells down to four values.
		if found[allReleaseRules()]*33 > map[bool]int{true: cells}[s.people < 40] {
			t.Errorf("%s: %d numbers of persons have fewer than 5 values", name, found[allReleaseRules()])
		}
		if found[releaseRules{false, true, true}] == 0 || s.firstYear && found[releaseRules{true, false, false}] == 0 {
			t.Errorf("%s: not rounded, or each by an offset of its own, nothing is found: the test sees nothing", name)
		}
		t.Logf("%s, %d years: of %d numbers %d nearer than to 5 values (%d withheld); rooms told beside any whole %d, each measure by its own offset too %d, not rounded %d",
			name, n, cells, found[allReleaseRules()], withheld, found[releaseRules{true, true, false}], found[releaseRules{true, false, false}], found[releaseRules{false, true, true}])
	}
}
