package dashboard_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.org/inloop/web/dashboard/dashboardtest"
)

// released is an organisation with two rooms, whose third quarter is ready to be released.
func readyToRelease(t *testing.T) (v, reader *dashboardtest.Visitor, first, second *dashboardtest.FakeKiosk) {
	t.Helper()
	v = dashboardtest.Open(t).Coordinator("Stichting Zonnebloem", "nadia@zon.example")
	v.Set(time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC))
	first, second = v.NewRoom("Hobbemaplein"), v.NewRoom("Paulus Potterstraat")
	reader, _ = v.Reader("Gemeente Den Haag", "kim@stad.example", true, second.Room.ID)
	v.Set(time.Date(2026, 10, 9, 9, 0, 0, 0, time.UTC))
	for _, k := range []*dashboardtest.FakeKiosk{first, second} {
		k.Report(k.Days(dashboardtest.Midnight(2026, 6, 29), dashboardtest.Midnight(2026, 10, 5)))
		k.Report(k.Persons("2026Q3", 9, 44, 13))
	}
	v.Together(map[*dashboardtest.FakeKiosk][]int64{first: {53, 40, 11}, second: {53, 35, 10}})
	return signedIn(v), signedIn(reader), first, second
}

// signedIn is the visitor after a night's sleep.
func signedIn(v *dashboardtest.Visitor) *dashboardtest.Visitor {
	v.Again()
	return v
}

func TestRelease_FromTheButtonToTheReader(t *testing.T) {
	v, reader, first, second := readyToRelease(t)
	wantWords(t, v.Page("/release"), "3e kwartaal 2026", "Alles is binnen.", "Nu vrijgeven")
	if page := reader.Page("/release"); strings.Contains(page, "Nu vrijgeven") || strings.Contains(page, "3e kwartaal") {
		t.Errorf("a reader sees what is to come:\n%s", words(page))
	}
	for range 2 { // pressed twice: the second finds it done
		if w := v.Ask(http.MethodPost, "/release", "x=1"); w.Code != http.StatusSeeOther {
			t.Fatalf("%d\n%s", w.Code, words(w.Body.String()))
		}
	}
	wantWords(t, v.Page("/release?made=1"), "De cijfers zijn vrijgegeven.", "Vrijgegeven op 9 oktober 2026 door nadia@zon.example.")
	place := fmt.Sprintf("/release/%d/2026Q3", v.Account.Organisation)
	page := reader.Page(place)
	wantWords(t, page, "3e kwartaal 2026 Stichting Zonnebloem Versie 1. Vrijgegeven op 9 oktober 2026 door nadia@zon.example.",
		"Voor Gemeente Den Haag · 2026-001", "De hele organisatie", "over 2 van 2 kamers",
		"Ongeveer 20 van de ongeveer 105 bezoekers zeiden weinig contact te hebben", "Paulus Potterstraat ontvangen: 13 van 13 weken",
		"Wie in twee kamers komt, telt in beide.", "Wat niet is ontvangen, is leeg.")
	for _, not := range []string{"Hobbemaplein", "Al bekend", "Voor het eerst in 12 maanden", "intern"} {
		if strings.Contains(words(page), not) {
			t.Errorf("the reader sees %q", not)
		}
	}
	wantWords(t, v.Page(place), "Hobbemaplein", "Paulus Potterstraat")
	for what, target := range map[string]string{
		"another organisation": "/release/99/2026Q3", "no organisation": "/release/x/2026Q3", "another quarter": fmt.Sprintf("/release/%d/2026Q2", v.Account.Organisation),
		"a version to come": place + "?version=2", "no version": place + "?version=0", "a version of letters": place + "?version=een",
	} {
		for _, sub := range []string{"", "/csv"} {
			path, query, _ := strings.Cut(target, "?")
			if w := reader.Ask(http.MethodGet, path+sub+"?"+query, ""); w.Code != http.StatusNotFound {
				t.Errorf("%s%s: %d, want %d", what, sub, w.Code, http.StatusNotFound)
			}
		}
	}
	_ = first
	w := reader.Ask(http.MethodGet, place+"/csv", "")
	if got := w.Header().Get("Content-Disposition"); got != `attachment; filename="inloop-2026Q3-1.csv"` {
		t.Errorf("name %q", got)
	}
	lines := readCSV(t, w.Body.Bytes())
	if got := strings.Join(lines[0], ";"); got != "opdrachtgever;contract;kamer;van;tot;dagdeel;maat;aantal;toelichting;gebruik;versie;datum;ontvangen" {
		t.Errorf("columns %s", got)
	}
	for _, line := range lines[1:] {
		if line[0] != "Gemeente Den Haag" || line[1] != "2026-001" || line[9] != "verslag" || line[10] != "1" || line[11] != "2026-10-09" {
			t.Errorf("line %q", line)
		}
		if line[2] == first.Room.Name || line[6] == "known" || line[6] == "visits" || line[6] == "assumed" {
			t.Errorf("tells of %q", line)
		}
	}
	for _, want := range []string{
		"Gemeente Den Haag;2026-001;alle kamers;2026-07-01;2026-09-30;;reach_k;20;afgerond, telt niet op;verslag;1;2026-10-09;26/26",
		"Gemeente Den Haag;2026-001;alle kamers;2026-07-01;2026-09-30;;unique;105;afgerond, telt niet op;verslag;1;2026-10-09;26/26",
	} {
		if !holds(lines, want) {
			t.Errorf("no line %s", want)
		}
	}
	_ = second
}

// What a coordinator sees of class C at each state, and that no room has a figure of it.
func TestReach_AtEachState(t *testing.T) {
	o := dashboardtest.Open(t)
	v := o.Coordinator("Stichting Zonnebloem", "nadia@zon.example")
	v.Set(time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC))
	v.Again()
	k := v.NewRoom("Hobbemaplein")
	k.Report(k.SoFar(dashboardtest.Midnight(2026, 6, 1), 3, 2, 1))
	wantWords(t, v.Page("/"), "Het eerste cijfer komt na het eerste hele kwartaal")
	for _, c := range []struct{ at, says string }{
		{"2026-10-03", "De kamers tellen dit nog samen."},
		{"2026-11-06", "Dit is niet gelukt: niet genoeg kamers deden op tijd mee."},
	} {
		day, err := time.Parse(time.DateOnly, c.at)
		o.Must(err)
		v.Set(day.Add(9 * time.Hour))
		v.Again()
		wantWords(t, v.Page("/"), c.says)
		wantWords(t, v.Page(k.Path()), "Weinig contact tellen de kamers samen, nooit per kamer.")
	}
	v.Set(time.Date(2027, 1, 9, 9, 0, 0, 0, time.UTC))
	v.Again()
	v.Together(map[*dashboardtest.FakeKiosk][]int64{k: {30, 20, 9, 180, 105, 22, 60, 31, 30, 22, 30, 9, 4, 20, 40, 3, 60, 30, 25, 4, 40, 40, 12, 5}})
	page := v.Page("/")
	wantWords(t, page, "2026 over 1 van 1 kamers", "zeiden in minstens één kwartaal weinig contact te hebben",
		"wie in twee kamers komt telt twee keer", "4e kwartaal 2026 over 1 van 1 kamers Te weinig antwoorden (nodig: 20 of meer, en genoeg aan beide kanten).",
		"Naar schatting ongeveer", "Kwamen terug Ongeveer 30 van de ongeveer 60 nieuwe bezoekers", "Te weinig vaste bezoekers", "Te weinig briefjes",
		"Via een buur: 30", "Via het wijkteam: minder dan 8")
	if strings.Index(words(page), "2026 over 1 van 1") > strings.Index(words(page), "4e kwartaal 2026 over") {
		t.Error("the year does not lead")
	}
}

func TestReach_MoreThanAHundredRooms(t *testing.T) {
	o := dashboardtest.Open(t)
	v := o.Coordinator("Stichting Zonnebloem", "nadia@zon.example")
	v.Set(time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC))
	for i := range 101 {
		v.NewRoom(fmt.Sprintf("Kamer %03d", i))
	}
	v.Set(dashboardtest.Now)
	v.Again()
	wantWords(t, v.Page("/"), "Samen tellen kan met hoogstens 100 kamers. Deze organisatie heeft er meer.")
}
