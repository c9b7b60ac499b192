package attacker_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/reach"
	"example.org/inloop/sync/count"
)

// roomYear is a year of one room, in which some are erased.
type roomYear struct {
	seed   uint64
	comes  []coming
	erased map[int]count.Day // at three in the afternoon
	paper  []paperVisit
}

// paperVisit is a late visit of somebody who is not erased.
type paperVisit struct {
	coming
	written count.Day
}

// erasedIn is how many are erased in a year, the first of all people.
const erasedIn = 8

func newRoomYear(seed uint64) roomYear {
	rnd := rand.New(rand.NewPCG(seed, 7))
	y := roomYear{seed: seed, comes: comings(seed, 18), erased: map[int]count.Day{}}
	for who := range erasedIn {
		var days []count.Day // on which she had come in the same quarter before
		for i, c := range y.comes {
			if c.who == who && slices.ContainsFunc(y.comes[:i], func(o coming) bool { return o.who == who && o.day.Quarter() == c.day.Quarter() && o.day < c.day-7 }) {
				days = append(days, c.day)
			}
		}
		gone := days[rnd.IntN(len(days))]
		if last := lastOf(gone.Quarter()); rnd.IntN(2) == 0 {
			gone = min(last, gone+count.Day(rnd.IntN(10))) // else on a day on which she came
		}
		y.erased[who] = gone
	}
	y.comes = slices.DeleteFunc(y.comes, func(c coming) bool {
		gone, is := y.erased[c.who]
		return is && (c.day > gone || c.day == gone && c.part != count.PartMorning)
	})
	for n := 3; n < weeks; n += 3 {
		late := coming{erasedIn + rnd.IntN(10), firstOf("2026") + count.Day(7*n+4), count.PartEvening}
		came := slices.ContainsFunc(y.comes, func(c coming) bool { return c.who == late.who && c.day < late.day })
		if came && !slices.Contains(y.comes, late) {
			y.paper = append(y.paper, paperVisit{late, late.day + 1 + count.Day(rnd.IntN(12))})
		}
	}
	return y
}

// weekRead is all cells as a coordinator reads them at the centre at the end of a week.
type weekRead map[kiosk.Cell]kiosk.Count

// play lets the year pass in a real store. With erase false the same people only stop coming.
func (y roomYear) play(t *testing.T, erase bool) (read []weekRead) {
	t.Helper()
	r, ctx := openRoom(t), t.Context()
	all := weekRead{}
	next := 0
	for d := firstOf("2026"); d <= readOn(weeks); d++ {
		for ; next < len(y.comes) && y.comes[next].day == d; next++ {
			r.clock.at = d.At(y.comes[next].hour(), time.UTC).Add(time.Duration(y.comes[next].who) * time.Second)
			r.tap(ctx, y.comes[next].who)
		}
		y.deeds(ctx, r, d, erase)
		r.clock.at = d.At(23*60, time.UTC)
		r.must(r.Tick(ctx))
		if d < readOn(len(read)+1) {
			continue
		}
		for _, c := range r.sent(ctx, fmt.Sprint(d)) {
			all[c.Cell] = c
		}
		read = append(read, maps.Clone(all))
	}
	return read
}

func (y roomYear) deeds(ctx context.Context, r *playedRoom, d count.Day, erase bool) {
	r.t.Helper()
	for _, who := range slices.Sorted(maps.Keys(y.erased)) {
		if y.erased[who] == d && erase && r.people[who] != 0 {
			r.clock.at = max2(r.clock.at, d.At(15*60, time.UTC))
			r.must(r.Erase(ctx, r.by, r.people[who]))
		}
	}
	for _, p := range y.paper {
		if p.written == d {
			r.clock.at = max2(r.clock.at, d.At(20*60, time.UTC))
			r.must(r.EnterPaper(ctx, r.by, kiosk.PaperEntry{Day: p.day, Part: p.part, Person: r.people[p.who]}))
		}
	}
}

func max2(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// named are the periods of which some cell, in some week, was otherwise than it would be
// had nobody been erased. Who knows every visit and the program can play that room too.
func named(read, without []weekRead) map[count.Period]bool {
	periods := map[count.Period]bool{}
	for week := range read {
		for _, at := range []weekRead{read[week], without[week]} {
			for cell := range at {
				if !sameCount(read[week][cell], without[week][cell]) {
					periods[cell.Period] = true
				}
			}
		}
	}
	return periods
}

// sameCount tells whether two cells say the same, at the same revision.
func sameCount(a, b kiosk.Count) bool {
	return a.Rev == b.Rev && (a.N == nil) == (b.N == nil) && (a.N == nil || *a.N == *b.N)
}

// sunk are the days whose visits became fewer though they had ended a week before:
// nobody has to know anything for that.
func sunk(read []weekRead) map[count.Period]bool {
	days := map[count.Period]bool{}
	for week := 1; week < len(read); week++ {
		for cell, is := range read[week] {
			was, there := read[week-1][cell]
			if there && cell.Measure == count.MeasureBadgeVisits && was.N != nil && is.N != nil && *is.N < *was.N {
				days[cell.Period] = true
			}
		}
	}
	return days
}

// withFormerRule is what would be read if the cells of a running quarter were counted
// again from the rows that are left, as they were before erasures cut.
func (y roomYear) withFormerRule(read []weekRead) []weekRead {
	rules := reach.DayPartRules()
	former := make([]weekRead, len(read))
	for week := range read {
		former[week] = maps.Clone(read[week])
		for cell, c := range former[week] {
			day := firstOf(cell.Period)
			if cell.Measure != count.MeasureBadgeVisits || lastOf(cell.Period) != day {
				continue
			}
			var gone []reach.Alike
			for _, came := range y.comes {
				erased, is := y.erased[came.who]
				if is && erased <= readOn(week+1) && came.day == day && came.part == cell.Part && came.day.Quarter() == erased.Quarter() {
					gone = append(gone, reach.Alike{Visit: kiosk.Visit{Person: 1, Day: day, Part: cell.Part}, N: 1})
				}
			}
			if n := rules.Count(gone)[count.MeasureBadgeVisits]; n > 0 {
				left := *c.N - n
				c.N = &left
				former[week][cell] = c
			}
		}
	}
	return former
}

// dayOfErased returns how many of the erased have a day among some.
func (y roomYear) dayOfErased(days map[count.Period]bool) (people int) {
	for who := range y.erased {
		if slices.ContainsFunc(y.comes, func(c coming) bool { return c.who == who && days[c.day.Period()] }) {
			people++
		}
	}
	return people
}

func TestErased_NoDayIsNamed(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: plays years")
	}
	people, found, seen := 0, 0, 0
	for seed := range years(1, 10) {
		y := newRoomYear(seed)
		read, without := y.play(t, true), y.play(t, false)
		if len(read[weeks-1]) < 1000 {
			t.Fatalf("%d cells are read", len(read[weeks-1]))
		}
		if periods := named(read, without); len(periods) > 0 {
			t.Errorf("year %d: cells of %v tell that somebody was erased", seed, slices.Sorted(maps.Keys(periods)))
		}
		if days := sunk(read); len(days) > 0 {
			t.Errorf("year %d: %v became fewer", seed, slices.Sorted(maps.Keys(days)))
		}
		former := y.withFormerRule(read)
		people += erasedIn
		found += y.dayOfErased(named(former, without))
		seen += y.dayOfErased(sunk(former))
	}
	if found != people {
		t.Errorf("by the former rule a day of %d of %d people is named, want all", found, people)
	}
	t.Logf("%d people erased: a day of none is named; by the former rule of %d, of %d by no more than looking twice", people, found, seen)
}
