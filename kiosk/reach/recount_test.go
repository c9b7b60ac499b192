package reach_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/reach"
	"example.org/inloop/sync/count"
)

// naive counts one period straight from the definitions, person by person and
// date by date, with package time and nothing of ours but the visits.
func naive(visits []kiosk.Visit, residents map[int64]reach.Record, from, until time.Time) reach.Tally {
	date := func(d count.Day) time.Time { return time.Date(1970, 1, 1+int(d), 12, 0, 0, 0, time.UTC) }
	in := func(t time.Time) bool { return t.After(from) && t.Before(until) }
	var tally reach.Tally
	dagdelen := map[string]bool{} // false while all its rows are assumed
	persons := map[int64]bool{}
	for _, v := range visits {
		if v.Void || v.Day == 0 || !in(date(v.Day)) {
			continue
		}
		if v.Person == 0 {
			tally.Guests++
			continue
		}
		key := fmt.Sprint(v.Person, v.Day, v.Part)
		dagdelen[key] = dagdelen[key] || !v.Assumed
		persons[v.Person] = true
	}
	for _, measured := range dagdelen {
		tally.BadgeVisits++
		if !measured {
			tally.Assumed++
		}
	}
	for who := range persons {
		firstIn, lastBefore, ever := until, time.Time{}, false
		for _, v := range visits {
			if v.Person != who || v.Void || v.Day == 0 {
				continue
			}
			switch d := date(v.Day); {
			case in(d) && d.Before(firstIn):
				firstIn = d
			case d.Before(from):
				ever = true
				if d.After(lastBefore) {
					lastBefore = d
				}
			}
		}
		tally.Unique++
		tally.N++
		if !ever {
			tally.New++
		} else if lastBefore.Before(firstIn.AddDate(-1, 0, 0)) {
			tally.New++
		}
		asked, few := false, false
		for q := from; q.Before(until) && !until.Before(q.AddDate(0, 3, 0)); q = q.AddDate(0, 3, 0) {
			came := false
			for _, v := range visits {
				d := date(v.Day)
				came = came || v.Person == who && !v.Void && v.Day != 0 && d.After(q) && d.Before(q.AddDate(0, 3, 0))
			}
			newest := time.Time{}
			var said kiosk.Isolation
			for _, g := range residents[who].Answers.Given {
				var year, quarter int
				if n, _ := fmt.Sscanf(string(g.Given), "%dQ%d", &year, &quarter); n != 2 {
					continue
				}
				given := time.Date(year, time.Month(3*quarter-2), 1, 0, 0, 0, 0, time.UTC)
				if !given.After(q) && given.After(newest) {
					newest, said = given, g.State
				}
			}
			if came && !newest.IsZero() && q.Before(newest.AddDate(1, 0, 0)) {
				asked, few = true, few || said == kiosk.IsolationFew
			}
		}
		if asked {
			tally.A++
		}
		if few {
			tally.K++
		}
	}
	return tally
}

func TestTally_AgreesWithANaiveRecount(t *testing.T) {
	begin := count.Date(2025, time.June, 1)
	for seed := range uint64(40) {
		rng := rand.New(rand.NewPCG(seed, 6))
		residents := map[int64]reach.Record{}
		var visits []kiosk.Visit
		for who := int64(1); who <= 30; who++ {
			var a reach.PersonAnswers
			for range rng.IntN(4) {
				a = a.With(reach.GivenAnswer{State: kiosk.Isolation(rng.IntN(3)), Given: count.Date(2025, time.Month(1+rng.IntN(24)), 1).Quarter()})
			}
			residents[who] = reach.Record{Answers: a}
			for range rng.IntN(14) {
				visits = append(visits, kiosk.Visit{
					Person: who, Day: begin + count.Day(rng.IntN(600)), Part: count.Parts()[rng.IntN(3)],
					Assumed: rng.IntN(5) == 0, Void: rng.IntN(8) == 0,
				})
			}
		}
		for range 60 {
			visits = append(visits, kiosk.Visit{Day: begin + count.Day(rng.IntN(600)), Part: count.PartMorning, Void: rng.IntN(8) == 0})
		}
		for i := range 20 { // some rows come twice, some have no day yet
			again := visits[rng.IntN(len(visits))]
			again.Assumed = !again.Assumed
			if again.Person == 0 || i%4 == 0 {
				again.Day = count.NoDay
			}
			visits = append(visits, again)
		}
		h := reach.NewHistory(slices.Values(visits), residents)
		for month := range 24 {
			for _, months := range []int{1, 3, 12} {
				if month%months != 0 {
					continue
				}
				from := time.Date(2025, time.Month(1+month), 1, 0, 0, 0, 0, time.UTC)
				until := from.AddDate(0, months, 0)
				d := count.Date(from.Date())
				period := map[int]count.Period{1: d.Month(), 3: d.Quarter(), 12: d.Year()}[months]
				got, err := h.Tally(period, reach.Openings{})
				if err != nil {
					t.Fatal(err)
				}
				got.Yearly = reach.Yearly{} // has tests of its own
				if want := naive(visits, residents, from, until); got != want {
					t.Fatalf("seed %d, %s: got %+v, want %+v", seed, period, got, want)
				}
			}
		}
	}
}

func BenchmarkTally_Year(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	var visits []kiosk.Visit
	for range 15_000 {
		visits = append(visits, kiosk.Visit{
			Person: 1 + rng.Int64N(200), Day: count.Date(2026, 1, 1) + count.Day(rng.IntN(365)), Part: count.Parts()[rng.IntN(3)],
		})
	}
	h := reach.NewHistory(slices.Values(visits), nil)
	open := reach.Openings{Planned: func(d count.Day) bool { return d.Weekday() != time.Sunday }}
	for b.Loop() {
		if _, err := h.Tally("2026", open); err != nil {
			b.Fatal(err)
		}
	}
}
