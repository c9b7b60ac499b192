package desk

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// loopbackNames are the names under which the machine's own screen calls it.
func loopbackNames() []string { return []string{"127.0.0.1", "localhost", "::1"} }

// localOnly answers 403 to whoever is not at the kiosk's own screen: names do
// not travel over a shared Wi-Fi in the clear. Both ends count, the address
// that asks and the name that was asked for.
func (d *Desk) localOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !loopbackPeer(r.RemoteAddr) || !loopbackHost(r.Host) {
			t := d.localizer(r)
			d.message(w, t, http.StatusForbidden, note{Words: t.T("desk.refused.elsewhere", nil), Bad: true})
			return
		}
		next.ServeHTTP(w, r)
	})
}

func loopbackPeer(addr string) bool {
	ap, err := netip.ParseAddrPort(addr)
	return err == nil && ap.Addr().Unmap().IsLoopback()
}

func loopbackHost(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	return slices.Contains(loopbackNames(), strings.ToLower(strings.Trim(host, "[]")))
}
