package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/attendancelist"
	"example.org/inloop/kiosk/keyring"
	"example.org/inloop/kiosk/reach"
	"example.org/inloop/sync/count"
)

// fixture is a room's store on a clock that the test moves.
type fixture struct {
	*Store
	t     *testing.T
	cfg   Config
	clock *movedClock
}

type movedClock struct{ now kiosk.Moment }

func (c *movedClock) Now() kiosk.Moment { return c.now }

// newFixture opens a store on the noon of a day, written 2026-11-24.
func newFixture(t *testing.T, day string) *fixture {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	keys, err := keyring.Load(filepath.Join(dir, "key"))
	if err != nil {
		t.Fatal(err)
	}
	b := &fixture{t: t, clock: &movedClock{kiosk.Moment{Boot: "boot", Wall: dayOf(t, day).At(12*60, zone)}}}
	hours := []kiosk.OpeningHours{{From: 9 * 60, Until: 17 * 60}}
	b.cfg = Config{Dir: filepath.Join(dir, "data"), Keys: keys, Clock: b.clock, Timetable: kiosk.Timetable{
		Zone: zone, PartTimes: kiosk.DefaultPartTimes(),
		Week: map[time.Weekday][]kiosk.OpeningHours{time.Monday: hours, time.Wednesday: hours},
	}}
	b.open()
	return b
}

func (b *fixture) open() {
	b.t.Helper()
	s, err := Open(b.t.Context(), b.cfg)
	if err != nil {
		b.t.Fatal(err)
	}
	b.Store = s
	b.t.Cleanup(func() { _ = s.Close() })
}

func dayOf(t *testing.T, text string) count.Day {
	t.Helper()
	d, err := count.ParseDay(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// goTo moves the clock, which never stopped, to the noon of a day, and ticks.
func (b *fixture) goTo(day string) {
	b.t.Helper()
	at := dayOf(b.t, day).At(12*60, b.cfg.Timetable.Zone)
	b.clock.now.Since += at.Sub(b.clock.now.Wall)
	b.clock.now.Wall = at
	// The second one sees what the first has closed.
	for range 2 {
		if err := b.Tick(b.t.Context()); err != nil {
			b.t.Fatal(err)
		}
	}
}

func (b *fixture) importList(lines ...string) attendancelist.Summary {
	b.t.Helper()
	report, err := b.tryImport(false, lines...)
	if err != nil {
		b.t.Fatal(err)
	}
	return report
}

func (b *fixture) tryImport(dry bool, lines ...string) (attendancelist.Summary, error) {
	today := count.DayOf(b.clock.now.Wall, b.cfg.Timetable.Zone)
	list, err := attendancelist.Parse(strings.NewReader("person,day,part,guests\n"+strings.Join(lines, "\n")), today)
	if err != nil {
		b.t.Fatal(err)
	}
	effect, err := b.ImportVisits(b.t.Context(), list, dry)
	return effect.Summary, err
}

// recordedSince marks each day from one until today as one on which somebody was
// recorded, so that it is known who is new.
func (b *fixture) recordedSince(day string) {
	b.t.Helper()
	err := b.withTx(b.t.Context(), func(ctx context.Context, t *txn) error {
		for d := dayOf(b.t, day); d <= t.today; d++ {
			if _, err := t.ExecContext(ctx, `INSERT OR IGNORE INTO recorded (day) VALUES (?1)`, d); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *fixture) figuresOf(p count.Period) reach.Figures {
	b.t.Helper()
	f, err := b.Figures(b.t.Context(), p)
	if err != nil {
		b.t.Fatal(err)
	}
	return f
}

// db is the reading handle.
func (b *fixture) db() *sql.DB {
	b.t.Helper()
	db, err := b.reader()
	if err != nil {
		b.t.Fatal(err)
	}
	return db
}

// number reads one number, -1 for NULL.
func (b *fixture) number(query string, args ...any) (n int) {
	b.t.Helper()
	if err := b.db().QueryRowContext(b.t.Context(), `SELECT coalesce((`+query+`), -1)`, args...).Scan(&n); err != nil {
		b.t.Fatal(err)
	}
	return n
}

func (b *fixture) personOf(label string) int64 {
	b.t.Helper()
	return int64(b.number(`SELECT no FROM person WHERE label_mac = ?1`, b.cfg.Keys.Label(attendancelist.Fold(label))))
}

// mondays are rows of people and guests on the Mondays from a day on.
func mondays(t *testing.T, from string, weeks int, people ...string) (lines []string) {
	t.Helper()
	for w := range weeks {
		for _, who := range people {
			lines = append(lines, fmt.Sprintf("%s,%s,middag,", who, dayOf(t, from)+count.Day(7*w)))
		}
	}
	return lines
}

// TestFigures_Toy takes a history small enough to count by hand through a list
// and the store.
func TestFigures_Toy(t *testing.T) {
	b := newFixture(t, "2026-02-23")
	b.recordedSince("2025-01-12")
	lines := []string{"A,2025-12-29,middag,", "B,2025-12-29,middag,", "C,2025-12-29,middag,", "A,2025-09-01,middag,", "B,2025-09-01,middag,", "C,2025-09-01,middag,"}
	guests := []int{0, 2, 0, 1, 0, 0, 3, 0}
	for w, present := range []string{"ABC", "ABCD", "ABD", "ABCE", "ABC", "ACDF", "ABF", "ABC"} {
		day := dayOf(t, "2026-01-05") + count.Day(7*w)
		for _, who := range present {
			lines = append(lines, fmt.Sprintf("%c,%s,middag,", who, day))
		}
		lines = append(lines, fmt.Sprintf(",%s,middag,%d", day, guests[w]))
	}
	b.importList(lines...)
	value := func(n int64) reach.Value { return reach.Value{N: n} }
	for _, tt := range []struct {
		period                              count.Period
		badge, guests, unique, fresh, known int64
	}{
		{"2026-01", 14, 3, 5, 2, 3},
		{"2026-02", 13, 3, 5, 1, 4},
		{"2026Q1", 27, 6, 6, 3, 3},
	} {
		f := b.figuresOf(tt.period)
		if f.BadgeVisits != value(tt.badge) || f.Guests != value(tt.guests) || f.Unique != value(tt.unique) ||
			f.New != value(tt.fresh) || f.Known != value(tt.known) {
			t.Errorf("%s: %+v, want %+v", tt.period, f, tt)
		}
	}
	if got := b.figuresOf("2025Q4").New.Reason; got != reach.ReasonNewRoom {
		t.Errorf("new in a room that recorded for less than nine months before: %q", got)
	}
	if got := b.figuresOf("2026Q2").Visits.Reason; got != reach.ReasonAhead {
		t.Errorf("visits of a quarter to come: %q", got)
	}
	if got := b.figuresOf("2024Q4").Visits.Reason; got != reach.ReasonForgotten {
		t.Errorf("visits of a quarter of which nothing is known: %q", got)
	}
	if _, err := b.Figures(t.Context(), "2026-13"); !errors.Is(err, count.ErrPeriod) {
		t.Errorf("month 13: %v", err)
	}
}

// TestFigures_ClosedPeriodIsKept erases somebody and corrects something: what
// was closed keeps her, and takes the correction.
func TestFigures_ClosedPeriodIsKept(t *testing.T) {
	b := newFixture(t, "2026-11-23")
	b.recordedSince("2025-07-01")
	b.importList(append(mondays(t, "2026-03-02", 4, "A", "B"), append(mondays(t, "2026-07-06", 8, "A", "B", "C"), mondays(t, "2026-10-05", 6, "A", "B")...)...)...)
	b.goTo("2026-11-24")
	closed, running := b.figuresOf("2026Q3"), b.figuresOf("2026Q4")
	if closed.Unique.N != 3 || closed.New.N != 1 || closed.Known.N != 2 || closed.Regular.N != 3 || running.Unique.N != 2 {
		t.Fatalf("before: %+v %+v", closed, running)
	}
	if err := b.Erase(t.Context(), 0, b.personOf("A")); err != nil {
		t.Fatal(err)
	}
	b.goTo("2026-11-25")
	if got := b.figuresOf("2026Q3"); got != closed {
		t.Errorf("closed quarter after an erasure: %+v, want %+v", got, closed)
	}
	if got := b.figuresOf("2026Q4"); got != running {
		t.Errorf("running quarter after an erasure: %+v, want %+v", got, running)
	}
	if got := b.number(`SELECT n FROM cell WHERE period = '2026-10' AND measure = 'unique'`); got != 2 {
		t.Errorf("ended month of the running quarter at the centre: %d, want what it was", got)
	}

	b.importList("D,2026-07-08,ochtend,", ",2026-07-08,ochtend,2")
	got := b.figuresOf("2026Q3")
	if got.Unique.N != 4 || got.New.N != 2 || got.Guests.N != 2 || got.BadgeVisits.N != closed.BadgeVisits.N+1 {
		t.Errorf("closed quarter after a late list: %+v, want one more on top of what was kept", got)
	}
	if n := b.number(`SELECT n FROM cell WHERE period = '2026Q3' AND measure = 'unique'`); n != 4 {
		t.Errorf("cell of the closed quarter says %d, want 4", n)
	}
	if err := b.EnterPaper(t.Context(), 1, kiosk.PaperEntry{Day: dayOf(t, "2026-08-05"), Part: count.PartMorning, Person: b.personOf("D")}); err != nil {
		t.Fatal(err)
	}
	// Told at once, and to the centre with the next tick.
	if f := b.figuresOf("2026-08"); f.Unique.N != 4 {
		t.Errorf("a late visit is not told: %+v", f.Unique)
	}
	b.goTo("2026-11-25")
	if n := b.number(`SELECT n FROM cell WHERE period = '2026-08' AND measure = 'unique'`); n != 4 {
		t.Errorf("cell of August says %d, want 4", n)
	}
}

// TestTick_ReachIsSettledOnce follows class C of a quarter in a room that was never
// paired: nothing before the eighth day, rounded then, no cell, and no answer that is
// taken back moves it.
func TestTick_ReachIsSettledOnce(t *testing.T) {
	b := newFixture(t, "2026-09-21")
	var people []string
	for i := range 40 {
		people = append(people, fmt.Sprintf("P%d", i))
	}
	b.importList(mondays(t, "2026-09-14", 2, people...)...)
	for i := range 30 {
		in := kiosk.Intake{Consent: true, Family: kiosk.ContactNever, Friends: kiosk.ContactNever, Neighbours: kiosk.ContactMonthly}
		if i >= 12 {
			in.Family = kiosk.ContactWeekly
		}
		if err := b.Intake(t.Context(), b.personOf(people[i]), in); err != nil {
			t.Fatal(err)
		}
	}
	told := func() []kiosk.PooledFigure {
		t.Helper()
		if err := b.Anchor(t.Context(), b.clock.now, 10, "ntp"); err != nil {
			t.Fatal(err)
		}
		if err := b.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		view, err := b.Pooled(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range view.Periods {
			if p.Period == "2026Q3" && p.State == kiosk.PooledStateTold {
				return p.Figures
			}
		}
		return nil
	}
	b.goTo("2026-10-07")
	if f := told(); f != nil {
		t.Errorf("seven days after: %v", f)
	}
	b.goTo("2026-10-08")
	f := told()
	if len(f) != 3 || f[0].N != 40 || f[1].N != 30 || f[2].N != 10 && f[2].N != 15 {
		t.Fatalf("eighth day: %+v, want 40, 30 and 10 or 15", f)
	}
	for i := range 6 {
		if err := b.ForgetIntake(t.Context(), b.personOf(people[i])); err != nil {
			t.Fatal(err)
		}
	}
	b.goTo("2026-10-09")
	if got := told(); !slices.Equal(got, f) {
		t.Errorf("after answers were taken back: %+v, want %+v", got, f)
	}
	if n := b.number(`SELECT count(*) FROM cell WHERE measure LIKE 'reach_%'`); n != 0 {
		t.Errorf("%d cells of class C", n)
	}
	if n := b.number(`SELECT count(*) FROM kept WHERE instr(CAST(tally AS TEXT), 'Kept') > 0`); n != 0 {
		t.Error("exact numbers lie open in the file")
	}
}

func TestVisits(t *testing.T) {
	b := newFixture(t, "2026-11-23")
	b.importList("A,2026-11-16,middag,", ",2026-11-16,avond,2", "A,2026-11-18,middag,")
	b.importList(",2026-11-16,avond,1")
	var got []string
	err := b.Visits(t.Context(), dayOf(t, "2026-11-16"), dayOf(t, "2026-11-17"), func(v kiosk.Visit) error {
		got = append(got, fmt.Sprintf("%t %s %s %s %s %t %t %d", v.Person != 0, v.Day, v.Part, v.Source, v.Band, v.Void, v.In.IsZero(), v.Epoch))
		return nil
	})
	want := []string{
		"true 2026-11-16 middag import  false true 1",
		"false 2026-11-16 avond import unasked false true 1",
		"false 2026-11-16 avond import unasked true true 1",
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%q (%v), want %q", got, err, want)
	}
	stop := errors.New("enough")
	if err := b.Visits(t.Context(), 0, 1<<30, func(kiosk.Visit) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("error of the caller: %v", err)
	}
}

func BenchmarkFigures_Year(b *testing.B) {
	dir := b.TempDir()
	keys, err := keyring.Load(filepath.Join(dir, "key"))
	if err != nil {
		b.Fatal(err)
	}
	clock := &movedClock{kiosk.Moment{Boot: "boot", Wall: time.Date(2026, 12, 30, 12, 0, 0, 0, time.UTC)}}
	s, err := Open(context.Background(), Config{Dir: filepath.Join(dir, "data"), Keys: keys, Clock: clock, Timetable: kiosk.Timetable{Zone: time.UTC}})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // a benchmark's folder goes with it
	var list []attendancelist.Row
	for i := range 12_000 {
		list = append(list, attendancelist.Row{Person: fmt.Sprint(i % 150), Day: count.Date(2026, 1, 1) + count.Day(i%360), Part: count.PartAfternoon})
	}
	if _, err := s.ImportVisits(b.Context(), list, false); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := s.Figures(b.Context(), "2026"); err != nil {
			b.Fatal(err)
		}
	}
}

// A measure more is an entry and a rule: its cells are there for each part of a
// day that has ended, and move with what is corrected.
func TestRules_AMeasureMore(t *testing.T) {
	const evenings count.Measure = "evening_visits"
	r := newRoom(t, "2026-11-23", "anna", "ben")
	r.cfg.Rules = reach.DayPartRules()
	r.cfg.Rules[evenings] = func(v kiosk.Visit) bool { return v.Person != 0 && v.Part == count.PartEvening }
	r.reopen()
	r.tick()
	r.says("11:00", "anna", kiosk.GreetingFirst)
	r.says("18:30", "anna", kiosk.GreetingWelcome)
	r.says("18:40", "ben", kiosk.GreetingFirst)
	r.counts(count.PartMorning, counted{badgeVisits: 1})
	r.counts(count.PartEvening, counted{badgeVisits: 2, evenings: 2})
	r.at("2026-11-24 09:00")
	r.tick()
	if n := r.number(`SELECT n FROM cell WHERE period = '2026-11-23' AND part = 'middag' AND measure = ?1`, evenings); n != 0 {
		t.Errorf("an afternoon without anybody: %d, want 0", n)
	}
}
