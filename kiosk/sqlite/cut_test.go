package sqlite

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/reach"
	"example.org/inloop/sync/count"
)

// cells are all numbers of the room with their revisions, the running epoch's or not.
func (b *fixture) cells() map[string]string {
	b.t.Helper()
	all := map[string]string{}
	rows, err := b.db().QueryContext(b.t.Context(), `SELECT epoch || ' ' || period || ' ' || part || ' ' || measure, coalesce(n, '-') || ' ' || rev FROM cell`)
	if err != nil {
		b.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var cell, n string
		if err := rows.Scan(&cell, &n); err != nil {
			b.t.Fatal(err)
		}
		all[cell] = n
	}
	if err := rows.Err(); err != nil {
		b.t.Fatal(err)
	}
	return all
}

// badgeVisits are the numbers of the days that have any.
func (b *fixture) badgeVisits(days ...string) (all []int) {
	for _, d := range days {
		all = append(all, b.number(`SELECT sum(n) FROM cell WHERE period = ?1 AND measure = 'badge_visits'`, d))
	}
	return all
}

// autumnOf is a room of 52 people in the last quarter of 2026, of whom 31 came in October;
// T came on 2, 9, 16 and 20 November, and stands on the list of nobody else.
func autumnOf(t *testing.T) *fixture {
	t.Helper()
	b := newFixture(t, "2026-11-20")
	b.recordedSince("2025-06-01")
	var lines []string
	on := func(day string, from, to int) {
		for i := from; i < to; i++ {
			lines = append(lines, fmt.Sprintf("P%d,%s,ochtend,", i, day))
		}
	}
	on("2026-10-05", 0, 31)
	on("2026-11-02", 31, 44) // 13, and T
	on("2026-11-09", 41, 51) // 10, and T
	on("2026-11-16", 0, 8)   // 8, and T
	on("2026-11-20", 46, 51) // 5, and T
	for _, day := range []string{"2026-11-02", "2026-11-09", "2026-11-16", "2026-11-20"} {
		lines = append(lines, "T,"+day+",ochtend,")
	}
	b.importList(lines...)
	b.goTo("2026-11-20")
	return b
}

// TestErase_Oracle: T came on 2, 9, 16 and today 20 November, and is erased at three
// o'clock. No number moves, then or when the periods end.
func TestErase_Oracle(t *testing.T) {
	b := autumnOf(t)
	days := []string{"2026-11-02", "2026-11-09", "2026-11-16", "2026-11-20"}
	want := []int{14, 11, 9, 6}
	if got := b.badgeVisits(days...); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("before: %v, want %v", got, want)
	}
	who := b.personOf("T")
	if err := b.ChangeProfile(t.Context(), 1, kiosk.Resident{No: who, Sign: "tulip.red", Name: "T", Language: "nl"}); err != nil {
		t.Fatal(err)
	}
	running := map[count.Period]reach.Figures{"2026-11": b.figuresOf("2026-11"), "2026Q4": b.figuresOf("2026Q4"), "2026": b.figuresOf("2026")}
	before, rev := b.cells(), b.number(`SELECT rev FROM meta`)
	if err := b.Erase(t.Context(), 1, who); err != nil {
		t.Fatal(err)
	}
	if after := b.cells(); !maps.Equal(after, before) || b.number(`SELECT rev FROM meta`) != rev {
		t.Error("a cell moved, or got another revision: it would be sent")
	}
	for p, was := range running {
		if got := b.figuresOf(p); got != was {
			t.Errorf("%s: %+v, want %+v", p, got, was)
		}
	}
	for _, table := range []string{"visit", "stay", "badge", "answer", "action", "tap"} {
		if n := b.number(`SELECT count(*) FROM `+table+` WHERE person = ?1`, who); n != 0 {
			t.Errorf("%d rows in %s hold the number of who was erased", n, table)
		}
	}
	if n := b.number(`SELECT count(*) FROM erased`); n != 0 {
		t.Error("the database says who was erased, or how many")
	}
	b.goTo("2027-01-04")
	if got := b.badgeVisits(days...); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("at the end of the year: %v, want %v", got, want)
	}
	for cell, n := range map[string]int{"2026-10": 31, "2026Q4": 52, "2026": 52} {
		if got := b.number(`SELECT n FROM cell WHERE period = ?1 AND measure = 'unique'`, cell); got != n {
			t.Errorf("unique of %s closes with %d, want %d", cell, got, n)
		}
	}
}

// TestErase_TheRunningDayGoesOn: who is erased today stays counted today, and taps, guests
// and corrections of today come on top.
func TestErase_TheRunningDayGoesOn(t *testing.T) {
	b := autumnOf(t)
	if err := b.Erase(t.Context(), 1, b.personOf("T")); err != nil {
		t.Fatal(err)
	}
	b.importList("P1,2026-11-20,ochtend,", ",2026-11-20,ochtend,2")
	if got := b.badgeVisits("2026-11-20"); got[0] != 7 {
		t.Errorf("with one more: %d, want 7", got[0])
	}
	if err := b.CheckInByHand(t.Context(), 1, b.personOf("P2")); err != nil { // noon: the afternoon
		t.Fatal(err)
	}
	v, err := b.View(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Undo(t.Context(), 1, v.Actions[0].No); err != nil {
		t.Fatal(err)
	}
	if got := b.badgeVisits("2026-11-20"); got[0] != 7 {
		t.Errorf("one more, undone: %d, want 7", got[0])
	}
}

// TestErase_EnrolledAgainIsSomebodyNew counts once more in the running periods.
func TestErase_EnrolledAgainIsSomebodyNew(t *testing.T) {
	b := autumnOf(t)
	if err := b.Erase(t.Context(), 1, b.personOf("T")); err != nil {
		t.Fatal(err)
	}
	was := b.figuresOf("2026Q4")
	b.importList("T,2026-11-20,middag,")
	got := b.figuresOf("2026Q4")
	if got.Unique.N != was.Unique.N+1 || got.New.N != was.New.N+1 || got.BadgeVisits.N != was.BadgeVisits.N+1 {
		t.Errorf("%+v, want one more person, new, than %+v", got, was)
	}
}

// TestErase_NoUndoReachesWhoWasCut: an entry that changed a row of theirs among others is
// gone too.
func TestErase_NoUndoReachesWhoWasCut(t *testing.T) {
	r := newRoom(t, "2026-11-24", "anna", "ben")
	r.says("10:00", "anna", kiosk.GreetingFirst)
	r.must(r.ChangeProfile(t.Context(), r.by, kiosk.Resident{No: r.people["anna"], Sign: "tulip.red", Language: "nl"}))
	r.must(r.EnterPaper(t.Context(), r.by, kiosk.PaperEntry{Day: count.Date(2026, 11, 23), Part: count.PartMorning, Person: r.people["anna"]}))
	r.must(r.EnterPaper(t.Context(), r.by, kiosk.PaperEntry{Day: count.Date(2026, 11, 23), Part: count.PartMorning, Person: r.people["ben"]}))
	r.must(r.withTx(t.Context(), func(ctx context.Context, tx *txn) error {
		_, err := tx.ExecContext(ctx, `UPDATE action SET person = NULL WHERE deed = 'paper'`) // as an entry about several would
		return err
	}))
	before := r.number(`SELECT count(*) FROM action`)
	r.must(r.Erase(t.Context(), r.by, r.people["anna"]))
	if n := r.number(`SELECT count(*) FROM action`); n != before-2 {
		t.Errorf("%d of %d entries are left, want all but two", n, before)
	}
	if n := r.number(`SELECT count(*) FROM image WHERE row = ?1 AND relation = 'person'`, r.people["anna"]); n != 0 {
		t.Errorf("%d images name her", n)
	}
}

// TestErase_AListTakenBackTakesHerToo: what a list told of somebody who was erased since
// goes with the list, as if she had only stayed away.
func TestErase_AListTakenBackTakesHerToo(t *testing.T) {
	numbers := func(erase bool) map[string]string {
		b := newFixture(t, "2026-11-24")
		b.recordedSince("2025-06-01")
		b.importList("T,2026-11-02,ochtend,", "U,2026-11-02,ochtend,", "T,2026-08-03,ochtend,")
		e, err := b.ImportVisits(t.Context(), b.rowsOf("T,2026-11-09,middag,", "V,2026-11-09,middag,", "T,2026-10-05,middag,"), false)
		if err != nil {
			t.Fatal(err)
		}
		if erase {
			if err := b.Erase(t.Context(), 1, b.personOf("T")); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := b.UndoImport(t.Context(), e.List, false); err != nil {
			t.Fatal(err)
		}
		b.goTo("2027-01-04")
		all := b.cells()
		for cell, n := range all { // how often something was written says nothing
			all[cell] = strings.Fields(n)[0]
		}
		return all
	}
	with, without := numbers(false), numbers(true)
	for cell, n := range with {
		if without[cell] != n {
			t.Errorf("%s: %s, erased %s", cell, n, without[cell])
		}
	}
}

// TestErase_ARestoredBackupMovesNothing cuts again before anything is shown: no cell
// moves, and the periods close with what they would have.
func TestErase_ARestoredBackupMovesNothing(t *testing.T) {
	b := autumnOf(t)
	file := b.backup()
	who := b.personOf("T")
	if err := b.Erase(t.Context(), 1, who); err != nil {
		t.Fatal(err)
	}
	before := b.cells()
	b.restore(file)
	if b.number(`SELECT count(*) FROM visit WHERE person = ?1`, who) != 0 {
		t.Error("she is back")
	}
	for cell, n := range before {
		if now := b.cells()[cell]; strings.Fields(now)[0] != strings.Fields(n)[0] {
			t.Errorf("%s: %s, before the restore %s", cell, now, n)
		}
	}
	if f := b.figuresOf("2026Q4"); f.Unique.N != 52 {
		t.Errorf("unique of the running quarter: %+v, want 52", f.Unique)
	}
	log, err := os.ReadFile(filepath.Join(b.cfg.Dir, "outlive.log"))
	if err != nil || strings.Contains(string(log), "2026") {
		t.Errorf("what outlives a backup says when: %q (%v)", log, err)
	}
}

// TestErase_YearsHoldTheirQuarters erases somebody at random each month: a year has no
// fewer people than any of its quarters, and a quarter than any of its months.
func TestErase_YearsHoldTheirQuarters(t *testing.T) {
	b := newFixture(t, "2026-01-05")
	b.recordedSince("2024-12-01")
	for month := 1; month <= 12; month++ {
		day := count.Date(2026, time.Month(month), 10)
		b.goTo(day.String())
		var lines []string
		for i := range 4 { // of each month two stay for three months, and two for one
			for m := range max(1, i) {
				if d := count.Date(2026, time.Month(month-m), 3+i); month-m >= 1 {
					lines = append(lines, fmt.Sprintf("P%d-%d,%s,ochtend,", month-m, i, d))
				}
			}
		}
		b.importList(lines...)
		var some int64
		if err := b.db().QueryRowContext(t.Context(), `SELECT person FROM visit WHERE person IS NOT NULL ORDER BY (no * 7919) % 101 LIMIT 1`).Scan(&some); err != nil {
			t.Fatal(err)
		}
		if err := b.Erase(t.Context(), 1, some); err != nil {
			t.Fatal(err)
		}
	}
	b.goTo("2027-01-04")
	unique := func(p string) int {
		return b.number(`SELECT n FROM cell WHERE period = ?1 AND measure = 'unique'`, p)
	}
	for q := 1; q <= 4; q++ {
		quarter := unique(fmt.Sprintf("2026Q%d", q))
		if quarter > unique("2026") {
			t.Errorf("quarter %d has %d people, the year %d", q, quarter, unique("2026"))
		}
		for m := 3*q - 2; m <= 3*q; m++ {
			if month := unique(fmt.Sprintf("2026-%02d", m)); month > quarter || month <= 0 {
				t.Errorf("month %d has %d people, its quarter %d", m, month, quarter)
			}
		}
	}
}
