package desk_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/web/desk"
	"example.org/inloop/web/desk/desktest"
)

func TestRoom_OneTouchOpensAndOneCloses(t *testing.T) {
	t.Parallel()
	r := desktest.Open(t)
	v := newVisitor(t, r).in()
	page := v.get("/desk").body
	has(t, page, `action="/desk/open"`)
	if a := v.post("/desk/open"); a.status != http.StatusSeeOther || a.to != "/desk" {
		t.Fatalf("open: %d to %q", a.status, a.to)
	}
	page = v.get("/desk").body
	has(t, page, "Open sinds 14:05")
	lacks(t, page, `action="/desk/open"`)
	if a := v.post("/desk/open"); a.status != http.StatusSeeOther {
		t.Errorf("opened a second time, by who looked at an old page: %d", a.status)
	}
	r.Clock.Pass(3 * time.Minute)
	if a := v.post("/desk/close"); a.to != "/desk/closing" {
		t.Fatalf("close leads to %q, want the questions", a.to)
	}
	has(t, v.get("/desk/closing").body, "Hoeveel vrijwilligers waren er vandaag?")
	hours := v.get("/desk/closing?volunteers=3").body
	has(t, hours, `name="volunteers" value="3"`)
	v.post("/desk/closing", "volunteers", "3", "hours", "9")
	page = v.get("/desk").body
	has(t, page, "Dicht sinds 14:08")
	has(t, page, "3 vrijwilligers, 9 uur samen")
	has(t, page, `href="/desk/closing"`)
	v.post("/desk/closing", "volunteers", "2", "hours", "")
	page = v.get("/desk").body
	has(t, page, "2 vrijwilligers")
	lacks(t, page, "9 uur")
}

func TestRoom_EachTouchCanBeUndone(t *testing.T) {
	t.Parallel()
	r := desktest.Open(t)
	v := newVisitor(t, r).in()
	for _, touch := range []struct{ path, words string }{
		{"/desk/open", "De kamer ging open"}, {"/desk/referred", "Iemand doorverwezen"}, {"/desk/close", "De kamer ging dicht"},
	} {
		v.post(touch.path)
		page := v.get("/desk").body
		has(t, page, touch.words)
		action := regexp.MustCompile(`name="action" value="(\d+)"`).FindStringSubmatch(page)
		if action == nil {
			t.Fatalf("%s: nothing to undo", touch.path)
		}
		if a := v.post("/desk/undo", "action", action[1]); a.status != http.StatusSeeOther {
			t.Errorf("undo %s: %d", touch.path, a.status)
		}
		lacks(t, v.get("/desk").body, touch.words)
		v.post(touch.path)
	}
	has(t, v.get("/desk").body, `<strong class="tabular">1</strong>`)
}

func TestRoom_AnswersThatCannotBe(t *testing.T) {
	t.Parallel()
	r := desktest.Open(t)
	v := newVisitor(t, r).in()
	for name, x := range map[string]struct {
		form []string
		want int
	}{
		"too many hours":      {[]string{"volunteers", "1", "hours", "25"}, http.StatusUnprocessableEntity},
		"hours of nobody":     {[]string{"volunteers", "0", "hours", "3"}, http.StatusUnprocessableEntity},
		"no number":           {[]string{"volunteers", "drie"}, http.StatusBadRequest},
		"a sign":              {[]string{"volunteers", "-1"}, http.StatusBadRequest},
		"a crowd":             {[]string{"volunteers", "61"}, http.StatusBadRequest},
		"nothing":             {nil, http.StatusBadRequest},
		"a field of no page":  {[]string{"volunteers", "1", "name", "x"}, http.StatusBadRequest},
		"hours in the query":  {[]string{"volunteers", "1", "hours", "1e3"}, http.StatusBadRequest},
		"as the button says":  {[]string{"volunteers", "4", "hours", "12"}, http.StatusSeeOther},
		"volunteers and skip": {[]string{"volunteers", "4", "hours", ""}, http.StatusSeeOther},
	} {
		if a := v.post("/desk/closing", x.form...); a.status != x.want {
			t.Errorf("%s: %d, want %d", name, a.status, x.want)
		}
	}
	if a := v.get("/desk/closing?volunteers=-3"); a.status != http.StatusBadRequest {
		t.Errorf("hours of -3 volunteers are asked for: %d", a.status)
	}
}

// While no badge can be read nobody can sign in: then whoever stands here may open.
func TestRoom_WithoutAReader(t *testing.T) {
	t.Parallel()
	r := desktest.Open(t, func(c *desk.Config) {
		c.Health = func() []kiosk.Health {
			return []kiosk.Health{{Part: "reader", Level: kiosk.LevelRed, Reason: "reader.gone"}}
		}
	})
	v := newVisitor(t, r)
	has(t, v.get("/desk").body, `action="/desk/open"`)
	if a := v.post("/desk/open"); a.status != http.StatusSeeOther {
		t.Errorf("open: %d", a.status)
	}
	has(t, v.get("/desk").body, "Open sinds")
}

func TestRoom_NobodyOpensWithoutAVolunteer(t *testing.T) {
	t.Parallel()
	v := newVisitor(t, desktest.Open(t))
	for _, path := range []string{"/desk/open", "/desk/close", "/desk/closing", "/desk/referred"} {
		if a := v.post(path); a.status != http.StatusForbidden {
			t.Errorf("%s: %d, want 403", path, a.status)
		}
	}
	lacks(t, v.get("/desk").body, "/desk/open")
}

func TestRoom_NothingToTouchWhileTheDayIsNotKnown(t *testing.T) {
	t.Parallel()
	r := desktest.Open(t, func(c *desk.Config) {
		c.Health = func() []kiosk.Health {
			return []kiosk.Health{{Part: "clock", Level: kiosk.LevelOrange, Reason: "clock.unsure"}}
		}
	})
	v := newVisitor(t, r).in()
	lacks(t, v.get("/desk").body, "/desk/open")
	r.Clock.Reboot(time.Hour, -20*365*24*time.Hour)
	if a := v.post("/desk/open"); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "welke dag") {
		t.Errorf("open on a day that nobody knows: %d", a.status)
	}
}

func TestSlips_TypedAndRefusedInPlainWords(t *testing.T) {
	t.Parallel()
	r := desktest.Open(t)
	v := newVisitor(t, r).in()
	good := []string{"year", "2026", "slips", "40", "outside_yes", "25", "outside_no", "10", "help_yes", "30", "help_no", "", "rooms_1", "25", "rooms_2", "12", "rooms_3", "3"}
	if a := v.post("/desk/slips", good...); a.status != http.StatusSeeOther {
		t.Fatalf("typed: %d %s", a.status, a.body)
	}
	has(t, v.get("/desk/slips?year=2026").body, `value="25"`)
	for name, x := range map[string]struct {
		at    int
		typed string
		words string
	}{
		"yes":        {5, "41", "Bij vraag 1"},
		"rooms":      {17, "9", "Bij vraag 3 zijn er meer antwoorden (46) dan briefjes (40)"},
		"no digits":  {3, "veertig", "Typ alleen cijfers"},
		"a long way": {3, "99999", "hoogstens 5.000"},
	} {
		form := append([]string(nil), good...)
		form[x.at] = x.typed
		if a := v.post("/desk/slips", form...); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, x.words) {
			t.Errorf("%s: %d, want the words %q", name, a.status, x.words)
		}
	}
	if a := v.post("/desk/slips", append([]string{"year", "2031"}, good[2:]...)...); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a year to come: %d", a.status)
	}
	if y, err := r.Store.Slips(t.Context(), 2026); err != nil || y.Totals.Rooms3 != 3 || y.Totals.Slips != 40 {
		t.Errorf("what was refused changed what was kept: %+v, %v", y, err)
	}
	sheet := v.get("/desk/slips/sheet").body
	for _, words := range []string{"Kent u hier iemand", "Could you ask somebody here", "هل تعرفون هنا أحدًا", "Kaç odamıza"} {
		has(t, sheet, words)
	}
}

func TestCounted_IsBesideEachFigure(t *testing.T) {
	t.Parallel()
	r := desktest.Open(t)
	v := newVisitor(t, r)
	has(t, v.get("/desk").body, `href="/desk/counted#visits"`)
	has(t, v.get("/desk/counted").body, `id="open_parts"`)
	v.in()
	page := v.get("/desk").body
	for _, at := range []string{"visits", "guests", "opened"} {
		has(t, page, `href="/desk/counted#`+at+`"`)
	}
	has(t, v.get("/desk/slips").body, `href="/desk/counted#`)
}
