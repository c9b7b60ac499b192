package sqlite

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/imports"
	"example.org/inloop/sync/count"
)

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
