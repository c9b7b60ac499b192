package nfc

import (
	"testing"
	"time"

	"example.org/inloop/devices/iso14443a"
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
		{"the badge stays", iso14443a.Present, 0},
		{"the badge was lifted", iso14443a.Missing, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			start := time.Now()
			at := func(after time.Duration) time.Time { return start.Add(after) }
			var p presence
			for _, bytes := range [][]byte{{0x21, 0x22, 0x23, 0x24}, {0x08, 1, 2, 3}} {
				uid, err := iso14443a.NewUID(bytes)
				if err != nil {
					t.Fatal(err)
				}
				p.seen(iso14443a.Card{UID: uid}, kiosk.Moment{}, start)
			}
			badge, phone := p.placed[0], p.placed[1]
			badge.reported = true
			p.tested(phone, iso14443a.Present, at(200*time.Millisecond))
			if got := p.ripe(at(settle)); len(got) != 0 || phone.reported {
				t.Errorf("judged before the badge was looked for: %d ripe", len(got))
			}
			for i := range goneMisses {
				p.tested(badge, c.found, at(settle+time.Duration(i+1)*50*time.Millisecond))
			}
			if got := p.ripe(at(600 * time.Millisecond)); len(got) != c.want {
				t.Errorf("%d taps of the phone, want %d", len(got), c.want)
			}
		})
	}
}

// A card that was not reported yet keeps its place, and keeps nobody busy: the
// receiver is not set up anew for it.
func TestDeserted_NotForACardThatWaits(t *testing.T) {
	start := time.Now()
	var p presence
	uid, err := iso14443a.NewUID([]byte{0x21, 0x22, 0x23, 0x24})
	if err != nil {
		t.Fatal(err)
	}
	p.seen(iso14443a.Card{UID: uid}, kiosk.Moment{}, start)
	for i := range goneMisses {
		p.tested(p.placed[0], iso14443a.Missing, start.Add(time.Duration(i)*goneAfter))
	}
	late := start.Add(time.Minute)
	if p.deserted(late) {
		t.Error("deserted while the card waits to be reported")
	}
	p.placed[0].reported = true
	if !p.deserted(late) {
		t.Error("not deserted once it was")
	}
}
