package screen

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"

	"example.org/inloop/web"
	"example.org/inloop/web/live"
)

//go:embed door.html door.css door.js
var files embed.FS

// render makes the page: every drawing that it may need, and the words that it
// must have when the program is gone. All else comes with the state.
func render(translations *web.Translations) ([]byte, error) {
	t, err := template.New("door.html").Funcs(template.FuncMap{
		"icon": web.Icon, "signs": web.SignSymbols,
	}).ParseFS(files, "door.html")
	if err != nil {
		return nil, err
	}
	choices := translations.Languages()
	home := translations.In(web.DefaultLanguage)
	var page bytes.Buffer
	err = t.Execute(&page, map[string]any{
		"Lang": home.Lang(), "Dir": home.Dir(), "Title": home.T("door.page", nil),
		"GoneTitle": home.T("door.gone.title", nil), "GoneLine": home.T("door.gone.line", nil),
		"GreetFor": greetFor.Milliseconds(),
		"Choose":   home.T("door.language.choose", nil), "Languages": choices,
		"Columns": min(4, (len(choices)+3)/4), // four buttons stand above each other on 480 pixels
	})
	return page.Bytes(), err
}

// routes lists every address of the door screen. The shared files under
// /assets/ are served beside it by web.Assets.
func (s *Screen) routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /door", s.serve("text/html; charset=utf-8", s.page))
	mux.HandleFunc("GET /door/door.css", s.serve("text/css; charset=utf-8", file("door.css")))
	mux.HandleFunc("GET /door/door.js", s.serve("text/javascript; charset=utf-8", file("door.js")))
	mux.HandleFunc("GET /door/live", func(w http.ResponseWriter, r *http.Request) {
		s.hub.Serve(w, r, s.beats())
	})
	return mux
}

// ServeHTTP serves /door and what is under it.
func (s *Screen) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	live.Headers(s.mux).ServeHTTP(w, r)
}

func (s *Screen) serve(kind string, body []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		if _, err := w.Write(body); err != nil {
			s.log.Debug("door page not sent", "err", err)
		}
	}
}

func file(name string) []byte {
	b, err := files.ReadFile(name)
	if err != nil {
		panic(err) // embedded above
	}
	return b
}
