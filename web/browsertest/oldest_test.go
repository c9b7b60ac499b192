package browsertest_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.org/inloop/web/browser"
	"example.org/inloop/web/dashboard/dashboardtest"
	"example.org/inloop/web/desk/desktest"
	"example.org/inloop/web/screen/screentest"
)

func TestMain(m *testing.M) { browser.Main(m) }

// serve gives a handler two addresses: as it is, and as the oldest browsers of
// the README read it.
func serve(t *testing.T, h http.Handler) (today, oldest string) {
	t.Helper()
	a, b := httptest.NewServer(h), httptest.NewServer(browser.Oldest(h))
	t.Cleanup(a.Close)
	t.Cleanup(b.Close)
	return a.URL, b.URL
}

// alike wants a page to be painted in the oldest browsers as it is in today's,
// and to have a ground at all.
func alike(t *testing.T, what string, today, oldest *browser.Page) {
	t.Helper()
	a, b := today.Paint(), oldest.Paint()
	if len(a) != len(b) {
		t.Fatalf("%s: %d elements, in old browsers %d", what, len(a), len(b))
	}
	if strings.Contains(b[0], "ground rgba(0, 0, 0, 0)") {
		t.Errorf("%s: the page has no ground: %s", what, b[0])
	}
	told := 0
	for i := range a {
		if a[i] != b[i] && told < 5 {
			told++
			t.Errorf("%s: painted\n%s\nin old browsers\n%s", what, a[i], b[i])
		}
	}
}

// looks are a room by day and by night.
var looks = map[string]string{"day": "light", "night": "dark"}

func TestOldest_Desk(t *testing.T) {
	b := browser.Start(t)
	for look, scheme := range looks {
		t.Run(look, func(t *testing.T) {
			r := desktest.Open(t)
			person := r.Resident("Yildiz", "tulip.red")
			if err := r.Store.CheckInByHand(t.Context(), r.Volunteer, person); err != nil {
				t.Fatal(err)
			}
			today, oldest := serve(t, r.Server.Config.Handler)
			var pages []*browser.Page
			for _, at := range []string{today, oldest} {
				p := b.Page(t, 800, 480)
				p.Media("prefers-color-scheme", scheme)
				p.Expect("WebSocket")
				p.Open(at + "/desk")
				pages = append(pages, p)
			}
			alike(t, "front", pages[0], pages[1])
			r.Desk.Tapped(r.Volunteer)
			for i, p := range pages {
				if i > 0 {
					r.Desk.Tapped(r.Volunteer) // the first page's PIN closed the keypad
				}
				p.Wait(`document.querySelector("[name=pin]")`)
				browser.Eval[any](p, fmt.Sprintf(`(document.querySelector("[name=pin]").value = %q, document.querySelector("[data-pad]").requestSubmit(), 0)`, desktest.PIN))
				p.Wait(`document.body.dataset.face === "today"`)
			}
			for what, path := range map[string]string{"today": "", "person": fmt.Sprintf("/person/%d", person), "search": "/people", "signs": "/new"} {
				pages[0].Open(today + "/desk" + path)
				pages[1].Open(oldest + "/desk" + path)
				alike(t, what, pages[0], pages[1])
			}
		})
	}
}

func TestOldest_Dashboard(t *testing.T) {
	b := browser.Start(t)
	c := dashboardtest.Open(t)
	v := c.Coordinator("Stichting Zonnebloem", "nadia@zon.example")
	v.TwoRooms()
	today, oldest := serve(t, c.Site)
	for look, scheme := range looks {
		for _, language := range []string{"nl", "ar"} {
			open := func(at string) *browser.Page {
				p := b.Page(t, 1280, 800)
				p.Media("prefers-color-scheme", scheme)
				p.Expect("WebSocket")
				p.SetCookie(at, "inloop-language", language)
				p.SetCookie(at, "inloop", v.Session)
				p.Open(at + "/?period=2026-11")
				if path := browser.Eval[string](p, "location.pathname"); path != "/" {
					t.Errorf("the page is %s, want the overview", path)
				}
				return p
			}
			alike(t, "overview, "+look+", "+language, open(today), open(oldest))
		}
	}
}

// ground is the colour behind the face that the door shows; with alpha, none.
const ground = `getComputedStyle(document.querySelector("#door section:not([hidden])")).backgroundColor`

func TestOldest_Door(t *testing.T) {
	b := browser.Start(t)
	for look, now := range map[string]time.Time{"day": screentest.Tuesday(), "night": screentest.Tuesday().Add(-8 * time.Hour)} {
		t.Run(look, func(t *testing.T) {
			s := screentest.Open(t, now)
			today, oldest := serve(t, screentest.Handler(s))
			var pages []*browser.Page
			for _, at := range []string{today, oldest} {
				p := b.Page(t, 800, 480)
				p.Media("prefers-reduced-motion", "reduce")
				p.Unhurried() // two pages are looked at while one greeting stands
				p.Expect("WebSocket")
				p.Open(at + "/door")
				pages = append(pages, p)
			}
			both := func(kind string) {
				for _, p := range pages {
					p.Wait(fmt.Sprintf("document.querySelector('#door').dataset.kind === %q", kind))
				}
				alike(t, kind, pages[0], pages[1])
				if ground := browser.Eval[string](pages[1], ground); strings.HasPrefix(ground, "rgba(") {
					t.Errorf("%s: the face has no ground in old browsers: %s", kind, ground)
				}
			}
			both("idle")
			for _, f := range screentest.Faces() {
				f.Show(s, "nl")
				both(f.Kind)
				s.SetLights(screentest.Green())
			}
			if err := s.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			both("gone")
		})
	}
}
