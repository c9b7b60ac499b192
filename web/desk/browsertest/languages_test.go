package browsertest_test

import (
	"fmt"
	"testing"

	"example.org/inloop/web/browser"
	"example.org/inloop/web/desk"
	"example.org/inloop/web/webtest"
)

// The pages on which a language is chosen, with twelve to choose from, read in
// a language from the right that is not Arabic.
func TestBrowser_TwelveLanguagesFit(t *testing.T) {
	translations := webtest.Translations(t, webtest.Eight()...)
	r := open(t, func(c *desk.Config) { c.Translations = translations })
	person, badge := r.Resident(name, "tulip.red"), r.Tap(9)
	f := newFinger(t, r, 800, 480)
	f.looks("twelve-front", "nl")
	f.touch("[name=language][value=fa]", `document.documentElement.lang === "fa" && document.documentElement.dir === "rtl"`)
	f.looks("twelve-front", "fa")
	r.Desk.Tapped(r.Volunteer)
	f.Wait(`document.querySelector("[data-pad]")`)
	f.in()
	for _, page := range [][2]string{
		{"twelve-language", fmt.Sprintf("/desk/badge/%d?sign=boat.red", badge)},
		{"twelve-person", fmt.Sprintf("/desk/person/%d", person)},
	} {
		f.Open(r.Server.URL + page[1])
		if n := browser.Eval[int](f.Page, `document.querySelectorAll(".tongues [name=language]").length`); n != 12 {
			t.Errorf("%s: %d languages to choose from, want 12", page[0], n)
		}
		f.looks(page[0], "fa")
	}
}
