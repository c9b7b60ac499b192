package desk

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/sync/count"
	"example.org/inloop/web"
	"example.org/inloop/web/counted"
)

//go:embed templates/*.html
var templates embed.FS

//go:embed static
var static embed.FS

// note is what is said of the last action.
type note struct {
	Words string
	Bad   bool
}

// page is what every template gets.
type page struct {
	localizer web.Localizer
	Languages []web.Localizer // those that can be chosen
	Face      string          // which page it is, for the script and the styles
	Live      bool            // its part swaps itself when something changes
	Changed   int64           // how new it is, as the socket counts
	Title     string
	Note      note
	Names     bool   // a volunteer is signed in: "Op slot" is there
	Volunteer int64  // who, so that the script sends nobody else's work again
	Typed     string // on this page before it was interrupted, as the script gave it
	Door      string // where a page goes that nobody uses, on a screen that is the hall's too
	Body      any
}

// W is a text of the translations; pairs are names and values that stand in it.
func (p page) W(id string, pairs ...any) string { return p.localizer.Say(id, pairs...) }

// N is a text of the translations in the plural form of count.
func (p page) N(id string, count int) string { return p.localizer.N(id, count, nil) }

// Lang and Dir go on the root element.
func (p page) Lang() string { return p.localizer.Lang() }

// Dir is the writing direction.
func (p page) Dir() string { return p.localizer.Dir() }

// views parses every page over the common frame; the files are embedded, so a
// malformed one is found by the first test.
func views() map[string]*template.Template {
	names, err := fs.Glob(templates, "templates/*.html")
	if err != nil {
		panic(err) // the pattern is a constant
	}
	funcs := template.FuncMap{"icon": web.Icon, "picture": web.SignPicture, "base": filepath.Base}
	all := make(map[string]*template.Template, len(names))
	for _, name := range names {
		base := name[len("templates/") : len(name)-len(".html")]
		t := template.New("frame.html").Funcs(funcs)
		for _, file := range []string{"templates/frame.html", "templates/parts.html", name} {
			template.Must(t.Parse(unindented(file)))
		}
		all[base] = t
	}
	return all
}

// unindented reads a template without the space at the ends of its lines: in rows for
// hundreds of people it is a fifth of the page. That a line ended stays, for words.
func unindented(file string) string {
	text, err := templates.ReadFile(file)
	if err != nil {
		panic(err) // embedded
	}
	var b strings.Builder
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" {
			b.WriteString(line + "\n")
		}
	}
	return b.String()
}

// show writes a page; it is rendered whole first, so that half a page is never
// sent.
func (d *Desk) show(w http.ResponseWriter, r *request, view string, p page) error {
	p.localizer, p.Changed = r.localizer, r.changes
	if p.Names = r.session.names(); p.Names {
		p.Volunteer = r.session.volunteer
	}
	if p.Face == "" {
		p.Face = view
	}
	if r.Header.Get(partHeader) != "live" && r.key != (key{}) {
		p.Note = d.sessions.takeNote(r.key)
		p.Typed = d.sessions.takeTyped(r.key, r.URL.RequestURI())
	}
	return d.render(w, view, http.StatusOK, p)
}

func (d *Desk) render(w http.ResponseWriter, view string, status int, p page) error {
	if !d.readerDown() { // else people are counted here
		p.Door = d.cfg.Door
	}
	p.Languages = d.cfg.Translations.Languages()
	var out bytes.Buffer
	if err := d.views[view].ExecuteTemplate(&out, "frame.html", p); err != nil {
		return fmt.Errorf("render %s: %w", view, err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = out.WriteTo(w) // a page that went away hears nothing
	return nil
}

// message is a page that only says something.
func (d *Desk) message(w http.ResponseWriter, t web.Localizer, status int, n note) {
	p := page{localizer: t, Face: "message", Title: t.T("desk.title", nil), Note: n}
	if err := d.render(w, "message", status, p); err != nil {
		d.cfg.Log.Error("say a refusal", "err", err)
	}
}

// localizer is the language of the page: chosen on it, else Dutch.
func (d *Desk) localizer(r *http.Request) web.Localizer {
	lang := web.DefaultLanguage
	if c, err := r.Cookie("desk-language"); err == nil {
		lang = c.Value
	}
	return d.cfg.Translations.In(lang)
}

func (d *Desk) chooseLanguage(w http.ResponseWriter, r *request) error {
	if err := r.form(w, "language"); err != nil {
		return err
	}
	l, err := d.language(r)
	if err != nil {
		return err
	}
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // a language is no secret
		Name: "desk-language", Value: string(l), Path: "/desk", HttpOnly: true, SameSite: http.SameSiteStrictMode,
		MaxAge: int((365 * 24 * time.Hour).Seconds()),
	})
	http.Redirect(w, r.Request, "/desk", http.StatusSeeOther)
	return nil
}

// language is the field of that name, if it is a language that this desk offers.
func (d *Desk) language(r *request) (kiosk.Language, error) {
	l := r.PostForm.Get("language")
	if !d.cfg.Translations.Has(l) {
		return "", fmt.Errorf("%w: %.20q", kiosk.ErrLanguage, l)
	}
	return kiosk.Language(l), nil
}

// static serves the page's own style and script.
func (d *Desk) static(w http.ResponseWriter, r *request) error {
	root, err := fs.Sub(static, "static")
	if err == nil {
		_, err = fs.Stat(root, r.PathValue("file"))
	}
	if err != nil {
		return errors.Join(kiosk.ErrNotFound, err)
	}
	http.StripPrefix("/desk/static/", web.Files(root)).ServeHTTP(w, r.Request)
	return nil
}

// counted says what is counted, who sees it and what is never done. It names nobody, so
// that whoever stands here may read it.
func (d *Desk) counted(w http.ResponseWriter, r *request) error {
	body, err := counted.Page(r.localizer, count.Standard())
	if err != nil {
		return err
	}
	return d.show(w, r, "counted", page{Title: r.localizer.T("counted.title", nil), Body: body})
}

func (d *Desk) storedData(w http.ResponseWriter, r *request) error {
	return d.show(w, r, "kept", page{Title: r.localizer.T("desk.kept.title", nil)})
}
