package desk_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/web/desk/desktest"
)

// A form that is sent twice under one key is done once, and says the same; one
// without a key, or under another, is done anew.
func TestOnce_AFormSentTwice(t *testing.T) {
	t.Parallel()
	v := newVisitor(t, desktest.Open(t)).in()
	first, second := strings.Repeat("a", 32), strings.Repeat("b", 32)
	for _, once := range []string{first, first, second} {
		if a := v.post("/desk/guest", "band", "18-64", "once", once); a.status != http.StatusSeeOther {
			t.Errorf("key %.4s: status %d", once, a.status)
		}
	}
	v.post("/desk/guest", "band", "18-64")
	if got := v.View().Guests[kiosk.BandAdult]; got != 3 {
		t.Errorf("%d guests, want 3", got)
	}
	if a := v.post("/desk/guest", "band", "18-64", "once", "short"); a.status != http.StatusBadRequest {
		t.Errorf("a key that is none of ours: status %d", a.status)
	}
	v.Restart()
	again := newVisitor(t, v.Fixture).in()
	again.post("/desk/guest", "band", "18-64", "once", second)
	if got := v.View().Guests[kiosk.BandAdult]; got != 3 {
		t.Errorf("sent again after a restart: %d guests, want 3", got)
	}
}

// What was interrupted comes back to its browser and its volunteer alone.
func TestUnfinished_WhoGetsItBack(t *testing.T) {
	t.Parallel()
	v := newVisitor(t, desktest.Open(t)).in()
	person := v.Resident("Els", "tulip.red")
	path := fmt.Sprintf("/desk/person/%d", person)
	halt := func() {
		v.Desk.HideNames()
		if a := v.post("/desk/work", "path", path, "typed", `{"name":"Yil"}`); a.status != http.StatusNoContent {
			t.Fatalf("work: status %d", a.status)
		}
	}
	halt()
	if a := v.get(path); a.status == http.StatusOK && strings.Contains(a.body, "Els") {
		t.Error("the page of a name stands there after a resident's tap")
	}
	if a := v.post("/desk/work", "path", "/desk/kept", "typed", "{}"); a.status != http.StatusNoContent {
		t.Errorf("said twice: status %d", a.status)
	}
	stranger := newVisitor(t, v.Fixture)
	v.Desk.Tapped(v.Volunteer)
	if a := stranger.get("/desk"); a.to != "" || !strings.Contains(a.body, `data-face="pad"`) {
		t.Errorf("another browser is let in: %d to %q", a.status, a.to)
	}
	if a := v.get("/desk"); a.to != path {
		t.Errorf("her badge leads to %q, want %q", a.to, path)
	}
	has(t, v.get(path).body, `data-typed="{&#34;name&#34;:&#34;Yil&#34;}"`)
	lacks(t, v.get(path).body, "data-typed")

	halt()
	v.Clock.Pass(61 * time.Second)
	v.Desk.Tapped(v.Volunteer)
	has(t, v.get("/desk").body, `data-face="pad"`)
}

// A page can leave work only where it was interrupted, and only a page of ours.
func TestUnfinished_Refused(t *testing.T) {
	t.Parallel()
	v := newVisitor(t, desktest.Open(t)).in()
	for _, path := range []string{"", "/", "//elsewhere.example", "https://elsewhere.example/desk/", "/desk", "/desk/" + strings.Repeat("x", 3000)} {
		if a := v.post("/desk/work", "path", path, "typed", "{}"); a.status != http.StatusBadRequest {
			t.Errorf("%.30q: status %d, want 400", path, a.status)
		}
	}
	v.post("/desk/work", "path", "/desk/kept", "typed", `{"name":"Yil"}`)
	lacks(t, v.get("/desk/kept").body, "data-typed")
}
