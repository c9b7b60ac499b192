package reach_test

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"testing"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/reach"
	"example.org/inloop/sync/count"
)

// ledgerOf is a room with these visits and nothing kept yet.
func ledgerOf(visits []kiosk.Visit, residents map[int64]reach.Record) *reach.Ledger {
	return &reach.Ledger{History: reach.NewHistory(slices.Values(visits), residents), Kept: map[count.Period]reach.Kept{}}
}

// autumn is a visit of each of n persons on 5 October 2026.
func autumn(t *testing.T, n int64) (visits []kiosk.Visit) {
	for who := range n {
		visits = append(visits, kiosk.Visit{Person: who + 1, Day: day(t, "2026-10-05"), Part: count.PartMorning})
	}
	return visits
}

func recount(t *testing.T, l *reach.Ledger, today string) reach.Recounted {
	t.Helper()
	done, err := l.Recount(1, day(t, today))
	if err != nil {
		t.Fatal(err)
	}
	return done
}

func visitsOf(t *testing.T, l *reach.Ledger, p count.Period, today string) reach.Value {
	t.Helper()
	f, err := l.Figures(p, day(t, today))
	if err != nil {
		t.Fatal(err)
	}
	return f.Visits
}

// A name in a tag is on the disks of rooms, sealed.
func TestKept_StandsOnDisksUnderItsOwnNames(t *testing.T) {
	k := reach.Kept{Tally: reach.Tally{Unique: 3, K: 1}, Base: reach.Tally{Unique: 2}, Final: true, Late: true}
	text, err := json.Marshal(k)
	if err != nil {
		t.Fatal(err)
	}
	const none = `"BadgeVisits":0,"Guests":0,"Assumed":0,`
	want := `{"Kept":{` + none + `"Unique":3,"New":0,"Regular":0,"N":0,"A":0,"K":1},` +
		`"Base":{` + none + `"Unique":2,"New":0,"Regular":0,"N":0,"A":0,"K":0},"Settled":true,"Late":true,"Regulars":false}`
	if string(text) != want {
		t.Errorf("sealed as\n%s\nwant\n%s", text, want)
	}
}

func TestKept_ClassCFollowsTheRowsUntilItIsFinal(t *testing.T) {
	// Somebody who had answered was erased, and the rows were looked at since.
	k := reach.Kept{Tally: reach.Tally{Unique: 9, N: 9, A: 5, K: 2}, Base: reach.Tally{Unique: 9, N: 9, A: 4, K: 1}}
	less := reach.Tally{Unique: 9, N: 9, A: 4, K: 1}
	k = k.Corrected(less, true)
	if k.Tally != less || !k.Final {
		t.Errorf("before it is final: %+v, want what the rows say", k)
	}
	if k = k.Cut(reach.Tally{Unique: 8, N: 8, A: 4, K: 1}); k.Tally != less {
		t.Errorf("rows that are gone moved it to %+v", k.Tally)
	}
	k = k.Corrected(reach.Tally{Unique: 2, N: 2, A: 1, K: 1}, true)
	if want := (reach.Tally{Unique: 10, N: 9, A: 4, K: 1}); k.Tally != want {
		t.Errorf("one more visit: %+v, want %+v", k.Tally, want)
	}
}

func TestLedger_KeepsWhatIsClosed(t *testing.T) {
	l := ledgerOf(autumn(t, 3), nil)
	if done := recount(t, l, "2026-12-31"); len(done.Kept) != 0 || len(done.Counts) == 0 {
		t.Errorf("on the last day of the quarter %d periods are kept, %d cells told", len(done.Kept), len(done.Counts))
	}
	done := recount(t, l, "2027-01-01")
	for _, p := range []count.Period{"2026-10", "2026Q4", "2026"} {
		if k, ok := done.Kept[p]; !ok || k.Tally.Unique != 3 || k.Final {
			t.Errorf("%s is kept as %+v, want three persons, class C not final", p, k)
		}
	}
	if again := recount(t, l, "2027-01-01"); len(again.Kept) != 0 {
		t.Errorf("counted again, %d periods are to be kept anew", len(again.Kept))
	}
	// A year on the rows are gone.
	changed, err := l.Without(day(t, "2026-11-01"))
	if err != nil || len(changed) == 0 {
		t.Fatalf("%d periods let their rows go, %v", len(changed), err)
	}
	maps.Copy(l.Kept, changed)
	l.History, l.Forgotten = reach.NewHistory(slices.Values([]kiosk.Visit(nil)), nil), day(t, "2026-10-06")
	if got := visitsOf(t, l, "2026Q4", "2027-12-01"); got != (reach.Value{N: 3}) {
		t.Errorf("without its rows the quarter is %+v, want 3", got)
	}
	if got := visitsOf(t, l, "2026-09", "2027-12-01").Reason; got != reach.ReasonForgotten {
		t.Errorf("a month of which nothing is kept: %q", got)
	}
}

func TestLedger_KeepsADayOnWhichNobodyCame(t *testing.T) {
	l := ledgerOf(nil, nil)
	l.Counted = []count.Day{day(t, "2026-10-05")}
	done := recount(t, l, "2027-01-01")
	if k, ok := done.Kept["2026-10"]; !ok || k != (reach.Kept{Regulars: true}) {
		t.Errorf("an empty month is kept as %+v (%t)", k, ok)
	}
	if _, ok := done.Kept["2026-11"]; ok {
		t.Error("a month of which nothing is known is kept")
	}
	if got := visitsOf(t, l, "2026-10", "2027-01-01"); got != (reach.Value{}) {
		t.Errorf("visits of the empty month: %+v, want 0", got)
	}
}

func TestLedger_ACorrectionMovesWhatIsKept(t *testing.T) {
	l := ledgerOf(autumn(t, 3), nil)
	recount(t, l, "2027-01-01")
	l.History = reach.NewHistory(slices.Values(autumn(t, 4)), nil)
	if got := visitsOf(t, l, "2026Q4", "2027-02-01"); got != (reach.Value{N: 4}) {
		t.Errorf("before it is counted again: %+v, want 4", got)
	}
	if k := recount(t, l, "2027-02-01").Kept["2026Q4"]; k.Tally.Unique != 4 || !k.Final {
		t.Errorf("kept as %+v, want four persons, final", k)
	}
}

func TestLedger_OldVisitsLeavePeriodsUntold(t *testing.T) {
	l := ledgerOf(nil, nil)
	l.Kept["2026-10"] = reach.Kept{Late: true}
	l.Kept["2026Q4"] = reach.Kept{}
	l.Kept["2026-12"] = reach.Kept{Late: true}
	if got, want := l.TakeBack(day(t, "2026-10-20")), []count.Period{"2026-10"}; !slices.Equal(got, want) {
		t.Errorf("taken back: %v, want %v", got, want)
	}
	delete(l.Kept, "2026-10")
	if got, want := l.Untold(day(t, "2026-10-20"), day(t, "2027-11-25")), []count.Period{"2026-10", "2026"}; !slices.Equal(got, want) {
		t.Errorf("untold: %v, want %v", got, want)
	}
}

func TestLedger_SaysThatVisitsMayBeMissing(t *testing.T) {
	l := ledgerOf(autumn(t, 3), nil)
	l.Restored = []count.Days{{First: day(t, "2026-10-30"), Last: day(t, "2026-11-02")}}
	got := map[count.Period]bool{}
	for _, p := range []count.Period{"2026-10-29", "2026-10-30", "2026-11-02", "2026-11-03", "2026-10", "2026-12", "2026Q4"} {
		f, err := l.Figures(p, day(t, "2026-12-31"))
		if err != nil {
			t.Fatal(err)
		}
		got[p] = f.AtLeast
	}
	want := map[count.Period]bool{
		"2026-10-29": false, "2026-10-30": false, "2026-11-02": false, "2026-11-03": false, // nothing is told of them
		"2026-10": true, "2026-12": false, "2026Q4": true,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("at least: %v, want %v", got, want)
	}
}
