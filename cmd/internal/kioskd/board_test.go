package kioskd

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"example.org/inloop/kiosk"
)

func TestBoard_TellsChangesOnly(t *testing.T) {
	var told [][]kiosk.Light
	b := newBoard(func(all []kiosk.Light) { told = append(told, all) })
	b.set("store", kiosk.Green, "")
	b.set("store", kiosk.Green, "")
	b.set("reader", kiosk.Red, "reader.gone")
	b.set("reader", kiosk.Red, "reader.fault")
	want := [][]kiosk.Light{
		{{Part: "store", Colour: kiosk.Green}},
		{{Part: "reader", Colour: kiosk.Red, Reason: "reader.gone"}, {Part: "store", Colour: kiosk.Green}},
		{{Part: "reader", Colour: kiosk.Red, Reason: "reader.fault"}, {Part: "store", Colour: kiosk.Green}},
	}
	if !slices.EqualFunc(told, want, slices.Equal) {
		t.Errorf("told %v, want %v", told, want)
	}
	if !b.is("reader", kiosk.Red) || b.is("store", kiosk.Red) {
		t.Errorf("lights are %v", b.all())
	}
}

func TestBoard_HealthzIsTheWorst(t *testing.T) {
	b := newBoard(func([]kiosk.Light) {})
	for _, c := range []struct {
		part   string
		colour kiosk.Colour
		worst  kiosk.Colour
	}{
		{"store", kiosk.Green, kiosk.Green},
		{"clock", kiosk.Orange, kiosk.Orange},
		{"reader", kiosk.Red, kiosk.Red},
		{"disk", kiosk.Green, kiosk.Red},
		{"reader", kiosk.Green, kiosk.Orange},
	} {
		b.set(c.part, c.colour, "")
		w := httptest.NewRecorder()
		b.healthz(w, httptest.NewRequest(http.MethodGet, "/healthz", nil))
		var h Health
		if err := json.Unmarshal(w.Body.Bytes(), &h); err != nil || w.Code != 200 {
			t.Fatalf("status %d, %v: %s", w.Code, err, w.Body)
		}
		if h.Colour != c.worst || !slices.Equal(h.Parts, b.all()) {
			t.Errorf("after %s %s: %+v, want %s", c.part, c.colour, h, c.worst)
		}
	}
}

// TestStoreIs_LogsARowOnce: a full disk is found again every two seconds, for a
// whole weekend perhaps.
func TestStoreIs_LogsARowOnce(t *testing.T) {
	var log bytes.Buffer
	r := &Kiosk{cfg: Config{Log: slog.New(slog.NewTextHandler(&log, nil))}, urgent: make(chan struct{}, 1)}
	r.board = newBoard(func([]kiosk.Light) {})
	for range 5 {
		r.storeIs(t.Context(), "keep a tap", errors.New("no room"))
	}
	if n := strings.Count(log.String(), "no room"); n != 1 || !r.board.is("store", kiosk.Red) || len(r.urgent) != 1 {
		t.Errorf("%d lines, lights %v, urgent %d:\n%s", n, r.board.all(), len(r.urgent), &log)
	}
	r.storeIs(t.Context(), "keep a tap", nil)
	r.storeIs(t.Context(), "keep a tap", nil)
	if n := strings.Count(log.String(), "failures=5"); n != 1 || !r.board.is("store", kiosk.Green) {
		t.Errorf("%d lines of recovery, lights %v:\n%s", n, r.board.all(), &log)
	}

	ended, cancel := context.WithCancel(t.Context())
	cancel()
	r.storeIs(ended, "keep a tap", context.Canceled)
	if !r.board.is("store", kiosk.Green) {
		t.Error("a room that is being stopped turned red")
	}
}
