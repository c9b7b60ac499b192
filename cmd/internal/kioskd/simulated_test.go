package kioskd

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// The simulated reader is handled by its page: cards lie there, the plug is
// pulled, the chip swapped, and the kiosk follows.
func TestRoom_SimulatedReader(t *testing.T) {
	t.Parallel()
	var log quietLog
	r, _, _ := runRoom(t, BadgeProofUID, &log)
	post := func(path string, form url.Values, want int) {
		t.Helper()
		answer, err := http.PostForm(r.URL+path, form)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		if answer.StatusCode != want {
			t.Errorf("POST %s %v: %s, want %d", path, form, answer.Status, want)
		}
	}
	bench := func() string {
		t.Helper()
		answer, err := http.Get(r.URL + "/sim/bench")
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(string(text))
	}
	// until waits for so many unknown badges, the chip being ok or not. How long that
	// takes is the machine's affair: what never comes ends with the whole run.
	until := func(what string, ok func() bool) {
		t.Helper()
		t.Logf("waiting until %s", what)
		for look := time.Tick(50 * time.Millisecond); !ok(); {
			<-look
		}
	}
	badges := func(n int) func() bool {
		return func() bool {
			v, err := r.Store.View(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return len(v.Badges) == n
		}
	}
	red := func(want bool) func() bool {
		return func() bool {
			for _, l := range r.board.All() {
				if l.Part == "reader" {
					return (l.Level == "red") == want && (want || l.Level == "green")
				}
			}
			return false
		}
	}

	post("/sim/lay", url.Values{"uid": {"04 A1 B2 C3 D4 E5 F6"}}, http.StatusNoContent)
	until("a card is laid down", badges(1))
	if got := bench(); got != `{"chip":"mfrc522","lying":["04A1B2C3D4E5F6"]}` {
		t.Errorf("the bench is %s", got)
	}
	post("/sim/take", url.Values{"uid": {"04a1b2c3d4e5f6"}}, http.StatusNoContent)
	post("/sim/plug", url.Values{"chip": {"none"}}, http.StatusNoContent)
	until("the plug is pulled", red(true))
	post("/sim/plug", url.Values{"chip": {"pn532"}}, http.StatusNoContent)
	until("the other chip is plugged in", red(false))
	post("/sim/tap", url.Values{"uid": {"B0BB8904"}}, http.StatusNoContent)
	until("a card is tapped on it", badges(2))

	post("/sim/plug", url.Values{"chip": {"usb"}}, http.StatusBadRequest)
	for _, path := range []string{"/sim/tap", "/sim/lay", "/sim/take"} {
		post(path, url.Values{"uid": {"04A1"}}, http.StatusBadRequest)
	}
	if strings.Contains(strings.ToUpper(log.String()), "A1B2C3") {
		t.Error("a number in the log")
	}
}
