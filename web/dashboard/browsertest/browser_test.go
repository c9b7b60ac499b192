package browsertest_test

import (
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"example.org/inloop/sync/wire"
	"example.org/inloop/web/browser"
	"example.org/inloop/web/dashboard/dashboardtest"
)

func TestMain(m *testing.M) { browser.Main(m) }

// shop is a centre with a server before it that a browser can reach.
type shop struct {
	*dashboardtest.Visitor
	server *httptest.Server
}

func newShop(t *testing.T) *shop {
	t.Helper()
	o := dashboardtest.Open(t)
	s := &shop{Visitor: o.Coordinator("Stichting Zonnebloem", "nadia@zon.example"), server: httptest.NewServer(o.Site)}
	t.Cleanup(s.server.Close)
	return s
}

// enter gives a tab a language, and signs it in unless the session is "".
func (s *shop) enter(p *browser.Page, language, session string) {
	p.SetCookie(s.server.URL, "inloop-language", language)
	p.SetCookie(s.server.URL, "inloop", session)
}

var sizes = []struct {
	name          string
	width, height int64
}{{"phone", 390, 844}, {"tablet", 768, 1024}, {"desk", 1280, 800}}

func TestPages_FitAndAreAccessible(t *testing.T) {
	b := browser.Start(t)
	s := newShop(t)
	counts, _ := s.TwoRooms()
	invitation, err := s.Central.NewInvitation(t.Context(), "Stichting Zonnebloem", "nieuw@zon.example")
	s.Must(err)
	empty := s.Coordinator("Stichting Maan", "sanne@maan.example")
	reader, town := s.Reader("Gemeente Den Haag", "kim@stad.example", true, counts.Room.ID)
	link, err := s.Central.InviteReader(t.Context(), s.Account, town, "lou@stad.example")
	s.Must(err)
	s.Must(s.Central.Tidy(t.Context())) // it is past the last day of the third quarter's release
	released := fmt.Sprintf("/release/%d/2026Q3", s.Account.Organisation)
	none, _ := empty.Reader("Fonds", "mo@fonds.example", true)
	pages := []struct {
		name, target, session string
	}{
		{"overview", "/", s.Session},
		{"month", "/?period=2026-11", s.Session},
		{"closed", "/?period=2026Q3", s.Session},
		{"room", counts.Path(), s.Session},
		{"empty", "/", empty.Session},
		{"pair", "/pair", s.Session},
		{"unpair", counts.Path() + "/unpair", s.Session},
		{"definitions", "/definitions", s.Session},
		{"password", "/password", s.Session},
		{"sign-in", "/sign-in", ""},
		{"invitation", "/invitation/" + invitation, ""},
		{"funders", "/funders", s.Session},
		{"funders-none", "/funders", empty.Session},
		{"funder", fmt.Sprintf("/funders/%d", town), s.Session},
		{"reader", "/reader/" + link, ""},
		{"release-none", "/release", none.Session},
		{"release-list", "/release", reader.Session},
		{"release", released, reader.Session},
		{"release-all", released, s.Session},
		{"fault", "/nowhere", s.Session},
		{"fault-role", "/pair", reader.Session},
	}
	for _, size := range sizes {
		t.Run(size.name, func(t *testing.T) {
			for _, language := range []string{"nl", "ar"} {
				p := b.Page(t, size.width, size.height)
				for _, page := range pages {
					s.enter(p, language, page.session)
					if page.name == "fault" {
						p.Expect("404")
					}
					if page.name == "fault-role" {
						p.Expect("403")
					}
					p.Open(s.server.URL + page.target)
					if at := browser.Eval[string](p, "location.pathname + location.search"); at != page.target {
						t.Errorf("%s in %s: the page is %s, want %s", page.name, language, at, page.target)
					}
					for _, fault := range append(p.Overflow(false), p.StruckZeros()...) {
						t.Errorf("%s in %s: %s", page.name, language, fault)
					}
					if size.name != "tablet" { // between the other two
						for _, fault := range p.Axe() {
							t.Errorf("%s in %s: %s", page.name, language, fault)
						}
					}
					picture(p, page.name+"-"+size.name+"-"+language)
				}
			}
		})
	}
}

func TestOverview_AtNightAndWithManyRooms(t *testing.T) {
	b := browser.Start(t)
	s := newShop(t)
	s.Set(dashboardtest.Now.AddDate(0, 0, -8))
	for i := range 60 {
		k := s.NewRoom(fmt.Sprintf("Kamer %02d", i+1))
		k.Report(k.Days(dashboardtest.Midnight(2026, 11, 2), dashboardtest.Midnight(2026, 11, 16)))
	}
	s.Set(dashboardtest.Now)
	p := b.Page(t, 1280, 800)
	p.Media("prefers-color-scheme", "dark")
	s.enter(p, "nl", s.Coordinator("Stichting Zonnebloem", "dora@zon.example").Session)
	p.Open(s.server.URL + "/?period=2026-11")
	if n := browser.Eval[int](p, `document.querySelectorAll(".rooms tbody tr.silent").length`); n != 60 {
		t.Errorf("%d silent rooms marked, want 60", n)
	}
	if n := browser.Eval[int](p, `document.querySelectorAll(".notices li").length`); n != 1 {
		t.Errorf("%d lines ask for care, want one for all rooms", n)
	}
	for _, fault := range append(p.Overflow(false), p.Axe()...) {
		t.Error(fault)
	}
	picture(p, "night")
}

// picture keeps what a test saw where PICTURES says, for a person to look at.
func picture(p *browser.Page, name string) {
	if dir := os.Getenv("PICTURES"); dir != "" {
		height := browser.Eval[int64](p, "document.documentElement.scrollHeight")
		width := browser.Eval[int64](p, "window.innerWidth")
		before := browser.Eval[int64](p, "window.innerHeight")
		p.Do(chromedp.EmulateViewport(width, height))
		p.Picture(filepath.Join(dir, name+".png"))
		p.Do(chromedp.EmulateViewport(width, before))
	}
}

func TestLive_FollowsWithoutReload(t *testing.T) {
	b := browser.Start(t)
	s := newShop(t)
	k := s.NewRoom("Hobbemaplein")
	k.Report(k.SoFar(dashboardtest.Midnight(2026, 11, 24), 3, 2, 1))
	p := b.Page(t, 1280, 800)
	s.enter(p, "nl", s.Session)
	p.Open(s.server.URL + "/")
	p.Wait(`document.getElementById("tally-today").innerText.startsWith("6")`)
	browser.Eval[any](p, `(function () {
		window.same = true;
		document.querySelector("#days-table").open = true;
		document.querySelector("#days-table summary").focus();
	})(), 0`)
	k.Report(k.SoFar(dashboardtest.Midnight(2026, 11, 24), 9, 2, 1))
	p.Wait(`document.getElementById("tally-today").innerText.startsWith("12")`)
	for what, js := range map[string]string{
		"the page was not loaded anew":      `window.same`,
		"the open table stayed open":        `document.querySelector("#days-table").open`,
		"the focus stayed where it was":     `document.activeElement === document.querySelector("#days-table summary")`,
		"the table has the new number, too": `document.querySelector("#days-table").innerText.includes("12")`,
	} {
		if !browser.Eval[bool](p, js) {
			t.Errorf("not so: %s", what)
		}
	}

	p.Expect("401")
	p.Expect("WebSocket")
	s.Must(s.Central.SignOut(t.Context(), s.Session))
	k.Report(k.SoFar(dashboardtest.Midnight(2026, 11, 24), 10, 2, 1))
	p.Wait(`location.pathname === "/sign-in"`)
}

func TestLive_SaysWhenTheConnectionIsGone(t *testing.T) {
	b := browser.Start(t)
	s := newShop(t)
	k := s.NewRoom("Hobbemaplein")
	k.Report(k.SoFar(dashboardtest.Midnight(2026, 11, 24), 3, 2, 1), wire.Health{Part: "reader", Level: "red", Reason: "reader.gone"})
	p := b.Page(t, 390, 844)
	s.enter(p, "nl", s.Session)
	p.Open(s.server.URL + "/")
	p.Wait(`document.getElementById("live") !== null`)
	p.Expect("WebSocket")
	p.Expect("net::ERR_") // what is on its way when the connection goes, too
	s.server.CloseClientConnections()
	s.server.Close()
	s.Must(s.Site.Close(t.Context()))
	p.Wait(`!document.getElementById("connection").hidden`)
	if got := p.Text("#connection"); !strings.Contains(got, "14:10") {
		t.Errorf("says %q, want since when", got)
	}
	picture(p, "lost")
}
