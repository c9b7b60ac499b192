package desk_test

import (
	"fmt"
	"net/http"
	"testing"

	"example.org/inloop/kiosk/attendancelist"
	"example.org/inloop/sync/count"
	"example.org/inloop/web/desk/desktest"
)

// TestTwins_AVolunteerSaysWhetherTheyAreOne: asked in three touches from the day's page,
// and never again.
func TestTwins_AVolunteerSaysWhetherTheyAreOne(t *testing.T) {
	t.Parallel()
	for keep, want := range map[string][2]int{"two": {1, 2}, "first": {3, 0}, "second": {0, 3}} {
		r := desktest.Open(t)
		v := newVisitor(t, r).in()
		lacks(t, v.get("/desk").body, `href="/desk/lists"`)
		has(t, v.get("/desk/twins").body, "Er is niets te kiezen")
		people := r.Twins("anna b", "ANNA B")
		has(t, v.get("/desk").body, `href="/desk/lists"`)
		has(t, v.get("/desk/lists").body, `href="/desk/twins"`)
		here := fmt.Sprintf("/desk/twins?person=%d", people[1])
		page := v.get("/desk/twins").body
		for _, want := range []string{"ANNA B", "anna b", here} {
			has(t, page, want)
		}
		has(t, v.get(here).body, "Is het één mens?")
		value := keep
		switch keep {
		case "first":
			value = fmt.Sprint(people[0])
		case "second":
			value = fmt.Sprint(people[1])
		}
		for _, wrong := range []string{"", "0", "x", fmt.Sprint(people[1] + 9)} {
			if a := v.post("/desk/twins", "person", fmt.Sprint(people[1]), "keep", wrong); a.status < 400 {
				t.Errorf("kept %q: status %d", wrong, a.status)
			}
		}
		if a := v.post("/desk/twins", "person", fmt.Sprint(people[1]), "keep", value); a.to != "/desk/twins" {
			t.Errorf("%s: status %d to %q", keep, a.status, a.to)
		}
		has(t, v.get("/desk/twins").body, "Er is niets te kiezen")
		if a := v.get(here); a.status != http.StatusNotFound {
			t.Errorf("asked once more: status %d", a.status)
		}
		day := count.Date(2026, 11, 20)
		_, err := r.Store.ImportVisits(t.Context(), []attendancelist.Row{
			{Line: 2, Person: "anna b", Day: day, Part: count.PartMorning}, {Line: 3, Person: "ANNA B", Day: day, Part: count.PartAfternoon},
			{Line: 4, Person: "ANNA B", Day: day, Part: count.PartEvening},
		}, false)
		must(t, err)
		for i, no := range people {
			data, err := r.Store.OwnData(t.Context(), no)
			must(t, err)
			if len(data.Visits) != want[i] {
				t.Errorf("%s: person %d has %d visits, want %d", keep, i+1, len(data.Visits), want[i])
			}
		}
		lacks(t, r.Log.String(), "ANNA")
	}
}
