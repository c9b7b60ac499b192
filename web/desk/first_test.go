package desk_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.org/inloop/web/desk/desktest"
)

// TestFirstTime_TheProgramEndsHalfway: killed between the code and the PIN, at each step
// of a newcomer's way, the program lets them go on with the code that they have. Killed
// between the PIN's commit and its answer, it lets them in by badge and PIN.
func TestFirstTime_TheProgramEndsHalfway(t *testing.T) {
	t.Parallel()
	r := desktest.Open(t)
	code, err := r.Store.AddVolunteer(t.Context(), "Fatma")
	must(t, err)
	v := newVisitor(t, r)
	again := func() {
		t.Helper()
		r.Restart()
		if a := v.post("/desk/first/pin", "pin", desktest.PIN); a.status != http.StatusUnauthorized && a.status != http.StatusForbidden {
			t.Errorf("a PIN without a code since the start: status %d", a.status)
		}
		if a := v.post("/desk/first/code", "code", code); a.to != "/desk/first" {
			t.Fatalf("the code once more: status %d to %q", a.status, a.to)
		}
	}
	v.post("/desk/first/code", "code", code)
	again()
	r.Clock.Pass(time.Second)
	v.post("/desk/first/badge", "badge", fmt.Sprint(v.Tap(33)))
	again()
	r.Clock.Pass(time.Second)
	receipt := r.Lay(33) // it is theirs already
	if receipt.Volunteer == 0 {
		t.Fatal("the badge is nobody's")
	}
	r.Desk.Tapped(receipt.Volunteer)
	v.post("/desk/first/pin", "pin", desktest.PIN)
	again()
	r.Desk.Tapped(receipt.Volunteer)
	v.post("/desk/first/pin", "pin", desktest.PIN)
	if a := v.post("/desk/first/pin", "pin", desktest.PIN); a.to != "/desk" {
		t.Fatalf("the PIN twice: status %d to %q", a.status, a.to)
	}
	r.Restart() // before the answer came
	if a := v.post("/desk/first/code", "code", code); a.status != http.StatusForbidden {
		t.Errorf("the code after the PIN: status %d, want 403", a.status)
	}
	if a := v.try(receipt.Volunteer, desktest.PIN); a.to != "/desk" {
		t.Errorf("badge and PIN: status %d to %q", a.status, a.to)
	}
}

// What a newcomer sent is done once, also where its answer was lost: a first PIN
// that comes twice is no second one.
func TestFirstTime_FormsSentTwice(t *testing.T) {
	t.Parallel()
	v := newVisitor(t, desktest.Open(t))
	code, err := v.Store.AddVolunteer(t.Context(), "Fatma")
	must(t, err)
	v.post("/desk/first/code", "code", code)
	badge := fmt.Sprint(v.Tap(33))
	for range 2 {
		if a := v.post("/desk/first/badge", "badge", badge); a.to != "/desk/first" {
			t.Errorf("badge: status %d to %q", a.status, a.to)
		}
	}
	first := strings.Repeat("c", 32)
	for range 2 {
		if a := v.post("/desk/first/pin", "pin", desktest.PIN, "once", first); a.to != "/desk/first" {
			t.Errorf("the first PIN: status %d to %q", a.status, a.to)
		}
	}
	if a := v.post("/desk/first/pin", "pin", desktest.PIN, "once", strings.Repeat("d", 32)); a.to != "/desk" {
		t.Errorf("the second PIN: status %d to %q", a.status, a.to)
	}
}
