package kioskd

import (
	"html/template"
	"net/http"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite"
	"example.org/inloop/web"
	"example.org/inloop/web/live"
)

// closedPage stands in the desk's place while there is no store: no badge and no PIN
// is known then, so that it asks for none.
var closedPage = template.Must(template.New("closed").Parse(`<!doctype html>
<html lang="{{.Lang}}" dir="{{.Dir}}"><head><meta charset="utf-8">{{if .Refresh}}<meta http-equiv="refresh" content="2;url=/desk">{{end}}
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{{.Text}}</title>
<link rel="stylesheet" href="/assets/base.css"></head>
<body><main><h1 class="notice notice-{{.Tone}}">{{.Icon}}<span>{{.Text}}</span></h1>
{{range .More}}<p>{{.}}</p>
{{end}}{{if .Yes}}<form method="{{.Method}}" action="/desk/again"><button class="button">{{.Yes}}</button></form>
{{end}}{{if .No}}<p><a class="button" href="/desk">{{.No}}</a></p>
{{end}}</main></body></html>
`))

// closed is what that page says.
type closed struct {
	Lang, Dir, Tone, Text string
	Icon                  template.HTML
	Refresh               bool
	More                  []string
	Method, Yes, No       string
}

// serveDesk is the volunteers' pages, or why they cannot be had yet.
func (r *Daemon) serveDesk(w http.ResponseWriter, req *http.Request) {
	if d := r.desk.Load(); d != nil {
		if req.URL.Path == "/desk/again" { // the room is open meanwhile
			http.Redirect(w, req, "/desk", http.StatusSeeOther)
			return
		}
		d.Handler().ServeHTTP(w, req)
		return
	}
	live.Headers(http.HandlerFunc(r.serveClosed)).ServeHTTP(w, req)
}

// serveClosed tells why there is no store. Where there should be one, somebody may
// say that the room begins again, and is asked whether that is meant.
func (r *Daemon) serveClosed(w http.ResponseWriter, req *http.Request) {
	words := r.translations.In(web.DefaultLanguage)
	say := func(id string) string { return words.T("desk.again."+id, nil) }
	light := r.storeLight()
	page := closed{Lang: words.Lang(), Dir: words.Dir(), Tone: string(light.Level), Icon: web.Icon("info"), Text: words.T("lights."+light.Reason, nil), Refresh: true}
	if light.Level == kiosk.LevelRed {
		page.Icon = web.Icon("warning")
	}
	absent := light.Reason == sqlite.ReasonAbsent
	switch asked := absent && req.URL.Path == "/desk/again"; {
	case asked && req.Method == http.MethodPost:
		select {
		case r.again <- struct{}{}:
		default: // somebody has just said so
		}
		page.Text = say("busy")
	case asked:
		page.Refresh, page.Text, page.More = false, say("title"), []string{say("why"), say("what")}
		page.Method, page.Yes, page.No = "post", say("sure"), say("back")
	case absent:
		page.Method, page.Yes = "get", say("button")
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(http.StatusServiceUnavailable)
	_ = closedPage.Execute(w, page) // a browser that went away
}

// storeLight is why there is no store.
func (r *Daemon) storeLight() kiosk.Health {
	for _, l := range r.board.All() {
		if l.Part == "store" && l.Reason != "" {
			return l
		}
	}
	return kiosk.Health{Part: "store", Level: kiosk.LevelOrange, Reason: "store.starting"}
}
