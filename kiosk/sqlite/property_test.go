package sqlite

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/sync/count"
)

// Weeks of taps, actions, undoings, restarts and power cuts, drawn at random:
// after each day the cells say what a naive recount of the rows says, nobody
// is in twice, and an undone action leaves the numbers as they were.
func TestStore_RandomWeeks(t *testing.T) {
	seeds := uint64(4)
	if testing.Short() {
		seeds = 1
	}
	for seed := range seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			names := []string{"anna", "ben", "cem", "dila", "els", "fatma", "gert", "hanan"}
			r := newRoom(t, "2026-10-01", names...)
			r.pass("pass")
			rnd := rand.New(rand.NewPCG(seed, 3))
			cards := append(names, "pass", "pass", "new 1", "new 2", "new 3")
			for day := range 21 {
				r.at(fmt.Sprintf("%s 09:00", (count.Date(2026, 10, 1) + count.Day(day)).String()))
				for range 40 {
					r.later(time.Duration(rnd.IntN(1500)) * time.Second)
					r.randomAction(rnd, cards, names)
				}
				r.at("23:59")
				r.tick()
				if cells, rows := r.numbers(), r.recounted(); !maps.Equal(cells, rows) {
					t.Fatalf("day %d: cells say\n%v\nrows say\n%v", day, cells, rows)
				}
				r.ownDaysAddUp()
			}
			if n := r.number(`SELECT count(*) FROM (SELECT person FROM stay WHERE ended = '' GROUP BY person HAVING count(*) > 1)`); n != 0 {
				t.Errorf("%d people are in twice", n)
			}
			if n := r.number(`SELECT count(*) FROM visit WHERE void = 0 AND person IS NOT NULL`); n < 50 {
				t.Errorf("only %d visits were made: the test tests little", n)
			}
		})
	}
}

// randomAction does one thing; what the room refuses is as good as what it takes.
func (r *room) randomAction(rnd *rand.Rand, cards, names []string) {
	ctx := context.Background()
	r.tick() // what the clock closes by now is no longer on the page
	v := r.view()
	person := r.people[names[rnd.IntN(len(names))]]
	switch n := rnd.IntN(23); {
	case n == 20:
		_ = r.OpenRoom(ctx, r.by)
	case n == 21:
		_ = r.CloseRoom(ctx, r.by)
	case n == 22:
		r.must(r.Refer(ctx, r.by))
	case n < 10:
		r.tap(cards[rnd.IntN(len(cards))])
	case n == 10:
		_ = r.CheckInByHand(ctx, r.by, person)
	case n == 11:
		_ = r.CheckOut(ctx, r.by, person)
	case n == 12:
		r.must(r.AddGuest(ctx, r.by, kiosk.Bands()[rnd.IntN(5)]))
	case n == 13 && len(v.Held) > 0:
		r.must(r.ReviewGuest(ctx, r.by, v.Held[0].Visit, rnd.IntN(2) == 0))
	case n == 14 && len(v.Badges) > 0:
		e := kiosk.Enrolment{Badge: v.Badges[0].No, Resident: kiosk.Resident{Language: "nl"}}
		if len(v.Recent) > 0 && rnd.IntN(2) == 0 {
			e.Guest = v.Recent[0].ID
		}
		_, err := r.Enrol(ctx, r.by, e)
		r.must(err)
	case n == 15 && len(v.Badges) > 0:
		r.must(r.AssignBadge(ctx, r.by, v.Badges[0].No, person))
	case n == 16:
		_ = r.EnterPaper(ctx, r.by, kiosk.PaperEntry{Day: v.Day - count.Day(rnd.IntN(3)), Part: count.Parts()[rnd.IntN(3)], Person: person})
	case n == 17 && len(v.Actions) > 0:
		a := v.Actions[rnd.IntN(len(v.Actions))]
		if err := r.Undo(ctx, r.by, a.No); a.CanUndo != (err == nil) {
			r.t.Fatalf("a button for %s is %v; pressed it says %v", a.Kind, a.CanUndo, err)
		}
	case n == 18:
		before := r.numbers()
		if r.EnterPaper(ctx, r.by, kiosk.PaperEntry{Day: v.Day - 1, Part: count.PartMorning, Guests: 1 + rnd.IntN(5)}) == nil {
			r.must(r.Undo(ctx, r.by, r.view().Actions[0].No))
			if after := r.numbers(); !maps.Equal(before, after) {
				r.t.Fatalf("undone, the numbers are\n%v\nwant\n%v", after, before)
			}
		}
	case n == 19 && rnd.IntN(4) == 0:
		r.reopen()
	case n == 19 && rnd.IntN(3) == 0:
		r.clock.now.Boot += "+"
		r.clock.now.Since = time.Minute
	case n == 19 && rnd.IntN(2) == 0:
		_ = r.KeepInside(ctx, r.by, rnd.IntN(2) == 0)
	case n == 19:
		_ = r.ChangeProfile(ctx, r.by, kiosk.Resident{No: person, Language: "nl", Sign: kiosk.Sign(kiosk.Pictures()[rnd.IntN(3)] + ".red")})
	}
	r.tick()
}
