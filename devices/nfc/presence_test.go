package nfc

import (
	"slices"
	"testing"
	"time"

	"example.org/inloop/devices/iso14443a"
	"example.org/inloop/devices/sim/simtest"
	"example.org/inloop/kiosk"
)

// TestPresence_BadgeAndPhoneInOneLook finds both in one look, as when the phone
// takes the lifted badge's place: only what lies there afterwards tells whether
// the badge covers the phone.
func TestPresence_BadgeAndPhoneInOneLook(t *testing.T) {
	for _, c := range []struct {
		name  string
		found iso14443a.Presence // the badge, from then on
		want  int                // taps of the phone
	}{
		{"the badge stays", iso14443a.PresenceSeen, 0},
		{"the badge was lifted", iso14443a.PresenceMissing, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			start := time.Now()
			at := func(after time.Duration) time.Time { return start.Add(after) }
			var p presence
			for _, uid := range []string{"21222324", "08010203"} {
				p.seen(iso14443a.Target{UID: simtest.UID(t, uid)}, kiosk.Moment{}, start, false)
			}
			badge, phone := p.placed[0], p.placed[1]
			badge.reported = true
			p.tested(phone, iso14443a.PresenceSeen, at(200*time.Millisecond))
			if got := p.toReport(at(badgeMayFollow)); len(got) != 0 || phone.reported {
				t.Errorf("decided before the badge was looked for: %d to report", len(got))
			}
			for i := range goneMisses {
				p.tested(badge, c.found, at(badgeMayFollow+time.Duration(i+1)*50*time.Millisecond))
			}
			if got := p.toReport(at(600 * time.Millisecond)); len(got) != c.want {
				t.Errorf("%d taps of the phone, want %d", len(got), c.want)
			}
		})
	}
}

// A card that was not reported yet keeps its place, and keeps nobody busy: the
// receiver is not set up anew for it.
func TestAllGone_NotForACardThatWaits(t *testing.T) {
	start := time.Now()
	var p presence
	uid := simtest.UID(t, "21222324")
	p.seen(iso14443a.Target{UID: uid}, kiosk.Moment{}, start, false)
	for i := range goneMisses {
		p.tested(p.placed[0], iso14443a.PresenceMissing, start.Add(time.Duration(i)*goneAfter))
	}
	late := start.Add(time.Minute)
	if p.allGone(late) {
		t.Error("deserted while the card waits to be reported")
	}
	p.placed[0].reported = true
	if !p.allGone(late) {
		t.Error("not deserted once it was")
	}
}

// Gone is three misses in a row over more than half a second, and nothing less.
func TestPresence_GoneAfterThreeMissesOverMoreThanHalfASecond(t *testing.T) {
	const miss, sees, unsure = iso14443a.PresenceMissing, iso14443a.PresenceSeen, iso14443a.PresenceUnsure
	for _, tt := range []struct {
		name  string
		every time.Duration
		looks []iso14443a.Presence
		gone  bool
	}{
		{"one miss", time.Second, []iso14443a.Presence{miss}, false},
		{"one miss, then unsure for long", time.Second, []iso14443a.Presence{miss, unsure, unsure, unsure}, false},
		{"two misses", time.Second, []iso14443a.Presence{miss, miss}, false},
		{"three misses at once", 50 * time.Millisecond, []iso14443a.Presence{miss, miss, miss}, false},
		{"three misses, seen between", time.Second, []iso14443a.Presence{miss, miss, sees, miss}, false},
		{"three misses", 300 * time.Millisecond, []iso14443a.Presence{miss, miss, miss}, true},
		{"three misses, something heard between", 200 * time.Millisecond, []iso14443a.Presence{miss, unsure, miss, miss}, false},
		{"three misses, noise between", 1100 * time.Millisecond, []iso14443a.Presence{miss, miss, unsure, miss}, true},
		{"many misses", 50 * time.Millisecond, slices.Repeat([]iso14443a.Presence{miss}, 13), true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			now := time.Now()
			var p presence
			uid := simtest.UID(t, "21222324")
			p.seen(iso14443a.Target{UID: uid}, kiosk.Moment{}, now, false)
			p.placed[0].reported = true
			for i, look := range tt.looks {
				if i > 0 {
					now = now.Add(tt.every)
				}
				p.tested(p.placed[0], look, now)
			}
			p.dropGone(now)
			if gone := len(p.placed) == 0; gone != tt.gone {
				t.Errorf("gone: %v, want %v", gone, tt.gone)
			}
		})
	}
}
