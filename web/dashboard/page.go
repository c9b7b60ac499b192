package dashboard

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"example.org/inloop/sync/central"
	"example.org/inloop/web"
)

//go:embed pages static
var files embed.FS

// pages are the templates by their name, each within the frame.
type pages map[string]*template.Template

// parsePages reads the embedded templates: frame and figures hold parts for all
// pages, every other file is a page of its own.
func parsePages() (pages, error) {
	shared, err := template.ParseFS(files, "pages/frame.html", "pages/figures.html", "pages/funderfields.html")
	if err != nil {
		return nil, fmt.Errorf("read the frame: %w", err)
	}
	names, err := fs.Glob(files, "pages/*.html")
	if err != nil {
		return nil, fmt.Errorf("list pages: %w", err)
	}
	all := pages{}
	for _, name := range names {
		key := strings.TrimSuffix(path.Base(name), ".html")
		if key == "frame" || key == "figures" || key == "funderfields" {
			continue
		}
		page, err := shared.Clone()
		if err == nil {
			page, err = page.ParseFS(files, name)
		}
		if err != nil {
			return nil, fmt.Errorf("read page %s: %w", key, err)
		}
		all[key] = page
	}
	return all, nil
}

// frame is what every page has, and how its template speaks.
type frame struct {
	localizer web.Localizer
	Languages []web.Localizer  // those that can be chosen
	Account   *central.Account // nil when nobody is signed in
	Title     string
	Path      string // of the request, with its query: where a choice of language returns to
	At        string // the place in the menu
}

// frame returns the frame of the page that answers r, with the title's text.
func (s *Site) frame(r *http.Request, title string) frame {
	f := frame{localizer: s.localizer(r), Languages: s.translations.Languages(), At: r.Pattern}
	if a, ok := r.Context().Value(accountKey{}).(central.Account); ok {
		f.Account = &a
	}
	f.Title = f.T(title)
	if r.Method == http.MethodGet {
		f.Path = r.URL.RequestURI()
	}
	return f
}

// Coordinates tells whether a coordinator is signed in.
func (f frame) Coordinates() bool {
	return f.Account != nil && f.Account.Role == central.RoleCoordinator
}

// T returns a text of the translations; pairs are names and values in it.
func (f frame) T(id string, pairs ...any) string { return f.localizer.Say(id, pairs...) }

// Num writes a count as the reader's language does.
func (f frame) Num(n int64) string { return f.localizer.Number(int(n)) }

// Lang and Dir are for the root element.
func (f frame) Lang() string { return f.localizer.Lang() }

// Dir is "ltr" or "rtl".
func (f frame) Dir() string { return f.localizer.Dir() }

// RTL tells whether the page runs from right to left.
func (f frame) RTL() bool { return f.localizer.Dir() == "rtl" }

// Icon is one of the house's drawings.
func (f frame) Icon(name string) template.HTML { return web.Icon(name) }

// show writes a whole page.
func (s *Site) show(w http.ResponseWriter, status int, name string, page any) error {
	return s.write(w, status, name, "frame", page)
}

// write runs a template before the first byte leaves, so that a fault in it can
// still become a page of its own.
func (s *Site) write(w http.ResponseWriter, status int, name, part string, page any) error {
	var b bytes.Buffer
	if err := s.pages[name].ExecuteTemplate(&b, part, page); err != nil {
		return fmt.Errorf("write page %s: %w", name, err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = b.WriteTo(w) // a reader who left needs no answer
	return nil
}

// staticFiles serves the site's own style and script.
func staticFiles() http.Handler {
	root, err := fs.Sub(files, "static")
	if err != nil {
		panic(err) // "static" is a valid path: it is the one embedded above
	}
	return web.Files(root)
}
