package sqlite

import (
	"context"
	"errors"
	"slices"
	"testing"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/attendancelist"
	"example.org/inloop/kiosk/sqlite/sqlrow"
)

// asKept writes people as they were kept before labels were folded: by the very words.
func (b *fixture) asKept(labels ...string) (people []int64) {
	b.t.Helper()
	for i, label := range labels {
		no := int64(100 + i)
		sealed, err := b.cfg.Keys.SealText(label, "person", "label", no)
		if err != nil {
			b.t.Fatal(err)
		}
		b.exec(`INSERT INTO person (no, language, label_mac, label) VALUES (?1, '', ?2, ?3)`, no, b.cfg.Keys.Label(label), sealed)
		people = append(people, no)
	}
	b.exec(`DELETE FROM upgrade WHERE step = 'fold labels'`)
	return people
}

func (b *fixture) exec(query string, args ...any) {
	b.t.Helper()
	err := b.writeRows(b.t.Context(), func(ctx context.Context, tx sqlrow.Tx, _ kiosk.Moment) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

// anew opens the room once more, as the next start does.
func (b *fixture) anew() {
	b.t.Helper()
	if err := b.Close(); err != nil {
		b.t.Fatal(err)
	}
	b.open()
}

func (b *fixture) visitsOf(person int64) int {
	b.t.Helper()
	return b.number(`SELECT count(*) FROM visit WHERE person = ?1`, person)
}

// TestFolding_OneOpeningLetsListsFindThoseWhoWereKept: a list that writes them in another
// way doubles nobody. The step may be cut off and done twice.
func TestFolding_OneOpeningLetsListsFindThoseWhoWereKept(t *testing.T) {
	b := newFixture(t, "2026-11-24")
	people := b.asKept("Anna de Vries", "José", "YILDIZ", "O’Neill")
	b.exec(`INSERT INTO person (no, language, label_mac) VALUES (200, '', ?1)`, b.cfg.Keys.Label("Weg"))
	b.exec(`INSERT INTO person (no, language, label) SELECT 201, '', label FROM person WHERE no = 100`)
	for range 2 {
		b.anew()
		b.exec(`DELETE FROM upgrade WHERE step = 'fold labels'`)
	}
	b.anew()
	got := b.take("ANNA DE VRIES.,2026-11-23,middag,", "jose\u0301,2026-11-23,middag,", "Yıldız,2026-11-23,middag,", "O'Neill,2026-11-23,middag,", "Weg,2026-11-23,middag,")
	if got.People != 0 || len(got.Alike) != 0 {
		t.Errorf("%d people are new and %+v may be others, want nobody", got.People, got.Alike)
	}
	for _, no := range append(people, 200) {
		if n := b.visitsOf(no); n != 1 {
			t.Errorf("person %d has %d visits, want 1", no, n)
		}
	}
	if n := b.number(`SELECT count(*) FROM person WHERE no = 201 AND label_mac IS NULL`); n != 1 {
		t.Error("who was to be found by no list any more is found again")
	}
	if twins, err := b.Twins(t.Context()); err != nil || len(twins) != 0 {
		t.Errorf("twins %+v, %v", twins, err)
	}
}

// TestFolding_TwoWhoFoldIntoOneStayTwo: nobody is made one by a program. Lists find each
// by their very words, and the one who has the label by any other; a volunteer decides.
func TestFolding_TwoWhoFoldIntoOneStayTwo(t *testing.T) {
	for name, tt := range map[string]struct {
		labels []string
		first  int // of them has the label by any other words
		keep   int // as the volunteer says; -1 for two
		want   [2]int
	}{
		"two people":             {[]string{"ANNA B", "Anna B"}, 0, -1, [2]int{2, 1}},
		"the first":              {[]string{"ANNA B", "Anna B"}, 0, 0, [2]int{3, 0}},
		"the second":             {[]string{"ANNA B", "Anna B"}, 0, 1, [2]int{0, 3}},
		"one has it already":     {[]string{"ANNA B", "anna b"}, 1, -1, [2]int{1, 2}},
		"that one is not her":    {[]string{"ANNA B", "anna b"}, 1, 0, [2]int{3, 0}},
		"that one is, of course": {[]string{"ANNA B", "anna b"}, 1, 1, [2]int{0, 3}},
	} {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			b := newFixture(t, "2026-11-24")
			people := b.asKept(tt.labels...)
			b.anew()
			b.anew()
			other := people[1-tt.first]
			want := attendancelist.Twin{Person: other, Other: people[tt.first]}
			if twins, err := b.Twins(ctx); err != nil || !slices.Equal(twins, []attendancelist.Twin{want}) {
				t.Fatalf("twins %+v, %v, want %+v", twins, err, want)
			}
			dry, err := b.ImportVisits(ctx, b.rowsOf(tt.labels[0]+",2026-11-20,middag,", tt.labels[1]+",2026-11-20,middag,", "Anna B.,2026-11-21,middag,"), true)
			if err != nil || dry.People != 0 || dry.Visits != 3 {
				t.Errorf("before anybody decides: %+v, %v", dry, err)
			}
			keep := int64(0)
			if tt.keep >= 0 {
				keep = people[tt.keep]
			}
			if err := b.SettleTwin(ctx, 1, other, 999); !errors.Is(err, kiosk.ErrNotFound) {
				t.Errorf("somebody else is kept: %v", err)
			}
			if err := b.SettleTwin(ctx, 1, other, keep); err != nil {
				t.Fatal(err)
			}
			if err := b.SettleTwin(ctx, 1, people[tt.first], keep); !errors.Is(err, kiosk.ErrNotFound) {
				t.Errorf("of whom nothing is asked: %v", err)
			}
			b.anew()
			if twins, err := b.Twins(ctx); err != nil || len(twins) != 0 {
				t.Errorf("twins after that: %+v, %v", twins, err)
			}
			b.take(tt.labels[0]+",2026-11-20,middag,", tt.labels[1]+",2026-11-21,middag,", "aNNA b.,2026-11-23,middag,")
			if got := [2]int{b.visitsOf(people[0]), b.visitsOf(people[1])}; got != tt.want {
				t.Errorf("visits %v, want %v", got, tt.want)
			}
		})
	}
}

// TestFolding_WhatWasDoneCanStillBeUndone: an action's picture of a person goes along.
func TestFolding_WhatWasDoneCanStillBeUndone(t *testing.T) {
	ctx := t.Context()
	b := newFixture(t, "2026-11-24")
	anna := b.asKept("ANNA")[0]
	if err := b.ChangeProfile(ctx, 1, kiosk.Resident{No: anna, Name: "Anna", Language: "nl"}); err != nil {
		t.Fatal(err)
	}
	b.anew()
	v, err := b.View(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if len(v.Actions) == 0 || !v.Actions[0].CanUndo {
		t.Fatalf("actions %+v, want one that can be undone", v.Actions)
	}
	if err := b.Undo(ctx, 1, v.Actions[0].No); err != nil {
		t.Fatal(err)
	}
	if got := b.take("anna,2026-11-23,middag,"); got.People != 0 || b.visitsOf(anna) != 1 {
		t.Errorf("after undoing she is another person: %+v", got)
	}
}

// TestImportVisits_LookAlikesAreAsked and are remembered once somebody has said that they
// are the same; taking the list back forgets it.
func TestImportVisits_LookAlikesAreAsked(t *testing.T) {
	ctx := t.Context()
	b := newFixture(t, "2026-11-24")
	b.take("José Pérez,2026-11-20,middag,", "Anna de Vries,2026-11-20,middag,", "label 7,2026-11-20,middag,", "Ben,2026-11-20,middag,")
	jose, anna := b.personOf("José Pérez"), b.personOf("Anna de Vries")
	lines := []string{
		"Jose Perez,2026-11-21,middag,", "\"Vries, Anna de\",2026-11-21,middag,", "label 8,2026-11-21,middag,", "Jen,2026-11-21,middag,",
		"Jansen,2026-11-21,middag,", "Janssen,2026-11-22,middag,", "JOSÉ PÉREZ,2026-11-22,middag,",
	}
	rows := b.rowsOf(lines...)
	dry, err := b.ImportVisits(ctx, rows, true)
	if err != nil {
		t.Fatal(err)
	}
	want := []attendancelist.LookAlike{
		{Line: 2, Label: "Jose Perez", Like: "José Pérez"}, {Line: 3, Label: "Vries, Anna de", Like: "Anna de Vries"},
		{Line: 7, Label: "Janssen", Other: 6, Like: "Jansen"},
	}
	if !slices.Equal(dry.Alike, want) || !dry.Asks() || dry.People != 6 {
		t.Errorf("asked about %+v of %d new, want %+v of 6", dry.Alike, dry.People, want)
	}
	for i := range rows {
		rows[i].Same = slices.Contains([]int{2, 3, 7}, rows[i].Line)
	}
	got, err := b.ImportVisits(ctx, rows, false)
	if err != nil || got.People != 3 || len(got.Alike) != 0 || got.Visits != 7 {
		t.Fatalf("%+v, %v, want three new people and nothing asked", got, err)
	}
	jansen := b.personOf("Jansen")
	for who, want := range map[int64]int{jose: 3, anna: 2, jansen: 2} {
		if n := b.visitsOf(who); n != want {
			t.Errorf("person %d has %d visits, want %d", who, n, want)
		}
	}
	// Said once, it holds for the next list, whatever capitals it has.
	later, err := b.ImportVisits(ctx, b.rowsOf("JOSE PEREZ,2026-11-23,middag,", "janssen,2026-11-23,middag,"), true)
	if err != nil || later.People != 0 || later.Visits != 2 || len(later.Alike) != 0 {
		t.Errorf("the next list: %+v, %v", later, err)
	}
	b.takeBack(got.List)
	if n := b.number(`SELECT count(*) FROM also_named`); n != 0 {
		t.Errorf("%d other labels are left of a list that was taken back", n)
	}
	if dry, err := b.ImportVisits(ctx, b.rowsOf(lines...), true); err != nil || !slices.Equal(dry.Alike, want) {
		t.Errorf("after it was taken back: %+v, %v", dry.Alike, err)
	}
	// Who looks like nobody, or like two, cannot be the same; who is known may be said to be.
	b.take("Josée Pérez,2026-11-20,middag,")
	for line, ok := range map[string]bool{"Ben": true, "José Péreza": true, "Joséé Pérez": false, "Zoë": false} {
		try := b.rowsOf(line + ",2026-11-21,middag,")
		try[0].Same = true
		_, err := b.ImportVisits(ctx, try, true)
		var faults attendancelist.Problems
		if (err == nil) != ok || !ok && (!errors.As(err, &faults) || faults[0].Line != 2 || faults[0].Fault != attendancelist.FaultSame) {
			t.Errorf("%s: %v", line, err)
		}
	}
}
