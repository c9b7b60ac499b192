package desk_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.org/inloop/web/desk/desktest"
)

const name = "Yildiz van Nergens"

// fill makes a path of a pattern, with a person who exists.
func fill(pattern string, person int64) (method, path string) {
	method, path, _ = strings.Cut(pattern, " ")
	return method, strings.NewReplacer(
		"{person}", fmt.Sprint(person), "{badge}", "1", "{file}", "desk.css",
	).Replace(path)
}

func TestEveryRoute_WithoutSession(t *testing.T) {
	t.Parallel()
	r := desktest.Open(t)
	person := r.Resident(name, "tulip.red")
	must(t, r.Store.CheckInByHand(t.Context(), r.Volunteer, person))

	expired := newVisitor(t, r).in()
	r.Clock.Pass(15*time.Minute + time.Second)
	before := r.View()
	for who, v := range map[string]*visitor{"stranger": newVisitor(t, r), "expired": expired} {
		for pattern, public := range r.Desk.Patterns() {
			method, path := fill(pattern, person)
			if path == "/desk/live" {
				continue
			}
			a := v.do(method, path, url.Values{"person": {fmt.Sprint(person)}})
			if strings.Contains(a.body, name) || strings.Contains(a.body, "tulp, rood") {
				t.Errorf("%s, %s: the page tells who is there", who, pattern)
			}
			switch {
			case public:
			case method == http.MethodGet && (a.status != http.StatusSeeOther || a.to != "/desk"):
				t.Errorf("%s, %s: status %d to %q, want 303 to /desk", who, pattern, a.status, a.to)
			case method == http.MethodPost && a.status != http.StatusForbidden:
				t.Errorf("%s, %s: status %d, want 403", who, pattern, a.status)
			}
		}
	}
	if after := r.View(); after.In != before.In || len(after.Actions) != len(before.Actions) {
		t.Error("a request without a session changed the day")
	}
}

func TestEveryRoute_FromElsewhere(t *testing.T) {
	t.Parallel()
	r := desktest.Open(t)
	person := r.Resident(name, "tulip.red")
	v := newVisitor(t, r).in()
	page, err := url.Parse(r.Server.URL + "/desk")
	must(t, err)
	cookies := v.http.Jar.Cookies(page)
	if len(cookies) == 0 {
		t.Fatal("no session to try with")
	}
	tests := map[string]struct {
		change func(*http.Request)
		want   int
		writes bool // only actions are refused
	}{
		"address of the network": {func(q *http.Request) { q.RemoteAddr = "192.168.1.20:50000" }, http.StatusForbidden, false},
		"IPv6 of the network":    {func(q *http.Request) { q.RemoteAddr = "[fe80::1]:50000" }, http.StatusForbidden, false},
		"no address":             {func(q *http.Request) { q.RemoteAddr = "" }, http.StatusForbidden, false},
		"foreign Host":           {func(q *http.Request) { q.Host = "evil.example" }, http.StatusForbidden, false},
		"Host of the network":    {func(q *http.Request) { q.Host = "192.168.1.5" }, http.StatusForbidden, false},
		"wrong Origin": {func(q *http.Request) {
			q.Header.Set("Origin", "http://evil.example")
		}, http.StatusForbidden, true},
		"other site": {func(q *http.Request) {
			q.Header.Set("Sec-Fetch-Site", "cross-site")
		}, http.StatusForbidden, true},
	}
	for what, tt := range tests {
		for pattern := range r.Desk.Patterns() {
			method, path := fill(pattern, person)
			if tt.writes && method != http.MethodPost {
				continue
			}
			q := httptest.NewRequest(method, "http://127.0.0.1"+path, nil)
			q.RemoteAddr = "127.0.0.1:50000"
			for _, c := range cookies {
				q.AddCookie(c)
			}
			tt.change(q)
			w := httptest.NewRecorder()
			r.Desk.Handler().ServeHTTP(w, q)
			if w.Code != tt.want {
				t.Errorf("%s, %s: status %d, want %d", what, pattern, w.Code, tt.want)
			}
			if strings.Contains(w.Body.String(), name) {
				t.Errorf("%s, %s: the answer tells a name", what, pattern)
			}
		}
	}
}

func TestHeaders_OnEveryPage(t *testing.T) {
	t.Parallel()
	r := desktest.Open(t)
	res, err := newVisitor(t, r).http.Get(r.Server.URL + "/desk")
	must(t, err)
	_ = res.Body.Close()
	for header, want := range map[string]string{
		"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
	} {
		if got := res.Header.Get(header); got != want {
			t.Errorf("%s: %q, want %q", header, got, want)
		}
	}
	has(t, res.Header.Get("Content-Security-Policy"), "default-src 'none'")
}

func TestLive_WrongOrigin(t *testing.T) {
	t.Parallel()
	v := newVisitor(t, desktest.Open(t))
	a := v.do(http.MethodGet, "/desk/live", nil, func(q *http.Request) {
		q.Header.Set("Connection", "Upgrade")
		q.Header.Set("Upgrade", "websocket")
		q.Header.Set("Sec-WebSocket-Version", "13")
		q.Header.Set("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
		q.Header.Set("Origin", "http://evil.example")
	})
	if a.status != http.StatusForbidden {
		t.Errorf("status %d, want 403", a.status)
	}
}
