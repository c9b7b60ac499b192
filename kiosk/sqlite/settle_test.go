package sqlite

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/reach"
	"example.org/inloop/kiosk/sqlite/answers"
	"example.org/inloop/kiosk/sqlite/slips"
	"example.org/inloop/sync/count"
)

// settle closes class C of a period, as counting together does in its transaction.
func (b *fixture) settle(p count.PoolPeriod) (numbers map[count.PoolItem]int64) {
	b.t.Helper()
	c := slips.WithSlips{PeriodCounter: answers.Settler{Rows: b.rows}, Keys: b.cfg.Keys}
	err := b.withTx(b.t.Context(), func(ctx context.Context, t *txn) (err error) {
		numbers, err = c.Settle(ctx, t, p)
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return numbers
}

func (b *fixture) says(label string, few bool) {
	b.t.Helper()
	in := kiosk.Intake{Consent: true, Family: kiosk.ContactNever, Friends: kiosk.ContactNever, Neighbours: kiosk.ContactNever, Route: kiosk.RouteFlyer}
	if !few {
		in.Family = kiosk.ContactDaily
	}
	if err := b.Intake(b.t.Context(), b.personOf(label), in); err != nil {
		b.t.Fatal(err)
	}
}

// TestSettle_AYearInTheRoom follows three people through a year: one answers few and then
// enough, one withdraws, one is erased after the first quarter was settled.
func TestSettle_AYearInTheRoom(t *testing.T) {
	b := newFixture(t, "2026-03-30")
	b.recordedSince("2024-12-01")
	weeks := func(day string, n int, people ...string) { b.importList(mondays(t, day, n, people...)...) }
	weeks("2026-01-05", 13, "A", "B", "C", "D")
	b.says("A", true)
	b.says("B", true)
	b.says("C", false)
	b.goTo("2026-04-08")
	item := func(p count.Period, m count.Measure) count.PoolItem { return count.PoolItem{Period: p, Measure: m} }
	triple := func(got map[count.PoolItem]int64, p count.Period) [3]int64 {
		return [3]int64{got[item(p, count.MeasureReachN)], got[item(p, count.MeasureReachA)], got[item(p, count.MeasureReachK)]}
	}
	if got := triple(b.settle("2026Q1"), "2026Q1"); got != [3]int64{4, 3, 2} {
		t.Errorf("first quarter: %v, want 4 of whom 3 answered, 2 of them few", got)
	}
	b.says("A", false)
	if err := b.ForgetIntake(t.Context(), b.personOf("B")); err != nil {
		t.Fatal(err)
	}
	if err := b.Erase(t.Context(), 1, b.personOf("C")); err != nil {
		t.Fatal(err)
	}
	b.goTo("2026-06-29")
	weeks("2026-04-13", 11, "A", "B", "D")
	b.goTo("2026-07-08")
	if got := triple(b.settle("2026Q2"), "2026Q2"); got != [3]int64{3, 1, 0} {
		t.Errorf("second quarter: %v, want 3 of whom A said enough", got)
	}
	b.goTo("2026-10-08")
	b.settle("2026Q3")
	b.goTo("2027-01-07")
	if err := b.TypeSlips(t.Context(), 1, 2026, kiosk.SlipTotals{Slips: 9, HelpYes: 5, HelpNo: 2, Rooms1: 6, Rooms2: 3}); err != nil {
		t.Fatal(err)
	}
	b.goTo("2027-01-08")
	got := b.settle("2026Q4+2026")
	if got[item("2026", count.MeasureSlipN)] != 9 || got[item("2026", count.MeasureSlipHelpYes)] != 5 || got[item("2026", count.MeasureSlipRooms2)] != 3 {
		t.Errorf("slips: %v", got)
	}
	if err := b.TypeSlips(t.Context(), 1, 2026, kiosk.SlipTotals{Slips: 10}); !errors.Is(err, kiosk.ErrSettled) {
		t.Errorf("typed again: %v, want ErrSettled", err)
	}
	if n := triple(got, "2026"); n != [3]int64{4, 3, 2} {
		t.Errorf("year: %v, want what its first quarter came to", n)
	}
	if n := triple(got, "2026Q4"); n != [3]int64{0, 0, 0} {
		t.Errorf("fourth quarter: %v, want nobody", n)
	}
	// All four came first in January, by the flyer but D, who did not say, and were back; the
	// room has its three parts on Mondays and Wednesdays, and they hold to one.
	want := map[count.Measure]int64{
		count.MeasureBackN: 4, count.MeasureBackK: 4, count.MeasureHabitN: 4, count.MeasureHabitK: 4,
		count.MeasureRouteFlyer: 2, count.MeasureRouteNotSaid: 2,
	}
	for m, n := range want {
		if got[item("2026", m)] != n {
			t.Errorf("%s: %d, want %d", m, got[item("2026", m)], n)
		}
	}
	var clear string
	if err := b.db().QueryRowContext(t.Context(), `SELECT group_concat(CAST(tally AS TEXT)) FROM year_answer`).Scan(&clear); err != nil || strings.Contains(clear, "asked") {
		t.Errorf("counters of the year lie open: %q, %v", clear, err)
	}
}

func TestSettle_NotBeforeTheNightHasCounted(t *testing.T) {
	b := newFixture(t, "2026-09-28")
	b.importList("A,2026-09-28,middag,")
	err := b.withTx(t.Context(), func(ctx context.Context, tx *txn) error {
		_, err := answers.Settler{Rows: b.rows}.Settle(ctx, tx, "2026Q3")
		return err
	})
	if !errors.Is(err, reach.ErrNotKept) {
		t.Errorf("a running quarter: %v, want ErrNotKept", err)
	}
	b.goTo("2026-10-01")
	enough, err := answers.Settler{Rows: b.rows}.EnoughBadges(t.Context(), b.db(), "2026Q3")
	if err != nil || !enough {
		t.Errorf("enough badges: %t, %v", enough, err)
	}
}

// BenchmarkSettle measures what settling costs under the lock: a room of 500 people who
// have answered, with thirteen months of visits. The goal is under 100 ms.
func BenchmarkSettle(b *testing.B) {
	r := years(b, 60_000)
	db, err := r.reader()
	ok(b, err)
	rows, err := db.QueryContext(b.Context(), `SELECT no FROM person WHERE label_mac IS NOT NULL ORDER BY no LIMIT 500`)
	ok(b, err)
	defer rows.Close()
	var people []int64
	for rows.Next() {
		var no int64
		ok(b, rows.Scan(&no))
		people = append(people, no)
	}
	ok(b, rows.Err())
	for i, no := range people {
		in := kiosk.Intake{Consent: true, Family: kiosk.ContactNever, Friends: kiosk.ContactNever, Neighbours: kiosk.ContactNever}
		if i%3 > 0 {
			in.Family = kiosk.ContactDaily
		}
		ok(b, r.Intake(b.Context(), no, in))
	}
	undo := errors.New("not kept")
	for b.Loop() {
		var took time.Duration
		err := r.withTx(b.Context(), func(ctx context.Context, t *txn) error {
			began := time.Now()
			_, err := answers.Settler{Rows: r.Store.rows}.Settle(ctx, t, "2026Q3")
			took = time.Since(began)
			return errors.Join(err, undo)
		})
		if !errors.Is(err, undo) || fmt.Sprint(err) != fmt.Sprint(undo) {
			b.Fatal(err)
		}
		b.ReportMetric(float64(took.Microseconds())/1000, "ms/settle")
	}
}
