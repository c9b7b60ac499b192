package desk_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"example.org/inloop/kiosk"
	"example.org/inloop/web/desk/desktest"
)

// handOver gives the screen to a resident who reads Turkish.
func handOver(t *testing.T) (*visitor, int64) {
	r := desktest.Open(t)
	v := newVisitor(t, r).in()
	no := r.Resident(name, "tulip.red")
	v.post(fmt.Sprintf("/desk/person/%d/language", no), "language", "tr")
	v.post(fmt.Sprintf("/desk/person/%d/questions", no))
	return v, no
}

// say gives one answer.
func (v *visitor) say(step, said string) answer {
	v.t.Helper()
	return v.post("/desk/questions", "step", step, "answer", said)
}

func TestQuestions_HeldByTheResident(t *testing.T) {
	t.Parallel()
	v, no := handOver(t)
	page := v.get("/desk/questions").body
	has(t, page, `lang="tr"`)
	has(t, page, kiosk.ConsentText)
	has(t, page, "24 Kasım 2026")
	for pattern, public := range v.Desk.Patterns() {
		method, path := fill(pattern, no)
		if public || method != http.MethodGet || path == "/desk/questions" {
			continue
		}
		if a := v.get(path); a.to != "/desk/questions" || strings.Contains(a.body, name) {
			t.Errorf("%s: status %d to %q, want back to the questions", pattern, a.status, a.to)
		}
	}
	lacks(t, v.get("/desk").body, name)

	v.say("consent", "yes")
	for _, step := range []string{"family", "friends", "neighbours"} {
		has(t, v.get("/desk/questions").body, "Söylemek istemiyorum")
		v.say(step, "never")
	}
	v.say("route", "doctor")
	has(t, v.get("/desk/questions").body, "Teşekkürler")
	quarter, err := v.Store.AnsweredIn(t.Context(), no)
	if err != nil || quarter != "2026Q4" {
		t.Errorf("answered in %q, %v: want 2026Q4", quarter, err)
	}

	v.say("thanks", "yes")
	if a := v.post("/desk/questions/back", "pin", "864209"); a.status != http.StatusForbidden {
		t.Errorf("wrong PIN: status %d, want 403", a.status)
	}
	if a := v.post("/desk/questions/back", "pin", desktest.PIN); a.to != fmt.Sprintf("/desk/person/%d", no) {
		t.Errorf("PIN: status %d to %q, want the person's page", a.status, a.to)
	}
	page = v.get(fmt.Sprintf("/desk/person/%d", no)).body
	has(t, page, "U gaf antwoord in 2026-K4")
	v.post(fmt.Sprintf("/desk/person/%d/forget", no))
	lacks(t, v.get(fmt.Sprintf("/desk/person/%d", no)).body, "2026-K4")
}

func TestQuestions_RefusedInOneTouch(t *testing.T) {
	t.Parallel()
	for what, refuse := range map[string]func(*visitor){
		"no consent":     func(v *visitor) { v.say("consent", "no"); v.say("route", "") },
		"stopped":        func(v *visitor) { v.post("/desk/questions/stop") },
		"stopped midway": func(v *visitor) { v.say("consent", "yes"); v.say("family", "daily"); v.post("/desk/questions/stop") },
		"answer no choice": func(v *visitor) {
			v.say("consent", "yes")
			if a := v.say("family", "<script>"); a.status != http.StatusBadRequest {
				v.t.Errorf("status %d, want 400", a.status)
			}
			v.post("/desk/questions/stop")
		},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			v, no := handOver(t)
			refuse(v)
			has(t, v.get("/desk/questions").body, "Teşekkürler")
			if q, err := v.Store.AnsweredIn(t.Context(), no); err == nil {
				t.Errorf("answered in %q, want nothing kept", q)
			}
		})
	}
}

// newness is how many changes the desk had seen, from a random number on, and the tag of
// a list, which is made of its lines and a random number.
var newness = regexp.MustCompile(`data-changed="\d+"|data-list="\w+"`)

func TestQuestions_OutcomeIsNowhere(t *testing.T) {
	t.Parallel()
	pages := map[string]string{}
	for _, said := range []string{"never", "daily"} {
		v, no := handOver(t)
		v.say("consent", "yes")
		for _, step := range []string{"family", "friends", "neighbours"} {
			v.say(step, said)
		}
		v.say("route", "")
		v.say("thanks", "yes")
		v.post("/desk/questions/back", "pin", desktest.PIN)
		for _, path := range []string{"/desk", "/desk/people", fmt.Sprintf("/desk/person/%d", no), "data"} {
			body := ""
			if path == "data" {
				body = v.badged(no, 8).body
			} else {
				body = v.get(path).body
			}
			page := newness.ReplaceAllString(body, "")
			if before, ok := pages[path]; ok && before != page {
				t.Errorf("%s differs with the answers", path)
			}
			pages[path] = page
		}
	}
}
