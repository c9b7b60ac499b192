package browsertest_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.org/inloop/kiosk"
	"example.org/inloop/web/browser"
	"example.org/inloop/web/screen/screentest"
	"example.org/inloop/web/webtest"
)

// small names each button of the language page that a finger could miss.
const small = `(function () {
	const all = Array.from(document.querySelectorAll("#tongues button"), b => [b, b.getBoundingClientRect()]);
	const found = [];
	for (const [b, r] of all) {
		if (Math.min(r.width, r.height) < 96) { found.push(b.lang + " is small"); }
		if (r.left < 0 || r.top + scrollY < 0 || r.right > innerWidth) { found.push(b.lang + " is off the screen"); }
		for (const [other, s] of all) {
			const apart = Math.max(s.left - r.right, r.left - s.right, s.top - r.bottom, r.top - s.bottom);
			if (other !== b && apart < 16) { found.push(b.lang + " is close to " + other.lang); }
		}
	}
	return found.join("; ");
})()`

// With PICTURES=dir the test also leaves pictures there.
func TestDoor_TwelveLanguagesFit(t *testing.T) {
	for _, size := range []struct {
		name          string
		width, height int64
	}{{"door", 800, 480}, {"tablet", 768, 1024}, {"phone", 390, 844}, {"zoom", 400, 240}} {
		t.Run(size.name, func(t *testing.T) {
			translations := webtest.Translations(t, webtest.Eight()...)
			s := screentest.Open(t, screentest.Tuesday(), translations)
			p := open(t, s, size.width, size.height)
			check := func(name string, down bool) {
				t.Helper()
				for _, fault := range p.Overflow(down) {
					t.Errorf("%s: %s", name, fault)
				}
				if dir := os.Getenv("PICTURES"); dir != "" {
					p.Do(settle)
					p.Picture(filepath.Join(dir, fmt.Sprintf("twelve-%s-%s.png", size.name, name)))
				}
			}
			p.Do(tap("#choose"))
			p.Wait(kindIs("tongues"))
			if n := browser.Eval[int](p, `document.querySelectorAll("#tongues button").length`); n != len(translations.Languages()) {
				t.Fatalf("%d languages to choose from, want %d", n, len(translations.Languages()))
			}
			if found := browser.Eval[string](p, small); found != "" {
				t.Error(found)
			}
			check("tongues", size.name != "zoom")
			for _, l := range translations.Languages() {
				p.Do(tap(fmt.Sprintf("[data-tongue=%s]", l.Lang())))
				p.Wait(fmt.Sprintf("document.querySelector('#idle').lang === %q && !document.querySelector('#idle').hidden", l.Lang()))
				check("idle-"+l.Lang(), size.name != "zoom")
				p.Do(tap("#choose"))
				p.Wait(kindIs("tongues"))
			}
		})
	}
}

// What Arabic has, any language has that runs the same way.
func TestDoor_AnyLanguageFromTheRightIsLaidOutAsArabicIs(t *testing.T) {
	s := screentest.Open(t, screentest.Tuesday(), webtest.Translations(t, webtest.Eight()...))
	p := open(t, s, 800, 480)
	// The texts are the same, and so must be the place and the look of each box.
	layout := func(lang string) string {
		t.Helper()
		choose(p, lang)
		idle := browser.Eval[string](p, boxes)
		s.Show(kiosk.Greeting{Kind: kiosk.GreetingGoingHome, Sign: "tulip.red", Language: kiosk.Language(lang)})
		p.Wait(fmt.Sprintf("document.querySelector('#greeting').lang === %q", lang))
		p.Do(settle)
		greeting := browser.Eval[string](p, boxes)
		s.Show(kiosk.Greeting{})
		p.Wait(kindIs("idle"))
		return idle + "\n" + greeting
	}
	arabic := layout("ar")
	if !strings.Contains(arabic, "rtl") {
		t.Fatalf("Arabic runs from left to right: %s", arabic)
	}
	for _, lang := range []string{"fa", "he"} {
		if got := layout(lang); got != arabic {
			t.Errorf("%s:\n%s\nArabic:\n%s", lang, got, arabic)
		}
	}
}

// boxes is where each visible box of the door lies, and how its text runs.
const boxes = `Array.from(document.querySelectorAll("#door section:not([hidden]) *"), e => {
	const r = e.getBoundingClientRect(), s = getComputedStyle(e);
	return [e.tagName, e.id, ...[r.left, r.top, r.width, r.height].map(Math.round), s.direction, s.lineHeight, s.letterSpacing, s.transform].join(" ");
}).join("\n")`

func TestDoor_LettersAreThereBeforeAnybodyNeedsThem(t *testing.T) {
	p := open(t, screentest.Open(t, screentest.Tuesday()), 800, 480)
	p.Wait(`document.fonts.size > 0 && Array.from(document.fonts).every(f => f.status === "loaded")`)
}
