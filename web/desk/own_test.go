package desk_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/web/desk"
	"example.org/inloop/web/desk/desktest"
)

// stick is a memory stick in memory.
type stick struct {
	there  bool
	shared bool
	broken bool
	files  map[string]string
}

func (s *stick) Sticks() []string {
	if !s.there {
		return nil
	}
	return []string{"/media/STICK"}
}

func (s *stick) Shared(string) bool { return s.shared }

func (s *stick) Save(_ context.Context, _, name string, content []byte) error {
	if s.broken {
		return errors.New("it was pulled out")
	}
	s.files[name] = string(content)
	return nil
}

// withBadge is a resident whose badge is the one of that number.
func withBadge(t *testing.T, r *desktest.Fixture, badge byte, language kiosk.Language) int64 {
	t.Helper()
	no, err := r.Store.Enrol(t.Context(), r.Volunteer, kiosk.Enrolment{
		Resident: kiosk.Resident{Name: name, Sign: "tulip.red", Language: language}, Badge: r.Tap(badge),
	})
	must(t, err)
	return no
}

// counted is all of the day that a tap can move.
func counted(v kiosk.View) string {
	return fmt.Sprint(v.In, v.Visits, v.Guests, v.Badges, len(v.Present))
}

func TestOwn_ABadgeShowsWhosePageItIs(t *testing.T) {
	t.Parallel()
	r := desktest.Open(t)
	no := withBadge(t, r, 7, "ar")
	r.Clock.Pass(time.Hour)
	v := newVisitor(t, r).in()
	before := counted(r.View())
	if a := v.post("/desk/own"); a.to != "/desk/own" {
		t.Fatalf("asking leads to %q", a.to)
	}
	has(t, v.get("/desk/own").body, "Leg nu uw eigen pas op de lezer")
	if got := r.Lay(7).Greeting.Kind; got != kiosk.GreetingNone {
		t.Errorf("the tap that the desk asked for is greeted: %q", got)
	}
	if a := v.get("/desk/own"); a.to != fmt.Sprintf("/desk/person/%d/data", no) {
		t.Errorf("status %d to %q, want the person's own page", a.status, a.to)
	}
	if after := counted(r.View()); after != before {
		t.Errorf("the tap counted: %s, before %s", after, before)
	}
	page := v.get(fmt.Sprintf("/desk/person/%d/data", no)).body
	has(t, page, `lang="ar" dir="rtl"`)
	has(t, page, name)
	// What was asked for is done: the next tap is the goodbye that it always is.
	if got := r.Lay(7).Greeting.Kind; got != kiosk.GreetingGoodbye {
		t.Errorf("the next tap is %q, want a goodbye", got)
	}
}

func TestOwn_AnotherBadgeIsANormalTap(t *testing.T) {
	t.Parallel()
	r := desktest.Open(t)
	no := withBadge(t, r, 7, "nl")
	other, err := r.Store.Enrol(t.Context(), r.Volunteer, kiosk.Enrolment{Resident: kiosk.Resident{Sign: "boat.blue", Language: "nl"}})
	must(t, err)
	must(t, r.Store.AssignBadge(t.Context(), r.Volunteer, r.Tap(8), other))
	r.Clock.Pass(time.Hour)
	v := newVisitor(t, r).in()
	v.post(fmt.Sprintf("/desk/person/%d/erase", no))
	for badge, want := range map[byte]kiosk.GreetingKind{8: kiosk.GreetingGoodbye, 99: kiosk.GreetingUnknownBadge} {
		if got := r.Lay(badge).Greeting.Kind; got != want {
			t.Errorf("badge %d meanwhile: %q, want %q", badge, got, want)
		}
	}
	if receipt := r.Lay(1); receipt.Volunteer != r.Volunteer {
		t.Error("a volunteer's badge meanwhile is not theirs")
	}
	if _, err := r.Store.OwnData(t.Context(), no); err != nil {
		t.Fatalf("another's badge erased them: %v", err)
	}
	r.Lay(7)
	if _, err := r.Store.OwnData(t.Context(), no); !errors.Is(err, kiosk.ErrNotFound) {
		t.Errorf("their own badge: %v, want them gone", err)
	}
	if got := r.Lay(7).Greeting.Kind; got != kiosk.GreetingUnknownBadge {
		t.Errorf("erased, the badge says %q, want the welcome of an unknown one", got)
	}
	page := v.get(fmt.Sprintf("/desk/person/%d/erase", no)).body
	has(t, page, "Alles van u is gewist")
	lacks(t, page, name)
	lacks(t, v.get("/desk").body, name)
	lacks(t, r.Log.String(), name)
}

func TestErase_ChangesNothingWithoutTheBadge(t *testing.T) {
	t.Parallel()
	for what, instead := range map[string]func(r *desktest.Fixture, v *visitor, at string){
		"61 seconds later": func(r *desktest.Fixture, v *visitor, _ string) { r.Clock.Pass(61 * time.Second); r.Lay(7) },
		"after stop":       func(r *desktest.Fixture, v *visitor, _ string) { v.post("/desk/own/stop"); r.Lay(7) },
		"after locking":    func(r *desktest.Fixture, v *visitor, _ string) { v.post("/desk/done"); r.Lay(7) },
		"when somebody else needed the screen": func(r *desktest.Fixture, v *visitor, _ string) {
			r.Desk.HideNames()
			r.Lay(7)
		},
		"when data were asked for since": func(r *desktest.Fixture, v *visitor, at string) { v.post(at + "/take"); r.Lay(7) },
		"asked twice and no badge":       func(r *desktest.Fixture, v *visitor, at string) { v.post(at + "/erase"); v.post(at + "/erase") },
		"a tap of before":                func(r *desktest.Fixture, v *visitor, at string) { r.Clock.Pass(-time.Second); r.Lay(7) },
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			r := desktest.Open(t)
			no := withBadge(t, r, 7, "nl")
			r.Clock.Pass(time.Hour)
			v := newVisitor(t, r).in()
			at := fmt.Sprintf("/desk/person/%d", no)
			v.post(at + "/erase")
			has(t, v.get(at+"/erase").body, "Leg uw eigen pas binnen één minuut nog een keer op de lezer")
			instead(r, v, at)
			if data, err := r.Store.OwnData(t.Context(), no); err != nil || data.Name != name {
				t.Errorf("%+v, %v: want nothing changed", data.Resident, err)
			}
		})
	}
}

// TestOwn_DataOpenByTheirBadge: a person's data open for nobody by themselves, not for a
// volunteer who is signed in either: their badge opens them, for a while, and a second
// tap lets them be printed. Two volunteers stand for who has no badge.
func TestOwn_DataOpenByTheirBadge(t *testing.T) {
	t.Parallel()
	r := desktest.Open(t)
	no := withBadge(t, r, 7, "ar")
	other, err := r.Store.Enrol(t.Context(), r.Volunteer, kiosk.Enrolment{Resident: kiosk.Resident{Sign: "boat.blue", Language: "nl"}, Badge: r.Tap(8)})
	must(t, err)
	r.Clock.Pass(time.Hour)
	v := newVisitor(t, r).in()
	here := fmt.Sprintf("/desk/person/%d", no)
	closed := func(when string) {
		t.Helper()
		if a := v.get(here + "/data"); a.status != http.StatusOK || strings.Contains(a.body, name) || strings.Contains(a.body, "2026") {
			t.Errorf("%s: status %d, and the page tells what is kept", when, a.status)
		}
		if a := v.post(here + "/save"); a.status != http.StatusForbidden {
			t.Errorf("%s: taken along, status %d", when, a.status)
		}
	}
	closed("nobody asked")
	v.post(here + "/see")
	closed("asked")
	r.Lay(8)
	closed("another's badge")
	v.post(here + "/see")
	r.Clock.Pass(61 * time.Second)
	r.Lay(7)
	closed("a tap too late")
	v.post(here + "/take") // what was never opened is opened first
	r.Lay(7)
	page := v.get(here + "/data").body
	has(t, page, name)
	lacks(t, page, "data-print")
	v.post(here + "/take")
	has(t, v.get(here+"/data").body, name) // it stays open meanwhile
	r.Lay(7)
	has(t, v.get(here+"/data").body, "data-print")
	r.Clock.Pass(3*time.Minute + time.Second)
	closed("long after")
	has(t, v.own(no, 7).body, name)
	if a := newVisitor(t, r).in().get(here + "/data"); strings.Contains(a.body, name) {
		t.Error("it is open at another screen")
	}
	v.post(fmt.Sprintf("/desk/person/%d/see", other))
	closed("another's data are asked for")
	v.own(no, 7)
	r.Clock.Pass(10*time.Minute + time.Second)
	closed("ten minutes later")

	r.Engage("Fatma", 2)
	must(t, r.Store.MarkLost(t.Context(), r.Volunteer, no))
	if a := v.post(here + "/see"); a.to != here+"/witness/take" {
		t.Fatalf("without a badge it leads to %q", a.to)
	}
	closed("one PIN to come")
	v.post(here+"/witness/take", "pin", desktest.PIN)
	closed("one PIN")
	v.post(here+"/witness/take", "volunteer", "2")
	v.post(here+"/witness/take", "pin", desktest.PIN)
	has(t, v.get(here+"/data").body, name)
}

func TestTake_OneReadableFileOnAStick(t *testing.T) {
	t.Parallel()
	s := &stick{files: map[string]string{}}
	r := desktest.Open(t, func(c *desk.Config) { c.Taker = s })
	no := withBadge(t, r, 7, "nl")
	must(t, r.Store.Intake(t.Context(), no, kiosk.Intake{Consent: true, Family: kiosk.ContactDaily, Route: kiosk.RouteDoctor}))
	r.Clock.Pass(time.Hour)
	v := newVisitor(t, r).in()
	at := fmt.Sprintf("/desk/person/%d", no)
	if a := v.post(at + "/save"); a.status != http.StatusForbidden || len(s.files) > 0 {
		t.Errorf("without the badge: status %d, %d files", a.status, len(s.files))
	}
	v.own(no, 7)
	v.post(at + "/take")
	page := v.get(at + "/data").body
	has(t, page, "Leg uw eigen pas nog een keer op de lezer")
	lacks(t, page, "data-print")
	r.Lay(7)
	has(t, v.get(at+"/data").body, "data-print")

	said := func(form ...string) string {
		t.Helper()
		if a := v.post(at+"/save", form...); a.to != at+"/data" {
			t.Errorf("status %d to %q, want the same page", a.status, a.to)
		}
		return v.get(at + "/data").body
	}
	has(t, said(), "Er zit geen stick in het kastje")
	s.there, s.broken = true, true
	has(t, said(), "Dat lukte niet met deze stick")
	s.broken = false
	has(t, said("stick", "/media/STICK"), "Het staat op de stick")
	file := s.files["inloop-2026-11-24.html"]
	for _, want := range []string{name, "tulp, rood", "24 november 2026 · Middag", "U gaf antwoord in 2026-K4.", "Geen foto, adres", "Alleen aantallen"} {
		has(t, file, want)
	}
	for _, not := range []string{"Elke week of vaker", "huisarts", "http", "src=", "<script"} {
		lacks(t, file, not)
	}
	s.shared = true
	has(t, said("answer", "yes"), "Zet uw antwoord op een eigen stick")
	s.shared = false
	has(t, said("answer", "yes"), "Het staat op de stick")
	has(t, s.files["inloop-2026-11-24.html"], "Elke week of vaker")
	has(t, s.files["inloop-2026-11-24.html"], "huisarts")
	lacks(t, v.get(at+"/data").body, "Elke week of vaker") // on no screen
	r.Clock.Pass(4 * time.Minute)
	if a := v.post(at + "/save"); a.status != http.StatusForbidden {
		t.Errorf("long after the badge: status %d, want 403", a.status)
	}
	lacks(t, r.Log.String(), name)
}

// erased tells whether a person is gone.
func erased(t *testing.T, r *desktest.Fixture, no int64) bool {
	t.Helper()
	_, err := r.Store.OwnData(t.Context(), no)
	return errors.Is(err, kiosk.ErrNotFound)
}

func TestErase_WithoutABadgeTwoVolunteers(t *testing.T) {
	t.Parallel()
	r := desktest.Open(t)
	fatma := r.Engage("Fatma", 2)
	no := withBadge(t, r, 7, "nl")
	must(t, r.Store.MarkLost(t.Context(), r.Volunteer, no))
	v := newVisitor(t, r).in()
	at := fmt.Sprintf("/desk/person/%d", no)
	has(t, v.get(at+"/erase").body, "twee vrijwilligers")
	here := at + "/witness/erase"
	if a := v.post(here, "pin", desktest.PIN); a.status != http.StatusForbidden {
		t.Errorf("nobody asked: status %d, want 403", a.status)
	}
	if a := v.post(at + "/erase"); a.to != here {
		t.Fatalf("without a badge it leads to %q, want %q", a.to, here)
	}
	r.Lay(7) // a lost badge is nobody's will
	if a := v.post(here, "pin", "864209"); a.status != http.StatusForbidden {
		t.Errorf("a wrong PIN: status %d, want 403", a.status)
	}
	v.post(here, "pin", desktest.PIN)
	has(t, v.get(here).body, "Fatma")
	if a := v.post(here, "volunteer", fmt.Sprint(r.Volunteer)); a.status != http.StatusBadRequest {
		t.Errorf("the same volunteer twice: status %d, want 400", a.status)
	}
	v.post(here, "volunteer", fmt.Sprint(fatma))
	has(t, v.get(here).body, "Fatma: toets uw pincode in.")
	v.post(here, "pin", "864209")
	if erased(t, r, no) {
		t.Fatal("erased by one PIN and a wrong one")
	}
	if a := v.post(here, "pin", desktest.PIN); a.to != at+"/erase" || !erased(t, r, no) {
		t.Errorf("two PINs: status %d to %q, want the person gone", a.status, a.to)
	}
	has(t, v.get(at+"/erase").body, "Alles van u is gewist")
}

func TestErase_WithOneVolunteerTwiceOnTwoDays(t *testing.T) {
	t.Parallel()
	r := desktest.Open(t)
	no := r.Resident(name, "tulip.red")
	at := fmt.Sprintf("/desk/person/%d", no)
	ask := func() *visitor {
		t.Helper()
		v := newVisitor(t, r).in()
		has(t, v.get(at+"/erase").body, "hier is maar één vrijwilliger")
		v.post(at + "/erase")
		v.post(at+"/witness/erase", "pin", desktest.PIN)
		return v
	}
	has(t, ask().get(at).body, "Er is nog niets gebeurd")
	r.Clock.Pass(4 * time.Hour)
	has(t, ask().get(at).body, "Er is nog niets gebeurd")
	if erased(t, r, no) {
		t.Fatal("erased on the same day")
	}
	r.Clock.Pass(20 * time.Hour)
	ask()
	if !erased(t, r, no) {
		t.Error("not erased on the next day")
	}
}

func TestErase_OnlyAPart(t *testing.T) {
	t.Parallel()
	r := desktest.Open(t)
	no := withBadge(t, r, 7, "nl")
	must(t, r.Store.Intake(t.Context(), no, kiosk.Intake{Consent: true, Family: kiosk.ContactDaily}))
	v := newVisitor(t, r).in()
	at := fmt.Sprintf("/desk/person/%d", no)
	page := v.get(at + "/erase").body
	has(t, page, "Wis alleen het antwoord")
	has(t, page, "Wis alleen mijn naam")
	v.post(at+"/name", "name", "")
	v.post(at + "/forget")
	data, err := r.Store.OwnData(t.Context(), no)
	must(t, err)
	if data.Name != "" || data.Answered != "" || data.Badges != 1 || len(data.Visits) != 1 {
		t.Errorf("%+v: want the name and the answer gone, and the badge and the visit there", data)
	}
	if page := v.get(at + "/erase").body; strings.Contains(page, "Wis alleen") {
		t.Error("a part can be erased that is not there")
	}
}
