package desk_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.org/inloop/web/desk"
	"example.org/inloop/web/desk/desktest"
)

func TestSignIn_BadgeAndPIN(t *testing.T) {
	t.Parallel()
	r := desktest.Open(t)
	person := r.Resident(name, "tulip.red")
	must(t, r.Store.CheckInByHand(t.Context(), r.Volunteer, person))
	v := newVisitor(t, r)

	front := v.get("/desk")
	has(t, front.body, "Leg uw eigen pas op de lezer")
	lacks(t, front.body, name)
	v.in()
	has(t, v.get("/desk").body, name)
	if a := v.post("/desk/done"); a.to != "/desk" {
		t.Errorf("locking leads to %q, want /desk", a.to)
	}
	lacks(t, v.get("/desk").body, name)
	lacks(t, r.Log.String(), name)
}

// TestSignIn_SaysWhoseItIsAndHowToLockIt: a resident who finds the page knows that it is
// for others, and the button that ends a session says that it locks, not that one is done.
func TestSignIn_SaysWhoseItIsAndHowToLockIt(t *testing.T) {
	t.Parallel()
	for lang, want := range map[string]struct{ front, lock string }{
		"nl": {"Voor vrijwilligers", "Op slot"}, "en": {"For volunteers", "Lock"},
		"ar": {"للمتطوعين", "قفل"}, "tr": {"Gönüllüler için", "Kilitle"},
	} {
		v := newVisitor(t, desktest.Open(t))
		v.post("/desk/language", "language", lang)
		has(t, v.get("/desk").body, `<h1 class="for">`+want.front+`</h1>`)
		v.in()
		lock := regexp.MustCompile(`(?s)<button class="button" id="done">.*?<span>([^<]+)</span>`).FindStringSubmatch(v.get("/desk").body)
		if lock == nil || lock[1] != want.lock {
			t.Errorf("%s: the button that locks the desk says %q, want %q", lang, lock, want.lock)
		}
	}
}

func TestSignIn_Cookie(t *testing.T) {
	t.Parallel()
	r := desktest.Open(t)
	v := newVisitor(t, r)
	r.Desk.Tapped(r.Volunteer)
	ask := askPattern.FindStringSubmatch(v.get("/desk").body)[1]
	res, err := v.http.PostForm(r.Server.URL+"/desk/pin", url.Values{"ask": {ask}, "pin": {desktest.PIN}})
	must(t, err)
	_ = res.Body.Close()
	c := res.Cookies()[0]
	if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || len(c.Value) < 22 {
		t.Errorf("cookie %+v: want HttpOnly, SameSite=Strict and 128 random bits", c)
	}
}

// TestSignIn_APINThatIsSentTwice opens one session, also where the first answer was lost:
// the badge has to be tapped once more. A tap proves that somebody stands here now, and
// a script that sends a PIN again until it is answered would otherwise open the day's
// names to whoever stands there when the answer comes, long after they gave up and left.
// It costs them one tap; the session that nobody holds shows nothing and ends by itself.
func TestSignIn_APINThatIsSentTwice(t *testing.T) {
	t.Parallel()
	r := desktest.Open(t)
	v, other := newVisitor(t, r), newVisitor(t, r)
	r.Desk.Tapped(r.Volunteer)
	ask := askPattern.FindStringSubmatch(v.get("/desk").body)[1]
	sent := []string{"ask", ask, "pin", desktest.PIN, "once", strings.Repeat("a", 32)}
	other.post("/desk/pin", sent...) // its answer never reaches the page
	if a := v.post("/desk/pin", sent...); a.status != http.StatusForbidden || !strings.Contains(a.body, "Leg uw pas") {
		t.Errorf("the same PIN once more: status %d, want 403 and the badge asked for", a.status)
	}
	lacks(t, v.get("/desk").body, "Wie is er?")
	v.in()
}

func TestSignIn_WrongPINs(t *testing.T) {
	t.Parallel()
	r := desktest.Open(t)
	other := r.Engage("Fatma", 2)
	v := newVisitor(t, r)
	var last answer
	for range 6 {
		if last = v.try(r.Volunteer, "864209"); last.status != http.StatusForbidden {
			t.Fatalf("status %d, want 403", last.status)
		}
	}
	if !regexp.MustCompile(`Even wachten\. Probeer het over \d+ seconden weer`).MatchString(last.body) {
		t.Error("after five wrong tries the page does not say how long to wait")
	}
	if a := v.try(r.Volunteer, desktest.PIN); a.status != http.StatusForbidden {
		t.Errorf("the right PIN during the wait: status %d, want 403", a.status)
	}
	if a := v.try(other, desktest.PIN); a.status != http.StatusSeeOther {
		t.Errorf("another volunteer meanwhile: status %d, want 303", a.status)
	}
}

func TestSignIn_KeypadIsOpenForAMinute(t *testing.T) {
	t.Parallel()
	r := desktest.Open(t)
	v := newVisitor(t, r)
	r.Desk.Tapped(r.Volunteer)
	ask := askPattern.FindStringSubmatch(v.get("/desk").body)[1]
	r.Clock.Pass(61 * time.Second)
	if a := v.post("/desk/pin", "ask", ask, "pin", desktest.PIN); a.status != http.StatusForbidden {
		t.Errorf("status %d, want 403", a.status)
	}
	has(t, v.get("/desk").body, "Leg uw eigen pas op de lezer")
}

func TestSignIn_PINWithoutATap(t *testing.T) {
	t.Parallel()
	v := newVisitor(t, desktest.Open(t))
	for _, ask := range []string{"", "x"} {
		if a := v.post("/desk/pin", "ask", ask, "pin", desktest.PIN); a.status != http.StatusForbidden {
			t.Errorf("ask %q: status %d, want 403", ask, a.status)
		}
	}
}

func TestSession_Ends(t *testing.T) {
	t.Parallel()
	tests := map[string]func(r *desktest.Fixture, v *visitor){
		"after 15 minutes without a touch": func(r *desktest.Fixture, v *visitor) { r.Clock.Pass(15*time.Minute + time.Second) },
		"after 8 hours in all": func(r *desktest.Fixture, v *visitor) {
			for range 33 {
				r.Clock.Pass(14*time.Minute + 50*time.Second)
				v.get("/desk/people")
			}
		},
		"when a resident needs the screen": func(r *desktest.Fixture, v *visitor) { r.Desk.HideNames() },
		"although the page refreshes itself": func(r *desktest.Fixture, v *visitor) {
			for range 4 {
				r.Clock.Pass(4 * time.Minute)
				v.do(http.MethodGet, "/desk", nil, func(q *http.Request) { q.Header.Set("Desk-Part", "live") })
			}
		},
	}
	for what, end := range tests {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			r := desktest.Open(t)
			v := newVisitor(t, r).in()
			if a := v.get("/desk/people"); a.status != http.StatusOK {
				t.Fatalf("signed in: status %d, want 200", a.status)
			}
			end(r, v)
			r.Desk.Sweep()
			if a := v.get("/desk/people"); a.status != http.StatusSeeOther {
				t.Errorf("status %d, want 303", a.status)
			}
			if a := v.get("/desk/state"); a.body != "gone" {
				t.Errorf("state %q, want gone", a.body)
			}
		})
	}
}

func TestSession_GoesOnWhileUsed(t *testing.T) {
	t.Parallel()
	r := desktest.Open(t)
	v := newVisitor(t, r).in()
	for range 8 {
		r.Clock.Pass(14 * time.Minute)
		r.Desk.Sweep()
		if a := v.get("/desk/people"); a.status != http.StatusOK {
			t.Fatalf("status %d, want 200", a.status)
		}
	}
}

var badgePattern = regexp.MustCompile(`name="badge" value="(\d+)"`)

// ownDigits end the decimal number of the badge that the newcomer of the test has.
const ownDigits = "956421"

func TestFirstTime_CodeBadgePINTwice(t *testing.T) {
	t.Parallel()
	r := desktest.Open(t)
	code, err := r.Store.AddVolunteer(t.Context(), "Kees")
	must(t, err)
	v := newVisitor(t, r)

	if a := v.post("/desk/first/code", "code", "AAAA-BBBB"); a.status != http.StatusForbidden {
		t.Errorf("wrong code: status %d, want 403", a.status)
	}
	if a := v.post("/desk/first/code", "code", code); a.to != "/desk/first" {
		t.Fatalf("code: status %d to %q, want /desk/first", a.status, a.to)
	}
	has(t, v.get("/desk/first").body, "Leg nu uw nieuwe pas op de lezer")
	r.Clock.Pass(time.Second)
	r.Tap(7)
	m := badgePattern.FindStringSubmatch(v.get("/desk/first").body)
	if m == nil {
		t.Fatal("the page does not ask whether the tapped badge is theirs")
	}
	v.post("/desk/first/badge", "badge", m[1])
	if a := v.post("/desk/first/pin", "pin", "123456"); a.status != http.StatusUnprocessableEntity {
		t.Errorf("weak PIN: status %d, want 422", a.status)
	}
	own := v.post("/desk/first/pin", "pin", ownDigits)
	if own.status != http.StatusUnprocessableEntity {
		t.Errorf("the badge's own digits, typed once: status %d, want 422", own.status)
	}
	has(t, own.body, "Deze cijfers staan op uw pas")
	v.post("/desk/first/pin", "pin", "246813")
	v.post("/desk/first/pin", "pin", "246810")
	has(t, v.get("/desk/first").body, "andere cijfers")
	v.post("/desk/first/pin", "pin", "246813")
	if a := v.post("/desk/first/pin", "pin", "246813"); a.to != "/desk" {
		t.Fatalf("PIN twice: status %d to %q, want /desk", a.status, a.to)
	}
	has(t, v.get("/desk").body, "Wie is er?")
	if receipt := r.Lay(7); receipt.Volunteer == 0 {
		t.Error("the badge is not the volunteer's")
	}
	if a := newVisitor(t, r).post("/desk/first/code", "code", code); a.status != http.StatusForbidden {
		t.Errorf("used code: status %d, want 403", a.status)
	}
}

func TestFirstTime_SeesNoNames(t *testing.T) {
	t.Parallel()
	r := desktest.Open(t)
	person := r.Resident(name, "tulip.red")
	code, err := r.Store.AddVolunteer(t.Context(), "Kees")
	must(t, err)
	v := newVisitor(t, r)
	v.post("/desk/first/code", "code", code)
	for pattern, public := range r.Desk.Patterns() {
		method, path := fill(pattern, person)
		if public || method != http.MethodGet {
			continue
		}
		if a := v.get(path); strings.Contains(a.body, name) || a.status == http.StatusOK {
			t.Errorf("%s: status %d, want a way back", pattern, a.status)
		}
	}
}

func TestDesk_StoreGone(t *testing.T) {
	t.Parallel()
	r := desktest.Open(t, func(*desk.Config) {})
	v := newVisitor(t, r).in()
	must(t, r.Store.Close())
	page := v.get("/desk")
	if page.status != http.StatusOK {
		t.Errorf("status %d, want 200", page.status)
	}
	has(t, page.body, "notice-red")
	has(t, page.body, "papieren lijst")
	if a := v.post("/desk/guest", "band", "unasked"); a.status != http.StatusInternalServerError || !strings.Contains(a.body, "papieren lijst") {
		t.Errorf("status %d, want 500 and the paper list", a.status)
	}
}
