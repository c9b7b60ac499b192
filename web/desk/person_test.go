package desk_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.org/inloop/web/desk/desktest"
)

func TestPerson_ProfileDataErase(t *testing.T) {
	t.Parallel()
	r := desktest.Open(t)
	v := newVisitor(t, r).in()
	no := r.Resident("", "tulip.red")
	at := fmt.Sprintf("/desk/person/%d", no)
	v.post(at+"/name", "name", "  "+name+" ", "onscreen", "yes")
	v.post(at+"/language", "language", "ar")
	v.post(at+"/sign", "sign", "boat.blue")
	all, err := r.Store.Residents(t.Context())
	must(t, err)
	if p := all[0]; p.Name != name || !p.OnScreen || p.Language != "ar" || p.Sign != "boat.blue" {
		t.Errorf("profile %+v: want what was chosen", p.Resident)
	}
	v.post("/desk/in", "person", fmt.Sprint(no))
	has(t, v.badged(no, 7).body, "24 نوفمبر 2026")
	has(t, v.get(at+"/erase").body, "Het aantal van vorige maanden en kwartalen blijft") // for the volunteer
	v.post(at + "/erase")
	r.Lay(7)
	r.Clock.Pass(time.Minute + time.Second)
	if a := v.get(at); a.status != http.StatusNotFound {
		t.Errorf("erased person: status %d, want 404", a.status)
	}
	lacks(t, v.get("/desk/people").body, name)
	lacks(t, v.get("/desk").body, name)
}

// TestName_IsMeasuredInCharacters takes a name that is long in bytes and short to
// its reader.
func TestName_IsMeasuredInCharacters(t *testing.T) {
	t.Parallel()
	r := desktest.Open(t)
	v := newVisitor(t, r).in()
	at := fmt.Sprintf("/desk/person/%d/name", r.Resident("", "tulip.red"))
	for letters, want := range map[int]int{60: http.StatusSeeOther, 61: http.StatusUnprocessableEntity} {
		if a := v.post(at, "name", strings.Repeat("ش", letters)); a.status != want {
			t.Errorf("%d letters of two bytes: status %d, want %d", letters, a.status, want)
		}
	}
}

// One person's page reads that person and nobody else.
func TestPerson_ReadsNobodyElse(t *testing.T) {
	t.Parallel()
	asked := 0
	r := crowded(t, &asked)
	no := r.Resident("Mevrouw Anders", "tulip.red")
	v := newVisitor(t, r).in()
	asked = 0
	has(t, v.get(fmt.Sprintf("/desk/person/%d", no)).body, "Mevrouw Anders")
	v.post("/desk/in", "person", fmt.Sprint(no))
	has(t, v.get("/desk").body, "Mevrouw Anders")
	v.post("/desk/out", "person", fmt.Sprint(no))
	if asked != 0 {
		t.Errorf("everybody was read %d times for one person", asked)
	}
}
