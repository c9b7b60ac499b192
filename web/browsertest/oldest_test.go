package browsertest_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.org/inloop/web"
	"example.org/inloop/web/browser"
	"example.org/inloop/web/dashboard/dashboardtest"
	"example.org/inloop/web/desk/desktest"
	"example.org/inloop/web/screen"
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
				p.Open(at + "/sign-in")
				browser.Eval[any](p, fmt.Sprintf(`document.cookie = "inloop-language=%s; path=/"; document.cookie = "inloop=%s; path=/"; 0`, language, v.Session))
				p.Open(at + "/?period=2026-11")
				return p
			}
			alike(t, "overview, "+look+", "+language, open(today), open(oldest))
		}
	}
}

// kinds are all faces of the door screen but the idle one.
const kinds = `Array.from(document.querySelectorAll("symbol[id^=shape-]"), s => s.id.slice("shape-".length))`

// wear gives the door screen a face in a look, as its script does.
const wear = `((kind, look) => {
	const at = id => document.getElementById(id);
	document.documentElement.dataset.look = look;
	["idle", "greeting", "gone", "tongues"].forEach(id => { at(id).hidden = id !== (kind === "idle" ? "idle" : "greeting"); });
	at("door").dataset.kind = kind;
	at("shape").setAttribute("href", "#shape-" + kind);
	at("mark").setAttribute("href", "#mark-" + kind);
	document.getAnimations().forEach(a => a.cancel());
	return getComputedStyle(at(kind === "idle" ? "idle" : "greeting")).backgroundColor;
})(%q, %q)`

func TestOldest_Door(t *testing.T) {
	b := browser.Start(t)
	catalogue, err := web.NewCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	door, err := screen.New(catalogue, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = door.Close(context.Background()) })
	mux := http.NewServeMux()
	mux.Handle("/door", door)
	mux.Handle("/door/", door)
	mux.Handle("/assets/", web.Assets())
	today, oldest := serve(t, mux)
	var pages []*browser.Page
	for _, at := range []string{today, oldest} {
		p := b.Page(t, 800, 480)
		p.Expect("WebSocket")
		p.Open(at + "/door")
		pages = append(pages, p)
	}
	all := append(browser.Eval[[]string](pages[0], kinds), "idle")
	for _, look := range []string{"day", "night"} {
		for _, kind := range all {
			var grounds []string
			for _, p := range pages {
				grounds = append(grounds, browser.Eval[string](p, fmt.Sprintf(wear, kind, look)))
			}
			if grounds[0] != grounds[1] || strings.Contains(grounds[1], ", 0)") && strings.HasPrefix(grounds[1], "rgba") {
				t.Errorf("%s by %s: ground %s, in old browsers %s", kind, look, grounds[0], grounds[1])
			}
			alike(t, kind+" by "+look, pages[0], pages[1])
		}
	}
}
