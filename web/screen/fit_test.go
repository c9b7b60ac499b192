package screen

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"example.org/inloop/kiosk"
)

// faces lists every face of the door, by the kind that the page then shows.
func faces() []struct {
	kind string
	show func(*Screen, kiosk.Language)
} {
	type face = struct {
		kind string
		show func(*Screen, kiosk.Language)
	}
	greet := func(kind kiosk.GreetingKind, sign kiosk.Sign, name string) face {
		return face{string(kind), func(s *Screen, l kiosk.Language) {
			s.Show(kiosk.Greeting{Kind: kind, Sign: sign, Name: name, Language: l})
		}}
	}
	light := func(kind, part, reason string) face {
		return face{kind, func(s *Screen, _ kiosk.Language) {
			s.Show(kiosk.Greeting{}) // a greeting goes before any light
			s.SetLights([]kiosk.Health{{Part: part, Level: kiosk.LevelRed, Reason: reason}})
		}}
	}
	return []face{
		greet(kiosk.GreetingFirst, "tulip.red", ""),
		greet(kiosk.GreetingWelcome, "teapot.blue", "Fatma"),
		greet(kiosk.GreetingLongTime, "bicycle.green", ""),
		greet(kiosk.GreetingGoodbye, "moon.black", "Mevrouw van der Wetering"),
		greet(kiosk.GreetingAlreadyIn, "snail.yellow", ""),
		greet(kiosk.GreetingStillHere, "boat.pink", ""),
		greet(kiosk.GreetingGoingHome, "turtle.green", ""),
		greet(kiosk.GreetingUnknownBadge, "", ""),
		greet(kiosk.GreetingPhone, "", ""),
		greet(kiosk.GreetingGuest, "", ""),
		greet(kiosk.GreetingNotSaved, "", ""),
		light("away", "reader", "reader.gone"),
		light("starting", "store", "store.starting"),
	}
}

// With PICTURES=dir the test also leaves a picture of every face there.
func TestDoor_EveryFaceFitsEveryScreen(t *testing.T) {
	sizes := []struct {
		name          string
		width, height int64
	}{{"door", 800, 480}, {"tablet", 768, 1024}, {"phone", 390, 844}, {"zoom", 400, 240}}
	pictures := os.Getenv("PICTURES")
	for _, size := range sizes {
		t.Run(size.name, func(t *testing.T) {
			s := newDoor(t, tuesday)
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
				for _, face := range faces() {
					face.show(s, kiosk.Language(lang))
					p.Wait(fmt.Sprintf("document.querySelector('#door').dataset.kind === %q", face.kind))
					check(face.kind+"-"+lang, true)
					s.SetLights(green())
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
