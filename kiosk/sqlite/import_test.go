package sqlite

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/attendancelist"
	"example.org/inloop/kiosk/reach"
	"example.org/inloop/sync/count"
)

func TestImportVisits(t *testing.T) {
	b := newFixture(t, "2026-11-24")
	b.recordedSince("2025-11-01")
	list := []string{
		"A,2026-11-02,middag,", "A,2026-11-02,middag,", "B,2026-11-02,avond,",
		",2026-11-02,middag,1", ",2026-11-03,ochtend,0",
		"A,2025-10-23,middag,", ",2025-10-01,middag,4", // older than 13 months
	}
	withheld := []count.Period{"2025-10", "2025Q4", "2025"}
	want := attendancelist.Summary{Rows: 7, Visits: 2, Known: 1, People: 2, Guests: 1, Old: 2, FirstSeen: 1, Withheld: withheld}
	dry, err := b.tryImport(true, list...)
	if err != nil || !reflect.DeepEqual(dry, want) {
		t.Errorf("dry run: %+v (%v), want %+v", dry, err, want)
	}
	if n := b.number(`SELECT count(*) FROM visit`) + b.number(`SELECT count(*) FROM person`) + b.number(`SELECT count(*) FROM cell`); n != 0 {
		t.Errorf("a dry run left %d rows", n)
	}
	if got := b.importList(list...); !reflect.DeepEqual(got, want) {
		t.Errorf("import: %+v, want the report of the dry run", got)
	}
	f := b.figuresOf("2026-11")
	if f.BadgeVisits.N != 2 || f.Guests.N != 1 || f.Unique.N != 2 || f.New.N != 2 {
		t.Errorf("figures: %+v, want A, away for more than twelve months, and B new", f)
	}
	if n := b.number(`SELECT count(*) FROM visit WHERE day < ?1`, dayOf(t, "2025-10-24")); n != 0 {
		t.Errorf("%d visits older than the retention are kept", n)
	}
	again := attendancelist.Summary{Rows: 7, Known: 3, Old: 2, Withheld: withheld}
	if got := b.importList(list...); !reflect.DeepEqual(got, again) {
		t.Errorf("the same list again: %+v, want %+v", got, again)
	}
	if got := b.figuresOf("2026-11"); got != f {
		t.Errorf("the same list again: %+v, want %+v", got, f)
	}
	b.importList(",2026-11-02,middag,0")
	if got := b.figuresOf("2026-11"); got.Guests.N != 0 {
		t.Errorf("guests set to 0: %+v", got.Guests)
	}
	if n := b.number(`SELECT n FROM cell WHERE period = '2026-11-02' AND part = 'middag' AND measure = 'guests'`); n != 0 {
		t.Errorf("cell says %d guests, want 0", n)
	}
}

// One label is written in many ways by spreadsheets; the person is the same.
func TestImportVisits_OneLabelInOtherBytes(t *testing.T) {
	b := newFixture(t, "2026-11-24")
	report := b.importList("Caf\u00e9 Anna,2026-11-20,middag,", "Cafe\u0301  Anna,2026-11-20,avond,", "Caf\u00e9\u00a0Anna,2026-11-21,avond,")
	if report.People != 1 || report.Visits != 3 {
		t.Errorf("%d people with %d visits, want 1 with 3", report.People, report.Visits)
	}
	all, err := b.Residents(t.Context())
	if err != nil || len(all) != 1 || all[0].Label != "Caf\u00e9 Anna" {
		t.Errorf("the desk knows %+v, %v", all, err)
	}
}

// An old row counts as making her known for longer only where it does.
func TestImportVisits_FirstSeenOnce(t *testing.T) {
	b := newFixture(t, "2026-11-24")
	if n := b.importList("A,2025-09-20,middag,").FirstSeen; n != 1 {
		t.Errorf("first seen earlier: %d, want 1", n)
	}
	if n := b.importList("A,2025-10-20,middag,").FirstSeen; n != 0 {
		t.Errorf("a later old row: %d, want 0", n)
	}
}

func TestImportVisits_BesideCountedGuests(t *testing.T) {
	b := newFixture(t, "2026-11-23")
	if err := b.AddGuest(t.Context(), 1, kiosk.BandAdult); err != nil {
		t.Fatal(err)
	}
	b.importList(",2026-11-23,middag,2")
	b.importList(",2026-11-23,middag,2")
	if got := b.figuresOf("2026-11").Guests.N; got != 3 {
		t.Errorf("%d guests, want the one of the desk and two of the list", got)
	}
}

func TestImportVisits_AllOrNothing(t *testing.T) {
	b := newFixture(t, "2026-11-24")
	rows := []attendancelist.Row{
		{Line: 2, Person: "A", Day: dayOf(t, "2026-11-02"), Part: count.PartMorning},
		{Line: 3, Person: "B", Day: dayOf(t, "2026-11-25"), Part: count.PartMorning},
	}
	if _, err := b.ImportVisits(t.Context(), rows, false); !errors.Is(err, kiosk.ErrFuture) {
		t.Errorf("a row of tomorrow: %v, want ErrFuture", err)
	}
	if n := b.number(`SELECT count(*) FROM visit`); n != 0 {
		t.Errorf("%d visits of a refused list", n)
	}
}

// TestImportVisits_SealsLabels looks for a label in every file of the room.
func TestImportVisits_SealsLabels(t *testing.T) {
	b := newFixture(t, "2026-11-24")
	b.importList("Zeldzaamheid,2026-11-02,middag,")
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if found := grepFolder(t, b.cfg.Dir, []byte("Zeldzaamheid")); len(found) > 0 {
		t.Errorf("the label lies open in %v", found)
	}
}

// TestImportVisits_InAnyOrder takes one history in one list, and cut into
// shuffled lists with nights between: the figures are the same. The second way
// corrects closed periods again and again.
func TestImportVisits_InAnyOrder(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 1))
	var lines []string
	for range 300 {
		lines = append(lines, fmt.Sprintf("P%d,%s,%s,", rng.IntN(40), dayOf(t, "2025-11-01")+count.Day(rng.IntN(380)), count.Parts()[rng.IntN(3)]))
	}
	for day := range 60 {
		lines = append(lines, fmt.Sprintf(",%s,avond,%d", dayOf(t, "2025-11-03")+count.Day(6*day), rng.IntN(3)))
	}
	whole, parts := newFixture(t, "2026-11-20"), newFixture(t, "2026-11-20")
	whole.importList(lines...)
	rng.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	for i, night := range []string{"2026-11-21", "2026-11-22", "2026-11-23", "2026-11-24"} {
		parts.importList(lines[i*90 : (i+1)*90]...)
		parts.goTo(night)
	}
	whole.goTo("2026-11-24")
	for _, p := range []count.Period{"2025-11", "2025-12", "2026-01", "2026-04", "2026-09", "2026-10", "2026-11", "2026Q1", "2026Q2", "2026Q3", "2026Q4", "2026"} {
		want, got := whole.figuresOf(p), parts.figuresOf(p)
		if got != want || !want.Unique.Known() {
			t.Errorf("%s: %+v, want %+v", p, got, want)
		}
		if p == "2026Q4" || p == "2026" || p == "2026-11" {
			continue // these run
		}
		for _, b := range []*fixture{whole, parts} {
			if n := b.number(`SELECT n FROM cell WHERE period = ?1 AND measure = 'unique'`, p); int64(n) != want.Unique.N {
				t.Errorf("%s: the centre is told %d, the room %d", p, n, want.Unique.N)
			}
		}
	}
}

// TestImportVisits_OverTheHorizon takes lists that reach back over the
// retention, which now ends at 24 October 2025: a period is told when all its
// visits are there, and withheld when one is known of which no row is, in
// whatever order the lists come.
func TestImportVisits_OverTheHorizon(t *testing.T) {
	old, young := []string{"A,2025-10-02,middag,"}, []string{"A,2025-10-30,middag,", "B,2025-12-01,middag,"}
	for _, tt := range []struct {
		name    string
		lists   [][]string
		quarter int64 // visits of 2025Q4, -1 when withheld
	}{
		{"nothing older", [][]string{young}, 2},
		{"older than the quarter", [][]string{{"A,2025-09-30,middag,"}, young}, 2},
		{"an older row of no guests", [][]string{{",2025-10-02,middag,0"}, young}, 2},
		{"older guests", [][]string{{",2025-10-02,middag,1"}, young}, -1},
		{"in one list", [][]string{slices.Concat(old, young)}, -1},
		{"older first", [][]string{old, young}, -1},
		{"older last", [][]string{young, old}, -1},
	} {
		for _, nights := range []bool{false, true} {
			b := newFixture(t, "2026-11-24")
			for i, list := range tt.lists {
				if nights {
					b.goTo(fmt.Sprintf("2026-11-%d", 24+i))
				}
				b.importList(list...)
			}
			b.goTo("2026-11-26")
			f := b.figuresOf("2025Q4")
			if tt.quarter < 0 && f.Visits.Reason != reach.ReasonForgotten || tt.quarter >= 0 && f.Visits != (reach.Value{N: tt.quarter}) {
				t.Errorf("%s (nights: %t): visits %+v, want %d", tt.name, nights, f.Visits, tt.quarter)
			}
			if n := b.number(`SELECT n FROM cell WHERE period = '2025Q4' AND measure = 'unique'`); n != int(tt.quarter) {
				t.Errorf("%s (nights: %t): the centre is told %d residents, want %d", tt.name, nights, n, tt.quarter)
			}
		}
	}
}

// TestImportVisits_OneRowProvesOneDay: a row of long ago makes nobody new, and an old
// room no better known. Nine months of rows do.
func TestImportVisits_OneRowProvesOneDay(t *testing.T) {
	b := newFixture(t, "2026-11-24")
	var quarter []string
	for i := range 49 {
		quarter = append(quarter, fmt.Sprintf("P%d,%s,middag,", i, dayOf(t, "2026-10-05")+count.Day(i)%7))
	}
	b.importList(quarter...)
	withheld := func(when string) {
		t.Helper()
		f := b.figuresOf("2026Q4")
		if f.Unique.N != 49 || f.New.Reason != reach.ReasonNewRoom || f.Known.Reason != reach.ReasonNewRoom {
			t.Errorf("%s: %+v, want 49 people and no word of who is new", when, f)
		}
	}
	withheld("at first")
	b.importList(",2024-03-04,middag,1")
	withheld("after a guest of 2024")
	b.importList("P1,2024-03-04,middag,")
	withheld("after a person of 2024")
	b.importList("P1,2025-11-03,middag,")
	withheld("after a person of a year before")
	var guests, year []string
	for d := dayOf(t, "2025-11-03"); d < dayOf(t, "2026-10-01"); d++ {
		guests, year = append(guests, fmt.Sprintf(",%s,ochtend,2", d)), append(year, fmt.Sprintf("Q,%s,middag,", d))
	}
	b.importList(guests[:40]...)
	withheld("after a year of guests")
	b.importList(year...)
	if f := b.figuresOf("2026Q4"); f.New.N != 48 {
		t.Errorf("after a year of people: %+v, want 48 new", f)
	}
	// Neither an erasure nor the end of the rows' time makes it less known.
	if err := b.Erase(t.Context(), 0, b.personOf("Q")); err != nil {
		t.Fatal(err)
	}
	if f := b.figuresOf("2026Q4"); f.New.N != 48 {
		t.Errorf("after an erasure: %+v, want 48 new", f)
	}
}
