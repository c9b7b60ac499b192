package desk_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"example.org/inloop/web/desk/desktest"
)

// Of two new badges the one that was laid down last stands out.
func TestToday_OfTwoBadgesTheOneLaidAgainStandsOut(t *testing.T) {
	t.Parallel()
	v := newVisitor(t, desktest.Open(t)).in()
	one := v.Tap(41)
	lacks(t, v.get("/desk").body, "deze pas")
	v.Clock.Pass(2 * time.Minute)
	two := v.Tap(42)
	page := v.get("/desk").body
	for _, want := range []string{"Leg er een nog eens neer", "2 minuten geleden", "net"} {
		has(t, page, want)
	}
	lit := func(page string) string {
		_, after, _ := strings.Cut(page, `class="card ask lit" id="`)
		id, _, _ := strings.Cut(after, `"`)
		return id
	}
	if got, want := lit(page), fmt.Sprintf("badge-%d", two); got != want {
		t.Errorf("%q stands out, want %q", got, want)
	}
	v.Lay(41)
	if got, want := lit(v.get("/desk").body), fmt.Sprintf("badge-%d", one); got != want {
		t.Errorf("laid down again: %q stands out, want %q", got, want)
	}
	v.Clock.Pass(time.Minute)
	lacks(t, v.get("/desk").body, "ask lit")
}
