package dashboard_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"example.org/inloop/sync/central"
	"example.org/inloop/web/dashboard/dashboardtest"
)

// attempt is how a stranger tries one route of the list: at the address of
// somebody else's room where it has one.
type attempt struct {
	target   string
	form     string
	nobody   int // the status for who is not signed in
	stranger int // for who is signed in to another organisation
	reader   int // for who reads for a funder of that room's organisation
}

func TestRoutes_StrangersSeeNothing(t *testing.T) {
	o := dashboardtest.Open(t)
	ours := o.Coordinator("Stichting Zonnebloem", "nadia@zon.example")
	counts, _ := ours.TwoRooms()
	stranger := o.Coordinator("Stichting Maan", "sanne@maan.example")
	link, err := o.Central.NewInvitation(t.Context(), "Stichting Zonnebloem", "nieuw@zon.example")
	o.Must(err)
	_, code := o.NewKiosk()
	reader, town := ours.Reader("Gemeente Den Haag", "kim@stad.example", true, counts.Room.ID)
	readers, err := o.Central.InviteReader(t.Context(), ours.Account, town, "lou@stad.example")
	o.Must(err)

	const (
		ok, away, gone, refused = http.StatusOK, http.StatusSeeOther, http.StatusNotFound, http.StatusUnprocessableEntity
		bare, upgrade, barred   = http.StatusUnauthorized, http.StatusBadRequest, http.StatusForbidden
	)
	released := fmt.Sprintf("/release/%d/2026Q3", ours.Account.Organisation)
	o.Must(o.Central.Tidy(t.Context()))
	room, funder := counts.Path(), fmt.Sprintf("/funders/%d", town)
	attempts := map[string]attempt{
		"GET /sign-in":                         {"/sign-in", "", ok, away, away},
		"POST /sign-in":                        {"/sign-in", "name=nadia@zon.example&password=geraden+wachtwoord", refused, refused, refused},
		"POST /sign-out":                       {"/sign-out", "x=1", away, away, away},
		"GET /invitation/{token}":              {"/invitation/guessed", "", http.StatusGone, http.StatusGone, http.StatusGone},
		"POST /invitation/{token}":             {"/invitation/guessed", "password=een+nieuw+wachtwoord", http.StatusGone, http.StatusGone, http.StatusGone},
		"POST /language":                       {"/language", "language=tr&back=//elsewhere.example", away, away, away},
		"GET /{$}":                             {"/?period=2026Q3", "", away, gone, away}, // the stranger has no such quarter
		"GET /csv":                             {"/csv", "", away, ok, barred},
		"GET /rooms/{room}":                    {room, "", away, gone, barred},
		"GET /rooms/{room}/csv":                {room + "/csv", "", away, gone, barred},
		"GET /pair":                            {"/pair", "", away, ok, barred},
		"POST /pair":                           {"/pair", "code=AAAA-AAAA&name=Plein", away, refused, barred},
		"GET /rooms/{room}/pair":               {room + "/pair", "", away, gone, barred},
		"POST /rooms/{room}/pair":              {room + "/pair", "code=" + code, away, gone, barred},
		"GET /rooms/{room}/unpair":             {room + "/unpair", "", away, gone, barred},
		"POST /rooms/{room}/unpair":            {room + "/unpair", "x=1", away, gone, barred},
		"GET /definitions":                     {"/definitions", "", away, ok, ok},
		"GET /password":                        {"/password", "", away, ok, ok},
		"POST /password":                       {"/password", "old=geraden&password=een+nieuw+wachtwoord", away, refused, refused},
		"GET /live":                            {"/live", "", bare, upgrade, barred},
		"GET /dashboard/":                      {"/dashboard/dashboard.css", "", ok, ok, ok},
		"GET /assets/":                         {"/assets/base.css", "", ok, ok, ok},
		"/":                                    {"/elsewhere", "", gone, gone, gone},
		"GET /reader/{token}":                  {"/reader/guessed", "", http.StatusGone, http.StatusGone, http.StatusGone},
		"POST /reader/{token}":                 {"/reader/guessed", "password=een+nieuw+wachtwoord", http.StatusGone, http.StatusGone, http.StatusGone},
		"GET /release":                         {"/release", "", away, ok, ok},
		"POST /release":                        {"/release", "x=1", away, http.StatusConflict, barred},
		"GET /release/{organisation}/{period}": {released, "", away, gone, ok},
		"GET /release/{organisation}/{period}/csv": {released + "/csv", "", away, gone, ok},
		"GET /funders":                          {"/funders", "", away, ok, barred},
		"POST /funders":                         {"/funders", "name=", away, refused, barred},
		"GET /funders/{funder}":                 {funder, "", away, gone, barred},
		"POST /funders/{funder}":                {funder, "name=Anders", away, gone, barred},
		"POST /funders/{funder}/remove":         {funder + "/remove", "x=1", away, gone, barred},
		"POST /funders/{funder}/readers":        {funder + "/readers", "reader=mo@stad.example", away, gone, barred},
		"POST /funders/{funder}/readers/remove": {funder + "/readers/remove", "reader=kim@stad.example", away, gone, barred},
	}
	private := []string{"Hobbemaplein", "Paulus Potterstraat", "Zonnebloem", "nadia", counts.Room.Kiosk.Fingerprint, link, readers, "Gemeente Den Haag"}

	routes := o.Site.Routes()
	if len(attempts) != len(routes) {
		t.Errorf("%d attempts for %d routes", len(attempts), len(routes))
	}
	for _, route := range routes {
		a, ok := attempts[route.Pattern]
		if !ok {
			t.Errorf("%s: nobody tried it as a stranger", route.Pattern)
			continue
		}
		method, _, _ := strings.Cut(route.Pattern, " ")
		if method == "/" {
			method = http.MethodGet
		}
		for _, who := range []struct {
			name    string
			visitor *dashboardtest.Visitor
			want    int
		}{{"nobody", o.Nobody(), a.nobody}, {"a stranger", stranger, a.stranger}, {"a funder", reader, a.reader}} {
			if route.Pattern == "POST /sign-out" && who.name != "nobody" {
				continue // it would end the session; TestSignOut has it
			}
			w := who.visitor.Ask(method, a.target, a.form)
			if w.Code != who.want {
				t.Errorf("%s as %s: %d, want %d", route.Pattern, who.name, w.Code, who.want)
			}
			if route.Own && who.name == "nobody" && w.Code == http.StatusSeeOther && !strings.HasPrefix(w.Header().Get("Location"), "/sign-in") {
				t.Errorf("%s as nobody leads to %s", route.Pattern, w.Header().Get("Location"))
			}
			if w.Code == barred && !strings.Contains(w.Body.String(), "Deze pagina is voor coördinatoren") {
				t.Errorf("%s as %s: refused without a word\n%s", route.Pattern, who.name, w.Body)
			}
			for _, word := range private {
				if who.name == "a funder" && slices.Contains([]string{"Zonnebloem", "Gemeente Den Haag", "Hobbemaplein"}, word) {
					continue // it reads of that room of that organisation
				}
				if strings.Contains(w.Body.String(), word) && !strings.Contains(a.form, word) {
					t.Errorf("%s as %s shows %q", route.Pattern, who.name, word)
				}
			}
		}
	}

	// Nothing that was tried changed anything.
	rooms, err := o.Central.Rooms(t.Context(), ours.Account)
	o.Must(err)
	if len(rooms) != 2 || rooms[0].Kiosk.ID != counts.Room.Kiosk.ID {
		t.Errorf("rooms afterwards: %+v", rooms)
	}
	if _, err := o.Central.Invitation(t.Context(), link); err != nil {
		t.Errorf("the open invitation afterwards: %v", err)
	}
	if _, err := o.Central.ReaderInvitation(t.Context(), readers); err != nil {
		t.Errorf("the open link of a reader afterwards: %v", err)
	}
	funders, err := o.Central.Funders(t.Context(), ours.Account)
	if err != nil || len(funders) != 1 || funders[0].Name != "Gemeente Den Haag" || len(funders[0].Readers) != 2 {
		t.Errorf("funders afterwards: %+v, %v", funders, err)
	}
	// And the owner sees what the strangers did not: the test can fail.
	if page := ours.Page("/"); !strings.Contains(page, "Hobbemaplein") || !strings.Contains(page, "Zonnebloem") {
		t.Error("the room's own coordinator does not see it")
	}
}

func TestSignIn_SetsACookieThatOnlyThisSiteGets(t *testing.T) {
	o := dashboardtest.Open(t)
	o.Coordinator("Stichting Zonnebloem", "nadia@zon.example")
	v := o.Nobody()
	form := url.Values{"name": {"nadia@zon.example"}, "password": {dashboardtest.Password}, "back": {"/pair"}}
	w := v.Ask(http.MethodPost, "/sign-in", form.Encode())
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/pair" {
		t.Fatalf("%d to %q, want on to /pair", w.Code, w.Header().Get("Location"))
	}
	cookies := w.Result().Cookies()
	if len(cookies) != 1 {
		t.Fatalf("%d cookies, want the session's", len(cookies))
	}
	c := cookies[0]
	if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Domain != "" || c.Secure || c.Name != "inloop" {
		t.Errorf("cookie %v: want HttpOnly, SameSite=Strict, this host only", c)
	}
	v.Session = c.Value
	if !strings.Contains(v.Page("/"), "Stichting Zonnebloem") {
		t.Error("the cookie opens nothing")
	}
}

func TestSignIn_RefusesAndThenWaits(t *testing.T) {
	o := dashboardtest.Open(t)
	o.Coordinator("Stichting Zonnebloem", "nadia@zon.example")
	v := o.Nobody()
	last := 0
	for range 12 {
		w := v.Ask(http.MethodPost, "/sign-in", "name=nadia@zon.example&password=geraden+wachtwoord")
		if last = w.Code; last == http.StatusTooManyRequests {
			if w.Header().Get("Retry-After") == "" {
				t.Error("does not say when to come back")
			}
			break
		}
		if last != http.StatusUnprocessableEntity || w.Header().Get("Set-Cookie") != "" {
			t.Fatalf("wrong password: %d, cookie %q", last, w.Header().Get("Set-Cookie"))
		}
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("twelve wrong passwords end with %d, want %d", last, http.StatusTooManyRequests)
	}
}

func TestSignIn_LeadsNowhereElse(t *testing.T) {
	o := dashboardtest.Open(t)
	o.Coordinator("Stichting Zonnebloem", "nadia@zon.example")
	for _, back := range []string{"//elsewhere.example", "https://elsewhere.example/", `/\elsewhere.example`, "elsewhere", "/\n//elsewhere.example"} {
		form := url.Values{"name": {"nadia@zon.example"}, "password": {dashboardtest.Password}, "back": {back}}
		if to := o.Nobody().Ask(http.MethodPost, "/sign-in", form.Encode()).Header().Get("Location"); to != "/" {
			t.Errorf("back to %q leads to %q", back, to)
		}
	}
}

func TestSignOut_IsAPostAndEndsTheSession(t *testing.T) {
	o := dashboardtest.Open(t)
	v := o.Coordinator("Stichting Zonnebloem", "nadia@zon.example")
	v.Ask(http.MethodGet, "/sign-out", "")
	if _, err := o.Central.Peek(t.Context(), v.Session); err != nil {
		t.Fatalf("a GET ended the session: %v", err)
	}
	if w := v.Ask(http.MethodPost, "/sign-out", "x=1"); w.Code != http.StatusSeeOther || w.Result().Cookies()[0].MaxAge >= 0 {
		t.Errorf("%d, cookie %q", w.Code, w.Header().Get("Set-Cookie"))
	}
	if w := v.Ask(http.MethodGet, "/", ""); w.Code != http.StatusSeeOther {
		t.Errorf("the old cookie still opens the overview: %d", w.Code)
	}
}

func TestPost_FromElsewhereIsRefused(t *testing.T) {
	o := dashboardtest.Open(t)
	v := o.Coordinator("Stichting Zonnebloem", "nadia@zon.example")
	k := v.NewRoom("Hobbemaplein")
	for _, c := range []struct {
		what, header, value string
		host                string
		want                int
	}{
		{"another site's form", "Sec-Fetch-Site", "cross-site", "example.com", http.StatusForbidden},
		{"another site's form, in an old browser", "Origin", "https://elsewhere.example", "example.com", http.StatusForbidden},
		{"a name that is not ours", "Sec-Fetch-Site", "same-origin", "rebound.example", http.StatusMisdirectedRequest},
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+c.host+k.Path()+"/unpair", nil)
		o.Must(err)
		r.Header.Set(c.header, c.value)
		r.AddCookie(&http.Cookie{Name: "inloop", Value: v.Session})
		if w := o.Serve(r); w.Code != c.want {
			t.Errorf("%s: %d, want %d", c.what, w.Code, c.want)
		}
	}
	rooms, err := o.Central.Rooms(t.Context(), v.Account)
	o.Must(err)
	if rooms[0].Kiosk.ID == "" {
		t.Error("a refused form unpaired the room")
	}
}

func TestInvitation_ChoosesAPasswordOnce(t *testing.T) {
	o := dashboardtest.Open(t)
	link, err := o.Central.NewInvitation(t.Context(), "Stichting Zonnebloem", "nadia@zon.example")
	o.Must(err)
	v := o.Nobody()
	target := "/invitation/" + link
	if page := v.Page(target); !strings.Contains(page, "nadia@zon.example") || !strings.Contains(page, "Stichting Zonnebloem") {
		t.Error("the page does not say whom the link is for")
	}
	for _, weak := range []string{"kort", "password", strings.Repeat("a", central.MaxPassword+1)} {
		if w := v.Ask(http.MethodPost, target, url.Values{"password": {weak}}.Encode()); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("password of %d characters: %d, want it refused", len(weak), w.Code)
		}
	}
	w := v.Ask(http.MethodPost, target, url.Values{"password": {dashboardtest.Password}}.Encode())
	if w.Code != http.StatusSeeOther || len(w.Result().Cookies()) != 1 {
		t.Fatalf("%d, want to be signed in", w.Code)
	}
	v.Session = w.Result().Cookies()[0].Value
	if !strings.Contains(v.Page("/"), "Nog geen kamer gekoppeld") {
		t.Error("the first page does not say how to pair a room")
	}
	if w := o.Nobody().Ask(http.MethodGet, target, ""); w.Code != http.StatusGone {
		t.Errorf("the used link: %d, want %d", w.Code, http.StatusGone)
	}
}

func TestPassword_ChangeEndsTheOldSession(t *testing.T) {
	o := dashboardtest.Open(t)
	v := o.Coordinator("Stichting Zonnebloem", "nadia@zon.example")
	form := url.Values{"old": {dashboardtest.Password}, "password": {"een andere lange zin"}}
	w := v.Ask(http.MethodPost, "/password", form.Encode())
	if w.Code != http.StatusSeeOther || len(w.Result().Cookies()) != 1 {
		t.Fatalf("%d\n%s", w.Code, w.Body)
	}
	if old := v.Ask(http.MethodGet, "/", ""); old.Code != http.StatusSeeOther {
		t.Errorf("the old session: %d, want the way in", old.Code)
	}
	v.Session = w.Result().Cookies()[0].Value
	v.Page("/")
}

func TestForm_TooLargeIsRefused(t *testing.T) {
	o := dashboardtest.Open(t)
	v := o.Coordinator("Stichting Zonnebloem", "nadia@zon.example")
	if w := v.Ask(http.MethodPost, "/pair", "code="+strings.Repeat("A", 10<<20)); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("a form of 10 MB: %d, want %d", w.Code, http.StatusRequestEntityTooLarge)
	}
	if w := v.Ask(http.MethodPost, "/pair", "code=%zz"); w.Code != http.StatusBadRequest {
		t.Errorf("a malformed form: %d, want %d", w.Code, http.StatusBadRequest)
	}
}

// Behind the proxy that ends https all connections are the proxy's. A stranger's
// wrong tries must not keep the coordinator out, whatever the stranger claims to be.
func TestSignIn_BehindAProxyEachPlaceHasItsOwnTries(t *testing.T) {
	o := dashboardtest.Open(t)
	o.Coordinator("Stichting Zonnebloem", "nadia@zon.example")
	site := o.SecureSite()
	try := func(password string, told ...string) int {
		form := url.Values{"name": {"nadia@zon.example"}, "password": {password}}
		r := httptest.NewRequest(http.MethodPost, "https://example.com/sign-in", strings.NewReader(form.Encode()))
		r.RemoteAddr = "127.0.0.1:40000"
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header["X-Forwarded-For"] = told
		w := httptest.NewRecorder()
		site.ServeHTTP(w, r)
		return w.Code
	}
	last := 0
	for i := range central.MaxAttempts + 1 {
		last = try("geraden wachtwoord", fmt.Sprintf("198.51.100.%d, 203.0.113.7", i))
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("the stranger's last try: %d, want 429 whatever it claims to be", last)
	}
	for _, told := range [][]string{{"192.0.2.80"}, {"203.0.113.7", "192.0.2.81"}} {
		if got := try(dashboardtest.Password, told...); got != http.StatusSeeOther {
			t.Errorf("the coordinator, from %v: %d, want to be let in", told, got)
		}
	}
}
