package desk_test

import (
	"fmt"
	"strings"
	"testing"

	"example.org/inloop/web/desk/desktest"
)

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
