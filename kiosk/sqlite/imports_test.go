package sqlite

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"example.org/inloop/kiosk/attendancelist"
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
