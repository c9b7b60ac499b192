package desk_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
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
	r := open(t)
	person := r.resident(name, "tulip.red")
	must(t, r.store.CheckInByHand(t.Context(), r.volunteer, person))

	expired := r.visitor().in()
	r.clock.pass(15*time.Minute + time.Second)
	before := r.view()
	for who, v := range map[string]*visitor{"stranger": r.visitor(), "expired": expired} {
		for pattern, public := range r.desk.Patterns() {
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
	if after := r.view(); after.In != before.In || len(after.Actions) != len(before.Actions) {
		t.Error("a request without a session changed the day")
	}
}

func TestEveryRoute_FromElsewhere(t *testing.T) {
	t.Parallel()
	r := open(t)
	person := r.resident(name, "tulip.red")
	v := r.visitor().in()
	page, err := url.Parse(r.server.URL + "/desk")
	must(t, err)
	cookies := v.http.Jar.Cookies(page)
	if len(cookies) == 0 {
		t.Fatal("no session to try with")
	}
	tests := map[string]struct {
		change func(*http.Request)
		want   int
		writes bool // only deeds are refused
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
		for pattern := range r.desk.Patterns() {
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
			r.desk.Handler().ServeHTTP(w, q)
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
	r := open(t)
	res, err := r.visitor().http.Get(r.server.URL + "/desk")
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
	v := open(t).visitor()
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
