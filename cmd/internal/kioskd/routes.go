package kioskd

import (
	"html/template"
	"net"
	"net/http"

	"example.org/inloop/kiosk"
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

var waiting = template.Must(template.New("waiting").Parse(`<!doctype html>
<html lang="{{.Lang}}" dir="{{.Dir}}"><head><meta charset="utf-8"><meta http-equiv="refresh" content="2">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{{.Text}}</title>
<link rel="stylesheet" href="/assets/base.css"></head>
<body><main><h1 class="notice notice-{{.Tone}}">{{.Icon}}<span>{{.Text}}</span></h1></main></body></html>
`))

// serveDesk is the volunteers' pages, or why they cannot be had yet.
func (r *Daemon) serveDesk(w http.ResponseWriter, req *http.Request) {
	if d := r.desk.Load(); d != nil {
		d.Handler().ServeHTTP(w, req)
		return
	}
	live.Headers(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		words := r.translations.In(web.DefaultLanguage)
		light := kiosk.Health{Level: kiosk.LevelOrange, Reason: "store.starting"}
		for _, l := range r.board.All() {
			if l.Part == "store" && l.Reason != "" {
				light = l
			}
		}
		icon := web.Icon("info")
		if light.Level == kiosk.LevelRed {
			icon = web.Icon("warning")
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(http.StatusServiceUnavailable)
		_ = waiting.Execute(w, map[string]any{
			"Lang": words.Lang(), "Dir": words.Dir(), "Tone": string(light.Level), "Icon": icon, "Text": words.T("lights."+light.Reason, nil),
		})
	})).ServeHTTP(w, req)
}
