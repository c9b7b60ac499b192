package desk_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"example.org/inloop/web/desk/desktest"
)

func TestBadForms_ChangeNothing(t *testing.T) {
	t.Parallel()
	r := desktest.Open(t)
	v := newVisitor(t, r).in()
	person := fmt.Sprint(r.Resident(name, "tulip.red"))
	badge := fmt.Sprint(r.Tap(9))
	tests := []struct {
		what, path string
		form       url.Values
		want       int
	}{
		{"unknown field", "/desk/guest", url.Values{"band": {"unasked"}, "extra": {"1"}}, 400},
		{"field twice", "/desk/guest", url.Values{"band": {"unasked", "65+"}}, 400},
		{"unknown band", "/desk/guest", url.Values{"band": {"99"}}, 400},
		{"no band", "/desk/guest", url.Values{}, 400},
		{"query on a form", "/desk/guest?band=unasked", url.Values{"band": {"unasked"}}, 400},
		{"too large", "/desk/guest", url.Values{"band": {strings.Repeat("x", 5000)}}, 400},
		{"half a number", "/desk/in", url.Values{"person": {"1e3"}}, 400},
		{"negative number", "/desk/in", url.Values{"person": {"-1"}}, 400},
		{"leading zero", "/desk/in", url.Values{"person": {"0" + person}}, 400},
		{"nobody", "/desk/in", url.Values{"person": {"99999"}}, 404},
		{"neither yes nor no", "/desk/held", url.Values{"visit": {"1"}, "accept": {"maybe"}}, 400},
		{"undo of nothing", "/desk/undo", url.Values{"action": {"99999"}}, 404},
		{"no such sign", "/desk/badge/" + badge, url.Values{"sign": {"dragon.red"}, "language": {"nl"}}, 400},
		{"no such language", "/desk/badge/" + badge, url.Values{"sign": {"boat.red"}, "language": {"xx"}}, 400},
		{"sign of another", "/desk/badge/" + badge, url.Values{"sign": {"tulip.red"}, "language": {"nl"}}, 409},
		{"name too long", "/desk/person/" + person + "/name", url.Values{"name": {strings.Repeat("n", 61)}}, 422},
		{"no day", "/desk/paper/guests", url.Values{"day": {"gisteren"}, "part": {"ochtend"}, "guests": {"2"}}, 400},
		{"no part", "/desk/paper/guests", url.Values{"day": {"2026-11-23"}, "part": {"nacht"}, "guests": {"2"}}, 400},
		{"too many guests", "/desk/paper/guests", url.Values{"day": {"2026-11-23"}, "part": {"ochtend"}, "guests": {"900"}}, 400},
		{"a day ahead", "/desk/paper/guests", url.Values{"day": {"2026-11-30"}, "part": {"ochtend"}, "guests": {"2"}}, 422},
		{"a part not over", "/desk/paper/guests", url.Values{"day": {"2026-11-24"}, "part": {"avond"}, "guests": {"2"}}, 422},
		{"a day too old", "/desk/paper/guests", url.Values{"day": {"2020-11-24"}, "part": {"avond"}, "guests": {"2"}}, 422},
		{"language of the page", "/desk/language", url.Values{"language": {"xx"}}, 400},
	}
	before := fmt.Sprintf("%+v", r.View())
	for _, tt := range tests {
		t.Run(tt.what, func(t *testing.T) {
			a := v.do(http.MethodPost, tt.path, tt.form)
			if a.status != tt.want {
				t.Errorf("status %d, want %d", a.status, tt.want)
			}
			has(t, a.body, `role="alert"`)
			if after := fmt.Sprintf("%+v", r.View()); after != before {
				t.Errorf("the day changed:\n%s\n%s", before, after)
			}
		})
	}
}

func TestForm_NotAForm(t *testing.T) {
	t.Parallel()
	r := desktest.Open(t)
	v := newVisitor(t, r).in()
	a := v.do(http.MethodPost, "/desk/guest", url.Values{"band": {"unasked"}}, func(q *http.Request) {
		q.Header.Set("Content-Type", "application/json")
	})
	if a.status != http.StatusBadRequest {
		t.Errorf("status %d, want 400", a.status)
	}
}
