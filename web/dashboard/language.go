package dashboard

import (
	"net/http"
	"strings"

	"example.org/inloop/web"
)

const languageCookie = "inloop-language"

// localizer is the language that was chosen on this device, else the house's.
func (s *Site) localizer(r *http.Request) web.Localizer {
	if c, err := r.Cookie(languageCookie); err == nil && s.translations.Has(c.Value) {
		return s.translations.In(c.Value)
	}
	return s.translations.In(web.DefaultLanguage)
}

func (s *Site) chooseLanguage(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r)
	if err != nil {
		return err
	}
	tag := form.Get("language")
	if !s.translations.Has(tag) {
		return errForm
	}
	http.SetCookie(w, &http.Cookie{
		Name: languageCookie, Value: tag, Path: "/", MaxAge: 365 * 24 * 3600,
		HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteStrictMode,
	})
	http.Redirect(w, r, local(form.Get("back")), http.StatusSeeOther)
	return nil
}

// local returns a path of this site, "/" for anything that could lead away.
func local(target string) string {
	if !strings.HasPrefix(target, "/") || strings.HasPrefix(target, "//") || strings.ContainsAny(target, "\\\r\n\t") {
		return "/"
	}
	return target
}
