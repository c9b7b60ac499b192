package kioskd

import (
	"net"
	"net/http"

	"example.org/inloop/web"
	"example.org/inloop/web/live"
)

// routes is every address of the kiosk.
func (r *Daemon) routes() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /healthz", r.board)
	mux.Handle("/assets/", web.Assets())
	mux.Handle("/door", r.screen)
	mux.Handle("/door/", r.screen)
	mux.HandleFunc("/desk", r.serveDesk)
	mux.HandleFunc("/desk/", r.serveDesk)
	mux.Handle("GET /{$}", http.RedirectHandler("/door", http.StatusSeeOther))
	if r.panel != nil && loopback(r.cfg.Listener.Addr()) {
		r.panel.Routes(mux)
		if r.cfg.Cards != nil {
			mux.Handle("/sim/", live.Headers(r.cfg.Cards))
		}
	}
	return live.Guard(r.hosts(), mux)
}

// hosts are the names that the pages answer to: loopback's, and the address
// that the operator chose.
func (r *Daemon) hosts() []string {
	hosts := []string{"127.0.0.1", "localhost", "::1"}
	if t, ok := r.cfg.Listener.Addr().(*net.TCPAddr); ok && !t.IP.IsUnspecified() {
		hosts = append(hosts, t.IP.String())
	}
	return hosts
}
