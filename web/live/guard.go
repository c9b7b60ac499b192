package live

import (
	"net"
	"net/http"
	"strings"
)

// policy lets a page load from its own address only: nothing inline, nothing
// foreign, no frames. It is why our pages have neither style= nor onclick=.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; " +
	"connect-src 'self'; font-src 'self'; media-src 'self'; base-uri 'none'; " +
	"form-action 'self'; frame-ancestors 'none'"

// Guard answers only to the given names. hosts are host names or addresses
// without a port ("127.0.0.1", "localhost", "inloop.local", "::1"), and to the
// number of the address at which the request came in; a request for any other
// Host, whatever its port, gets 421 Misdirected Request, page and websocket
// alike. That is what stops DNS rebinding: after it the attacker's page and our
// own have the same origin, and only the name tells them apart.
//
// What passes then goes through [http.CrossOriginProtection]: a POST, PUT or
// DELETE from another origin gets 403.
func Guard(hosts []string, next http.Handler) http.Handler {
	allowed := make(map[string]bool, len(hosts))
	for _, h := range hosts {
		allowed[hostname(h)] = true
	}
	same := http.NewCrossOriginProtection().Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if host := hostname(r.Host); host == "" || !allowed[host] && host != here(r) {
			http.Error(w, "this address is not served here", http.StatusMisdirectedRequest)
			return
		}
		same.ServeHTTP(w, r)
	})
}

// here is the address at which a request came in, or "".
func here(r *http.Request) string {
	if a, ok := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr); ok {
		return a.IP.String()
	}
	return ""
}

// Headers adds to every answer what a browser must know to keep a page to
// itself: the content security policy, no sniffing, no referrer, an opener of
// its own, and no copy in any cache. A handler of unchanging files may set its
// own Cache-Control.
func Headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// hostname is the host of a Host header in lower case, without port and without
// the brackets of an IPv6 address.
func hostname(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	return strings.ToLower(strings.Trim(host, "[]"))
}
