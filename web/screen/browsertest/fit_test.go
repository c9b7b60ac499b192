package browsertest_test

import (
	"fmt"
	"os"
	"path/filepath"
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
				for _, fault := range p.Overflow(down) {
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
