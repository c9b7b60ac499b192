package sqlite

import (
	"context"
	"errors"
	"maps"
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/reach"
	"example.org/inloop/kiosk/sqlite/daybook"
	"example.org/inloop/sync/count"
)

// dayCells returns the day's cells that are not by part, as they stand: -1 for null. What
// was never told is not in it.
func (r *room) dayCells(day string) map[count.Measure]int64 {
	r.t.Helper()
	rows, err := r.db().QueryContext(r.t.Context(), `SELECT measure, coalesce(n, -1) FROM cell WHERE period = ?1 AND part = ''`, day)
	r.must(err)
	defer rows.Close()
	all := make(map[count.Measure]int64)
	for rows.Next() {
		var m count.Measure
		var n int64
		r.must(rows.Scan(&m, &n))
		all[m] = n
	}
	r.must(rows.Err())
	return all
}

// tells fails unless the day's cells say so; -1 stands for null, -2 for never told.
func (r *room) tells(day string, want map[count.Measure]int64) {
	r.t.Helper()
	got := r.dayCells(day)
	for m, n := range want {
		is, there := got[m]
		if !there {
			is = -2
		}
		if is != n {
			r.t.Errorf("%s: %s is told as %d, want %d", day, m, is, n)
		}
	}
}

// undoLast takes back what was done last.
func (r *room) undoLast() error {
	r.t.Helper()
	v, err := r.View(r.t.Context())
	r.must(err)
	return r.Undo(r.t.Context(), r.by, v.Actions[0].No)
}

func people(n int) *int { return &n }

func TestDay_OpenedAndClosedByTouch(t *testing.T) {
	r := newRoom(t, "2026-11-24", "anna")
	ctx := t.Context()
	r.must(r.OpenRoom(ctx, r.by))
	r.tells("2026-11-24", map[count.Measure]int64{count.MeasureOpened: 1, count.MeasureOpenMinutes: -2})
	if err := r.OpenRoom(ctx, r.by); !errors.Is(err, kiosk.ErrAlready) {
		t.Errorf("opened twice: %v", err)
	}
	r.at("10:00")
	r.tap("anna")
	r.at("16:30")
	r.must(r.CloseRoom(ctx, r.by))
	r.must(r.AnswerClosing(ctx, r.by, kiosk.ClosingAnswers{Volunteers: people(3), Minutes: people(540)}))
	r.must(r.Refer(ctx, r.by))
	want := map[count.Measure]int64{
		count.MeasureOpened: 1, count.MeasurePlannedParts: 2, count.MeasureOpenParts: 2, count.MeasurePlannedMinutes: 480,
		count.MeasureOpenMinutes: 450, count.MeasureVolunteers: 3, count.MeasureVolunteerMinutes: 540, count.MeasureReferred: 1,
		count.MeasureActivities: 0, count.MeasureActivityVisits: 0,
	}
	r.tells("2026-11-24", want)
	if err := r.CloseRoom(ctx, r.by); !errors.Is(err, kiosk.ErrAlready) {
		t.Errorf("closed twice: %v", err)
	}
	r.reopen()
	r.at("2026-11-25 09:00")
	r.must(r.Tick(ctx))
	r.tells("2026-11-24", want)
	r.none(`SELECT count(*) FROM touch WHERE day < 20782`)
}

// none fails when a query that counts rows finds some.
func (r *room) none(query string) {
	r.t.Helper()
	var n int
	r.must(r.db().QueryRowContext(r.t.Context(), query).Scan(&n))
	if n != 0 {
		r.t.Errorf("%d rows by %s", n, query)
	}
}

func TestDay_UndoneAndDoneAgain(t *testing.T) {
	r := newRoom(t, "2026-11-24")
	ctx := t.Context()
	r.must(r.OpenRoom(ctx, r.by))
	r.must(r.undoLast())
	r.tells("2026-11-24", map[count.Measure]int64{count.MeasureOpened: 0})
	r.at("10:00")
	r.must(r.OpenRoom(ctx, r.by))
	r.at("12:00")
	r.must(r.CloseRoom(ctx, r.by))
	r.at("12:05")
	r.must(r.undoLast())
	if v, err := r.View(ctx); err != nil || !v.Room.Closed.IsZero() || v.Room.Since.IsZero() {
		t.Errorf("closing undone: %+v, %v", v.Room, err)
	}
	r.at("16:00")
	r.must(r.CloseRoom(ctx, r.by))
	r.tells("2026-11-24", map[count.Measure]int64{count.MeasureOpenMinutes: 360, count.MeasureVolunteers: -1})
	r.must(r.AnswerClosing(ctx, r.by, kiosk.ClosingAnswers{Volunteers: people(2), Minutes: people(60)}))
	r.must(r.AnswerClosing(ctx, r.by, kiosk.ClosingAnswers{Volunteers: people(4), Minutes: people(120)}))
	r.tells("2026-11-24", map[count.Measure]int64{count.MeasureVolunteers: 4})
	r.must(r.undoLast())
	r.tells("2026-11-24", map[count.Measure]int64{count.MeasureVolunteers: 2, count.MeasureVolunteerMinutes: 60})
	r.must(r.undoLast())
	r.tells("2026-11-24", map[count.Measure]int64{count.MeasureVolunteers: -1, count.MeasureVolunteerMinutes: -1})
	r.must(r.Refer(ctx, r.by))
	r.must(r.Refer(ctx, r.by))
	r.must(r.undoLast())
	r.tells("2026-11-24", map[count.Measure]int64{count.MeasureReferred: 1})
}

func TestDay_NobodyTouchesAnything(t *testing.T) {
	r := newRoom(t, "2026-11-24", "anna")
	ctx := t.Context()
	r.must(r.Tick(ctx))
	r.tells("2026-11-24", map[count.Measure]int64{count.MeasureOpened: -2})
	r.at("09:29")
	r.tap("anna")
	r.must(r.Tick(ctx))
	r.tells("2026-11-24", map[count.Measure]int64{count.MeasureOpened: -2})
	r.at("09:30")
	r.must(r.Tick(ctx))
	r.tells("2026-11-24", map[count.Measure]int64{count.MeasureOpened: 0, count.MeasurePlannedParts: -2})
	r.at("17:04")
	r.must(r.Tick(ctx))
	r.tells("2026-11-24", map[count.Measure]int64{count.MeasurePlannedParts: -2})
	r.at("17:05")
	r.must(r.Tick(ctx))
	want := map[count.Measure]int64{count.MeasureOpened: 0, count.MeasurePlannedParts: 2, count.MeasureOpenParts: 1,
		count.MeasureOpenMinutes: 0, count.MeasureVolunteers: -1, count.MeasureVolunteerMinutes: -1, count.MeasureReferred: 0}
	r.tells("2026-11-24", want)
	r.at("2026-11-25 08:00")
	r.must(r.Tick(ctx))
	r.tells("2026-11-24", want)
}

func TestDay_ForgottenClosingEndsAsPlanned(t *testing.T) {
	r := newRoom(t, "2026-11-24")
	ctx := t.Context()
	r.must(r.Tick(ctx))
	r.at("09:15")
	r.must(r.OpenRoom(ctx, r.by))
	r.at("2026-11-25 09:00")
	r.must(r.Tick(ctx))
	r.tells("2026-11-24", map[count.Measure]int64{count.MeasureOpened: 1, count.MeasureOpenMinutes: 465, count.MeasureVolunteers: -1})
	v, err := r.View(ctx)
	r.must(err)
	if !v.Room.Since.IsZero() || !v.Room.Closed.IsZero() {
		t.Errorf("yesterday's opening stands today: %+v", v.Room)
	}
}

func TestDay_WithoutHours(t *testing.T) {
	r := newRoom(t, "2026-11-29", "anna") // a Sunday
	ctx := t.Context()
	r.must(r.Tick(ctx))
	r.at("2026-11-30 00:30")
	r.must(r.Tick(ctx))
	r.tells("2026-11-29", map[count.Measure]int64{count.MeasureOpen: 0, count.MeasureOpened: -2, count.MeasurePlannedParts: -2, count.MeasureVolunteers: -2})

	r.at("2026-12-06 13:00")
	r.must(r.Tick(ctx))
	r.must(r.OpenRoom(ctx, r.by))
	r.at("15:00")
	r.must(r.CloseRoom(ctx, r.by))
	r.at("2026-12-07 00:30")
	r.must(r.Tick(ctx))
	r.tells("2026-12-06", map[count.Measure]int64{count.MeasureOpen: 0, count.MeasureOpened: 1, count.MeasurePlannedParts: 0, count.MeasureOpenParts: 1, count.MeasureOpenMinutes: 120})
}

func TestDay_LatePaperOpensItsPart(t *testing.T) {
	r := newRoom(t, "2026-11-24", "anna")
	ctx := t.Context()
	r.must(r.Tick(ctx))
	r.at("2026-11-25 10:00")
	r.must(r.Tick(ctx))
	r.tells("2026-11-24", map[count.Measure]int64{count.MeasureOpenParts: 0})
	day, err := count.ParseDay("2026-11-24")
	r.must(err)
	r.must(r.EnterPaper(ctx, r.by, kiosk.PaperEntry{Day: day, Part: count.PartMorning, Person: r.people["anna"]}))
	r.tells("2026-11-24", map[count.Measure]int64{count.MeasureOpenParts: 1})
	r.must(r.undoLast())
	r.tells("2026-11-24", map[count.Measure]int64{count.MeasureOpenParts: 0})
}

// Who is erased was the only one of a part of the day: it stays open, as it was told.
func TestDay_ErasureMovesNothing(t *testing.T) {
	r := newRoom(t, "2026-11-24", "anna")
	ctx := t.Context()
	r.must(r.Tick(ctx))
	r.SetProgramme([]kiosk.Activity{{Weekday: time.Tuesday, OpeningHours: kiosk.OpeningHours{From: 10 * 60, Until: 11 * 60}, Title: "koffie"}})
	r.at("10:00")
	r.tap("anna")
	r.at("2026-11-25 10:00")
	r.must(r.Tick(ctx))
	before := r.dayCells("2026-11-24")
	r.must(r.Erase(ctx, r.by, r.people["anna"]))
	r.must(r.Tick(ctx))
	day, err := count.ParseDay("2026-11-24")
	r.must(err)
	r.must(r.EnterPaper(ctx, r.by, kiosk.PaperEntry{Day: day, Part: count.PartAfternoon, Guests: 1}))
	r.must(r.undoLast())
	if after := r.dayCells("2026-11-24"); !maps.Equal(after, before) || after[count.MeasureOpenParts] != 1 || after[count.MeasureActivityVisits] != 1 {
		t.Errorf("an erasure moved the day from %v to %v", before, after)
	}
}

func TestDay_ActivitiesAsTheyStoodThatDay(t *testing.T) {
	r := newRoom(t, "2026-11-24", "anna", "bram")
	ctx := t.Context()
	r.must(r.Tick(ctx))
	r.SetProgramme([]kiosk.Activity{{Weekday: time.Tuesday, OpeningHours: kiosk.OpeningHours{From: 10 * 60, Until: 11 * 60}, Title: "koffie"}})
	r.at("10:00")
	r.tap("anna")
	r.at("13:30")
	r.tap("bram")
	r.at("2026-11-25 10:00")
	r.must(r.Tick(ctx))
	r.tells("2026-11-24", map[count.Measure]int64{count.MeasureActivities: 1, count.MeasureActivityVisits: 1})
	r.SetProgramme(nil)
	day, err := count.ParseDay("2026-11-24")
	r.must(err)
	r.must(r.EnterPaper(ctx, r.by, kiosk.PaperEntry{Day: day, Part: count.PartMorning, Person: r.people["bram"]}))
	r.tells("2026-11-24", map[count.Measure]int64{count.MeasureActivities: 1, count.MeasureActivityVisits: 2})
}

func TestDay_HoursOfOneAreNowhere(t *testing.T) {
	r := newRoom(t, "2026-11-24")
	ctx := t.Context()
	r.must(r.Tick(ctx))
	r.must(r.OpenRoom(ctx, r.by))
	r.at("12:10")
	r.must(r.CloseRoom(ctx, r.by))
	r.must(r.AnswerClosing(ctx, r.by, kiosk.ClosingAnswers{Volunteers: people(1), Minutes: people(150)}))
	r.tells("2026-11-24", map[count.Measure]int64{count.MeasureVolunteers: 1, count.MeasureVolunteerMinutes: 240})
	r.at("2026-11-25 10:00")
	r.must(r.Tick(ctx))
	r.tells("2026-11-24", map[count.Measure]int64{count.MeasureVolunteerMinutes: 240})
	r.none(`SELECT count(*) FROM daybook WHERE minutes = 150 OR record LIKE '%150%'`)
}

func TestDay_SaysNothingWhileTheDayIsNotKnown(t *testing.T) {
	r := newRoom(t, "2026-11-24")
	ctx := t.Context()
	r.must(r.Tick(ctx))
	r.clock.now = kiosk.Moment{Boot: "boot 2", Wall: time.Unix(60, 0), Since: time.Minute}
	for name, do := range map[string]func(context.Context, int64) error{"open": r.OpenRoom, "close": r.CloseRoom, "refer": r.Refer} {
		if err := do(ctx, r.by); !errors.Is(err, kiosk.ErrNoDay) {
			t.Errorf("%s with no day: %v", name, err)
		}
	}
	r.none(`SELECT count(*) FROM touch`)
	r.none(`SELECT count(*) FROM action`)
}

func TestDay_MovesWithTheClockThatWasWrong(t *testing.T) {
	r := newRoom(t, "2026-11-24")
	ctx := t.Context()
	r.at("2026-11-26 10:00") // two days ahead, without a jump that is noticed
	r.must(r.OpenRoom(ctx, r.by))
	r.must(r.CloseRoom(ctx, r.by))
	r.must(r.AnswerClosing(ctx, r.by, kiosk.ClosingAnswers{Volunteers: people(2)}))
	true1 := r.clock.now
	true1.Wall = true1.Wall.AddDate(0, 0, -2)
	r.must(r.Anchor(ctx, kiosk.Moment{Boot: true1.Boot, Since: true1.Since, Wall: true1.Wall}, 1000, "test"))
	r.clock.now = true1
	r.tells("2026-11-24", map[count.Measure]int64{count.MeasureOpened: 1, count.MeasureVolunteers: 2})
	counts, err := r.Unsent(ctx, 1000)
	r.must(err)
	for _, c := range counts {
		if c.Period == "2026-11-26" {
			t.Errorf("of a day to come %s is to be sent", c.Measure)
		}
	}
}

func TestDay_WhenItWasClosed(t *testing.T) {
	r := newRoom(t, "2026-11-24")
	ctx := t.Context()
	day, err := count.ParseDay("2026-11-24")
	r.must(err)
	closed := func() string {
		at, ok, err := daybook.ClosedAt(ctx, r.db(), day, r.cfg.Timetable.Zone)
		r.must(err)
		if !ok {
			return ""
		}
		return at.Format("15:04")
	}
	for _, x := range []struct {
		at, want string
		do       func(context.Context, int64) error
	}{{"09:00", "", r.OpenRoom}, {"12:00", "12:00", r.CloseRoom}, {"13:00", "", r.OpenRoom}, {"16:00", "16:00", r.CloseRoom}} {
		r.at(x.at)
		r.must(x.do(ctx, r.by))
		if got := closed(); got != x.want {
			t.Errorf("at %s closed at %q, want %q", x.at, got, x.want)
		}
	}
}

// What is not answered crosses the wire as null, once its day is told.
func TestDay_SkippedIsSentAsNull(t *testing.T) {
	r := newRoom(t, "2026-11-24")
	ctx := t.Context()
	r.must(r.OpenRoom(ctx, r.by))
	r.must(r.CloseRoom(ctx, r.by))
	r.released()
	counts, err := r.Unsent(ctx, 1000)
	r.must(err)
	null := map[count.Measure]bool{}
	for _, c := range counts {
		null[c.Measure] = c.N == nil
	}
	for _, d := range count.Standard().OfClass(count.ClassA) {
		if n, sent := null[d.Measure]; d.Optional && (!sent || !n) || !d.Optional && n {
			t.Errorf("%s: sent %t, as null %t", d.Measure, sent, n)
		}
	}
}

// Every measure of a day is one of the rules by part, one of the room's own day, or open.
func TestDay_EachMeasureIsCountedByOneRule(t *testing.T) {
	rules, own := reach.DayPartRules(), (kiosk.DayRecord{}).Numbers(nil)
	for _, d := range count.Standard().OfClass(count.ClassA) {
		_, byPart := rules[d.Measure]
		_, ofDay := own[d.Measure]
		if d.Counted() && (byPart == ofDay) != (d.Measure == count.MeasureOpen) {
			t.Errorf("%s: by part %t, of the day %t", d.Measure, byPart, ofDay)
		}
		if n, told := own[d.Measure]; told && (n == nil) != d.Optional {
			t.Errorf("%s is optional: %t, and is %v without an answer", d.Measure, d.Optional, n)
		}
	}
}

// ownDaysAddUp compares each day's own measures with its cells by part: a part with a
// visit is open, and of a day that has ended no touch is left.
func (r *room) ownDaysAddUp() {
	r.t.Helper()
	for day, n := range r.read(`SELECT c.period, c.n - (
			SELECT count(DISTINCT part) FROM cell v WHERE v.period = c.period AND v.measure IN ('badge_visits', 'guests') AND v.n > 0)
		FROM cell c WHERE c.measure = 'open_parts' AND c.period < date('` + r.view().Day.String() + `')`) {
		if n < 0 || n > 3 {
			r.t.Errorf("%s: open parts and parts with a visit differ by %d", day, n)
		}
	}
	for day, n := range r.read(`SELECT 'touches of ended days', count(*) FROM touch, meta WHERE day <= ended_day`) {
		if n != 0 {
			r.t.Errorf("%d %s", n, day)
		}
	}
}

// A list that says who came on a day on which the reader was broken opens the part of the
// day; taken back, the day is as it was.
func TestDay_AListOpensItsPart(t *testing.T) {
	r := newRoom(t, "2026-11-24")
	ctx := t.Context()
	r.must(r.Tick(ctx))
	r.at("2026-11-26 10:00")
	r.must(r.Tick(ctx))
	before := r.dayCells("2026-11-24")
	if before[count.MeasureOpenParts] != 0 {
		t.Fatalf("before the list the day says %v", before)
	}
	r.importList("A,2026-11-24,ochtend,", "B,2026-11-24,ochtend,", ",2026-11-24,middag,3")
	r.tells("2026-11-24", map[count.Measure]int64{count.MeasureOpenParts: 2, count.MeasureOpened: 0})
	all, err := r.Imports(ctx)
	r.must(err)
	r.must(r.TakeBack(ctx, r.by, all[0].No))
	if after := r.dayCells("2026-11-24"); !maps.Equal(after, before) {
		t.Errorf("taken back, the day says %v, want %v", after, before)
	}
}
