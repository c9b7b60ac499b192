package desk_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/attendancelist"
	"example.org/inloop/sync/count"
	"example.org/inloop/web/desk"
	"example.org/inloop/web/desk/desktest"
)

func TestCheckIn_ByNameAndOut(t *testing.T) {
	t.Parallel()
	r := desktest.Open(t)
	person := fmt.Sprint(r.Resident("Éls Ünver", "tulip.red"))
	r.Resident("Anders", "bicycle.blue")
	v := newVisitor(t, r).in()
	for _, q := range []string{"els", "unver els", "TULP", "tulp rood"} {
		page := v.get("/desk/people?q=" + url.QueryEscape(q)).body
		has(t, page, "Éls Ünver")
		lacks(t, page, "Anders")
	}
	has(t, v.get("/desk/people?letter=E").body, "Éls Ünver")
	lacks(t, v.get("/desk/people?letter=E").body, "Anders")
	has(t, v.get("/desk/people?picture=bicycle").body, "Anders")

	v.post("/desk/in", "person", person)
	if got := r.View().In; got != 1 {
		t.Errorf("in: %d, want 1", got)
	}
	if a := v.post("/desk/in", "person", person); a.status != http.StatusConflict {
		t.Errorf("in twice: status %d, want 409", a.status)
	}
	v.post("/desk/out", "person", person)
	if got := r.View().In; got != 0 {
		t.Errorf("in after leaving: %d, want 0", got)
	}
}

// TestPeople_InTheOrderOfTheirWords wants the list in the order of what it says,
// whatever the keys of the pictures are.
func TestPeople_InTheOrderOfTheirWords(t *testing.T) {
	t.Parallel()
	r := desktest.Open(t)
	r.Resident("", "tulip.red")
	r.Resident("", "umbrella.red")
	r.Resident("Şule", "bell.red")
	v := newVisitor(t, r).in()
	for lang, want := range map[string][]string{
		"nl": {"paraplu, rood", "Şule", "tulp, rood"},
		"tr": {"lale, kırmızı", "şemsiye, kırmızı", "Şule"},
	} {
		v.post("/desk/language", "language", lang)
		page := v.get("/desk/people").body
		var at []int
		for _, who := range want {
			at = append(at, strings.Index(page, `<span class="who">`+who))
		}
		if at[0] < 0 || !slices.IsSorted(at) {
			t.Errorf("%s: %v stand at %v", lang, want, at)
		}
	}
}

// TestPeople_TenThousand wants a search among very many to read them once and
// to show a pageful; how long it takes is BenchmarkPeople_TenThousand's to say.
func TestPeople_TenThousand(t *testing.T) {
	t.Parallel()
	asked := 0
	v := newVisitor(t, crowded(t, &asked)).in()
	asked = 0
	page := v.get("/desk/people?q=9876").body
	if asked != 1 {
		t.Errorf("one search read the residents %d times, want once", asked)
	}
	has(t, page, "Bewoner 9876")
	if got := strings.Count(v.get("/desk/people").body, `class="line"`); got != 24 {
		t.Errorf("%d people listed, want 24", got)
	}
}

func BenchmarkPeople_TenThousand(b *testing.B) {
	asked := 0
	v := newVisitor(b, crowded(b, &asked)).in()
	for b.Loop() {
		v.get("/desk/people?q=9876")
	}
}

// crowded is a room with ten thousand residents, which counts in asked how often
// they were read.
func crowded(t testing.TB, asked *int) *desktest.Fixture {
	t.Helper()
	return desktest.Open(t, func(c *desk.Config) { c.Store.Residents = crowd{c.Store.Residents, asked} })
}

// crowd is a store with ten thousand residents.
type crowd struct {
	desk.ResidentLister
	asked *int
}

func (c crowd) Residents(context.Context) ([]kiosk.Present, error) {
	*c.asked++
	all := make([]kiosk.Present, 10000)
	for i := range all {
		all[i].Resident = kiosk.Resident{No: int64(i + 1), Name: fmt.Sprintf("Bewoner %d", i+1)}
	}
	return all, nil
}

// Somebody whom only an old list knows is found by what it calls them, or they
// would be counted as a second person from their first badge on.
func TestPeople_FromAnOldList(t *testing.T) {
	r := desktest.Open(t)
	rows, err := attendancelist.Parse(strings.NewReader("person,day,part,guests\nNieuweling Jansen,2026-11-20,avond,\n"), count.Date(2026, 11, 24))
	must(t, err)
	_, err = r.Store.ImportVisits(t.Context(), rows, false)
	must(t, err)
	v := newVisitor(t, r).in()
	for _, search := range []string{"?q=jansen", "?letter=N"} {
		if a := v.get("/desk/people" + search); !strings.Contains(a.body, "Nieuweling Jansen") {
			t.Errorf("%s: not found: %s", search, a.body)
		}
	}
	all, err := r.Store.Residents(t.Context())
	must(t, err)
	if a := v.badged(all[0].No, 7); !strings.Contains(a.body, "Op een oude lijst") {
		t.Errorf("their own page says nothing of it: %s", a.body)
	}
}
