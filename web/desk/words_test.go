package desk_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"example.org/inloop/kiosk"
	"example.org/inloop/web"
	"example.org/inloop/web/desk/desktest"
)

// pages opens every page there is, each in a state that has something to show.
func pages(t *testing.T, lang string) map[string]string {
	r := desktest.Open(t)
	person := r.Resident(name, "tulip.red")
	must(t, r.Store.CheckInByHand(t.Context(), r.Volunteer, person))
	must(t, r.Store.AddGuest(t.Context(), r.Volunteer, kiosk.BandTeen))
	must(t, r.Store.OpenRoom(t.Context(), r.Volunteer))
	must(t, r.Store.CloseRoom(t.Context(), r.Volunteer))
	badge := r.Tap(9)
	all := map[string]string{}
	v := newVisitor(t, r)
	v.post("/desk/language", "language", lang)
	all["front"] = v.get("/desk").body
	all["code"] = v.get("/desk/first").body
	all["wrong pin"] = v.try(r.Volunteer, "864209").body
	all["refusal"] = v.post("/desk/guest", "band", "x").body
	v.in()
	for _, path := range []string{
		"/desk", "/desk/people", "/desk/people?q=zzz", "/desk/kept", "/desk/new", "/desk/paper", "/desk/paper?day=2026-11-23&part=middag",
		"/desk/closing", "/desk/closing?volunteers=3", "/desk/slips", "/desk/slips/sheet", "/desk/counted",
		fmt.Sprintf("/desk/badge/%d", badge), fmt.Sprintf("/desk/badge/%d?sign=boat.red", badge),
		fmt.Sprintf("/desk/badge/%d/person", badge), fmt.Sprintf("/desk/badge/%d/volunteer", badge),
		fmt.Sprintf("/desk/person/%d", person), fmt.Sprintf("/desk/person/%d/sign", person),
		fmt.Sprintf("/desk/person/%d/erase", person), fmt.Sprintf("/desk/person/%d/data", person), // closed
	} {
		a := v.get(path)
		if a.status != http.StatusOK {
			t.Errorf("%s: status %d", path, a.status)
		}
		all[path] = a.body
	}
	v.post(fmt.Sprintf("/desk/person/%d/take", person))
	all["witness"] = v.get(fmt.Sprintf("/desk/person/%d/witness/take", person)).body
	all["data"] = v.badged(person, 8).body
	twins := r.Twins("anna b", "ANNA B")
	all["twins"], all["twin"] = v.get("/desk/twins").body, v.get(fmt.Sprintf("/desk/twins?person=%d", twins[1])).body
	r.Undated()
	v.in() // the machine was switched off
	all["wait for a date"], all["dates"] = v.get("/desk").body, v.get("/desk/undated").body
	here := addresses(all["dates"])
	all["days"], all["parts"] = v.get(here[0]).body, v.get(here[0]+"&day=2026-11-26").body
	all["bad"] = v.post("/desk/guest", "band", "x").body
	v.post(fmt.Sprintf("/desk/person/%d/questions", person))
	for _, step := range []string{"consent", "family", "friends", "neighbours", "route", "thanks"} {
		all[step] = v.get("/desk/questions").body
		if step == "consent" || step == "thanks" {
			v.say(step, "yes")
		} else {
			v.say(step, "")
		}
	}
	all["back"] = v.get("/desk/questions").body
	must(t, r.Store.Close())
	return all
}

func TestPages_NoComputerWords(t *testing.T) {
	t.Parallel()
	words := regexp.MustCompile(`(?i)sync|server|error|database|login`)
	translations, err := web.NewTranslations()
	must(t, err)
	for _, l := range translations.Languages() {
		t.Run(l.Lang(), func(t *testing.T) {
			t.Parallel()
			for what, page := range pages(t, l.Lang()) {
				if m := words.FindString(page); m != "" {
					t.Errorf("%s says %q", what, m)
				}
				page = strings.NewReplacer("desk.css", "", "desk.js", "").Replace(page)
				if i := strings.Index(page, "desk."); i >= 0 {
					t.Errorf("%s shows a key for a text: %.40q", what, page[i:])
				}
				if strings.Contains(page, "style=") || strings.Contains(page, "<script>") || strings.Contains(page, "onclick") {
					t.Errorf("%s has something inline that the browser will block", what)
				}
			}
		})
	}
}

// TestButtons_FourWords holds buttons and links to the length of a glance.
func TestButtons_FourWords(t *testing.T) {
	t.Parallel()
	button := regexp.MustCompile(`(?s)<(?:button|a) class="button[^>]*>(.*?)</(?:button|a)>`)
	tag := regexp.MustCompile(`(?s)<span class="visually-hidden">.*?</span>|<[^>]*>`)
	for what, page := range pages(t, "nl") {
		for _, m := range button.FindAllStringSubmatch(page, -1) {
			if text := strings.Fields(tag.ReplaceAllString(m[1], " ")); len(text) > 4 {
				t.Errorf("%s: button of %d words: %q", what, len(text), text)
			}
		}
	}
}
