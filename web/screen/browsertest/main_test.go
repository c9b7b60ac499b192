package browsertest_test

import (
	"net/http/httptest"
	"testing"

	"example.org/inloop/web/browser"
	"example.org/inloop/web/screen"
	"example.org/inloop/web/screen/screentest"
)

func TestMain(m *testing.M) { browser.Main(m) }

// open shows the door screen in a tab and waits until it has its first state.
// A greeting stands, and a language stays chosen, until the next.
func open(t testing.TB, s *screen.Screen, width, height int64) *browser.Page {
	t.Helper()
	p := browser.Start(t).Page(t, width, height)
	p.Unhurried()
	return enter(t, s, p)
}

// enter shows the door screen in a tab of the test's own.
func enter(t testing.TB, s *screen.Screen, p *browser.Page) *browser.Page {
	t.Helper()
	server := httptest.NewServer(screentest.Handler(s))
	t.Cleanup(server.Close)
	p.Expect("WebSocket connection") // the page outlives its server by a moment
	p.Open(server.URL + "/door")
	p.Wait("document.querySelector('#idle-title').textContent")
	return p
}
