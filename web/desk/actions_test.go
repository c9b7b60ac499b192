package desk_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"example.org/inloop/kiosk"
	"example.org/inloop/sync/count"
	"example.org/inloop/web/desk"
	"example.org/inloop/web/desk/desktest"
)

func TestGuest_OneTouchAndUndo(t *testing.T) {
	t.Parallel()
	for _, band := range kiosk.Bands() {
		t.Run(string(band), func(t *testing.T) {
			t.Parallel()
			r := desktest.Open(t)
			v := newVisitor(t, r).in()
			before := r.View()
			if a := v.post("/desk/guest", "band", string(band)); a.to != "/desk" {
				t.Fatalf("status %d to %q", a.status, a.to)
			}
			if got := r.View(); got.Guests[band] != 1 || got.Visits != before.Visits+1 {
				t.Errorf("guests %v, visits %d: want one more", got.Guests, got.Visits)
			}
			page := v.get("/desk").body
			has(t, page, "Een gast erbij")
			action := regexp.MustCompile(`name="action" value="(\d+)"`).FindStringSubmatch(page)[1]
			v.post("/desk/undo", "action", action)
			if got := r.View(); got.Visits != before.Visits || got.Guests[band] != 0 {
				t.Errorf("after undo: guests %v, visits %d: want the former numbers", got.Guests, got.Visits)
			}
			if a := v.post("/desk/undo", "action", action); a.status != http.StatusConflict && a.status != http.StatusNotFound {
				t.Errorf("undo twice: status %d, want a refusal", a.status)
			}
			if r.Changes < 2 {
				t.Errorf("Changed was told %d times, want one for each action", r.Changes)
			}
		})
	}
}

func TestPaper_PastPart(t *testing.T) {
	t.Parallel()
	r := desktest.Open(t)
	v := newVisitor(t, r).in()
	person := r.Resident(name, "tulip.red")
	page := v.get("/desk/paper?day=2026-11-23&part=ochtend").body
	has(t, page, name)
	lacks(t, page, `type="date"`)
	a := v.post("/desk/paper/person", "day", "2026-11-23", "part", "ochtend", "person", fmt.Sprint(person))
	if a.status != http.StatusSeeOther {
		t.Fatalf("status %d, want 303: %s", a.status, a.body)
	}
	v.post("/desk/paper/guests", "day", "2026-11-23", "part", "ochtend", "guests", "3")
	var badges, guests int
	day, err := count.ParseDay("2026-11-23")
	must(t, err)
	must(t, r.Store.Visits(t.Context(), day, day, func(x kiosk.Visit) error {
		if x.Person == 0 {
			guests++
		} else {
			badges++
		}
		return nil
	}))
	if badges != 1 || guests != 3 {
		t.Errorf("%d of persons, %d guests: want 1 and 3", badges, guests)
	}
	has(t, v.get("/desk/paper").body, "Van de lijst: 3 gasten")
}

// With a reader that reads nothing, nobody can sign in: who comes in is counted
// all the same, by whoever stands there.
func TestGuest_IsCountedWhileNoBadgeCanBeRead(t *testing.T) {
	light := kiosk.Health{Part: "reader", Level: kiosk.LevelGreen}
	r := desktest.Open(t, func(c *desk.Config) { c.Health = func() []kiosk.Health { return []kiosk.Health{light} } })
	v := newVisitor(t, r)
	if a := v.get("/desk"); strings.Contains(a.body, `action="/desk/guest"`) || !strings.Contains(a.body, "Leg uw eigen pas") {
		t.Errorf("while badges are read: %s", a.body)
	}
	if a := v.post("/desk/guest", "band", "unasked"); a.status != http.StatusForbidden {
		t.Errorf("counted by nobody: %d", a.status)
	}
	for _, light = range []kiosk.Health{
		{Part: "reader", Level: kiosk.LevelRed, Reason: "reader.gone"},
		{Part: "reader", Level: kiosk.LevelOrange, Reason: "reader.none"},
	} {
		before := r.View().Guests[kiosk.BandUnasked]
		a := v.get("/desk")
		if !strings.Contains(a.body, `action="/desk/guest"`) || strings.Contains(a.body, "Leg uw eigen pas") {
			t.Errorf("%s: %s", light.Reason, a.body)
		}
		if a := v.post("/desk/guest", "band", "unasked"); a.to != "/desk" {
			t.Errorf("%s: not counted: %d", light.Reason, a.status)
		}
		if n := r.View().Guests[kiosk.BandUnasked]; n != before+1 {
			t.Errorf("%s: %d guests after %d", light.Reason, n, before)
		}
		if a := v.get("/desk/people"); a.to != "/desk" {
			t.Errorf("%s: names are shown: %d", light.Reason, a.status)
		}
	}
	light = kiosk.Health{Part: "reader", Level: kiosk.LevelGreen}
	if a := newVisitor(t, r).in().get("/desk"); !strings.Contains(a.body, "undo") {
		t.Error("what was counted cannot be undone")
	}
}
