package desk_test

import (
	"context"
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/timeline"
	"example.org/inloop/sync/count"
	"example.org/inloop/web/desk"
	"example.org/inloop/web/desk/desktest"
)

// addresses are the pages of the groups that wait for a day.
func addresses(page string) []string {
	var all []string
	for _, m := range regexp.MustCompile(`href="(/desk/undated\?[^"]*)"`).FindAllStringSubmatch(page, -1) {
		all = append(all, html.UnescapeString(m[1]))
	}
	return all
}

func TestUndated_AreToldAndDatedAndUndone(t *testing.T) {
	t.Parallel()
	r := desktest.Open(t)
	r.Undated()
	v := newVisitor(t, r)
	if a := v.get("/desk/undated"); a.status != http.StatusSeeOther {
		t.Errorf("without a volunteer: status %d", a.status)
	}
	front := v.get("/desk").body
	lacks(t, front, name)
	has(t, front, "3 bezoeken wachten op een datum")
	v.in()
	all, err := r.Store.Residents(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range all {
		if data := v.badged(p.No, byte(40+i)).body; p.Name == name || p.Sign == "boat.blue" {
			has(t, data, "1 bezoek wacht op een datum")
		} else {
			lacks(t, data, "op een datum")
		}
	}
	has(t, v.get("/desk").body, "3 bezoeken wachten op een datum")
	page := v.get("/desk/undated").body
	for _, want := range []string{"3 bezoeken", name, "boot, blauw", "en 1 ander", "Tussen dinsdag 24 november en zaterdag 28 november"} {
		has(t, page, want)
	}
	here := addresses(page)
	if len(here) != 1 {
		t.Fatalf("%d groups, want 1", len(here))
	}
	days := v.get(here[0]).body
	has(t, days, "donderdag 26 november")
	lacks(t, days, "maandag 23 november") // before the machine was switched off
	parts := v.get(here[0] + "&day=2026-11-27").body
	fields := regexp.MustCompile(`name="(boot|from|to)" value="(\d+)"`).FindAllStringSubmatch(parts, 3)
	form := []string{"day", "2026-11-27", "part", "middag"}
	for _, f := range fields {
		form = append(form, f[1], f[2])
	}
	if a := v.post("/desk/undated", form...); a.status != http.StatusSeeOther || a.to != "/desk/undated" {
		t.Fatalf("status %d to %q: %s", a.status, a.to, a.body)
	}
	page = v.get("/desk/undated").body
	has(t, page, "Alle bezoeken hebben een datum.")
	has(t, page, "Een dag gekozen voor 3 bezoeken")
	lacks(t, v.get("/desk").body, "wachten op een datum")
	if a := v.post("/desk/undated", form...); a.status != http.StatusNotFound {
		t.Errorf("a second time: status %d", a.status)
	}
	v.post("/desk/undo", "action", regexp.MustCompile(`name="action" value="(\d+)"`).FindStringSubmatch(page)[1])
	has(t, v.get("/desk").body, "3 bezoeken wachten op een datum")
}

func TestUndated_RefusesWhatNoPageOffers(t *testing.T) {
	t.Parallel()
	r := desktest.Open(t)
	r.Undated()
	v := newVisitor(t, r).in()
	here := addresses(v.get("/desk/undated").body)[0]
	for path, status := range map[string]int{
		here + "&day=2026-12-01":                http.StatusBadRequest,
		here + "&day=soon":                      http.StatusBadRequest,
		"/desk/undated?boot=99&from=1&to=2":     http.StatusNotFound,
		strings.Replace(here, "to=", "to=9", 1): http.StatusNotFound,
	} {
		if a := v.get(path); a.status != status {
			t.Errorf("%s: status %d, want %d", path, a.status, status)
		}
	}
	for what, form := range map[string][]string{
		"no part": {"boot", "2", "from", "1", "to", "9", "day", "2026-11-27", "part", "nacht"},
		"no boot": {"boot", "-2", "from", "1", "to", "9", "day", "2026-11-27", "part", "middag"},
		"no day":  {"boot", "2", "from", "1", "to", "9", "day", "gisteren", "part", "middag"},
	} {
		if a := v.post("/desk/undated", form...); a.status != http.StatusBadRequest {
			t.Errorf("%s: status %d", what, a.status)
		}
	}
}

// seeking is a desk that asks what time it is, and takes the word into its store.
func seeking(t *testing.T) (*desktest.Fixture, *visitor) {
	t.Helper()
	var r *desktest.Fixture
	r = desktest.Open(t, func(c *desk.Config) {
		c.Health = func() []kiosk.Health {
			if r != nil && r.Store.Trust() == kiosk.TrustAnchored {
				return nil
			}
			return []kiosk.Health{{Part: "clock", Level: kiosk.LevelOrange, Reason: "clock.unsure"}}
		}
		c.Confirm = func(ctx context.Context, m kiosk.Moment) error {
			return r.Store.Anchor(ctx, m, 60_000, timeline.SourceVolunteer)
		}
	})
	return r, newVisitor(t, r).in()
}

func TestClock_AVolunteerChoosesTheTime(t *testing.T) {
	t.Parallel()
	r, v := seeking(t)
	has(t, v.get("/desk").body, "Andere tijd")
	month := v.get("/desk/clock").body
	has(t, month, "november 2026")
	has(t, month, "/desk/clock?month=2026-12-01")
	hours := v.get("/desk/clock?day=2026-11-25").body
	has(t, hours, "25 november 2026")
	has(t, v.get("/desk/clock?day=2026-11-25&hour=16").body, "16:35")
	if a := v.get("/desk/clock?day=2026-11-25&hour=24"); a.status != http.StatusBadRequest {
		t.Errorf("24 o'clock: status %d", a.status)
	}
	if a := v.post("/desk/clock", "day", "2026-11-25", "hour", "16", "minute", "35"); a.status != http.StatusSeeOther {
		t.Fatalf("status %d: %s", a.status, a.body)
	}
	has(t, v.get("/desk").body, "Gezegd hoe laat het is")
	if v := r.View(); v.Day != count.Date(2026, 11, 25) || r.Store.Trust() != kiosk.TrustAnchored {
		t.Errorf("it is %s, trusted as %v", v.Day, r.Store.Trust())
	}
	if a := v.get("/desk/clock"); a.status != http.StatusConflict {
		t.Errorf("asked no more, the page answers %d", a.status)
	}
	v.post("/desk/undo", "action", regexp.MustCompile(`name="action" value="(\d+)"`).FindStringSubmatch(v.get("/desk").body)[1])
	if r.Store.Trust() == kiosk.TrustAnchored {
		t.Error("the word stands after it was undone")
	}
}

// A yes that the store does not take says why, and never "done".
func TestClock_ARefusedYesIsNotDone(t *testing.T) {
	t.Parallel()
	r, v := seeking(t)
	must(t, r.Store.Anchor(t.Context(), r.Clock.Now(), 500, timeline.SourceNTP))
	r.Clock.Reboot(time.Minute, -48*time.Hour)
	must(t, r.Store.Tick(t.Context()))
	a := v.post("/desk/clock")
	if a.status != http.StatusUnprocessableEntity {
		t.Errorf("a time that had passed: status %d", a.status)
	}
	has(t, a.body, "Die tijd was al voorbij")
	must(t, r.Store.Anchor(t.Context(), kiosk.Moment{Wall: r.Clock.Now().Wall.Add(48 * time.Hour), Boot: r.Clock.Now().Boot, Since: r.Clock.Now().Since}, 500, timeline.SourceNTP))
	if a := v.post("/desk/clock"); a.status != http.StatusConflict {
		t.Errorf("asked no more: status %d", a.status)
	}
}
