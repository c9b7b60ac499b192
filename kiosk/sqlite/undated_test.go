package sqlite

import (
	"errors"
	"slices"
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/timeline"
	"example.org/inloop/sync/count"
)

// anchorAt is the network's word for the time.
func (r *room) anchorAt(when string) {
	r.t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", when, r.cfg.Timetable.Zone)
	r.must(err)
	m := r.clock.now
	m.Wall = at
	r.must(r.Anchor(r.t.Context(), m, 500, timeline.SourceNTP))
	r.clock.now.Wall = at
}

func (r *room) undated() []kiosk.UndatedVisits {
	r.t.Helper()
	groups, err := r.Undated(r.t.Context())
	r.must(err)
	return groups
}

// resumedRoom was switched off on Friday, and went on all of Monday with a clock that
// stood where it had stopped; on Tuesday the network tells the time.
func resumedRoom(t *testing.T) *room {
	t.Helper()
	r := newRoom(t, "2026-11-20", "anna", "ben", "cem")
	r.pass("pass")
	r.anchorAt("2026-11-20 09:00")
	r.says("13:00", "anna", kiosk.GreetingFirst)
	r.boot("monday", "2026-11-20 13:01")
	r.tap("anna") // is still in, by that clock
	r.later(10 * time.Minute)
	r.tap("ben")
	r.tap("pass")
	r.tick()
	r.boot("tuesday", "2026-11-20 15:00")
	r.anchorAt("2026-11-24 09:00")
	r.tick()
	return r
}

func TestUndated_AClockThatWentOnWhereItStoppedDatesNothing(t *testing.T) {
	r := resumedRoom(t)
	if n := r.numbers()["1 2026-11-20 middag badge_visits"]; n != 1 {
		t.Errorf("Friday afternoon counts %d badge visits, want anna's", n)
	}
	groups := r.undated()
	if len(groups) != 1 || groups[0].Visits != 2 || len(groups[0].People) != 1 || groups[0].People[0].No != r.people["ben"] {
		t.Fatalf("waiting for a day: %+v, want ben and a guest in one group", groups)
	}
	if g := groups[0]; g.Day != count.NoDay || g.After != count.Date(2026, 11, 20) || g.Before != count.Date(2026, 11, 24) {
		t.Errorf("they stand on %s, between %s and %s", g.Day, g.After, g.Before)
	}
	if v := r.view(); v.Undated != 2 || v.Unsure != 0 {
		t.Errorf("%d undated, %d unsure, want 2 and none", v.Undated, v.Unsure)
	}
}

func TestDateVisits_CountsAndCanBeUndone(t *testing.T) {
	r := resumedRoom(t)
	span := r.undated()[0].VisitSpan
	monday := kiosk.VisitDay{Day: count.Date(2026, 11, 23), Part: count.PartAfternoon}
	r.must(r.DateVisits(t.Context(), r.by, span, monday))
	if got := r.numbers(); got["1 2026-11-23 middag badge_visits"] != 1 || got["1 2026-11-23 middag guests"] != 1 {
		t.Errorf("Monday afternoon counts %v", got)
	}
	v := r.view()
	if v.Undated != 0 || len(r.undated()) != 0 || len(v.Actions) != 1 || v.Actions[0].Kind != kiosk.ActionDate || v.Actions[0].Number != 2 {
		t.Errorf("%d undated, can be undone: %+v", v.Undated, v.Actions)
	}
	if err := r.DateVisits(t.Context(), r.by, span, monday); !errors.Is(err, kiosk.ErrNotFound) {
		t.Errorf("dated twice: %v", err)
	}
	r.must(r.Undo(t.Context(), r.by, v.Actions[0].No))
	if got := r.numbers(); got["1 2026-11-23 middag badge_visits"] != 0 || r.view().Undated != 2 {
		t.Errorf("undone, Monday counts %v", got)
	}
}

// A person who was dated to a part of a day already counts there once.
func TestDateVisits_NobodyTwiceInAPartOfADay(t *testing.T) {
	r := resumedRoom(t)
	r.must(r.EnterPaper(t.Context(), r.by, kiosk.PaperEntry{Day: count.Date(2026, 11, 23), Part: count.PartMorning, Person: r.people["ben"]}))
	r.must(r.DateVisits(t.Context(), r.by, r.undated()[0].VisitSpan, kiosk.VisitDay{Day: count.Date(2026, 11, 23), Part: count.PartMorning}))
	if n := r.numbers()["1 2026-11-23 ochtend badge_visits"]; n != 1 || r.view().Undated != 0 {
		t.Errorf("ben counts %d times, %d undated", n, r.view().Undated)
	}
}

func TestDateVisits_RefusesDaysThatCannotBe(t *testing.T) {
	r := resumedRoom(t)
	span := r.undated()[0].VisitSpan
	for _, tt := range []struct {
		day  kiosk.VisitDay
		want error
	}{
		{kiosk.VisitDay{Day: count.Date(2026, 11, 25), Part: count.PartMorning}, kiosk.ErrFuture},
		{kiosk.VisitDay{Day: count.Date(2024, 11, 25), Part: count.PartMorning}, kiosk.ErrTooOld},
		{kiosk.VisitDay{Day: count.Date(2026, 11, 23)}, kiosk.ErrNotFound},
	} {
		if err := r.DateVisits(t.Context(), r.by, span, tt.day); !errors.Is(err, tt.want) {
			t.Errorf("%+v: %v, want %v", tt.day, err, tt.want)
		}
	}
}

// A clock that fits between what is proven may be right: it counts, and a volunteer is
// asked.
func TestUndated_AClockThatFitsIsAskedAbout(t *testing.T) {
	r := newRoom(t, "2026-11-20", "anna", "ben")
	r.anchorAt("2026-11-20 09:00")
	r.says("13:00", "anna", kiosk.GreetingFirst)
	r.boot("monday", "2026-11-23 10:00")
	r.tap("ben")
	r.boot("tuesday", "2026-11-24 09:00")
	if v := r.view(); v.Unsure != 0 {
		t.Errorf("asked before anything is proven: %d", v.Unsure)
	}
	r.anchorAt("2026-11-24 09:00")
	r.tick()
	groups := r.undated()
	if len(groups) != 1 || groups[0].Day != count.Date(2026, 11, 23) || groups[0].Part != count.PartMorning || r.view().Unsure != 1 {
		t.Fatalf("asked about %+v", groups)
	}
	if n := r.numbers()["1 2026-11-23 ochtend badge_visits"]; n != 1 {
		t.Errorf("Monday counts %d", n)
	}
	r.must(r.DateVisits(t.Context(), r.by, groups[0].VisitSpan, kiosk.VisitDay{Day: groups[0].Day, Part: groups[0].Part}))
	if v := r.view(); v.Unsure != 0 || r.numbers()["1 2026-11-23 ochtend badge_visits"] != 1 {
		t.Errorf("still asked about %d after a yes", v.Unsure)
	}
}

// Who came on a clock that stood at yesterday, where they had been already, has a
// visit of today once the clock is right.
func TestClock_ARegularOnYesterdaysClockIsCounted(t *testing.T) {
	r := newRoom(t, "2026-11-24", "anna")
	r.anchorAt("2026-11-24 09:00")
	r.says("13:00", "anna", kiosk.GreetingFirst)
	r.says("13:30", "anna", kiosk.GreetingGoodbye)
	r.boot("boot 2", "2026-11-24 14:00")
	r.tap("anna")
	r.later(time.Minute)
	r.anchorAt("2026-11-25 14:00")
	r.counts(count.PartAfternoon, counted{badgeVisits: 1})
	if n := r.numbers()["1 2026-11-24 middag badge_visits"]; n != 1 {
		t.Errorf("yesterday counts %d, want 1", n)
	}
}

// waitingVisits is what a centre is told, once a part of the day has ended.
func (r *room) waitingVisits() []kiosk.WaitingVisits {
	r.t.Helper()
	r.released()
	w, err := r.WaitingVisits(r.t.Context())
	r.must(err)
	return w
}

// What a centre is told: how many, and the days of which they can be.
func TestWaitingVisits_TellsTheDaysOfWhichTheyCanBe(t *testing.T) {
	r := resumedRoom(t)
	want := []kiosk.WaitingVisits{{Days: count.Days{First: count.Date(2026, 11, 20), Last: count.Date(2026, 11, 24)}, Visits: 2}}
	if got := r.waitingVisits(); !slices.Equal(got, want) {
		t.Errorf("told %+v, want %+v", got, want)
	}
	monday := kiosk.VisitDay{Day: count.Date(2026, 11, 23), Part: count.PartAfternoon}
	r.must(r.DateVisits(t.Context(), r.by, r.undated()[0].VisitSpan, monday))
	if got := r.waitingVisits(); len(got) != 0 {
		t.Errorf("dated, and told as waiting: %+v", got)
	}
}

// A volunteer is asked about the day of visits that stand on one: that day, and any
// other of which they can be, may be wrong.
func TestWaitingVisits_TellsThoseOnADayThatOnlyAClockTold(t *testing.T) {
	r := newRoom(t, "2026-11-20", "anna", "ben")
	r.anchorAt("2026-11-20 09:00")
	r.says("10:00", "anna", kiosk.GreetingFirst)
	r.boot("boot 2", "2026-11-21 14:00")
	r.tap("ben")
	r.boot("boot 3", "2026-11-24 09:00")
	r.anchorAt("2026-11-24 09:00")
	r.tick()
	want := []kiosk.WaitingVisits{{Days: count.Days{First: count.Date(2026, 11, 20), Last: count.Date(2026, 11, 24)}, Visits: 1}}
	if got := r.waitingVisits(); r.view().Unsure != 1 || !slices.Equal(got, want) {
		t.Errorf("%d unsure, told %+v, want %+v", r.view().Unsure, got, want)
	}
}

// Who reads what the centre is told may not learn from it when anybody came: no tap
// changes it before its day has ended.
func TestWaitingVisits_NoTapChangesWhatIsTold(t *testing.T) {
	r := newRoom(t, "2026-11-23", "anna", "ben", "cem")
	r.anchorAt("2026-11-23 09:00")
	r.tick()
	r.boot("dead", "1970-01-01 00:00")
	r.tap("anna")
	if got := r.waitingVisits(); len(got) != 0 || r.view().Undated != 1 {
		t.Errorf("a tap in a boot without a date is told at once: %+v", got)
	}
	r.boot("jumps", "2026-11-23 15:00")
	r.says("15:30", "ben", kiosk.GreetingFirst)
	if got := r.waitingVisits(); len(got) != 1 || got[0].Visits != 1 {
		t.Errorf("of a boot that has ended is told: %+v, want anna", got)
	}
	r.later(time.Minute)
	r.clock.now.Wall = r.clock.now.Wall.AddDate(1, 0, 0) // nobody knows what happened: no date
	r.tap("cem")
	r.clock.now.Wall = r.clock.now.Wall.AddDate(-1, 0, 0)
	r.tick()
	if got := r.waitingVisits(); len(got) != 1 || got[0].Visits != 1 || r.view().Undated != 2 {
		t.Errorf("a tap of today is told already: %+v with %d undated", got, r.view().Undated)
	}
	r.later(9 * time.Hour)
	r.tick() // the day is closed out, and cem not in it
	if n := r.number(`SELECT count(*) FROM cell WHERE period = '2026-11-23' AND measure = 'open' AND n IS NOT NULL`); n != 1 {
		t.Errorf("the day was closed out %v times", n)
	}
	total := 0
	for _, w := range r.waitingVisits() {
		total += w.Visits
	}
	if total != 2 {
		t.Errorf("%d are told when the day has ended, want anna and cem", total)
	}
}

// An unknown badge in a boot without a date is a guest all the same: one for each part
// of a day in which it came, with a day to be told when the boot has ended.
func TestUnknownBadge_InABootWithoutADate(t *testing.T) {
	r := newRoom(t, "2026-11-20", "anna")
	r.anchorAt("2026-11-20 09:00")
	r.tick()
	r.boot("dead", "1970-01-01 00:00")
	r.tap("nobody's")
	r.later(time.Hour)
	r.tap("nobody's")
	r.later(20 * time.Hour)
	r.tap("nobody's")
	if v := r.view(); len(v.Badges) != 2 {
		t.Errorf("%d unknown badges of two days can be somebody's, want 2", len(v.Badges))
	}
	r.boot("network", "2026-11-24 09:00")
	r.anchorAt("2026-11-24 09:00")
	r.tick()
	if v := r.view(); v.Undated != 2 || len(v.Badges) != 0 {
		t.Errorf("%d visits wait, want a guest for each of two days; %d badges are open", v.Undated, len(v.Badges))
	}
	if w := r.waitingVisits(); len(w) != 1 || w[0].Visits != 2 {
		t.Errorf("the centre is told of %+v", w)
	}
}

// In a boot that is dated after all, each of those days has its guest.
func TestUnknownBadge_OfTwoDaysThatWereDatedLater(t *testing.T) {
	r := newRoom(t, "2026-11-20", "anna")
	r.anchorAt("2026-11-20 09:00")
	r.boot("dead", "1970-01-01 00:00")
	r.tap("nobody's")
	r.later(20 * time.Hour)
	r.tap("nobody's")
	r.later(time.Hour)
	r.anchorAt("2026-11-24 12:00")
	r.later(24 * time.Hour)
	r.tick()
	if n := r.numbers(); n["1 2026-11-23 middag guests"] != 1 || n["1 2026-11-24 ochtend guests"] != 1 {
		t.Errorf("numbers %v, want a guest on either day", n)
	}
}

// Who was in by a clock that had stood still, and was told goodbye, came that day.
func TestRedate_AGoodbyeThatWasAnArrival(t *testing.T) {
	for _, tt := range []struct {
		day  string // as the network tells it for the boot of the goodbye, "" for never
		want string
	}{
		{"2026-11-23 10:30", "1 2026-11-23 ochtend badge_visits"},
		{"2026-11-20 13:50", ""}, // it was one: the power had been off for a moment
		{"", "undated"},
	} {
		r := newRoom(t, "2026-11-20", "anna")
		r.anchorAt("2026-11-20 09:00")
		r.says("13:00", "anna", kiosk.GreetingFirst)
		r.boot("again", "2026-11-20 13:01")
		r.later(20 * time.Minute)
		if got := r.tap("anna"); got != kiosk.GreetingGoodbye {
			t.Fatalf("door says %q", got)
		}
		r.later(time.Minute)
		if tt.day != "" {
			r.anchorAt(tt.day)
		} else {
			r.boot("later", "2026-11-20 15:00")
			r.anchorAt("2026-11-24 09:00")
			r.tick()
		}
		n := r.numbers()
		if n["1 2026-11-20 middag badge_visits"] != 1 {
			t.Errorf("%q: numbers %v, want Friday's visit", tt.day, n)
		}
		if tt.want == "undated" && r.view().Undated != 1 || tt.want != "undated" && tt.want != "" && n[tt.want] != 1 || tt.want == "" && (len(n) != 1 || r.view().Undated != 0) {
			t.Errorf("%q: numbers %v and %d undated, want %s", tt.day, n, r.view().Undated, tt.want)
		}
	}
}

// In a boot without a date too: a tap of the next day is no goodbye of the last.
func TestCheckIn_TheNextDayOfABootWithoutADateIsAnArrival(t *testing.T) {
	r := newRoom(t, "2026-11-20", "anna")
	r.anchorAt("2026-11-20 09:00")
	r.boot("dead", "1970-01-01 00:00")
	r.tap("anna")
	r.later(20 * time.Hour)
	r.tap("anna")
	r.anchorAt("2026-11-24 11:00")
	if n := r.numbers(); n["1 2026-11-23 middag badge_visits"] != 1 || n["1 2026-11-24 ochtend badge_visits"] != 1 {
		t.Errorf("numbers %v, want a visit on either day", n)
	}
}
