package desk_test

import (
	"net/http"
	"strings"
	"testing"

	"example.org/inloop/web/desk/desktest"
)

// The list to print has everybody's sign and nobody's name.
func TestPaper_TheSheetHasSignsAndNoName(t *testing.T) {
	t.Parallel()
	v := newVisitor(t, desktest.Open(t)).in()
	has(t, v.get("/desk/paper/sheet").body, "Er zijn nog geen plaatjes")
	v.Resident("Yildiz van Nergens", "tulip.red")
	v.Resident("Els", "boat.blue")
	page := v.get("/desk/paper/sheet").body
	for _, want := range []string{"tulp, rood", "boot, blauw", "Ochtend", "Middag", "Avond"} {
		has(t, page, want)
	}
	lacks(t, page, "Yildiz")
	lacks(t, page, "Els")
}

// The paper list offers the last fourteen days in their weeks, and no day to come.
func TestPaper_DaysOfTheWeeks(t *testing.T) {
	t.Parallel()
	v := newVisitor(t, desktest.Open(t)).in()
	page := v.get("/desk/paper").body
	if n := strings.Count(page, `name="day"`); n != 14 {
		t.Errorf("%d days are offered, want 14", n)
	}
	for _, day := range []string{"2026-11-24", "2026-11-11"} {
		has(t, page, `value="`+day+`"`)
	}
	for _, day := range []string{"2026-11-25", "2026-11-10"} {
		lacks(t, page, `value="`+day+`"`)
		if a := v.get("/desk/paper?day=" + day); a.status != http.StatusBadRequest {
			t.Errorf("%s: status %d, want 400", day, a.status)
		}
	}
}
