package kioskd

import (
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.org/inloop/kiosk"
)

// A resident's tap that the desk asked for goes to the desk, and by any other badge
// the one screen is the door's again.
func TestRoom_ATapForTheDesk(t *testing.T) {
	t.Parallel()
	var log quietLog
	r, _, _ := runRoom(t, BadgeProofUID, &log, func(c *Config) { c.OneScreen = true })
	const pin, volunteers, hers, others = "482913", "04A1B2C3D4E5F1", "04A1B2C3D4E5F2", "04A1B2C3D4E5F3"
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	ask := func(method, path string, form url.Values) (to, body string) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, r.URL+path, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		res, err := browser.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		text, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res.Header.Get("Location"), string(text)
	}
	get := func(path string) (to, body string) { t.Helper(); return ask(http.MethodGet, path, nil) }
	post := func(path string, form url.Values) (to, body string) {
		t.Helper()
		return ask(http.MethodPost, path, form)
	}
	tap := func(uid string) { t.Helper(); post("/sim/tap", url.Values{"uid": {uid}}) }
	until := func(what string, ok func() bool) {
		t.Helper()
		t.Logf("waiting until %s", what)
		for look := time.Tick(50 * time.Millisecond); !ok(); {
			<-look
		}
	}
	view := func() kiosk.View {
		t.Helper()
		v, err := r.Store.View(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	badge := func(uid string) (no int64) {
		t.Helper()
		tap(uid)
		until("the badge is there", func() bool { return len(view().Badges) == 1 })
		return view().Badges[0].No
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ctx := t.Context()
	code, err := r.Store.AddVolunteer(ctx, "Gerda")
	must(err)
	gerda, err := r.Store.CheckCode(ctx, code)
	must(err)
	must(r.Store.AssignVolunteerBadge(ctx, gerda, badge(volunteers), gerda))
	must(r.Store.SetPIN(ctx, gerda, code, pin))
	enrol := func(uid string, sign kiosk.Sign) int64 {
		t.Helper()
		no, err := r.Store.Enrol(ctx, gerda, kiosk.Enrolment{Resident: kiosk.Resident{Sign: sign, Language: "nl"}, Badge: badge(uid)})
		must(err)
		return no
	}
	person := enrol(hers, "tulip.red")
	enrol(others, "boat.blue")

	tap(volunteers)
	waiting := regexp.MustCompile(`name="ask" value="([^"]+)"`)
	var found []string
	until("the keypad is open", func() bool {
		_, body := get("/desk")
		found = waiting.FindStringSubmatch(body)
		return found != nil
	})
	post("/desk/pin", url.Values{"ask": {found[1]}, "pin": {pin}})
	if to, _ := post("/desk/own", url.Values{}); to != "/desk/own" {
		t.Fatalf("asking leads to %q", to)
	}
	before := view()
	tap(hers)
	own := fmt.Sprintf("/desk/person/%d/data", person)
	until("the page is theirs", func() bool { to, _ := get("/desk/own"); return to == own })
	if after := view(); after.In != before.In || after.Visits != before.Visits {
		t.Errorf("%d in and %d visits, %d and %d before: the tap counted", after.In, after.Visits, before.In, before.Visits)
	}
	if _, body := get(own); !strings.Contains(body, "tulp, rood") {
		t.Error("the page does not show what is kept")
	}
	// Somebody else at the reader: the screen is theirs, and nothing is asked any more.
	post(fmt.Sprintf("/desk/person/%d/erase", person), url.Values{})
	tap(others)
	until("the session is over", func() bool { to, _ := get(own); return to == "/desk" })
	tap(hers)
	badge("04A1B2C3D4E5F4") // taps come to their end one after another
	if _, err := r.Store.OwnData(ctx, person); err != nil {
		t.Errorf("erased although another badge came between: %v", err)
	}
}
