package dashboard_test

import (
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"example.org/inloop/sync/wire"
	"example.org/inloop/web/dashboard/dashboardtest"
)

var (
	tags   = regexp.MustCompile(`<[^>]*>`)
	blanks = regexp.MustCompile(`\s+`)
)

// words is what a page says, without its markup.
func words(page string) string {
	return blanks.ReplaceAllString(strings.ReplaceAll(tags.ReplaceAllString(page, " "), "&#39;", "'"), " ")
}

func wantWords(t *testing.T, page string, want ...string) {
	t.Helper()
	said := words(page)
	for _, w := range want {
		if !strings.Contains(said, w) {
			t.Errorf("does not say %q:\n%s", w, said)
		}
	}
}

func TestOverview_SaysHowTheRoomsDo(t *testing.T) {
	v := dashboardtest.Open(t).Coordinator("Stichting Zonnebloem", "nadia@zon.example")
	v.TwoRooms()
	wantWords(t, v.Page("/"),
		"Alle kamers", "intern, niet voor verslag",
		"Paulus Potterstraat heeft niets gemeld sinds 3 november. De dagen daarna zijn leeg, niet nul.",
		"Vandaag dinsdag 24 november 27", "23 met pas, 4 te gast",
		"Vorige week t/m dinsdag: 47", "Vergeleken over 1 van 2 kamers: nu 49.",
		"4e kwartaal 2026", "Ochtend", "Middag", "Avond", "niet gevraagd",
		"niet van alle kamers ontvangen", "per kamer, telt niet op",
		"Hobbemaplein gemeld om 14:10", "niet gemeld sinds 3 november", "8 van 8 weken", "5 van 8 weken",
		"3e kwartaal 2026 over 2 van 2 kamers",
		"Ongeveer 20 van de ongeveer 135 bezoekers zeiden weinig contact te hebben; ongeveer 75 gaven antwoord.",
		"Minstens 11 en hoogstens 67 van elke 100 bezoekers hebben weinig contact.",
		"Aantallen zijn afgerond: tot 4 naar boven of beneden.",
		"Bezoekers zijn per kamer geteld; over 2 van 2 kamers; vastgesteld op 9 oktober 2026.",
	)
}

func TestRoom_SilentDaysAreNotReceived(t *testing.T) {
	v := dashboardtest.Open(t).Coordinator("Stichting Zonnebloem", "nadia@zon.example")
	_, silent := v.TwoRooms()
	page := v.Page(silent.Path() + "?period=2026-11")
	wantWords(t, page, "nog niets ontvangen", "maandag 2 november", "dinsdag 10 november – – – niet ontvangen", "Niet te vergelijken")
	if strings.Contains(words(page), "dinsdag 10 november 0") {
		t.Error("a day that was not received is shown as 0")
	}
	if !strings.Contains(page, `class="column missing"`) {
		t.Error("the drawing does not hatch the days that were not received")
	}
}

func TestRoom_SaysHowTheKioskDoes(t *testing.T) {
	v := dashboardtest.Open(t).Coordinator("Stichting Zonnebloem", "nadia@zon.example")
	k := v.NewRoom("Hobbemaplein")
	k.Report(k.SoFar(dashboardtest.Midnight(2026, 11, 24), 3, 2, 1),
		wire.Health{Part: "reader", Level: "red", Reason: "reader.gone"}, wire.Health{Part: "store", Level: "green"})
	wantWords(t, v.Page(k.Path()), "Paslezer", "De paslezer is los.", "Bewaren werkt goed", k.Room.Kiosk.Fingerprint, v.Central.Fingerprint())
	wantWords(t, v.Page("/"), "Hobbemaplein: De paslezer is los.")
}

func TestPeriods_AreFixedLinks(t *testing.T) {
	v := dashboardtest.Open(t).Coordinator("Stichting Zonnebloem", "nadia@zon.example")
	counts, _ := v.TwoRooms()
	for _, target := range []string{"/", "/?period=2026-10", "/?period=2026Q3", counts.Path(), "/pair", "/definitions"} {
		page := v.Page(target)
		if strings.Contains(page, `type="date"`) || strings.Contains(page, `type="month"`) {
			t.Errorf("%s has a date to fill in", target)
		}
	}
	page := v.Page("/?period=2026-10")
	for _, link := range []string{`href="/?period=2026-09"`, `href="/?period=2026-11"`, `href="/?period=2026Q4"`} {
		if !strings.Contains(page, link) {
			t.Errorf("october has no %s", link)
		}
	}
	for _, none := range []string{"2027-01", "2026-11-24", "2026", "2026Q3x", "1"} {
		if w := v.Ask(http.MethodGet, "/?period="+none, ""); w.Code != http.StatusNotFound {
			t.Errorf("period %s: %d, want %d", none, w.Code, http.StatusNotFound)
		}
	}
}

func TestExport_HoldsWhatThePageShows(t *testing.T) {
	v := dashboardtest.Open(t).Coordinator("Stichting Zonnebloem", "nadia@zon.example")
	counts, _ := v.TwoRooms()
	w := v.Ask(http.MethodGet, "/csv?period=2026Q4", "")
	if got := w.Header().Get("Content-Type"); got != "text/csv; charset=utf-8" {
		t.Errorf("type %q", got)
	}
	if got := w.Header().Get("Content-Disposition"); got != `attachment; filename="inloop-2026Q4.csv"` {
		t.Errorf("name %q", got)
	}
	lines := readCSV(t, w.Body.Bytes())
	if got := strings.Join(lines[0], ";"); got != "opdrachtgever;contract;kamer;van;tot;dagdeel;maat;aantal;toelichting;gebruik" {
		t.Errorf("columns %s", got)
	}
	for _, want := range []string{
		";;alle kamers;2026-11-24;2026-11-24;;visits;27;loopt nog;intern",
		";;alle kamers;2026-11-23;2026-11-24;;visits;49;loopt nog;intern",
		";;alle kamers;2026-10-01;2026-12-31;;visits;1348;13 van 16 weken;intern",
		";;alle kamers;2026-10-01;2026-12-31;ochtend;visits;527;;intern",
		";;Hobbemaplein;2026-10-01;2026-12-31;;unique;55;per kamer, telt niet op;intern",
		";;Paulus Potterstraat;2026-10-01;2026-12-31;;unique;;loopt nog;intern",
		";;alle kamers;2026-07-01;2026-09-30;;reach_k;20;afgerond, telt niet op; over 2 van 2 kamers;intern",
	} {
		if !holds(lines, want) {
			t.Errorf("no line %s", want)
		}
	}
	room := readCSV(t, v.Ask(http.MethodGet, counts.Path()+"/csv?period=2026-11", "").Body.Bytes())
	if !holds(room, ";;Hobbemaplein;2026-11-24;2026-11-24;;guests;4;loopt nog;intern") {
		t.Error("the room's file lacks its guests of today")
	}
}

func TestExport_RunsNoFormula(t *testing.T) {
	v := dashboardtest.Open(t).Coordinator("Stichting Zonnebloem", "nadia@zon.example")
	k := v.NewRoom(`=HYPERLINK("http://elsewhere.example")`)
	k.Report(k.SoFar(dashboardtest.Midnight(2026, 11, 24), 3, 2, 1))
	for _, line := range readCSV(t, v.Ask(http.MethodGet, "/csv", "").Body.Bytes()) {
		for _, cell := range line {
			if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
				t.Errorf("a spreadsheet would run %q", cell)
			}
		}
	}
}

func readCSV(t *testing.T, file []byte) [][]string {
	t.Helper()
	text, found := bytes.CutPrefix(file, []byte("\uFEFF"))
	if !found {
		t.Error("the file does not say that it is UTF-8")
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma = ';'
	lines, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

func holds(lines [][]string, want string) bool {
	for _, line := range lines {
		if strings.Join(line, ";") == want {
			return true
		}
	}
	return false
}

func TestPairing_CodeToRoom(t *testing.T) {
	o := dashboardtest.Open(t)
	v := o.Coordinator("Stichting Zonnebloem", "nadia@zon.example")
	_, code := o.NewKiosk()
	for _, c := range []struct{ what, code, name, says string }{
		{"a wrong code", "AAAA-AAAA", "Hobbemaplein", "Deze code klopt niet"},
		{"no name", code, " ", "Geef een naam van hoogstens"},
		{"a telling name", code, "Eenzaamheidscafé", "zegt iets over wie er komt"},
	} {
		w := v.Ask(http.MethodPost, "/pair", url.Values{"code": {c.code}, "name": {c.name}}.Encode())
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(words(w.Body.String()), c.says) {
			t.Errorf("%s: %d\n%s", c.what, w.Code, words(w.Body.String()))
		}
	}
	w := v.Ask(http.MethodPost, "/pair", url.Values{"code": {strings.ToLower(code)}, "name": {"Hobbemaplein"}}.Encode())
	if w.Code != http.StatusSeeOther {
		t.Fatalf("%d\n%s", w.Code, words(w.Body.String()))
	}
	place := w.Header().Get("Location")
	page := v.Page(place)
	rooms, err := o.Central.Rooms(t.Context(), v.Account)
	o.Must(err)
	wantWords(t, page, "De kamer is gekoppeld.", rooms[0].Kiosk.Fingerprint, "nog nooit gemeld")

	place, _, _ = strings.Cut(place, "?")
	wantWords(t, v.Page(place+"/unpair"), "Hobbemaplein loskoppelen?", "Alle cijfers die er al zijn, blijven staan.")
	if w := v.Ask(http.MethodPost, place+"/unpair", "x=1"); w.Code != http.StatusSeeOther {
		t.Errorf("unpair: %d", w.Code)
	}
	wantWords(t, v.Page("/"), "Hobbemaplein heeft geen kastje.")

	_, second := o.NewKiosk()
	if w := v.Ask(http.MethodPost, place+"/pair", "code="+second); w.Code != http.StatusSeeOther {
		t.Errorf("another kiosk for the room: %d", w.Code)
	}
}

func TestDefinitions_EveryMeasureInOneSentence(t *testing.T) {
	v := dashboardtest.Open(t).Coordinator("Stichting Zonnebloem", "nadia@zon.example")
	page := v.Page("/definitions")
	for _, m := range []string{"visits", "badge_visits", "guests", "assumed", "badge_share", "unique", "new", "known", "regular", "reach_n", "reach_a", "reach_k"} {
		if !strings.Contains(page, `id="`+m+`"`) {
			t.Errorf("no definition of %s", m)
		}
	}
	for _, text := range regexp.MustCompile(`<dd>([^<]*)</dd>`).FindAllStringSubmatch(page, -1) {
		if n := strings.Count(text[1], ". "); n > 0 || !strings.HasSuffix(text[1], ".") {
			t.Errorf("not one sentence: %q", text[1])
		}
	}
}

func TestLanguages_EveryPageInEveryLanguage(t *testing.T) {
	v := dashboardtest.Open(t).Coordinator("Stichting Zonnebloem", "nadia@zon.example")
	counts, _ := v.TwoRooms()
	for _, c := range []struct{ tag, dir, says string }{
		{"nl", "ltr", "Vandaag"}, {"en", "ltr", "Today"}, {"tr", "ltr", "Bugün"}, {"ar", "rtl", "اليوم"},
	} {
		chosen := v.Ask(http.MethodPost, "/language", url.Values{"language": {c.tag}, "back": {"/pair"}}.Encode())
		if chosen.Header().Get("Location") != "/pair" || len(chosen.Result().Cookies()) != 1 {
			t.Errorf("%s: choosing leads to %q", c.tag, chosen.Header().Get("Location"))
			continue
		}
		for _, target := range []string{"/", counts.Path(), "/pair", "/definitions", "/password", counts.Path() + "/unpair"} {
			r := httptest.NewRequest(http.MethodGet, target, nil)
			r.AddCookie(&http.Cookie{Name: "inloop", Value: v.Session})
			r.AddCookie(chosen.Result().Cookies()[0])
			w := v.Serve(r)
			page := w.Body.String()
			if !strings.Contains(page, `<html lang="`+c.tag+`" dir="`+c.dir+`">`) {
				t.Errorf("%s: %s is not marked as such", c.tag, target)
			}
			if id := regexp.MustCompile(`(dashboard|lights|signs|calendar)\.[a-z_.]+[a-z]`).FindString(words(page)); id != "" {
				t.Errorf("%s: %s shows the key %s", c.tag, target, id)
			}
			if target == "/" && !strings.Contains(page, c.says) {
				t.Errorf("%s: the overview does not say %s", c.tag, c.says)
			}
		}
	}
}

func TestPages_NeedNothingInline(t *testing.T) {
	v := dashboardtest.Open(t).Coordinator("Stichting Zonnebloem", "nadia@zon.example")
	counts, _ := v.TwoRooms()
	inline := regexp.MustCompile(`(?i)\sstyle=|\son[a-z]+="|<script>|<style`)
	for _, target := range []string{"/", counts.Path(), "/pair", "/sign-in", "/definitions"} {
		w := v.Ask(http.MethodGet, target, "")
		if found := inline.FindString(w.Body.String()); found != "" {
			t.Errorf("%s holds %q, which the policy blocks", target, found)
		}
		if w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("Content-Security-Policy") == "" {
			t.Errorf("%s: headers %v", target, w.Header())
		}
	}
	if err := xml.Unmarshal([]byte(regexp.MustCompile(`(?s)<svg class="chart columns.*?</svg>`).FindString(v.Page("/"))), new(any)); err != nil {
		t.Errorf("the drawing is not well formed: %v", err)
	}
}

func TestSecure_CookieAndTransport(t *testing.T) {
	o := dashboardtest.Open(t)
	o.Coordinator("Stichting Zonnebloem", "nadia@zon.example")
	site := o.SecureSite()
	form := url.Values{"name": {"nadia@zon.example"}, "password": {dashboardtest.Password}}
	r := httptest.NewRequest(http.MethodPost, "https://example.com/sign-in", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	site.ServeHTTP(w, r)
	cookies := w.Result().Cookies()
	if len(cookies) != 1 || cookies[0].Name != "__Host-inloop" || !cookies[0].Secure || cookies[0].Path != "/" || cookies[0].Domain != "" {
		t.Errorf("cookies %v, want one with the __Host- prefix and Secure", cookies)
	}
	if w.Header().Get("Strict-Transport-Security") == "" {
		t.Error("does not ask for https from then on")
	}
}
