package sqlite

import (
	"errors"
	"fmt"
	"testing"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/reach"
	"example.org/inloop/sync/count"
)

// proveClock lets the room know that the clock of this boot is true.
func (b *fixture) proveClock() {
	b.t.Helper()
	if err := b.Anchor(b.t.Context(), b.clock.now, 10, "test"); err != nil {
		b.t.Fatal(err)
	}
}

// TestRetain_ThirteenMonths moves the clock on by thirteen months, night by
// night as far as the months matter: what its time is over for is gone, and
// the figures of what was closed say what they said.
func TestRetain_ThirteenMonths(t *testing.T) {
	b := newFixture(t, "2025-10-20")
	b.proveClock()
	b.importList(append(mondays(t, "2025-03-03", 30, "Gone", "Stays"), ",2025-08-04,middag,5")...)
	b.goTo("2025-10-20")
	gone, stays := b.personOf("Gone"), b.personOf("Stays")
	for _, who := range []int64{gone, stays} {
		if err := b.Intake(t.Context(), who, kiosk.Intake{Consent: true, Family: kiosk.ContactDaily}); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.ChangeProfile(t.Context(), 1, kiosk.Resident{No: gone, Sign: "tulip.red", Name: "Naam", Language: "nl"}); err != nil {
		t.Fatal(err)
	}
	b.goTo("2026-01-08")
	closed := map[count.Period]reach.Figures{}
	for _, p := range []count.Period{"2025-03", "2025-08", "2025Q2", "2025Q3", "2025"} {
		if closed[p] = b.figuresOf(p); !closed[p].Visits.Known() || closed[p].Visits.N == 0 {
			t.Fatalf("%s: %+v", p, closed[p])
		}
	}
	if n := b.number(`SELECT count(*) FROM answer`); n != 2 {
		t.Errorf("%d answers of two people while quarters to come may count them", n)
	}
	b.importList("Stays,2026-01-05,middag,")
	b.goTo("2026-09-21") // Gone last came on 22 September
	if n := b.number(`SELECT name IS NOT NULL AND sign_mac IS NOT NULL AND sign_sealed IS NOT NULL FROM person WHERE no = ?1`, gone); n != 1 {
		t.Error("a name is gone before twelve months")
	}
	b.goTo("2026-09-22")
	if n := b.number(`SELECT name IS NULL AND sign_mac IS NULL AND sign_sealed IS NULL AND choices IS NULL AND label IS NULL FROM person WHERE no = ?1`, gone); n != 1 {
		t.Error("a name, a sign or a label outlives twelve months")
	}
	if n := b.number(`SELECT count(*) FROM answer`); n != 1 {
		t.Errorf("%d answers, want that of who still comes: the third quarter counts it", n)
	}
	b.goTo("2026-11-20")
	// What is left is that somebody was counted in the year, which is not settled yet.
	said, err := b.Store.rows().Answers(t.Context(), b.db(), stays)
	if err != nil || len(said.Given) != 0 || said.Mark != (reach.YearMark{Year: "2026", Asked: true}) {
		t.Errorf("of an answer of 2025Q4, after the third quarter of 2026 was settled: %+v, %v", said, err)
	}
	horizon := dayOf(t, "2025-10-20")
	if n := b.number(`SELECT count(*) FROM visit WHERE day < ?1`, horizon) + b.number(`SELECT count(*) FROM stay WHERE day < ?1`, horizon); n != 0 {
		t.Errorf("%d visits and stays older than thirteen months", n)
	}
	if n := b.number(`SELECT count(*) FROM person WHERE no = ?1`, gone); n != 0 {
		t.Error("somebody of whom nothing is left is still a row")
	}
	if got := b.number(`SELECT min(first_day) FROM list_seen WHERE person = ?1`, stays); got != int(dayOf(t, "2025-03-01")) {
		t.Errorf("month first seen of who stays: %s", count.Day(got))
	}
	for p, want := range closed {
		if got := b.figuresOf(p); got != want {
			t.Errorf("%s: %+v, want %+v", p, got, want)
		}
	}
	b.recordedSince("2025-10-01")
	b.importList("Stays,2026-11-16,middag,")
	if got := b.figuresOf("2026Q4"); got.Unique.N != 1 || got.New.N != 0 || got.Known.N != 1 {
		t.Errorf("who stays comes again: %+v, want her known, not new", got)
	}
	if got := b.figuresOf("2024Q4").Visits.Reason; got != reach.ReasonForgotten {
		t.Errorf("a quarter of which nothing was kept: %q", got)
	}
}

// TestRetain_YearRemembersTheAutumnBefore goes to the last day of a year: the
// rows of the autumn before are gone, and still nobody is new who came in it.
func TestRetain_YearRemembersTheAutumnBefore(t *testing.T) {
	b := newFixture(t, "2025-11-12")
	b.recordedSince("2025-01-01")
	b.proveClock()
	b.importList("A,2024-12-02,middag,", "A,2025-11-10,middag,", "B,2025-01-11,middag,")
	b.goTo("2026-01-14")
	b.importList("A,2026-01-12,middag,", "B,2026-01-12,middag,")
	b.goTo("2026-12-31")
	if n := b.number(`SELECT count(*) FROM visit WHERE day < ?1`, dayOf(t, "2025-11-30")); n != 0 {
		t.Fatalf("%d rows of the autumn before are still there", n)
	}
	f := b.figuresOf("2026")
	if f.Unique.N != 2 || f.New.N != 1 || f.Known.N != 1 {
		t.Errorf("%+v, want A (63 days) known and B (a year and a day) new", f)
	}
}

// TestRetain_ClockThatRanAhead starts the room again on a clock that is years
// ahead: nothing is deleted on the word of that clock alone.
func TestRetain_ClockThatRanAhead(t *testing.T) {
	zone := newFixture(t, "2026-11-24").cfg.Timetable.Zone
	for name, tt := range map[string]struct {
		day, later string // of the second boot
		anchor     string // day of a true clock in it
		nights     int
		kept       bool
	}{
		"years ahead, for three weeks":    {"2031-05-05", "2031-05-26", "", 21, true},
		"years ahead, then put right":     {"2031-05-05", "2026-11-26", "2026-11-26", 1, true},
		"years ahead, and that is proven": {"2031-05-05", "2031-05-06", "2031-05-06", 1, false},
		"away for five weeks":             {"2026-12-29", "2026-12-30", "2026-12-29", 1, false},
		"five weeks that nobody proves":   {"2026-12-29", "2027-01-19", "", 21, true},
	} {
		t.Run(name, func(t *testing.T) {
			b := newFixture(t, "2026-11-23")
			b.importList("A,2025-11-03,middag,", "A,2026-11-02,middag,")
			b.goTo("2026-11-24")
			b.clock.now = kiosk.Moment{Boot: "later", Wall: dayOf(t, tt.day).At(12*60, zone)}
			b.goTo(tt.day)
			if tt.anchor != "" {
				at := b.clock.now
				at.Wall = dayOf(t, tt.anchor).At(12*60, zone)
				if err := b.Anchor(t.Context(), at, 10, "test"); err != nil {
					t.Fatal(err)
				}
				b.clock.now.Wall = at.Wall
			}
			for n := tt.nights; n >= 0; n-- {
				b.goTo((dayOf(t, tt.later) - count.Day(n)).String())
			}
			if n := b.number(`SELECT count(*) FROM visit WHERE day = ?1`, dayOf(t, "2025-11-03")); (n == 1) != tt.kept {
				t.Errorf("%d rows of 3 November 2025 after %s, want them kept: %t", n, tt.later, tt.kept)
			}
		})
	}
}

// TestRetain_AfterAClockThatRanAhead puts such a clock right: the nights' work
// goes on with the next true night, and not years later.
func TestRetain_AfterAClockThatRanAhead(t *testing.T) {
	b := newFixture(t, "2026-11-23")
	b.importList("A,2025-10-25,middag,", "A,2026-11-02,middag,")
	b.goTo("2026-11-24")
	b.clock.now = kiosk.Moment{Boot: "later", Wall: dayOf(t, "2031-05-05").At(12*60, b.cfg.Timetable.Zone)}
	b.goTo("2031-05-05")
	b.clock.now.Wall = dayOf(t, "2026-11-24").At(13*60, b.cfg.Timetable.Zone)
	b.proveClock()
	b.goTo("2026-11-24")
	if n := b.number(`SELECT count(*) FROM visit`); n != 2 {
		t.Fatalf("%d of 2 visits after the clock was put right", n)
	}
	b.goTo("2026-11-26") // 25 October of the year before is over since yesterday
	if n := b.number(`SELECT count(*) FROM visit`); n != 1 {
		t.Errorf("%d visits, want the one that is not yet thirteen months old", n)
	}
	if n := b.number(`SELECT ended_day FROM meta`); n != int(dayOf(t, "2026-11-25")) {
		t.Errorf("the last day closed out is %s, want yesterday", count.Day(n))
	}
}

// TestRetain_ClockThatRanAheadAndHurried goes on in leaps: days that nobody
// lived through prove nothing.
func TestRetain_ClockThatRanAheadAndHurried(t *testing.T) {
	b := newFixture(t, "2026-11-23")
	b.importList("A,2026-11-02,middag,")
	b.goTo("2026-11-24")
	for i, day := range []string{"2029-01-01", "2029-02-01", "2032-02-03"} {
		b.clock.now = kiosk.Moment{Boot: fmt.Sprint("boot ", i), Wall: dayOf(t, day).At(12*60, b.cfg.Timetable.Zone)}
		// An action comes before the night's work; no list can be of a day that is not known.
		if _, err := b.tryImport(false, "B,"+day+",ochtend,"); err == nil {
			t.Errorf("a list of %s is taken on the word of that clock", day)
		}
		b.goTo(day)
	}
	if n := b.number(`SELECT count(*) FROM visit WHERE day = ?1`, dayOf(t, "2026-11-02")); n != 1 {
		t.Error("a visit is gone on the word of a clock that leapt three times")
	}
}

func TestPaper_AsFarBackAsVisitsAreKept(t *testing.T) {
	b := newFixture(t, "2026-03-31") // thirteen months before is 28 February
	for day, want := range map[string]error{"2025-02-27": kiosk.ErrTooOld, "2025-02-28": nil, "2025-03-01": nil} {
		if err := b.EnterPaper(t.Context(), 1, kiosk.PaperEntry{Day: dayOf(t, day), Part: count.PartMorning, Guests: 1}); !errors.Is(err, want) {
			t.Errorf("paper list of %s: %v, want %v", day, err, want)
		}
	}
	b.goTo("2026-03-31")
	if n := b.number(`SELECT count(*) FROM visit`); n != 2 {
		t.Errorf("%d of 2 guests are kept overnight", n)
	}
}
