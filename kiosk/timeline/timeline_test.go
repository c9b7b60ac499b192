package timeline_test

import (
	"testing"
	"time"
	_ "time/tzdata"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/timeline"
	"example.org/inloop/sync/count"
)

// table is a room in Amsterdam with the usual parts of the day.
func table(t testing.TB) kiosk.Timetable {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	return kiosk.Timetable{Zone: zone, PartTimes: kiosk.DefaultPartTimes()}
}

// at reads a time of the room; the date is 24 November 2026 unless it is given.
func at(t testing.TB, text string) time.Time {
	t.Helper()
	if len(text) <= len("15:04:05") {
		text = "2026-11-24 " + text
	}
	if len(text) == len("2006-01-02 15:04") {
		text += ":00"
	}
	when, err := time.ParseInLocation(time.DateTime, text, table(t).Zone)
	if err != nil {
		t.Fatal(err)
	}
	return when
}

// TestBoot_Read goes through what a clock can say, for a boot that was first
// seen at 10 minutes, when nothing before 14:00 was possible.
func TestBoot_Read(t *testing.T) {
	unknown := timeline.Boot{First: 10 * time.Minute, LowerBound: at(t, "14:00")}
	bounded, anchored := unknown, unknown
	bounded.Alignment = timeline.Alignment{At: at(t, "14:10"), Since: 10 * time.Minute, Trust: kiosk.TrustBounded}
	anchored.Alignment = timeline.Alignment{At: at(t, "14:10"), Since: 10 * time.Minute, Trust: kiosk.TrustAnchored}
	for _, tt := range []struct {
		name  string
		boot  timeline.Boot
		wall  string
		since time.Duration
		bound string // the lower bound by now
		want  string // empty when no time is known
		trust kiosk.Trust
		moved bool // the boot is aligned anew
	}{
		{"unknown, clock at the epoch", unknown, "1970-01-01 01:00", 10 * time.Minute, "14:00", "", kiosk.TrustUnknown, false},
		{"unknown, clock just below", unknown, "13:59:59", 10 * time.Minute, "14:00", "", kiosk.TrustUnknown, false},
		{"unknown, clock at the bound", unknown, "14:00", 10 * time.Minute, "14:00", "14:00", kiosk.TrustBounded, true},
		{"unknown, clock above", unknown, "15:20", 10 * time.Minute, "14:00", "15:20", kiosk.TrustBounded, true},
		{"unknown, has only run past the bound", unknown, "14:05", 40 * time.Minute, "14:00", "", kiosk.TrustUnknown, false},
		{"unknown, below what was noted since", unknown, "14:30", 10 * time.Minute, "15:00", "", kiosk.TrustUnknown, false},
		{"bounded, as expected", bounded, "14:30", 30 * time.Minute, "14:20", "14:30", kiosk.TrustBounded, false},
		{"bounded, a small step", bounded, "14:30:02", 30 * time.Minute, "14:20", "14:30:02", kiosk.TrustBounded, false},
		{"bounded, a step", bounded, "14:30:03", 30 * time.Minute, "14:20", "14:30:03", kiosk.TrustBounded, true},
		{"bounded, a day ahead", bounded, "2026-11-25 14:30", 30 * time.Minute, "14:20", "2026-11-25 14:30", kiosk.TrustBounded, true},
		{"bounded, 36 hours ahead", bounded, "2026-11-26 02:30", 30 * time.Minute, "14:20", "2026-11-26 02:30", kiosk.TrustBounded, true},
		{"bounded, more than that", bounded, "2026-11-26 02:30:01", 30 * time.Minute, "14:20", "", kiosk.TrustUnknown, false},
		{"bounded, two minutes below", bounded, "14:28", 30 * time.Minute, "14:30", "14:30", kiosk.TrustBounded, false},
		{"bounded, more than two minutes below", bounded, "14:27:59", 30 * time.Minute, "14:30", "", kiosk.TrustUnknown, false},
		{"anchored, whatever the clock says", anchored, "1970-01-01 01:00", 30 * time.Minute, "14:20", "14:30", kiosk.TrustAnchored, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := kiosk.Moment{Wall: at(t, tt.wall), Boot: "b", Since: tt.since}
			got, next := tt.boot.Read(m, at(t, tt.bound), table(t))
			want := timeline.Instant{Read: m, Trust: tt.trust}
			if tt.want != "" {
				want.At = at(t, tt.want)
				want.Day, want.Part = table(t).Day(want.At), table(t).Part(want.At)
			}
			if !got.At.Equal(want.At) || got.Trust != want.Trust || got.Day != want.Day || got.Part != want.Part || got.Read != m {
				t.Errorf("got %+v, want %+v", got, want)
			}
			if moved := next != tt.boot; moved != tt.moved {
				t.Errorf("boot is aligned as %+v, want it moved: %t", next.Alignment, tt.moved)
			}
			if got.Dated() && !next.When(tt.since).Round(5*time.Second).Equal(want.At.Round(5*time.Second)) {
				t.Errorf("the boot says %s, the instant %s", next.When(tt.since), want.At)
			}
		})
	}
}

func TestInstant_MomentHasTheClockThatIsTrusted(t *testing.T) {
	wrong := kiosk.Moment{Wall: at(t, "1970-01-01 01:00"), Boot: "b", Since: time.Hour}
	boot := timeline.Boot{Alignment: timeline.Alignment{At: at(t, "14:00"), Trust: kiosk.TrustAnchored}}
	now, _ := boot.Read(wrong, time.Time{}, table(t))
	if got := now.Moment(); !got.Wall.Equal(at(t, "15:00")) || got.Boot != "b" || got.Since != time.Hour {
		t.Errorf("anchored: %+v", got)
	}
	now, _ = timeline.Boot{}.Read(wrong, at(t, "14:00"), table(t))
	if got := now.Moment(); got != wrong {
		t.Errorf("undated: %+v, want it as it was read", got)
	}
}

func TestBoot_Anchor(t *testing.T) {
	align := func(when string, trust kiosk.Trust) timeline.Boot {
		return timeline.Boot{Alignment: timeline.Alignment{At: at(t, when), Since: time.Minute, Trust: trust}}
	}
	truth := kiosk.Moment{Wall: at(t, "15:00"), Boot: "b", Since: time.Minute}
	for _, tt := range []struct {
		name string
		boot timeline.Boot
		want timeline.Correction
	}{
		{"nothing known", timeline.Boot{}, timeline.CorrectionRedate},
		{"clock was right", align("15:00:02", kiosk.TrustBounded), timeline.CorrectionConfirm},
		{"clock was three seconds off", align("15:00:03", kiosk.TrustBounded), timeline.CorrectionRedate},
		{"clock was a year behind", align("2025-11-24 15:00", kiosk.TrustBounded), timeline.CorrectionRedate},
		{"anchored there already", align("14:59:58", kiosk.TrustAnchored), timeline.CorrectionNone},
		{"anchored elsewhere", align("14:50", kiosk.TrustAnchored), timeline.CorrectionOnward},
	} {
		next, got := tt.boot.Anchor(truth, timeline.SourceCentre)
		if got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
		if got == timeline.CorrectionNone && next != tt.boot {
			t.Errorf("%s: the boot is aligned anew", tt.name)
		}
		if got != timeline.CorrectionNone && (!next.When(2*time.Minute).Equal(at(t, "15:01")) || next.Trust != kiosk.TrustAnchored) {
			t.Errorf("%s: a minute later it is %s", tt.name, next.When(2*time.Minute))
		}
	}
}

// A visit keeps the part of the day by the times that were set when it was
// written down, so a moment is dated by the timetable that it brings.
func TestAlignment_DateByTheTimesOfThatDay(t *testing.T) {
	a := timeline.Alignment{At: at(t, "2026-03-28 23:30"), Trust: kiosk.TrustAnchored}
	early := table(t)
	early.PartTimes = kiosk.PartTimes{Afternoon: 60, Evening: 120}
	got := a.Date(time.Hour, early)
	// 29 March begins half an hour later, and is an hour short.
	if got.Day != count.Date(2026, 3, 29) || got.Part != count.PartMorning || got.Trust != kiosk.TrustAnchored {
		t.Errorf("an hour later: %+v", got)
	}
	if got := a.Date(3*time.Hour, early); got.Part != count.PartEvening || !got.At.Equal(at(t, "2026-03-29 03:30")) {
		t.Errorf("over the change of the clocks: %+v, want 03:30 in the evening of that room", got)
	}
}

func TestRaise_TheLowerBoundFollowsTheClock(t *testing.T) {
	boot := timeline.Boot{Alignment: timeline.Alignment{At: at(t, "15:00"), Trust: kiosk.TrustAnchored}}
	now, _ := boot.Read(kiosk.Moment{}, time.Time{}, table(t))
	unsure, _ := timeline.Boot{}.Read(kiosk.Moment{Wall: at(t, "13:00")}, at(t, "14:00"), table(t))
	for _, tt := range []struct {
		name   string
		now    timeline.Instant
		noted  string
		writes bool
		want   string
	}{
		{"with what is written", now, "14:59:59", true, "15:00"},
		{"idle for less than an hour", now, "14:00", false, "14:00"},
		{"idle for more", now, "13:59:59", false, "15:00"},
		{"never back", now, "16:00", true, "16:00"},
		{"not by a clock that is not trusted", unsure, "12:00", true, "12:00"},
	} {
		if got := timeline.Raise(at(t, tt.noted), tt.now, tt.writes); !got.Equal(at(t, tt.want)) {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// A program that reads the time of its own last night as the present is wrong:
// what was noted since says so.
func TestRaise_WhatWasNotedIsWhatTheNextBootIsHeldTo(t *testing.T) {
	noted := at(t, "09:00")
	boot := timeline.Boot{First: 0, LowerBound: noted}
	for minute := range 8 * 60 {
		m := kiosk.Moment{Wall: noted.Add(0), Boot: "first", Since: time.Duration(minute) * time.Minute}
		m.Wall = at(t, "09:00").Add(m.Since)
		var now timeline.Instant
		now, boot = boot.Read(m, noted, table(t))
		noted = timeline.Raise(noted, now, false)
	}
	cut := kiosk.Moment{Wall: at(t, "13:00"), Boot: "second"}
	if now, _ := (timeline.Boot{LowerBound: noted}).Read(cut, noted, table(t)); now.Dated() {
		t.Errorf("after a day until %s a clock at 13:00 is trusted", noted)
	}
}

func TestLowerBound_IsNeverBeforeTheBuild(t *testing.T) {
	early, late := at(t, "09:00"), at(t, "10:00")
	if got := timeline.LowerBound(early, late); got != late {
		t.Errorf("noted before the build: %s", got)
	}
	if got := timeline.LowerBound(late, early); got != late {
		t.Errorf("noted after the build: %s", got)
	}
}

func TestBestTime(t *testing.T) {
	m := kiosk.Moment{Wall: at(t, "12:00"), Since: time.Hour}
	anchored := timeline.Alignment{At: at(t, "14:00"), Trust: kiosk.TrustAnchored}
	bounded := timeline.Alignment{At: at(t, "14:00"), Trust: kiosk.TrustBounded}
	for _, tt := range []struct {
		name  string
		boot  timeline.Alignment
		noted string
		want  string
	}{
		{"the clock", bounded, "11:00", "12:00"},
		{"a clock that is behind", bounded, "13:00", "13:00"},
		{"the anchor", anchored, "16:00", "15:00"},
	} {
		if got := timeline.BestTime(m, tt.boot, at(t, tt.noted)); !got.Equal(at(t, tt.want)) {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestEnded_AlignsOnlyWithinOnePartOfOneDay(t *testing.T) {
	for _, tt := range []struct {
		name        string
		bound, next string
		last        time.Duration
		want        bool
	}{
		{"an afternoon before and after", "13:00", "15:00", time.Hour, true},
		{"morning or afternoon", "11:30", "15:00", time.Hour, false},
		{"today or tomorrow", "13:00", "2026-11-25 15:00", time.Hour, false},
		{"afternoon or evening at its end", "13:00", "18:30", time.Hour, false},
		{"longer than what lies between", "13:00", "15:00", 3 * time.Hour, false},
		{"a day long, in the same part at both ends", "13:00", "2026-11-25 15:00", 24 * time.Hour, false},
		{"nothing dated after it", "13:00", "", time.Hour, false},
		{"nothing known before it", "", "15:00", time.Hour, false},
	} {
		e := timeline.PastBoot{Last: tt.last}
		if tt.bound != "" {
			e.LowerBound = at(t, tt.bound)
		}
		if tt.next != "" {
			e.Next = at(t, tt.next)
		}
		a, ok := e.Align(table(t))
		if ok != tt.want {
			t.Errorf("%s: dated %t, want %t", tt.name, ok, tt.want)
		}
		if ok && (!a.When(0).Equal(e.LowerBound) || a.Trust != kiosk.TrustBounded) {
			t.Errorf("%s: %+v", tt.name, a)
		}
	}
}

// TestPastBoot_Judge goes through what a boot's own clock is worth, once a later one
// is proven: the boot began when 13:00 was noted, and its visits came in the first hour.
func TestPastBoot_Judge(t *testing.T) {
	for _, tt := range []struct {
		name        string
		bound, next string // what is proven
		clock       string // its own, at its start; empty for none
		want        string // the start that dates it
		source      string
	}{
		{"no choice, and its clock agrees", "13:00", "15:00", "13:30", "13:30", timeline.SourceClock},
		{"no choice, and its clock is elsewhere", "13:00", "15:00", "16:30", "13:00", timeline.SourceBounds},
		{"no choice, and no clock", "13:00", "15:00", "", "13:00", timeline.SourceBounds},
		{"it went on where it stopped, for days or not", "13:00", "2026-11-27 15:00", "13:01", "", timeline.SourceNobody},
		{"it was set by something", "13:00", "2026-11-27 15:00", "2026-11-25 10:00", "2026-11-25 10:00", timeline.SourceAsk},
		{"it ends after the next boot began", "13:00", "2026-11-25 09:00", "2026-11-25 08:30", "", timeline.SourceNobody},
		{"it begins before what had passed", "13:00", "2026-11-27 15:00", "12:50", "", timeline.SourceNobody},
		{"nothing is known before it", "", "2026-11-27 15:00", "2026-11-25 10:00", "2026-11-25 10:00", timeline.SourceAsk},
		{"no clock, and a choice of days", "13:00", "2026-11-27 15:00", "", "", timeline.SourceNobody},
	} {
		past := timeline.PastBoot{Next: at(t, tt.next), Last: time.Hour, Visits: []time.Duration{time.Minute, time.Hour}}
		if tt.bound != "" {
			past.LowerBound = at(t, tt.bound)
		}
		claim := timeline.Boot{LowerBound: at(t, "13:00")}
		if tt.clock != "" {
			claim.Source = timeline.SourceRunning
			claim.Alignment = timeline.Alignment{At: at(t, tt.clock), Trust: kiosk.TrustBounded}
		}
		a, source := past.Judge(claim, table(t))
		if source != tt.source {
			t.Errorf("%s: dated by %q, want %q", tt.name, source, tt.source)
		}
		if known := a.Trust != kiosk.TrustUnknown; known != (tt.want != "") || known && !a.When(0).Equal(at(t, tt.want)) {
			t.Errorf("%s: begins %s, want %q", tt.name, a.When(0), tt.want)
		}
	}
}

func TestDoubt_LastsForSevenNights(t *testing.T) {
	last := count.Date(2026, 11, 24)
	for _, tt := range []struct {
		name     string
		days     count.Day
		anchored bool
		nights   int // in which nothing may be deleted
	}{
		{"forty days away", 40, false, 0},
		{"a day longer", 41, false, 7},
		{"years", 2000, false, 7},
		{"years, and that is proven", 2000, true, 0},
	} {
		d, nights := timeline.Doubt(0), 0
		for day := last + tt.days; ; day++ {
			d = d.OnDay(day, last, tt.anchored).AfterNight()
			if last = day; d == 0 {
				break
			}
			nights++
		}
		last = count.Date(2026, 11, 24)
		if nights != tt.nights {
			t.Errorf("%s: doubted for %d nights, want %d", tt.name, nights, tt.nights)
		}
	}
	if d := timeline.Doubt(0).OnDay(last, count.NoDay, false); d != 0 {
		t.Errorf("a new room doubts its clock for %d nights", d)
	}
	if d := timeline.Doubt(3).OnDay(last+2000, last, false); d != 3 {
		t.Errorf("a second leap makes %d nights of 3", d)
	}
}

// A clock chip that was set wrong, or a volunteer with a wrong watch, dates a boot
// until anybody else knows better, and never the other way round.
func TestBoot_AnchorByASoftSourceGivesWay(t *testing.T) {
	wrong := kiosk.Moment{Wall: at(t, "12:00"), Boot: "b", Since: time.Minute}
	truth := kiosk.Moment{Wall: at(t, "15:00"), Boot: "b", Since: time.Minute}
	for _, soft := range []string{timeline.SourceRTC, timeline.SourceVolunteer} {
		b, got := timeline.Boot{}.Anchor(wrong, soft)
		if got != timeline.CorrectionRedate || !b.When(time.Minute).Equal(wrong.Wall) {
			t.Errorf("%s: %v, %s", soft, got, b.When(time.Minute))
		}
		b, got = b.Anchor(truth, timeline.SourceNTP)
		if got != timeline.CorrectionReplace || !b.When(time.Minute).Equal(truth.Wall) {
			t.Errorf("%s put right: %v, %s", soft, got, b.When(time.Minute))
		}
		if b, got = b.Anchor(wrong, soft); got != timeline.CorrectionNone || !b.When(time.Minute).Equal(truth.Wall) {
			t.Errorf("%s again: %v, %s", soft, got, b.When(time.Minute))
		}
		late := timeline.Boot{LowerBound: at(t, "14:00")}
		if b, got = late.Anchor(wrong, soft); got != timeline.CorrectionNone || b != late {
			t.Errorf("%s below what is past: %v", soft, got)
		}
	}
}
