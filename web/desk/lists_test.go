package desk_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"example.org/inloop/kiosk/attendancelist"
	"example.org/inloop/sync/count"
	"example.org/inloop/web/desk/desktest"
)

// TestLists_AreShownAndTakenBack in three touches, by a volunteer.
func TestLists_AreShownAndTakenBack(t *testing.T) {
	t.Parallel()
	r := desktest.Open(t)
	v := newVisitor(t, r)
	if a := v.get("/desk/lists"); a.status != http.StatusSeeOther {
		t.Errorf("without a volunteer: status %d", a.status)
	}
	v.in()
	lacks(t, v.get("/desk").body, `href="/desk/lists"`)
	has(t, v.get("/desk/lists").body, "nog geen lijst")
	today := count.DayOf(r.Clock.Now().Wall, r.Clock.Now().Wall.Location())
	take := func(who string) {
		t.Helper()
		_, err := r.Store.ImportVisits(t.Context(), []attendancelist.Row{
			{Line: 2, Person: who, Day: today - 9, Part: count.PartMorning}, {Line: 3, Person: "Lijst Anna", Day: today - 10, Part: count.PartMorning},
		}, false)
		if err != nil {
			t.Fatal(err)
		}
	}
	take("Lijst Anna")
	take("Lijst Ben")
	visits := func() int64 {
		f, err := r.Store.Figures(t.Context(), (today - 9).Period())
		if err != nil {
			t.Fatal(err)
		}
		return f.Visits.N
	}
	has(t, v.get("/desk").body, `href="/desk/lists"`)
	page := v.get("/desk/lists").body
	for _, want := range []string{"Lijst 2, ", "1 bezoek", "Lijst 1, ", "2 bezoeken", `href="/desk/lists?list=2"`, "Een latere lijst"} {
		has(t, page, want)
	}
	lacks(t, page, `href="/desk/lists?list=1"`)
	if a := v.post("/desk/lists", "list", "1"); a.status != http.StatusConflict || visits() != 2 {
		t.Errorf("a list under a later one: status %d, %d visits", a.status, visits())
	}
	has(t, v.get("/desk/lists?list=2").body, "Ja, terugnemen")
	if a := v.post("/desk/lists", "list", "2", "once", strings.Repeat("a", 32)); a.status != http.StatusSeeOther || a.to != "/desk/lists" || visits() != 1 {
		t.Errorf("taken back: status %d to %s, %d visits", a.status, a.to, visits())
	}
	if a := v.post("/desk/lists", "list", "2", "once", strings.Repeat("a", 32)); a.status != http.StatusSeeOther {
		t.Errorf("the same form once more: status %d", a.status)
	}
	if a := v.post("/desk/lists", "list", "2"); a.status != http.StatusConflict {
		t.Errorf("taken back twice: status %d", a.status)
	}
	page = v.get("/desk/lists").body
	has(t, page, "teruggenomen")
	has(t, page, `href="/desk/lists?list=1"`)
	for _, gone := range []string{"2", "99", "x"} {
		if a := v.get(fmt.Sprint("/desk/lists?list=", gone)); a.status != http.StatusNotFound {
			t.Errorf("list %s: status %d", gone, a.status)
		}
	}
	if a := v.post("/desk/lists", "list", "99"); a.status != http.StatusNotFound {
		t.Errorf("no list: status %d", a.status)
	}
	// The program begins again: the list can still go.
	if err := r.Store.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	if a := v.post("/desk/lists", "list", "1"); a.status != http.StatusSeeOther || visits() != 0 {
		t.Errorf("the first one: status %d, %d visits", a.status, visits())
	}
}
