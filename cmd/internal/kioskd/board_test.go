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
	var told [][]kiosk.Health
	b := newBoard(func(all []kiosk.Health) { told = append(told, all) })
	b.set("store", kiosk.LevelGreen, "")
	b.set("store", kiosk.LevelGreen, "")
	b.set("reader", kiosk.LevelRed, "reader.gone")
	b.set("reader", kiosk.LevelRed, "reader.fault")
	want := [][]kiosk.Health{
		{{Part: "store", Level: kiosk.LevelGreen}},
		{{Part: "reader", Level: kiosk.LevelRed, Reason: "reader.gone"}, {Part: "store", Level: kiosk.LevelGreen}},
		{{Part: "reader", Level: kiosk.LevelRed, Reason: "reader.fault"}, {Part: "store", Level: kiosk.LevelGreen}},
	}
	if !slices.EqualFunc(told, want, slices.Equal) {
		t.Errorf("told %v, want %v", told, want)
	}
	if !b.is("reader", kiosk.LevelRed) || b.is("store", kiosk.LevelRed) {
		t.Errorf("lights are %v", b.all())
	}
}

func TestBoard_HealthzIsTheWorst(t *testing.T) {
	b := newBoard(func([]kiosk.Health) {})
	for _, c := range []struct {
		part   string
		colour kiosk.Level
		worst  kiosk.Level
	}{
		{"store", kiosk.LevelGreen, kiosk.LevelGreen},
		{"clock", kiosk.LevelOrange, kiosk.LevelOrange},
		{"reader", kiosk.LevelRed, kiosk.LevelRed},
		{"disk", kiosk.LevelGreen, kiosk.LevelRed},
		{"reader", kiosk.LevelGreen, kiosk.LevelOrange},
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
	r.board = newBoard(func([]kiosk.Health) {})
	for range 5 {
		r.storeIs(t.Context(), "keep a tap", errors.New("no room"))
	}
	if n := strings.Count(log.String(), "no room"); n != 1 || !r.board.is("store", kiosk.LevelRed) || len(r.urgent) != 1 {
		t.Errorf("%d lines, lights %v, urgent %d:\n%s", n, r.board.all(), len(r.urgent), &log)
	}
	r.storeIs(t.Context(), "keep a tap", nil)
	r.storeIs(t.Context(), "keep a tap", nil)
	if n := strings.Count(log.String(), "failures=5"); n != 1 || !r.board.is("store", kiosk.LevelGreen) {
		t.Errorf("%d lines of recovery, lights %v:\n%s", n, r.board.all(), &log)
	}

	ended, cancel := context.WithCancel(t.Context())
	cancel()
	r.storeIs(ended, "keep a tap", context.Canceled)
	if !r.board.is("store", kiosk.LevelGreen) {
		t.Error("a room that is being stopped turned red")
	}
}
