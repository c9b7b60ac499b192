package live

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestGuard_AnswersToItsOwnNamesOnly(t *testing.T) {
	guarded := Guard([]string{"127.0.0.1", "Inloop.local", "::1"}, http.HandlerFunc(
		func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	for _, c := range []struct {
		host string
		want int
	}{
		{"127.0.0.1", http.StatusNoContent},
		{"127.0.0.1:8080", http.StatusNoContent},
		{"INLOOP.LOCAL:81", http.StatusNoContent},
		{"[::1]", http.StatusNoContent},
		{"[::1]:8080", http.StatusNoContent},
		{"evil.example", http.StatusMisdirectedRequest},
		{"evil.example:8080", http.StatusMisdirectedRequest},
		{"127.0.0.1.evil.example", http.StatusMisdirectedRequest},
		{"inloop.local.", http.StatusMisdirectedRequest},
		{"localhost", http.StatusMisdirectedRequest},
		{"", http.StatusMisdirectedRequest},
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			r := httptest.NewRequest(method, "/", nil)
			r.Host = c.host
			w := httptest.NewRecorder()
			guarded.ServeHTTP(w, r)
			if w.Code != c.want {
				t.Errorf("%s to host %q: got %d, want %d", method, c.host, w.Code, c.want)
			}
		}
	}
}

// A kiosk that listens on all its addresses is asked by the number of one.
func TestGuard_AnswersToTheAddressAskedAt(t *testing.T) {
	guarded := Guard(nil, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	for host, want := range map[string]int{
		"192.0.2.2:8080": http.StatusNoContent, "192.0.2.2": http.StatusNoContent,
		"192.0.2.3:8080": http.StatusMisdirectedRequest, "evil.example": http.StatusMisdirectedRequest,
	} {
		at := &net.TCPAddr{IP: net.IPv4(192, 0, 2, 2), Port: 8080}
		r := httptest.NewRequestWithContext(context.WithValue(t.Context(), http.LocalAddrContextKey, at), http.MethodGet, "/", nil)
		r.Host = host
		w := httptest.NewRecorder()
		guarded.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("host %q: got %d, want %d", host, w.Code, want)
		}
	}
}

func TestGuard_RefusesAPostFromAnotherOrigin(t *testing.T) {
	guarded := Guard([]string{"127.0.0.1"}, http.HandlerFunc(
		func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	for _, c := range []struct {
		method, header, value string
		want                  int
	}{
		{http.MethodPost, "Origin", "http://127.0.0.1:8080", http.StatusNoContent},
		{http.MethodPost, "Origin", "http://evil.example", http.StatusForbidden},
		{http.MethodPost, "Sec-Fetch-Site", "cross-site", http.StatusForbidden},
		{http.MethodDelete, "Sec-Fetch-Site", "cross-site", http.StatusForbidden},
		{http.MethodGet, "Sec-Fetch-Site", "cross-site", http.StatusNoContent},
	} {
		r := httptest.NewRequest(c.method, "http://127.0.0.1:8080/", nil)
		r.Header.Set(c.header, c.value)
		w := httptest.NewRecorder()
		guarded.ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%s with %s %s: got %d, want %d", c.method, c.header, c.value, w.Code, c.want)
		}
	}
}

func TestHeaders_KeepAPageToItself(t *testing.T) {
	w := httptest.NewRecorder()
	Headers(http.NotFoundHandler()).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	for name, want := range map[string]string{
		"X-Content-Type-Options":     "nosniff",
		"Referrer-Policy":            "no-referrer",
		"Cross-Origin-Opener-Policy": "same-origin",
		"Cache-Control":              "no-store",
	} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	csp := w.Header().Get("Content-Security-Policy")
	if !strings.HasPrefix(csp, "default-src 'none'; ") || strings.Contains(csp, "unsafe") {
		t.Errorf("content security policy: %q", csp)
	}
}
