package browsertest_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"example.org/inloop/kiosk"
	"example.org/inloop/web/browser"
	"example.org/inloop/web/desk"
)

// A resident has their own page opened by their badge, in their own language, prints
// it on A4, takes it along, and has all of it erased by one tap more.
func TestBrowser_OwnPage(t *testing.T) {
	for _, lang := range []kiosk.Language{"nl", "ar"} {
		t.Run(string(lang), func(t *testing.T) {
			r := open(t, func(c *desk.Config) { c.Taker = &taker{} })
			no, err := r.Store.Enrol(t.Context(), r.Volunteer, kiosk.Enrolment{
				Resident: kiosk.Resident{Name: name, Sign: "tulip.red", Language: lang}, Badge: r.Tap(7),
			})
			must(t, err)
			must(t, r.Store.Intake(t.Context(), no, kiosk.Intake{Consent: true, Family: kiosk.ContactDaily}))
			for range 90 {
				r.Clock.Pass(24 * time.Hour)
				must(t, r.Store.Tick(t.Context()))
				r.Lay(7)
			}
			r.Clock.Pass(time.Hour)
			f := newFinger(t, r, 800, 480)
			f.in()
			f.touch(`form[action="/desk/own"] button`, `document.body.dataset.face === "own"`)
			f.looks("ownwait", string(lang))
			f.Do(chromedp.EmulateViewport(800, 480, chromedp.EmulateTouch))
			r.Lay(7)
			f.Wait(fmt.Sprintf(`document.body.dataset.face === "data" && document.documentElement.lang === %q`, lang))
			f.looks("own", string(lang))
			f.Do(chromedp.EmulateViewport(800, 480, chromedp.EmulateTouch))
			f.inside(`form[action$="/take"] button`)
			f.touch(`form[action$="/take"] button`, `document.querySelector(".lay")`)
			f.looks("ownagain", string(lang))
			f.Do(chromedp.EmulateViewport(800, 480, chromedp.EmulateTouch))
			r.Lay(7)
			f.Wait(`document.querySelector("[data-print]")`)
			f.looks("owntake", string(lang))
			f.Do(chromedp.EmulateViewport(800, 480, chromedp.EmulateTouch))
			f.inside("[data-print]")
			browser.Eval[any](f.Page, `(window.print = () => { window.printed = true; }, null)`)
			f.touch("[data-print]", "window.printed === true")
			f.onPaper(string(lang))
			f.touch(`form[action$="/save"] button`, `document.querySelector("#note .notice-green")`)
			r.Clock.Pass(4 * time.Minute)
			f.Wait(`document.body.dataset.face === "own"`) // the page closes before whoever looks
			if f.holds(name) {
				t.Error("a name is left in the page that closed")
			}

			f.Open(fmt.Sprintf("%s/desk/person/%d/erase", r.Server.URL, no))
			f.looks("ownerase", string(lang))
			f.Do(chromedp.EmulateViewport(800, 480, chromedp.EmulateTouch))
			f.inside(`form[action$="/erase"] button`)
			f.touch(`form[action$="/erase"] button`, `document.querySelector(".lay")`)
			f.looks("owneraselay", string(lang))
			r.Lay(7)
			f.Wait(`!document.querySelector(".lay")`)
			f.looks("ownerased", string(lang))
			if f.holds(name) {
				t.Error("a name is left in the page of one who was erased")
			}
		})
	}
}

// taker is a stick that takes everything.
type taker struct{}

func (*taker) Sticks() []string   { return []string{"/media/STICK"} }
func (*taker) Shared(string) bool { return false }

func (*taker) Save(context.Context, string, string, []byte) error { return nil }

// inside wants what a page is for to be visible without scrolling.
func (f *finger) inside(selector string) {
	f.t.Helper()
	if !browser.Eval[bool](f.Page, fmt.Sprintf(`(b => b.top >= 0 && b.bottom <= innerHeight)(document.querySelector(%q).getBoundingClientRect())`, selector)) {
		f.t.Errorf("%s lies outside of the first screen", selector)
	}
}

// onPaper prints the page: A4, what is kept, all of the days, and no button.
func (f *finger) onPaper(lang string) {
	f.t.Helper()
	pdf := f.PDF()
	if dir := os.Getenv("PICTURES"); dir != "" {
		must(f.t, os.WriteFile(filepath.Join(dir, "own-"+lang+".pdf"), pdf, 0o600))
	}
	if !bytes.Contains(pdf, []byte("/MediaBox [0 0 594.95")) && !bytes.Contains(pdf, []byte("/MediaBox [0 0 595")) {
		f.t.Error("the paper is not A4")
	}
	f.Print(true)
	for selector, want := range map[string]bool{".facts": true, ".print-only .days li": true, ".bar": false, "button": false, "#days": false, "#note": false} {
		got := browser.Eval[bool](f.Page, fmt.Sprintf(`Array.from(document.querySelectorAll(%q)).some(e => e.checkVisibility())`, selector))
		if got != want {
			f.t.Errorf("on paper %s is there: %t, want %t", selector, got, want)
		}
	}
	if n := browser.Eval[int](f.Page, `document.querySelectorAll(".print-only .days li").length`); n != 91 {
		f.t.Errorf("%d days on paper, want 91", n)
	}
	f.Do(chromedp.EmulateViewport(658, 986)) // what A4 leaves between its margins
	f.picture("ownpaper", lang, 658)
	f.Print(false)
	f.Do(chromedp.EmulateViewport(800, 480, chromedp.EmulateTouch))
}
