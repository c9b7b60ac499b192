package uplink

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"example.org/inloop/sync/count"
	"example.org/inloop/sync/wire"
)

// A centre of version 1 refuses a body of version 2; the room goes back to what it
// speaks, nothing is set aside, and no word is sent that it would refuse.
func TestVersion_OlderCentreIsSpokenToAsItKnows(t *testing.T) {
	b, c := paired(), newCentre(t)
	b.tap(someDay)
	b.undated = []wire.Undated{{From: "2026-11-20", N: 3}}
	c.play(func(w http.ResponseWriter, r *http.Request, body []byte) bool {
		if told, err := wire.Decode[wire.Request](body); err != nil || told.Version == wire.Newest && !slices.Equal(told.Undated, b.undated) {
			t.Errorf("%v: told of undated visits %+v", err, told.Undated)
		}
		if version, err := wire.VersionOf(body); err == nil && version == wire.Version {
			return false
		}
		answerWith(w, r, body, serverKey, http.StatusUpgradeRequired, refuse(wire.RefusalWrongSchema))
		return true
	})
	u := link(t, b, c, func(c *Config) {
		c.Health = func() []wire.Health { return []wire.Health{{Part: "store", Level: "red", Reason: "store.gone"}} }
	})
	for range 2 {
		if got := u.step(t.Context()); got.failed != nil || got.stop != "" {
			t.Fatalf("outcome %+v", got)
		}
	}
	if n := c.total(); n != 1 || len(b.aside) != 0 {
		t.Errorf("%d visits at the centre, %d counts aside; want the one", n, len(b.aside))
	}
	if c.lamps[0].Reason != "store.broken" {
		t.Errorf("lights %+v, want the word that version 1 has for it", c.lamps)
	}
	if asked := c.asked(); asked != 2 {
		t.Errorf("asked %d times, want once in each version", asked)
	}
	b.tap(someDay)
	if u.step(t.Context()); c.asked() != 3 {
		t.Error("version 2 is tried again at once")
	}
}

// Who was put back is told by what either side knows.
func TestWhoIsBack(t *testing.T) {
	first, second, other := wire.Epoch{Ordinal: 1, ID: "a"}, wire.Epoch{Ordinal: 2, ID: "b"}, wire.Epoch{Ordinal: 2, ID: "c"}
	room := func(change func(*Progress)) Progress {
		s := Progress{Epochs: []wire.Epoch{first, second}, Known: true, Held: 50, Seq: 9, Rev: 70, Continued: true}
		if change != nil {
			change(&s)
		}
		return s
	}
	for _, tt := range []struct {
		what   string
		room   Progress
		centre Told
		want   Back
	}{
		{"both at the same", room(nil), Told{second, 9, 50}, BackNone},
		{"the centre holds less than it said", room(nil), Told{second, 9, 49}, BackCentre},
		{"the centre took fewer requests", room(nil), Told{second, 8, 50}, BackCentre},
		{"the centre does not know the epoch yet", room(nil), Told{first, 90, 50}, BackCentre},
		{"the centre knows no epoch", room(nil), Told{}, BackCentre},
		{"the centre holds more than it said", room(nil), Told{second, 9, 51}, BackKiosk},
		{"the centre took more requests", room(nil), Told{second, 10, 50}, BackKiosk},
		{"an epoch of another copy", room(nil), Told{other, 9, 50}, BackKiosk},
		{"a later epoch", room(nil), Told{wire.Epoch{Ordinal: 3, ID: "d"}, 1, 50}, BackKiosk},
		{"a restored room of which the centre has yet to hear", room(func(s *Progress) { s.Continued = false }), Told{second, 9, 60}, BackNone},
		{"a centre that never answered, with less", room(func(s *Progress) { s.Known = false }), Told{Rev: 60}, BackNone},
		{"a centre that never answered, with more", room(func(s *Progress) { s.Known = false }), Told{second, 1, 71}, BackKiosk},
	} {
		if got := WhoIsBack(tt.room, tt.centre); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.what, got, tt.want)
		}
	}
}

// A centre of version 1 is not asked to take what it has no name for: that waits, in
// nobody's way, until the centre speaks version 2.
func TestVersion_HoldsBackWhatAnOlderCentreHasNoNameFor(t *testing.T) {
	b, c := paired(), newCentre(t)
	for i := range wire.MaxRows + 1 { // more than one request takes
		b.add(wire.Cell{Epoch: 1, Period: (someDay - 400).Month(), Measure: count.MeasureKnown, Part: count.Part(rune('a' + i))})
	}
	b.tap(someDay)
	u := link(t, b, c)
	u.old = time.Now()
	if got := u.step(t.Context()); got.failed != nil || c.asked() != 1 {
		t.Fatalf("outcome %+v after %d requests", got, c.asked())
	}
	r, err := wire.Decode[wire.Request](c.got[0])
	if err != nil || len(r.Cells) != 1 || r.Cells[0].Measure != count.MeasureBadgeVisits {
		t.Errorf("sent %+v, %v, want the visit alone", r.Cells, err)
	}
	if rest, err := u.hasUnsent(t.Context()); rest || err != nil || len(b.aside) != 0 || u.Health().Level != "green" {
		t.Errorf("to be sent: %t (%v), aside %d, light %+v", rest, err, len(b.aside), u.Health())
	}
	u.old = time.Time{}
	if rest, err := u.hasUnsent(t.Context()); !rest || err != nil {
		t.Errorf("once it speaks version 2: %t (%v)", rest, err)
	}
}
