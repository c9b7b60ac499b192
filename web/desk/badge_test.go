package desk_test

import (
	"fmt"
	"regexp"
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/web/desk/desktest"
)

func TestEnrol_UnknownBadgeAndTheGuestOfAMomentAgo(t *testing.T) {
	t.Parallel()
	r := desktest.Open(t)
	v := newVisitor(t, r).in()
	v.post("/desk/guest", "band", "unasked")
	before := r.View()
	badge := r.Tap(9)
	has(t, v.get("/desk").body, "Nieuwe pas")
	language := v.get(fmt.Sprintf("/desk/badge/%d?sign=teapot.red", badge)).body
	m := regexp.MustCompile(`name="guest" value="(\d+)"`).FindStringSubmatch(language)
	if m == nil {
		t.Fatal("the guest of a moment ago is not offered")
	}
	a := v.post(fmt.Sprintf("/desk/badge/%d", badge), "sign", "teapot.red", "language", "tr", "guest", m[1])
	if a.to != "/desk" {
		t.Fatalf("status %d to %q", a.status, a.to)
	}
	after := r.View()
	if after.Visits != before.Visits || after.Guests[kiosk.BandUnasked] != before.Guests[kiosk.BandUnasked]-1 || after.In != 1 {
		t.Errorf("visits %d guests %v in %d: want the guest to have become this person", after.Visits, after.Guests, after.In)
	}
	r.Clock.Pass(time.Hour)
	if g := r.Lay(9).Greeting; g.Sign != "teapot.red" || g.Language != "tr" {
		t.Errorf("greeting %+v: want their sign and language", g)
	}
}

func TestBadge_WhatElseItCanBe(t *testing.T) {
	t.Parallel()
	r := desktest.Open(t)
	v := newVisitor(t, r).in()
	person := r.Resident(name, "tulip.red")

	badge := r.Tap(11)
	v.post(fmt.Sprintf("/desk/badge/%d/person", badge), "person", fmt.Sprint(person))
	r.Clock.Pass(time.Minute)
	if g := r.Lay(11).Greeting; g.Sign != "tulip.red" {
		t.Errorf("linked badge greets %+v", g)
	}
	v.post(fmt.Sprintf("/desk/person/%d/lost", person))
	if g := r.Lay(11).Greeting; g.Kind != kiosk.GreetingUnknownBadge {
		t.Errorf("lost badge: %q, want unknown", g.Kind)
	}
	has(t, v.get("/desk").body, "Verloren pas is terug")

	v.post(fmt.Sprintf("/desk/badge/%d/pass", r.Tap(12)))
	if g := r.Lay(12).Greeting; g.Kind != kiosk.GreetingGuest {
		t.Errorf("guest pass: %q", g.Kind)
	}
	v.post(fmt.Sprintf("/desk/badge/%d/volunteer", r.Tap(13)), "volunteer", fmt.Sprint(r.Volunteer))
	if got := r.Lay(13).Volunteer; got != r.Volunteer {
		t.Errorf("volunteer's badge: %d, want %d", got, r.Volunteer)
	}
	dropped := r.Tap(14)
	v.post(fmt.Sprintf("/desk/badge/%d/drop", dropped))
	for _, b := range r.View().Badges {
		if b.No == dropped {
			t.Error("dropped badge is still in the list")
		}
	}
}
