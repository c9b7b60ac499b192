package browsertest_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.org/inloop/kiosk"
	"example.org/inloop/web/screen/screentest"
)

// With PICTURES=dir the test also leaves a picture of every face there.
func TestDoor_EveryFaceFitsEveryScreen(t *testing.T) {
	sizes := []struct {
		name          string
		width, height int64
	}{{"door", 800, 480}, {"tablet", 768, 1024}, {"phone", 390, 844}, {"zoom", 400, 240}}
	pictures := os.Getenv("PICTURES")
	for _, size := range sizes {
		t.Run(size.name, func(t *testing.T) {
			s := screentest.Open(t, screentest.Tuesday())
			p := open(t, s, size.width, size.height)
			// The idle face may be moved up and down in a small window; nothing else.
			check := func(name string, down bool) {
				t.Helper()
				for _, fault := range append(p.Overflow(down), p.StruckZeros()...) {
					t.Errorf("%s: %s", name, fault)
				}
				if pictures != "" {
					p.Do(settle)
					p.Picture(filepath.Join(pictures, fmt.Sprintf("%s-%s.png", size.name, name)))
				}
			}
			for _, lang := range []string{"nl", "tr", "ar"} {
				choose(p, lang)
				check("idle-"+lang, size.name != "zoom")
				for _, face := range screentest.Faces() {
					face.Show(s, kiosk.Language(lang))
					p.Wait(fmt.Sprintf("document.querySelector('#door').dataset.kind === %q", face.Kind))
					check(face.Kind+"-"+lang, true)
					s.SetLights(screentest.Green())
				}
				s.Show(kiosk.Greeting{})
				p.Wait("!document.querySelector('#idle').hidden")
			}
			p.Do(tap("#choose"))
			p.Wait("!document.querySelector('#tongues').hidden")
			check("tongues", size.name != "zoom")
		})
	}
}

// A name of sixty letters, without a space or with few, leaves every greeting whole.
func TestDoor_LongNamesFit(t *testing.T) {
	for _, long := range []string{strings.Repeat("WM", 30), strings.Repeat("WM", 12) + " " + strings.Repeat("WM", 12) + " WMWMWMWMWM"} {
		longNameFits(t, long)
	}
}

func longNameFits(t *testing.T, long string) {
	t.Helper()
	s := screentest.Open(t, screentest.Tuesday())
	for _, size := range [][2]int64{{800, 480}, {1024, 600}, {400, 240}, {390, 844}} {
		p := open(t, s, size[0], size[1])
		for _, lang := range []kiosk.Language{"nl", "ar"} {
			for _, kind := range []kiosk.GreetingKind{kiosk.GreetingWelcome, kiosk.GreetingGoingHome} {
				s.Show(kiosk.Greeting{Kind: kind, Sign: "snail.pink", Name: long, Language: lang})
				p.Wait(fmt.Sprintf(`document.querySelector("#title").textContent.includes(%q) && document.querySelector("#greeting").lang === %q && document.querySelector("#door").dataset.kind === %q`, long, lang, kind))
				for _, fault := range p.Overflow(size[0] > size[1]) {
					t.Errorf("%s, %s, %d by %d: %s", kind, lang, size[0], size[1], fault)
				}
				if dir := os.Getenv("PICTURES"); dir != "" {
					p.Picture(filepath.Join(dir, fmt.Sprintf("door-long-%s-%s-%d.png", kind, lang, size[0])))
				}
			}
		}
	}
}
