package health

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"example.org/inloop/kiosk"
)

func TestBoard_TellsChangesOnly(t *testing.T) {
	var told [][]kiosk.Health
	b := NewBoard(func(all []kiosk.Health) { told = append(told, all) })
	b.Set("store", kiosk.LevelGreen, "")
	b.Set("store", kiosk.LevelGreen, "")
	b.Set("reader", kiosk.LevelRed, "reader.gone")
	b.Set("reader", kiosk.LevelRed, "reader.fault")
	want := [][]kiosk.Health{
		{{Part: "store", Level: kiosk.LevelGreen}},
		{{Part: "reader", Level: kiosk.LevelRed, Reason: "reader.gone"}, {Part: "store", Level: kiosk.LevelGreen}},
		{{Part: "reader", Level: kiosk.LevelRed, Reason: "reader.fault"}, {Part: "store", Level: kiosk.LevelGreen}},
	}
	if !slices.EqualFunc(told, want, slices.Equal) {
		t.Errorf("told %v, want %v", told, want)
	}
	if !b.Is("reader", kiosk.LevelRed) || b.Is("store", kiosk.LevelRed) {
		t.Errorf("lights are %v", b.All())
	}
}

func TestBoard_HealthzIsTheWorst(t *testing.T) {
	b := NewBoard(func([]kiosk.Health) {})
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
		b.Set(c.part, c.colour, "")
		w := httptest.NewRecorder()
		b.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/healthz", nil))
		var h State
		if err := json.Unmarshal(w.Body.Bytes(), &h); err != nil || w.Code != 200 {
			t.Fatalf("status %d, %v: %s", w.Code, err, w.Body)
		}
		if h.Colour != c.worst || !slices.Equal(h.Parts, b.All()) {
			t.Errorf("after %s %s: %+v, want %s", c.part, c.colour, h, c.worst)
		}
	}
}
