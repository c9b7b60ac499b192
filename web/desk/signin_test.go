package desk_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.org/inloop/web/desk"
)

func TestSignIn_BadgeAndPIN(t *testing.T) {
	t.Parallel()
	r := open(t)
	person := r.resident(name, "tulip.red")
	must(t, r.store.CheckInByHand(t.Context(), r.volunteer, person))
	v := r.visitor()

	front := v.get("/desk")
	has(t, front.body, "Leg uw eigen pas op de lezer")
	lacks(t, front.body, name)
	v.in()
	has(t, v.get("/desk").body, name)
	if a := v.post("/desk/done"); a.to != "/desk" {
		t.Errorf("Klaar leads to %q, want /desk", a.to)
	}
	lacks(t, v.get("/desk").body, name)
	lacks(t, r.log.String(), name)
}

func TestSignIn_Cookie(t *testing.T) {
	t.Parallel()
	r := open(t)
	v := r.visitor()
	r.desk.Tapped(r.volunteer)
	ask := askPattern.FindStringSubmatch(v.get("/desk").body)[1]
	res, err := v.http.PostForm(r.server.URL+"/desk/pin", url.Values{"ask": {ask}, "pin": {pin}})
	must(t, err)
	_ = res.Body.Close()
	c := res.Cookies()[0]
	if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || len(c.Value) < 22 {
		t.Errorf("cookie %+v: want HttpOnly, SameSite=Strict and 128 random bits", c)
	}
}

func TestSignIn_WrongPINs(t *testing.T) {
	t.Parallel()
	r := open(t)
	other := r.engage("Fatma", 2)
	v := r.visitor()
	var last answer
	for range 6 {
		if last = v.try(r.volunteer, "864209"); last.status != http.StatusForbidden {
			t.Fatalf("status %d, want 403", last.status)
		}
	}
	if !regexp.MustCompile(`Even wachten\. Probeer het over \d+ seconden weer`).MatchString(last.body) {
		t.Error("after five wrong tries the page does not say how long to wait")
	}
	if a := v.try(r.volunteer, pin); a.status != http.StatusForbidden {
		t.Errorf("the right PIN during the wait: status %d, want 403", a.status)
	}
	if a := v.try(other, pin); a.status != http.StatusSeeOther {
		t.Errorf("another volunteer meanwhile: status %d, want 303", a.status)
	}
}

func TestSignIn_KeypadIsOpenForAMinute(t *testing.T) {
	t.Parallel()
	r := open(t)
	v := r.visitor()
	r.desk.Tapped(r.volunteer)
	ask := askPattern.FindStringSubmatch(v.get("/desk").body)[1]
	r.clock.pass(61 * time.Second)
	if a := v.post("/desk/pin", "ask", ask, "pin", pin); a.status != http.StatusForbidden {
		t.Errorf("status %d, want 403", a.status)
	}
	has(t, v.get("/desk").body, "Leg uw eigen pas op de lezer")
}

func TestSignIn_PINWithoutATap(t *testing.T) {
	t.Parallel()
	v := open(t).visitor()
	for _, ask := range []string{"", "x"} {
		if a := v.post("/desk/pin", "ask", ask, "pin", pin); a.status != http.StatusForbidden {
			t.Errorf("ask %q: status %d, want 403", ask, a.status)
		}
	}
}

func TestSession_Ends(t *testing.T) {
	t.Parallel()
	tests := map[string]func(r *room, v *visitor){
		"after 15 minutes without a touch": func(r *room, v *visitor) { r.clock.pass(15*time.Minute + time.Second) },
		"after 8 hours in all": func(r *room, v *visitor) {
			for range 33 {
				r.clock.pass(14*time.Minute + 50*time.Second)
				v.get("/desk/people")
			}
		},
		"when a resident needs the screen": func(r *room, v *visitor) { r.desk.Cover() },
		"although the page refreshes itself": func(r *room, v *visitor) {
			for range 4 {
				r.clock.pass(4 * time.Minute)
				v.do(http.MethodGet, "/desk", nil, func(q *http.Request) { q.Header.Set("Desk-Part", "live") })
			}
		},
	}
	for what, end := range tests {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			r := open(t)
			v := r.visitor().in()
			if a := v.get("/desk/people"); a.status != http.StatusOK {
				t.Fatalf("signed in: status %d, want 200", a.status)
			}
			end(r, v)
			r.desk.Sweep()
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
	r := open(t)
	v := r.visitor().in()
	for range 8 {
		r.clock.pass(14 * time.Minute)
		r.desk.Sweep()
		if a := v.get("/desk/people"); a.status != http.StatusOK {
			t.Fatalf("status %d, want 200", a.status)
		}
	}
}

var badgePattern = regexp.MustCompile(`name="badge" value="(\d+)"`)

func TestFirstTime_CodeBadgePINTwice(t *testing.T) {
	t.Parallel()
	r := open(t)
	code, err := r.store.AddVolunteer(t.Context(), "Kees")
	must(t, err)
	v := r.visitor()

	if a := v.post("/desk/first/code", "code", "AAAA-BBBB"); a.status != http.StatusForbidden {
		t.Errorf("wrong code: status %d, want 403", a.status)
	}
	if a := v.post("/desk/first/code", "code", code); a.to != "/desk/first" {
		t.Fatalf("code: status %d to %q, want /desk/first", a.status, a.to)
	}
	has(t, v.get("/desk/first").body, "Leg nu uw nieuwe pas op de lezer")
	r.clock.pass(time.Second)
	r.tap(7)
	m := badgePattern.FindStringSubmatch(v.get("/desk/first").body)
	if m == nil {
		t.Fatal("the page does not ask whether the tapped badge is hers")
	}
	v.post("/desk/first/badge", "badge", m[1])
	if a := v.post("/desk/first/pin", "pin", "123456"); a.status != http.StatusUnprocessableEntity {
		t.Errorf("weak PIN: status %d, want 422", a.status)
	}
	v.post("/desk/first/pin", "pin", "246813")
	v.post("/desk/first/pin", "pin", "246810")
	has(t, v.get("/desk/first").body, "andere cijfers")
	v.post("/desk/first/pin", "pin", "246813")
	if a := v.post("/desk/first/pin", "pin", "246813"); a.to != "/desk" {
		t.Fatalf("PIN twice: status %d to %q, want /desk", a.status, a.to)
	}
	has(t, v.get("/desk").body, "Wie is er?")
	if receipt := r.lay(7); receipt.Volunteer == 0 {
		t.Error("the badge is not the volunteer's")
	}
	if a := r.visitor().post("/desk/first/code", "code", code); a.status != http.StatusForbidden {
		t.Errorf("used code: status %d, want 403", a.status)
	}
}

func TestFirstTime_SeesNoNames(t *testing.T) {
	t.Parallel()
	r := open(t)
	person := r.resident(name, "tulip.red")
	code, err := r.store.AddVolunteer(t.Context(), "Kees")
	must(t, err)
	v := r.visitor()
	v.post("/desk/first/code", "code", code)
	for pattern, public := range r.desk.Patterns() {
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
	r := open(t, func(*desk.Config) {})
	v := r.visitor().in()
	must(t, r.store.Close())
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
