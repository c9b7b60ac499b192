package dashboard_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"example.org/inloop/web/dashboard/dashboardtest"
)

func TestFunders_FromTheFormToWhoReadsAlong(t *testing.T) {
	o := dashboardtest.Open(t)
	v := o.Coordinator("Stichting Zonnebloem", "nadia@zon.example")
	room := v.NewRoom("Hobbemaplein")
	wantWords(t, v.Page("/funders"), "Er is nog geen opdrachtgever. Zonder opdrachtgever kunt u niets vrijgeven.", "Hobbemaplein", "De hele organisatie")
	form := url.Values{"name": {"Gemeente Den Haag"}, "contract": {"WMO/2026-17"}, "room": {fmt.Sprint(room.Room.ID)}}
	w := v.Ask(http.MethodPost, "/funders", form.Encode())
	place := w.Header().Get("Location")
	if w.Code != http.StatusSeeOther {
		t.Fatalf("%d\n%s", w.Code, words(w.Body.String()))
	}
	for what, c := range map[string]struct {
		form url.Values
		want int
		says string
	}{
		"no name":          {url.Values{"name": {" "}}, http.StatusUnprocessableEntity, "Vul een naam in van hoogstens 120 tekens"},
		"the same again":   {form, http.StatusUnprocessableEntity, "Deze opdrachtgever staat er al met dit contract."},
		"a room elsewhere": {url.Values{"name": {"Fonds"}, "room": {"999"}}, http.StatusNotFound, "Deze pagina is er niet"},
		"no room at all":   {url.Values{"name": {"Fonds"}, "room": {"een"}}, http.StatusBadRequest, "Dit formulier kwam niet goed aan"},
		"a long contract":  {url.Values{"name": {"Fonds"}, "contract": {strings.Repeat("x", 121)}}, http.StatusUnprocessableEntity, "Het contract mag ook niet langer zijn"},
	} {
		if w := v.Ask(http.MethodPost, "/funders", c.form.Encode()); w.Code != c.want || !strings.Contains(words(w.Body.String()), c.says) {
			t.Errorf("%s: %d\n%s", what, w.Code, words(w.Body.String()))
		}
	}
	if w := v.Ask(http.MethodPost, place, url.Values{"name": {"Gemeente Den Haag"}, "whole": {"on"}}.Encode()); w.Code != http.StatusSeeOther {
		t.Errorf("change: %d\n%s", w.Code, words(w.Body.String()))
	}
	funders, err := o.Central.Funders(t.Context(), v.Account)
	if err != nil || len(funders) != 1 || !funders[0].Whole || len(funders[0].Rooms) != 0 || funders[0].Contract != "" {
		t.Errorf("changed into %+v, %v", funders, err)
	}

	for name, says := range map[string]string{"kim": "Vul een naam in zoals een e-mailadres.", "nadia@zon.example": "Met deze naam logt al iemand anders in."} {
		if w := v.Ask(http.MethodPost, place+"/readers", "reader="+name); w.Code != http.StatusUnprocessableEntity || !strings.Contains(words(w.Body.String()), says) {
			t.Errorf("%s: %d\n%s", name, w.Code, words(w.Body.String()))
		}
	}
	page := v.Ask(http.MethodPost, place+"/readers", "reader=kim@stad.example").Body.String()
	wantWords(t, page, "Geef deze link aan kim@stad.example")
	link := regexp.MustCompile(`http://example\.com(/reader/[A-Z0-9]+)`).FindStringSubmatch(page)
	if link == nil {
		t.Fatalf("no link:\n%s", page)
	}
	wantWords(t, v.Page(place), "kim@stad.example (link nog niet gebruikt)")
	kim := o.Nobody()
	wantWords(t, kim.Page(link[1]), "U kijkt mee voor Gemeente Den Haag.", "Kies een wachtwoord voor kim@stad.example.")
	if w := kim.Ask(http.MethodPost, link[1], "password=kort"); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a short password: %d", w.Code)
	}
	w = kim.Ask(http.MethodPost, link[1], url.Values{"password": {dashboardtest.Password}}.Encode())
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/release" || len(w.Result().Cookies()) != 1 {
		t.Fatalf("%d to %s", w.Code, w.Header().Get("Location"))
	}
	kim.Session = w.Result().Cookies()[0].Value
	seen := kim.Page("/release")
	wantWords(t, seen, "Stichting Zonnebloem", "Gemeente Den Haag", "Er is nog niets vrijgegeven.")
	for _, not := range []string{"Kamer koppelen", "/funders", "Overzicht"} {
		if strings.Contains(seen, not) {
			t.Errorf("a reader is offered %q", not)
		}
	}
	if w := v.Ask(http.MethodPost, place+"/readers/remove", "reader=kim@stad.example"); w.Code != http.StatusSeeOther {
		t.Errorf("remove: %d", w.Code)
	}
	if w := kim.Ask(http.MethodGet, "/release", ""); w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), "/sign-in") {
		t.Errorf("who reads along no more: %d", w.Code)
	}
	if w := v.Ask(http.MethodPost, place+"/remove", "x=1"); w.Code != http.StatusSeeOther {
		t.Errorf("remove the funder: %d", w.Code)
	}
	wantWords(t, v.Page("/funders"), "Er is nog geen opdrachtgever.")
}
