package sqlite

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/attendancelist"
	"example.org/inloop/kiosk/sqlite/imports"
	"example.org/inloop/kiosk/sqlite/profile"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/sync/count"
)

// told is all that a room tells and keeps of its visits, a line each: every number that
// was given out, every figure, everybody who is known and every visit that counts.
func (b *fixture) told() (lines []string) {
	b.t.Helper()
	for _, query := range []string{
		`SELECT 'cell ' || epoch || ' ' || period || ' ' || part || ' ' || measure || ' ' || n FROM cell WHERE n IS NOT NULL AND measure <> 'open'`,
		`SELECT 'person ' || no || ' ' || coalesce(first_day, '') || ' ' || coalesce(last_day, '') || ' ' || coalesce(hex(sign_mac), '') FROM person WHERE batch IS NULL OR batch NOT IN (SELECT no FROM hidden)`,
		`SELECT 'seen ' || person || ' ' || coalesce(min(first_day), '') || ' ' || coalesce(max(last_day), '') FROM list_seen GROUP BY person`,
		`SELECT 'visit ' || coalesce(person, '') || ' ' || coalesce(day, '') || ' ' || part || ' ' || how FROM attendance WHERE void = 0`,
	} {
		all, err := sqlrow.Collect(b.t.Context(), b.db(), func(row sqlrow.Scanner) (line string, err error) {
			return line, row.Scan(&line)
		}, query+` ORDER BY 1`)
		if err != nil {
			b.t.Fatal(err)
		}
		lines = append(lines, all...)
	}
	today := count.DayOf(b.clock.now.Wall, b.cfg.Timetable.Zone)
	for d := today - 800; d <= today; d++ {
		for _, p := range []count.Period{d.Month(), d.Quarter(), d.Year()} {
			if first, _, _ := p.Span(); first == d {
				lines = append(lines, fmt.Sprintf("figures %+v", b.figuresOf(p)))
			}
		}
	}
	return lines
}

// differ are the first lines that are in one and not in the other.
func differ(was, is []string) string {
	var lines []string
	for _, l := range was {
		if !slices.Contains(is, l) {
			lines = append(lines, "- "+l)
		}
	}
	for _, l := range is {
		if !slices.Contains(was, l) {
			lines = append(lines, "+ "+l)
		}
	}
	return strings.Join(lines[:min(len(lines), 12)], "\n")
}

// rowsOf parses lines of a list.
func (b *fixture) rowsOf(lines ...string) []attendancelist.Row {
	b.t.Helper()
	list, err := attendancelist.Parse(strings.NewReader("person,day,part,guests\n"+strings.Join(lines, "\n")), count.DayOf(b.clock.now.Wall, b.cfg.Timetable.Zone))
	if err != nil {
		b.t.Fatal(err)
	}
	return list
}

func (b *fixture) take(lines ...string) attendancelist.Upshot {
	b.t.Helper()
	e, err := b.ImportVisits(b.t.Context(), b.rowsOf(lines...), false)
	if err != nil {
		b.t.Fatal(err)
	}
	return e
}

func (b *fixture) takeBack(list int64) attendancelist.Upshot {
	b.t.Helper()
	e, err := b.UndoImport(b.t.Context(), list, false)
	if err != nil {
		b.t.Fatal(err)
	}
	return e
}

// someList are made-up lines over twenty months: people, guests, and what is too old.
func someList(t *testing.T, rng *rand.Rand, names string) (lines []string) {
	for range 80 {
		lines = append(lines, fmt.Sprintf("%s%d,%s,%s,", names, rng.IntN(20), dayOf(t, "2025-04-01")+count.Day(rng.IntN(590)), count.Parts()[rng.IntN(3)]))
	}
	for d := range 30 {
		lines = append(lines, fmt.Sprintf(",%s,avond,%d", dayOf(t, "2025-06-03")+count.Day(17*d), rng.IntN(4)))
	}
	return lines
}

// TestUndoImport_TheFormerNumbersExactly takes lists in and back, in a room that has
// visits of its own, with nights between: all is as it was, and a list that came
// between counts as if the other had never been.
func TestUndoImport_TheFormerNumbersExactly(t *testing.T) {
	for seed := range uint64(6) {
		rng := rand.New(rand.NewPCG(seed, 7))
		b, other := newFixture(t, "2026-11-20"), newFixture(t, "2026-11-20")
		own, one, two := someList(t, rng, "own"), someList(t, rng, "one"), someList(t, rng, "two")
		for i := range two { // guests of other days, so that neither leans on the other
			two[i] = strings.Replace(two[i], ",avond,", ",ochtend,", 1)
		}
		for _, r := range []*fixture{b, other} {
			r.recordedSince("2026-01-01")
			r.take(own...)
			r.goTo("2026-11-21")
		}
		was := b.told()
		foreseen, err := b.ImportVisits(t.Context(), b.rowsOf(one...), true)
		if err != nil {
			t.Fatal(err)
		}
		if is := b.told(); !slices.Equal(is, was) {
			t.Fatalf("seed %d: a dry run changes\n%s", seed, differ(was, is))
		}
		e := b.take(one...)
		foreseen.List = e.List
		if !reflect.DeepEqual(e, foreseen) {
			t.Errorf("seed %d: foreseen %+v, done %+v", seed, foreseen, e)
		}
		if len(e.Figures) == 0 || !e.Asks() {
			t.Fatalf("seed %d: nothing changes", seed)
		}
		b.goTo("2026-11-22")
		b.takeBack(e.List)
		if is := b.told(); !slices.Equal(is, was) {
			t.Errorf("seed %d: taken back, there is\n%s", seed, differ(was, is))
		}
		// Again, with a list between that does not lean on it.
		e = b.take(one...)
		b.goTo("2026-11-23")
		b.take(two...)
		b.goTo("2026-11-24")
		b.takeBack(e.List)
		other.goTo("2026-11-22")
		other.goTo("2026-11-23")
		other.take(two...)
		other.goTo("2026-11-24")
		figures := func(lines []string) []string {
			return slices.DeleteFunc(lines, func(l string) bool { return !strings.HasPrefix(l, "figures") && !strings.HasPrefix(l, "cell") })
		}
		if is, want := figures(b.told()), figures(other.told()); !slices.Equal(is, want) {
			t.Errorf("seed %d: with a list between\n%s", seed, differ(want, is))
		}
		if n := b.number(`SELECT count(*) FROM visit WHERE batch = ?1`, e.List) + b.number(`SELECT count(*) FROM import_cell WHERE batch = ?1`, e.List); n != 0 {
			t.Errorf("seed %d: %d rows of the list are left", seed, n)
		}
	}
}

// TestUndoImport_ThoughRowsAreGone erases somebody whom a list brought, and lets the time
// of its oldest rows be over: what was told goes with the list all the same.
func TestUndoImport_ThoughRowsAreGone(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	b, other := newFixture(t, "2026-11-20"), newFixture(t, "2026-11-20")
	own, list := someList(t, rng, "own"), someList(t, rng, "one")
	for _, r := range []*fixture{b, other} {
		r.recordedSince("2026-01-01")
		r.proveClock()
		r.take(own...)
		r.goTo("2026-11-21")
	}
	e := b.take(list...)
	for i := range 3 {
		if err := b.Erase(t.Context(), 0, b.personOf(fmt.Sprint("one", i))); err != nil {
			t.Fatal(err)
		}
	}
	for _, night := range []string{"2026-11-29", "2026-12-01", "2026-12-29"} {
		b.goTo(night)
		other.goTo(night)
	}
	if e = b.takeBack(e.List); e.Lost == 0 {
		t.Fatal("no row is gone")
	}
	told := func(r *fixture) []string {
		return slices.DeleteFunc(r.told(), func(l string) bool { return !strings.HasPrefix(l, "figures") && !strings.HasPrefix(l, "cell") })
	}
	if is, want := told(b), told(other); !slices.Equal(is, want) {
		t.Errorf("taken back after %d rows were gone\n%s", e.Lost, differ(want, is))
	}
}

// TestUndoImport_WhoIsKnownBesidesStays: people whom only the list knew are gone; who
// got a name, or visits of their own, stays and is told of.
func TestUndoImport_WhoIsKnownBesidesStays(t *testing.T) {
	b := newFixture(t, "2026-11-24")
	e := b.take("Anna,2026-11-02,middag,", "Ben,2026-11-02,middag,", "Cato,2026-11-02,middag,", "Dirk,2024-03-01,middag,")
	for who, do := range map[string]func(int64) error{
		"Anna": func(no int64) error { return b.CheckInByHand(t.Context(), 1, no) },
		"Ben": func(no int64) error {
			return b.withTx(t.Context(), func(ctx context.Context, tx *txn) error {
				return profile.Write(ctx, tx, b.cfg.Keys, kiosk.Resident{No: no, Sign: "tulip.red"})
			})
		},
	} {
		if err := do(b.personOf(who)); err != nil {
			t.Fatal(err)
		}
	}
	anna, ben, cato := b.personOf("Anna"), b.personOf("Ben"), b.personOf("Cato")
	if e = b.takeBack(e.List); e.Stayed != 2 || e.People != 4 {
		t.Errorf("%+v, want 2 of 4 people who stay", e)
	}
	for no, want := range map[int64]int{anna: 1, ben: 1, cato: 0} {
		if n := b.number(`SELECT count(*) FROM person WHERE no = ?1`, no); n != want {
			t.Errorf("person %d is there %d times, want %d", no, n, want)
		}
	}
	if f := b.figuresOf("2026-11"); f.BadgeVisits.N != 1 {
		t.Errorf("%+v, want the one visit by hand", f.BadgeVisits)
	}
	if _, err := b.UndoImport(t.Context(), e.List, false); !errors.Is(err, kiosk.ErrUndone) {
		t.Errorf("taken back twice: %v, want ErrUndone", err)
	}
	if _, err := b.UndoImport(t.Context(), 99, false); !errors.Is(err, kiosk.ErrNotFound) {
		t.Errorf("a list that never was: %v, want ErrNotFound", err)
	}
}

// TestUndoImport_NotUnderALaterOne: what a later list found there is its own too.
func TestUndoImport_NotUnderALaterOne(t *testing.T) {
	b := newFixture(t, "2026-11-24")
	first := b.take("Anna,2026-11-02,middag,", ",2026-11-02,middag,3")
	guests := b.take(",2026-11-02,middag,1")
	if got := b.figuresOf("2026-11").Guests.N; got != 1 {
		t.Fatalf("%d guests, want what the second list says", got)
	}
	lean := &imports.LeanError{}
	if _, err := b.UndoImport(t.Context(), first.List, false); !errors.As(err, &lean) || !slices.Equal(lean.Later, []int64{guests.List}) || !errors.Is(err, kiosk.ErrUndone) {
		t.Errorf("%v, want that the second list leans on it", err)
	}
	b.takeBack(guests.List)
	if got := b.figuresOf("2026-11").Guests.N; got != 3 {
		t.Errorf("%d guests, want those of the first list again", got)
	}
	same := b.take("Anna,2026-11-02,middag,")
	if _, err := b.UndoImport(t.Context(), first.List, false); !errors.As(err, &lean) {
		t.Errorf("a list that says the same: %v", err)
	}
	all, err := b.Imports(t.Context())
	if err != nil || len(all) != 3 || !all[1].Undone || !slices.Equal(all[2].LeanOns, []int64{same.List}) {
		t.Errorf("lists %+v, %v", all, err)
	}
	b.takeBack(same.List)
	b.takeBack(first.List)
	if f := b.figuresOf("2026-11"); f.Visits.N != 0 {
		t.Errorf("all taken back: %+v", f.Visits)
	}
}

// errPulled is the plug.
var errPulled = errors.New("the plug is pulled")

// lists are those of the room with writing that calls before first.
func (b *fixture) lists(before func() error) *imports.Lists {
	return imports.New(imports.Means{
		Write: func(ctx context.Context, fn func(context.Context, imports.Writing) error) error {
			if err := before(); err != nil {
				return err
			}
			return b.writeLists(ctx, fn)
		},
		Reader: b.reader, Ledger: b.rows, Rules: b.cfg.Rules, PartTimes: b.cfg.Timetable.PartTimes, Lock: b.cfg.Dir + "/import.lock",
		Portion: 1, Rest: 1,
	})
}

// TestImportVisits_WholeOrNotAtAll pulls the plug before each write of taking a list in
// and back: what is told is all or nothing, and the next start leaves no row.
func TestImportVisits_WholeOrNotAtAll(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	b := newFixture(t, "2026-11-20")
	b.cfg.Rules = b.Store.cfg.Rules
	b.take(someList(t, rng, "own")...)
	b.goTo("2026-11-21")
	list := b.rowsOf(someList(t, rng, "new")...)
	without := b.told()
	e, err := b.ImportVisits(t.Context(), list, false)
	if err != nil {
		t.Fatal(err)
	}
	figures := func() (lines []string) {
		for _, l := range b.told() {
			if !strings.HasPrefix(l, "person") && !strings.HasPrefix(l, "seen") && !strings.HasPrefix(l, "visit") {
				lines = append(lines, l)
			}
		}
		return append(lines, fmt.Sprint(b.number(`SELECT count(*) FROM attendance WHERE void = 0`)))
	}
	with := figures()
	b.takeBack(e.List)
	pulledAt := func(n int) *imports.Lists {
		return b.lists(func() error {
			if n--; n < 0 {
				return errPulled
			}
			return nil
		})
	}
	before := figures()
	ends, shown := 0, false
	for n := 0; !shown; n++ {
		_, err := pulledAt(n).ImportVisits(t.Context(), list, false)
		shown = err == nil
		want := before
		if shown {
			want = with
		} else if !errors.Is(err, errPulled) {
			t.Fatalf("pulled before write %d: %v", n, err)
		}
		if is := figures(); !slices.Equal(is, want) {
			t.Fatalf("pulled before write %d, list there: %t\n%s", n, shown, differ(want, is))
		}
		if !shown {
			b.goTo("2026-11-21")
			if is := b.told(); !slices.Equal(is, without) {
				t.Fatalf("pulled before write %d and begun again\n%s", n, differ(without, is))
			}
			if left := b.number(`SELECT count(*) FROM visit WHERE batch IS NOT NULL`) - b.number(`SELECT count(*) FROM visit WHERE batch = 1`); left != 0 {
				t.Fatalf("pulled before write %d, %d rows are left", n, left)
			}
		}
		ends = n
	}
	if ends < 8 {
		t.Errorf("taken in by %d writes, want portions", ends)
	}
	all, err := b.Imports(t.Context())
	if err != nil || len(all) < 2 {
		t.Fatal(all, err)
	}
	for n := 0; ; n++ {
		_, err := pulledAt(n).UndoImport(t.Context(), all[0].No, false)
		is := figures()
		if !slices.Equal(is, with) && !slices.Equal(is, before) {
			t.Fatalf("taken back, pulled before write %d\n%s", n, differ(before, is))
		}
		if errors.Is(err, kiosk.ErrUndone) || err == nil {
			break
		}
	}
	b.goTo("2026-11-21")
	if is := b.told(); !slices.Equal(is, without) {
		t.Errorf("taken back\n%s", differ(without, is))
	}
}

// TestImportVisits_BesideTaps lets people come while a list is taken in that says so too,
// and an earlier day be corrected: each is counted once.
func TestImportVisits_BesideTaps(t *testing.T) {
	b := newFixture(t, "2026-11-23")
	b.cfg.Rules = b.Store.cfg.Rules
	b.take("Anna,2026-11-02,middag,", "Ben,2026-11-02,middag,", "Cato,2026-11-02,middag,")
	anna, ben, cato := b.personOf("Anna"), b.personOf("Ben"), b.personOf("Cato")
	b.goTo("2026-11-24")
	var lines []string
	for _, who := range []string{"Anna", "Ben", "Cato", "Dirk"} {
		for _, day := range []string{"2026-06-02", "2026-10-06", "2026-11-23", "2026-11-24"} {
			lines = append(lines, fmt.Sprintf("%s,%s,middag,", who, day))
		}
	}
	for d := range 40 { // so that there are portions
		lines = append(lines, fmt.Sprintf("Ella,%s,avond,", dayOf(t, "2026-05-01")+count.Day(d)))
	}
	n := 0
	l := b.lists(func() error {
		switch n++; n {
		case 4:
			return errors.Join(b.CheckInByHand(t.Context(), 1, anna),
				b.EnterPaper(t.Context(), 1, kiosk.PaperEntry{Day: dayOf(t, "2026-11-23"), Part: count.PartAfternoon, Person: ben}))
		case 5:
			return b.EnterPaper(t.Context(), 1, kiosk.PaperEntry{Day: dayOf(t, "2026-10-06"), Part: count.PartAfternoon, Person: ben})
		case 6:
			return b.Erase(t.Context(), 1, cato)
		}
		return nil
	})
	if _, err := l.ImportVisits(t.Context(), b.rowsOf(lines...), false); err != nil {
		t.Fatal(err)
	}
	if n < 8 {
		t.Fatalf("only %d writes", n)
	}
	for day, want := range map[string]int{"2026-06-02": 3 - 0, "2026-10-06": 3, "2026-11-23": 3, "2026-11-24": 3} {
		if got := b.number(`SELECT count(*) FROM attendance WHERE day = ?1 AND part = 'middag' AND void = 0 AND person IS NOT NULL`, dayOf(t, day)); got != want {
			t.Errorf("%s: %d visits in the afternoon, want %d", day, got, want)
		}
		if told := b.number(`SELECT n FROM cell WHERE period = ?1 AND part = 'middag' AND measure = 'badge_visits'`, day); told != want {
			t.Errorf("%s: %d are told, want %d", day, told, want)
		}
	}
	is := b.figuresOf("2026-10")
	b.goTo("2026-11-25")
	if next := b.figuresOf("2026-10"); is != next || is.Unique.N != 3 {
		t.Errorf("October is told as %+v and a day later as %+v, want 3 people", is, next)
	}
	if told := b.number(`SELECT n FROM cell WHERE period = '2026-10' AND measure = 'unique'`); told != 3 {
		t.Errorf("the centre is told %d people of October, want 3", told)
	}
	// Who is counted by a list cannot be counted twice by hand.
	err := b.EnterPaper(t.Context(), 1, kiosk.PaperEntry{Day: dayOf(t, "2026-06-02"), Part: count.PartAfternoon, Person: anna})
	if !errors.Is(err, kiosk.ErrAlready) {
		t.Errorf("entered again: %v, want ErrAlready", err)
	}
}

// TestImportVisits_AnErasureAtAnyMoment erases somebody before each write of taking a
// list in, a tap beside it: numbers told are those of the rows and of what she had been
// told of before, whenever it was.
func TestImportVisits_AnErasureAtAnyMoment(t *testing.T) {
	for k, writes := 1, 1; k <= writes; k++ {
		b := newFixture(t, "2026-11-23")
		b.cfg.Rules = b.Store.cfg.Rules
		b.take("Anna,2026-11-02,middag,", "Cato,2026-11-02,middag,")
		anna, cato := b.personOf("Anna"), b.personOf("Cato")
		b.goTo("2026-11-24")
		var lines []string
		for d := range 12 {
			lines = append(lines, fmt.Sprintf("Cato,%s,middag,", dayOf(t, "2026-10-06")+count.Day(d)), fmt.Sprintf("Anna,%s,avond,", dayOf(t, "2026-10-06")+count.Day(d)))
		}
		lines = append(lines, "Anna,2026-11-24,middag,", "Dirk,2026-11-24,middag,")
		writes = 0
		l := b.lists(func() error {
			if writes++; writes == k {
				return errors.Join(b.Erase(t.Context(), 1, cato), b.CheckInByHand(t.Context(), 1, anna))
			}
			return nil
		})
		e, err := l.ImportVisits(t.Context(), b.rowsOf(lines...), false)
		if err != nil {
			t.Fatalf("before write %d: %v", k, err)
		}
		if k > writes { // she was not erased any more
			break
		}
		rows := b.number(`SELECT count(*) FROM attendance WHERE void = 0 AND day >= ?1`, dayOf(t, "2026-10-01"))
		told := b.number(`SELECT sum(n) FROM cell WHERE measure = 'badge_visits'`)
		if rows+1 != told || b.number(`SELECT count(*) FROM attendance WHERE person = ?1`, cato) != 0 {
			t.Errorf("before write %d of %d: %d visits, %d are told", k, writes, rows, told)
		}
		if october := b.number(`SELECT n FROM cell WHERE period = '2026-10' AND measure = 'unique'`); int64(october) != b.figuresOf("2026-10").Unique.N {
			t.Errorf("before write %d of %d: %d people of October are told, %+v came", k, writes, october, b.figuresOf("2026-10").Unique)
		}
		if _, err := b.UndoImport(t.Context(), e.List, false); err != nil {
			t.Fatal(err)
		}
		rows = b.number(`SELECT count(*) FROM attendance WHERE void = 0 AND day >= ?1`, dayOf(t, "2026-10-01"))
		if told := b.number(`SELECT sum(n) FROM cell WHERE measure = 'badge_visits'`); rows+1 != told {
			t.Errorf("taken back, erased before write %d: %d visits, %d are told", k, rows, told)
		}
	}
}

// TestImportVisits_OneAtATime: another list waits, and a look does not.
func TestImportVisits_OneAtATime(t *testing.T) {
	b := newFixture(t, "2026-11-24")
	b.cfg.Rules = b.Store.cfg.Rules
	var second error
	l := b.lists(func() error {
		if second == nil {
			_, second = b.ImportVisits(t.Context(), b.rowsOf("Ben,2026-11-02,middag,"), false)
		}
		return nil
	})
	if _, err := l.ImportVisits(t.Context(), b.rowsOf("Anna,2026-11-02,middag,"), false); err != nil {
		t.Fatal(err)
	}
	if !errors.Is(second, imports.ErrBusy) {
		t.Errorf("a second list meanwhile: %v, want ErrBusy", second)
	}
}

// TestImportVisits_AsksAboutGapsAndToldFigures says when a yes is wanted.
func TestImportVisits_AsksAboutGapsAndToldFigures(t *testing.T) {
	b := newFixture(t, "2026-11-24")
	e := b.take("Anna,2026-02-02,middag,", "Anna,2026-11-24,ochtend,")
	if e.Asks() || len(e.Figures) == 0 {
		t.Errorf("a room of which nothing was told: %+v", e)
	}
	if e = b.take("Ben,2026-02-03,middag,"); !e.Asks() || e.Told != 0 {
		t.Errorf("February was told: %+v", e)
	}
	if e = b.take("Ben,2026-11-24,ochtend,"); e.Asks() {
		t.Errorf("a part of today: %+v", e)
	}
	e, err := b.ImportVisits(t.Context(), b.rowsOf("Cato,2026-11-24,ochtend,", "Cato,2025-11-23,ochtend,"), true)
	if want := []attendancelist.Gap{{From: dayOf(t, "2025-11-23"), To: dayOf(t, "2026-11-24"), FromLine: 3, ToLine: 2}}; err != nil || !reflect.DeepEqual(e.Gaps, want) || !e.Asks() {
		t.Errorf("gaps %+v (%v), want %+v", e.Gaps, err, want)
	}
}

// TestTick_LeavesAListAlone that another program is at.
func TestTick_LeavesAListAlone(t *testing.T) {
	b := newFixture(t, "2026-11-24")
	b.cfg.Rules = b.Store.cfg.Rules
	l := b.lists(func() error { return b.Tick(t.Context()) })
	if e, err := l.ImportVisits(t.Context(), b.rowsOf("Anna,2026-11-02,middag,"), false); err != nil || e.Visits != 1 {
		t.Fatal(e, err)
	}
	if f := b.figuresOf("2026-11"); f.BadgeVisits.N != 1 {
		t.Errorf("%+v, want her visit", f)
	}
}
