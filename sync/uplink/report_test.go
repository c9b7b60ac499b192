package uplink

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"example.org/inloop/sync/count"
	"example.org/inloop/sync/wire"
)

// TestReport_OnlyASignedAnswerAcknowledges: whatever else answers, everything
// is kept, and the very same bytes go again.
func TestReport_OnlyASignedAnswerAcknowledges(t *testing.T) {
	plain := func(status int, body string) fault {
		return func(w http.ResponseWriter, _ *http.Request, _ []byte) bool {
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
			return true
		}
	}
	good, _ := json.Marshal(wire.Answer{Version: 1, Time: time.Now(), Results: []wire.Result{{Status: wire.StatusAccepted}}, NextToken: "0123456789abcdef", Interval: 60})
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a redirect was followed") }))
	defer elsewhere.Close()
	// Only the fault that never answers waits for the end of its time. All others
	// have as long as they need, so that a busy machine is no fault of theirs.
	const silence = "no answer in time"
	tests := []struct {
		name   string
		before fault
		light  string
	}{
		{"500", plain(500, ""), reasonOffline},
		{"502 in HTML", plain(502, "<html>bad gateway"), reasonOffline},
		{"503", plain(503, ""), reasonOffline},
		{"a captive portal", plain(200, "<html>please log in"), reasonOffline},
		{"a good answer without a signature", plain(200, string(good)), reasonOffline},
		{"a good answer with a foreign signature", func(w http.ResponseWriter, r *http.Request, body []byte) bool {
			answerWith(w, r, body, key(9), 200, good)
			return true
		}, reasonOffline},
		{"a good answer to another request", func(w http.ResponseWriter, r *http.Request, _ []byte) bool {
			answerWith(w, r, []byte("other"), serverKey, 200, good)
			return true
		}, reasonOffline},
		{"an answer signed as another status", func(w http.ResponseWriter, r *http.Request, body []byte) bool {
			wire.SignAnswer(w.Header(), serverKey, 500, wire.EnvelopeOf(r).Bytes(body), good)
			_, _ = w.Write(good)
			return true
		}, reasonOffline},
		{"garbage, signed", func(w http.ResponseWriter, r *http.Request, body []byte) bool {
			answerWith(w, r, body, serverKey, 200, []byte(`{"version":1}`))
			return true
		}, reasonOffline},
		{"an answer to more cells, signed", func(w http.ResponseWriter, r *http.Request, body []byte) bool {
			said, _ := json.Marshal(wire.Answer{Version: 1, Time: time.Now(), Results: make([]wire.Result, 2), NextToken: "0123456789abcdef", Interval: 60})
			answerWith(w, r, body, serverKey, 200, said)
			return true
		}, reasonOffline},
		{"half an answer", func(w http.ResponseWriter, _ *http.Request, _ []byte) bool {
			w.Header().Set("Content-Length", "500")
			_, _ = w.Write(good[:40])
			return true
		}, reasonOffline},
		{"an endless answer", func(w http.ResponseWriter, _ *http.Request, _ []byte) bool {
			_, _ = w.Write(bytes.Repeat([]byte("x"), wire.MaxAnswer+1))
			return true
		}, reasonOffline},
		{"a redirect", func(w http.ResponseWriter, r *http.Request, _ []byte) bool {
			http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
			return true
		}, reasonOffline},
		{silence, func(_ http.ResponseWriter, r *http.Request, _ []byte) bool {
			<-r.Context().Done()
			return true
		}, reasonOffline},
		{"400 by a proxy", plain(400, "<html>"), reasonOffline},
		{"413 by a proxy", plain(413, "<html>"), reasonOffline},
		{"403 by a proxy", plain(403, string(refuse(wire.RefusalRevoked))), reasonOffline},
		{"409 by a proxy", plain(409, string(refuse(wire.RefusalForked))), reasonOffline},
		{"401", plain(401, string(refuse(wire.RefusalUnsigned))), reasonUnknown},
		{"426", plain(426, string(refuse(wire.RefusalWrongSchema))), reasonRefused},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, b := newCentre(t), paired()
			b.tap(someDay)
			c.play(tt.before)
			s := httptest.NewServer(c)
			defer s.Close()
			u := link(t, b, nil, func(cfg *Config) {
				cfg.URL, cfg.Client = s.URL, s.Client()
				cfg.Timing = Timing{Timeout: longEnough, OfflineAfter: 1}
			})
			if tt.name == silence {
				u.timing.Timeout = 50 * time.Millisecond
			}
			for range 2 { // the light waits for more than one failure
				if o := u.step(t.Context()); o.failed == nil || o.stop != "" || o.wait <= 0 {
					t.Fatalf("outcome %+v: want a failure and a wait", o)
				}
			}
			if got := u.Health(); got.Level != "orange" || got.Reason != tt.light {
				t.Errorf("light %+v, want %s", got, tt.light)
			}
			if unsent, _ := b.Unsent(t.Context(), 9); len(unsent) != 1 || c.total() != 0 || len(b.aside) != 0 {
				t.Fatalf("%d unsent, %d at the centre, %d aside: want 1, 0, 0", len(unsent), c.total(), len(b.aside))
			}
			c.play(nil)
			u.timing.Timeout = longEnough
			if o := u.step(t.Context()); o.failed != nil {
				t.Fatalf("after the fault: %v", o.failed)
			}
			if unsent, _ := b.Unsent(t.Context(), 9); len(unsent) != 0 || c.total() != 1 {
				t.Errorf("after the fault: %d unsent, %d at the centre", len(unsent), c.total())
			}
			for _, again := range c.got[1:] {
				if !bytes.Equal(again, c.got[0]) {
					t.Errorf("sent again with other bytes:\n%s\n%s", c.got[0], again)
				}
			}
			if got := u.Health(); got.Level != "green" {
				t.Errorf("light %+v after the fault, want green", got)
			}
		})
	}
}

// TestReport_RememberedBeforeItLeaves looks into the store while a request is at
// the centre: after a crash at that moment only the same bytes may be sent.
func TestReport_RememberedBeforeItLeaves(t *testing.T) {
	c, b := newCentre(t), paired()
	b.tap(someDay)
	u := link(t, b, c)
	came := 0
	c.play(func(_ http.ResponseWriter, r *http.Request, body []byte) bool {
		came++
		if p, err := b.Pending(r.Context()); err != nil || !bytes.Equal(p.Body, body) || len(p.Cells) != 1 {
			t.Errorf("the store remembers %q (%v) while %q is on its way", p.Body, err, body)
		}
		return false
	})
	if o := u.step(t.Context()); o.failed != nil || came != 1 {
		t.Fatalf("%v after %d requests", o.failed, came)
	}

	b.tap(someDay)
	b.full = errors.New("disk full")
	if o := u.step(t.Context()); !errors.Is(o.failed, b.full) {
		t.Errorf("error is %v, want that of the store", o.failed)
	}
	if came != 1 {
		t.Error("a request left that nobody will remember")
	}
}

func TestReport_LostAnswerCountsOnceAndTellsNoTime(t *testing.T) {
	c, b := newCentre(t), paired()
	b.tap(someDay)
	var anchors []Moment
	u := link(t, b, c, func(cfg *Config) {
		cfg.Anchor = func(_ context.Context, at Moment, errMS int64, source string) error {
			if source != "sync" || errMS < 1 || errMS > 10_000 {
				t.Errorf("anchor from %q to within %d ms", source, errMS)
			}
			anchors = append(anchors, at)
			return nil
		}
	})
	c.play(func(w http.ResponseWriter, _ *http.Request, body []byte) bool {
		c.take(body) // committed
		w.WriteHeader(http.StatusBadGateway)
		return true
	})
	if o := u.step(t.Context()); o.failed == nil {
		t.Fatal("a lost answer acknowledged the upload")
	}
	b.tap(someDay) // meanwhile
	c.play(nil)
	// As after a crash: another process, the same store.
	u2 := link(t, b, c, func(cfg *Config) { cfg.Anchor = u.anchor })
	if o := u2.step(t.Context()); o.failed != nil {
		t.Fatal(o.failed)
	}
	if !bytes.Equal(c.got[0], c.got[1]) {
		t.Error("other bytes were sent after the crash")
	}
	if len(anchors) != 0 {
		t.Error("the time of an old answer was trusted")
	}
	if unsent, _ := b.Unsent(t.Context(), 9); len(unsent) != 1 || c.total() != 1 {
		t.Errorf("%d unsent, %d at the centre: the tap meanwhile is to be sent", len(unsent), c.total())
	}
	if o := u2.step(t.Context()); o.failed != nil || c.total() != 2 {
		t.Errorf("%v, %d at the centre, want 2", o.failed, c.total())
	}
	if len(anchors) != 1 || anchors[0].Boot != "boot" || anchors[0].Since <= 0 || time.Since(anchors[0].Wall).Abs() > time.Minute {
		t.Errorf("anchors %+v: want the time of the second answer", anchors)
	}
}

func TestReport_TapDuringUploadStaysDirty(t *testing.T) {
	c, b := newCentre(t), paired()
	b.tap(someDay)
	c.play(func(http.ResponseWriter, *http.Request, []byte) bool { b.tap(someDay); return false })
	u := link(t, b, c)
	o := u.step(t.Context())
	if unsent, _ := b.Unsent(t.Context(), 9); o.failed != nil || len(unsent) != 1 || *unsent[0].N != 2 {
		t.Fatalf("%v; unsent %v: want the second tap", o.failed, unsent)
	}
	if o.wait <= u.timing.Gather {
		t.Errorf("a tap brings the next report forward: it comes after %s", o.wait)
	}
	c.play(nil)
	if o := u.step(t.Context()); o.failed != nil || c.total() != 2 {
		t.Errorf("%v, %d at the centre, want 2", o.failed, c.total())
	}
}

func TestReport_RefusedRowIsSetAsideAndTheRestGoesOn(t *testing.T) {
	c, b := newCentre(t), paired()
	b.tap(someDay)
	bad := wire.Cell{Epoch: 1, Period: "2026-W48", Measure: count.MeasureGuests, Part: "middag"}
	b.counts[bad] = wire.Cell{Epoch: 1, Period: "2026-W48", Measure: count.MeasureGuests, Part: "middag", N: new(int64), Rev: 2}
	b.rev = 2
	b.tap(someDay + 1)
	u := link(t, b, c)
	if o := u.step(t.Context()); o.failed != nil {
		t.Fatal(o.failed)
	}
	if b.aside[bad] != wire.CodeBadPeriod || len(b.aside) != 1 || c.total() != 2 {
		t.Errorf("aside %v, %d at the centre: want the bad one, 2", b.aside, c.total())
	}
	if got := u.Health(); got.Reason != reasonRefused {
		t.Errorf("light %+v, want %s", got, reasonRefused)
	}
}

func TestReport_HalvesDownToTheOneThatIsRefused(t *testing.T) {
	for _, status := range []int{http.StatusBadRequest, http.StatusRequestEntityTooLarge} {
		c, b := newCentre(t), paired()
		for d := range count.Day(300) {
			b.tap(someDay + d)
		}
		poison := []byte((someDay + 77).String())
		c.play(func(w http.ResponseWriter, r *http.Request, body []byte) bool {
			if !bytes.Contains(body, poison) {
				return false
			}
			answerWith(w, r, body, serverKey, status, refuse(wire.RefusalMalformed))
			return true
		})
		u := link(t, b, c)
		if err := u.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(b.aside) != 1 || c.total() != 299 {
			t.Errorf("%d: %d aside, %d at the centre: want 1, 299", status, len(b.aside), c.total())
		}
		if c.asked() > 60 {
			t.Errorf("%d: took %d requests", status, c.asked())
		}
		if got := u.Health(); got.Reason != reasonRefused {
			t.Errorf("light %+v, want %s", got, reasonRefused)
		}
	}
}

func TestReport_WhenAllIsRefusedNothingIsSetAside(t *testing.T) {
	c, b := newCentre(t), paired()
	for d := range count.Day(20) {
		b.tap(someDay + d)
	}
	c.play(func(w http.ResponseWriter, r *http.Request, body []byte) bool {
		answerWith(w, r, body, serverKey, 400, refuse(wire.RefusalMalformed))
		return true
	})
	u := link(t, b, c)
	for range 50 {
		u.step(t.Context())
	}
	if len(b.aside) != 0 {
		t.Errorf("%d counts set aside for a fault that was not theirs", len(b.aside))
	}
	c.play(nil)
	if err := u.Flush(t.Context()); err != nil || c.total() != 19 && c.total() != 20 {
		t.Errorf("afterwards: %v, %d at the centre", err, c.total())
	}
}

func TestReport_SignedRefusalStops(t *testing.T) {
	for code, reason := range map[wire.RefusalCode]string{wire.RefusalRevoked: reasonRevoked, wire.RefusalForked: reasonForked} {
		c, b := newCentre(t), paired()
		b.tap(someDay)
		c.play(func(w http.ResponseWriter, r *http.Request, body []byte) bool {
			answerWith(w, r, body, serverKey, code.Status(), refuse(code))
			return true
		})
		u := link(t, b, c)
		for range 3 {
			if o := u.step(t.Context()); o.stop != reason {
				t.Errorf("%s: outcome %+v, want a stop", code, o)
			}
		}
		if err := u.Flush(t.Context()); err != nil || c.asked() != 1 {
			t.Errorf("%s: flush %v, asked %d times, want once", code, err, c.asked())
		}
		if got := u.Health(); got.Level != "orange" || got.Reason != reason {
			t.Errorf("%s: light %+v", code, got)
		}
	}
}

func TestReport_SendsOnlyHealthOfTheSchema(t *testing.T) {
	c, b := newCentre(t), paired()
	u := link(t, b, c, func(cfg *Config) {
		cfg.Health = func() []wire.Health {
			return []wire.Health{
				{Part: "reader", Level: "red", Reason: "reader.gone"},
				{Part: "store", Level: "orange", Reason: "Ayşe"},
				{Part: "Ayşe", Level: "green"},
			}
		}
	})
	if o := u.step(t.Context()); o.failed != nil {
		t.Fatal(o.failed)
	}
	want := []wire.Health{{Part: "reader", Level: "red", Reason: "reader.gone"}, {Part: "store", Level: "orange"}, {Part: "sync", Level: "green"}}
	if len(c.lamps) != 3 || c.lamps[0] != want[0] || c.lamps[1] != want[1] || c.lamps[2] != want[2] {
		t.Errorf("lights %+v, want %+v", c.lamps, want)
	}
}
