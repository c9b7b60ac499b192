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
	"example.org/inloop/kiosk/sqlite/imports"
	"example.org/inloop/kiosk/sqlite/profile"
)

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
