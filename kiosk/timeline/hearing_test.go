package timeline_test

import (
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/timeline"
)

const day = 24 * time.Hour

// hearingFrom is when the boot of these tests was an hour old.
var hearingFrom = time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)

// moment is the true moment after so long, and off what a clock that is wrong by
// so much says then.
func moment(after, off time.Duration) kiosk.Moment {
	return kiosk.Moment{Wall: hearingFrom.Add(after + off), Boot: "boot 1", Since: time.Hour + after}
}

// room is what a room knows whose clock is off by so much.
func room(trust kiosk.Trust, off time.Duration, passed time.Time) timeline.RunningBoot {
	k := timeline.RunningBoot{Passed: passed}
	if trust != kiosk.TrustUnknown {
		k.Alignment = timeline.Alignment{At: hearingFrom.Add(off), Since: time.Hour, Trust: trust}
	}
	return k
}

func TestHearing_OneWordMovesNothingFar(t *testing.T) {
	yesterday := hearingFrom.Add(-day)
	for _, tt := range []struct {
		name   string
		trust  kiosk.Trust
		passed time.Time
		off    time.Duration // of the centre
		follow bool
	}{
		{"a second, unproven clock", kiosk.TrustBounded, yesterday, time.Second, true},
		{"four minutes, unproven clock", kiosk.TrustBounded, yesterday, 4 * time.Minute, true},
		{"three days ahead, unproven clock", kiosk.TrustBounded, yesterday, 3 * day, false},
		{"three days behind, unproven clock", kiosk.TrustBounded, yesterday, -3 * day, false},
		{"two seconds, proven clock", kiosk.TrustAnchored, yesterday, 2 * time.Second, true},
		{"six minutes, proven clock", kiosk.TrustAnchored, yesterday, 6 * time.Minute, false},
		{"three days ahead, proven clock", kiosk.TrustAnchored, yesterday, 3 * day, false},
		{"years ahead, proven clock", kiosk.TrustAnchored, yesterday, 3000 * day, false},
		{"nothing known, a room's first day", kiosk.TrustUnknown, time.UnixMilli(0), 0, true},
		{"nothing known, after a weekend", kiosk.TrustUnknown, hearingFrom.Add(-3 * day), 0, true},
		{"nothing known, a word from before what passed", kiosk.TrustUnknown, yesterday, -2 * day, false},
		{"nothing known, a word years ahead", kiosk.TrustUnknown, yesterday, 3000 * day, false},
	} {
		var h timeline.Hearing
		if got := h.Hear(moment(0, tt.off), room(tt.trust, 0, tt.passed)); got != tt.follow {
			t.Errorf("%s: follow %t", tt.name, got)
		}
		differs, unsure := h.Doubts()
		if differs == tt.follow || unsure == tt.follow {
			t.Errorf("%s: differs %t, unsure %t", tt.name, differs, unsure)
		}
	}
}

// Many small steps make a large one: what is proven stays the measure.
func TestHearing_SmallStepsDoNotAddUp(t *testing.T) {
	var h timeline.Hearing
	known := room(kiosk.TrustBounded, 0, hearingFrom)
	last := time.Duration(0)
	for i := range 1000 {
		off := time.Duration(i) * time.Minute
		at := moment(time.Duration(i)*15*time.Minute, off)
		if h.Hear(at, known) {
			known.Alignment, last = timeline.Alignment{At: at.Wall, Since: at.Since, Trust: kiosk.TrustAnchored}, off
		}
	}
	if last > 6*time.Minute {
		t.Errorf("led away by %s", last)
	}
}

// A crystal that is slow by 100 parts in a million is followed for a year.
func TestHearing_DriftIsFollowed(t *testing.T) {
	var h timeline.Hearing
	known := room(kiosk.TrustBounded, 0, hearingFrom)
	for i := range 365 {
		after := time.Duration(i) * day
		if !h.Hear(moment(after, after/10_000), known) {
			t.Fatalf("not followed after %d days", i)
		}
	}
}

func TestHearing_TwoWordsAndAPerson(t *testing.T) {
	var h timeline.Hearing
	known := room(kiosk.TrustAnchored, 0, hearingFrom)
	now := moment(time.Hour, 0)
	asked := func(want bool) {
		t.Helper()
		if _, got := h.Question(now); got != want {
			t.Errorf("asked %t, want %t", got, want)
		}
	}
	h.Hear(moment(0, 3*day), known)
	asked(false)
	h.Hear(moment(15*time.Minute, 9*day), known) // another word: it stands alone again
	asked(false)
	h.Hear(moment(30*time.Minute, 9*day), known)
	asked(true)
	said, _ := h.Question(now)
	if want := now.Wall.Add(9 * day); !said.Wall.Equal(want) || said.Since != now.Since || said.Boot != now.Boot {
		t.Errorf("asked for %s, want %s", said.Wall, want)
	}
	if _, got := h.Question(kiosk.Moment{Boot: "boot 2"}); got {
		t.Error("asked in another boot")
	}
	h.Prove(said, timeline.SourceAgreed)
	asked(false)
	if differs, _ := h.Doubts(); differs {
		t.Error("still doubted after a person agreed")
	}
	if !h.Hear(moment(2*time.Hour, 9*day), known) {
		t.Error("not followed after a person agreed")
	}
}

// Who is sure says so: then nobody is asked, and the light tells of the centre.
func TestHearing_TheRoomIsSure(t *testing.T) {
	for source, sure := range map[string]bool{timeline.SourceNTP: true, timeline.SourceVolunteer: true, timeline.SourceRTC: false} {
		var h timeline.Hearing
		h.Prove(moment(0, 0), source)
		known := room(kiosk.TrustAnchored, 0, hearingFrom)
		for range 3 {
			if h.Hear(moment(time.Minute, -3*day), known) {
				t.Errorf("%s: followed", source)
			}
		}
		_, asked := h.Question(moment(time.Minute, 0))
		if differs, unsure := h.Doubts(); !differs || unsure == sure || asked == sure {
			t.Errorf("%s: differs %t, unsure %t, asked %t", source, differs, unsure, asked)
		}
		// The network's time agrees with the centre after all.
		h.Prove(moment(2*time.Minute, -3*day), timeline.SourceNTP)
		if differs, _ := h.Doubts(); differs {
			t.Errorf("%s: doubted although the network agrees", source)
		}
	}
}

func TestHearing_AnAgreeingWordEndsTheDoubt(t *testing.T) {
	var h timeline.Hearing
	known := room(kiosk.TrustAnchored, 0, hearingFrom)
	h.Hear(moment(0, 3*day), known)
	if !h.Hear(moment(time.Hour, time.Second), known) {
		t.Error("not followed once it is right again")
	}
	if differs, _ := h.Doubts(); differs {
		t.Error("still doubted")
	}
}
