package browsertest_test

import (
	"fmt"
	"net"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"example.org/inloop/kiosk"
	"example.org/inloop/web/browser"
	"example.org/inloop/web/screen/screentest"
)

// hurry makes a page's waits of five seconds and more pass ten times as fast.
const hurry = `(function () {
	var slow = window.setTimeout;
	window.setTimeout = function (f, ms) { return slow(f, ms >= 5000 ? ms / 10 : ms); };
})()`

func kindIs(kind string) string {
	return fmt.Sprintf("document.querySelector('#door').dataset.kind === %q", kind)
}

func TestDoor_AccessibleByDayAndByNight(t *testing.T) {
	for _, look := range []string{"day", "night"} {
		t.Run(look, func(t *testing.T) {
			now := screentest.Tuesday()
			if look == "night" {
				now = screentest.Tuesday().Add(-8 * 60 * 60 * 1e9)
			}
			s := screentest.Open(t, now)
			p := open(t, s, 800, 480)
			check := func(face string) {
				t.Helper()
				p.Do(settle)
				for _, fault := range p.Axe() {
					t.Errorf("%s: %s", face, fault)
				}
			}
			if got := browser.Eval[string](p, "document.documentElement.dataset.look"); got != look {
				t.Fatalf("the look is %q", got)
			}
			check("idle")
			for _, face := range screentest.Faces() {
				face.Show(s, "nl")
				p.Wait(kindIs(face.Kind))
				check(face.Kind)
				s.SetLights(screentest.Green())
			}
			s.Show(kiosk.Greeting{})
			p.Wait(kindIs("idle"))
			p.Do(tap("#choose"))
			p.Wait(kindIs("tongues"))
			check("tongues")
		})
	}
}

func TestDoor_TwentyBadgesOneAfterAnother(t *testing.T) {
	s := screentest.Open(t, screentest.Tuesday())
	p := open(t, s, 800, 480)
	browser.Eval[any](p, `(function () {
		window.seen = [];
		new MutationObserver(function () {
			var href = document.querySelector("#tile-picture").getAttribute("href");
			if (href && window.seen.at(-1) !== href) { window.seen.push(href); }
		}).observe(document.querySelector("#tile-picture"), {attributes: true});
	})()`)
	var want []string
	for i, picture := range kiosk.Pictures()[:20] {
		sign, err := kiosk.NewSign(picture, kiosk.SignColours()[i%6])
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, "#sign-"+picture)
		s.Show(kiosk.Greeting{Kind: kiosk.GreetingWelcome, Sign: sign, Language: "nl"})
		p.Wait(fmt.Sprintf("window.seen.length === %d", i+1))
	}
	if got := browser.Eval[[]string](p, "window.seen"); !slices.Equal(got, want) {
		t.Errorf("the page showed %v, want %v", got, want)
	}
}

func TestDoor_ForgetsWhoWasThere(t *testing.T) {
	s := screentest.Open(t, screentest.Tuesday())
	p := enter(t, s, browser.Start(t).Page(t, 800, 480))
	s.Show(kiosk.Greeting{Kind: kiosk.GreetingWelcome, Sign: "snail.pink", Name: "Qwirtelina", Language: "tr"})
	// One look for both, for five seconds pass soon on a busy machine.
	p.Wait(`document.querySelector("#title").textContent.includes("Qwirtelina") &&
		document.querySelector("#sign-words").innerText.includes("salyangoz")`)
	p.Wait(kindIs("idle"))
	forgotten(t, p)
}

func TestDoor_ForgetsAlsoWhenTheProgramIsGone(t *testing.T) {
	s := screentest.Open(t, screentest.Tuesday())
	p := open(t, s, 800, 480)
	s.Show(kiosk.Greeting{Kind: kiosk.GreetingWelcome, Sign: "snail.pink", Name: "Qwirtelina", Language: "tr"})
	p.Wait("document.querySelector('#title').textContent.includes('Qwirtelina')")
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.Wait(kindIs("gone"))
	forgotten(t, p)
}

// forgotten looks for the snail in pink that was Qwirtelina's wherever a page
// can keep something.
func forgotten(t *testing.T, p *browser.Page) {
	t.Helper()
	page := browser.Eval[string](p, `document.querySelector("#door").outerHTML`)
	browser.Eval[any](p, `window.planted = ["Remembre", "lina"].join("")`)
	memory := p.Memory()
	if !strings.Contains(memory, "Remembrelina") {
		t.Fatal("the snapshot of the memory does not show what a variable holds")
	}
	for _, trace := range []string{"Qwirtelina", "salyangoz", "pembe"} {
		if strings.Contains(page, trace) {
			t.Errorf("the page still holds %q", trace)
		}
		if strings.Contains(memory, trace) {
			t.Errorf("the page's memory still holds %q", trace)
		}
	}
	if strings.Contains(page, "snail") || strings.Contains(page, "pink") {
		t.Error("the page still holds the sign")
	}
	kept := browser.Await[string](p, `indexedDB.databases().then(d => [localStorage.length, sessionStorage.length,
		d.length, document.cookie, location.search, performance.getEntriesByType("resource").map(e => e.name).filter(n => /snail/.test(n))].join())`)
	if kept != "0,0,0,,," {
		t.Errorf("something is kept: %s", kept)
	}
}

func TestDoor_SaysSoWhenTheProgramIsGoneAndComesBack(t *testing.T) {
	b := browser.Start(t)
	s := screentest.Open(t, screentest.Tuesday())
	server := httptest.NewServer(screentest.Handler(s))
	addr := server.Listener.Addr().String()
	p := b.Page(t, 800, 480)
	p.Expect("WebSocket connection")
	p.Expect("ERR_CONNECTION_REFUSED") // the page's icon, when it is asked for late
	p.Open(server.URL + "/door")
	p.Wait(kindIs("idle"))

	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	server.Close()
	p.Wait(kindIs("gone"))
	if got := p.Text("#gone"); !strings.Contains(got, "U bent welkom") {
		t.Errorf("the page says %q", got)
	}
	for _, fault := range append(p.Overflow(true), p.Axe()...) {
		t.Error(fault)
	}

	next := screentest.Open(t, screentest.Tuesday()) // counts its states from one again
	l, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	again := httptest.NewUnstartedServer(screentest.Handler(next))
	_ = again.Listener.Close()
	again.Listener = l
	again.Start()
	t.Cleanup(again.Close)
	p.Wait(kindIs("idle"))
	next.Show(kiosk.Greeting{Kind: kiosk.GreetingGoodbye, Sign: "tulip.red", Language: "nl"})
	p.Wait(kindIs("goodbye"))
}

func TestDoor_ArabicReadsFromRightToLeft(t *testing.T) {
	s := screentest.Open(t, screentest.Tuesday())
	p := open(t, s, 800, 480)
	s.Show(kiosk.Greeting{Kind: kiosk.GreetingWelcome, Sign: "tulip.red", Language: "ar"})
	p.Wait(kindIs("welcome"))
	got := browser.Eval[string](p, `(function () {
		var box = document.querySelector("#greeting"), sign = document.querySelector(".figure-shape").getBoundingClientRect();
		return [box.lang, getComputedStyle(box).direction, sign.left > 400].join();
	})()`)
	if got != "ar,rtl,true" {
		t.Errorf("got %s", got)
	}
	if text := p.Text("#greeting"); strings.Contains(text, "Welkom") {
		t.Errorf("Dutch is left on her page: %q", text)
	}
}

func TestDoor_AChosenLanguageGoesBackToDutch(t *testing.T) {
	s := screentest.Open(t, screentest.Tuesday())
	p := browser.Start(t).Page(t, 800, 480)
	p.Before(hurry)
	server := httptest.NewServer(screentest.Handler(s))
	t.Cleanup(server.Close)
	p.Expect("WebSocket connection")
	p.Open(server.URL + "/door")
	p.Wait(kindIs("idle"))

	p.Do(tap("#choose"))
	p.Wait(kindIs("tongues"))
	if found := browser.Eval[string](p, small); found != "" {
		t.Error(found)
	}
	p.Do(tap("[data-tongue=tr]"))
	p.Wait("document.querySelector('#idle').lang === 'tr'")
	s.Show(kiosk.Greeting{Kind: kiosk.GreetingGuest}) // nobody knows her language but the door
	p.Wait("document.querySelector('#greeting').lang === 'tr'")
	p.Wait("document.querySelector('#idle').lang === 'nl'")

	p.Wait(kindIs("idle"))
	p.Do(tap("#choose"))
	p.Wait(kindIs("tongues"))
	p.Wait(kindIs("idle")) // nobody touched it
}

func TestDoor_EveryKindHasItsOwnTone(t *testing.T) {
	s := screentest.Open(t, screentest.Tuesday())
	p := browser.Start(t).Page(t, 800, 480)
	p.Unhurried()
	p.Before(`(function () {
		window.heard = [];
		var make = AudioContext.prototype.createOscillator;
		AudioContext.prototype.createOscillator = function () {
			var voice = make.call(this), start = voice.start;
			voice.start = function (at) { window.heard.push(voice.frequency.value); start.call(voice, at); };
			return voice;
		};
		var plain = window.AudioContext;
		window.AudioContext = function () { return window.voices = new plain(); };
	})()`)
	server := httptest.NewServer(screentest.Handler(s))
	t.Cleanup(server.Close)
	p.Expect("WebSocket connection")
	p.Open(server.URL + "/door")
	p.Wait("window.voices.state === 'running'")
	p.Wait(kindIs("idle"))
	tones := map[string]string{}
	for _, face := range screentest.Faces() {
		if face.Kind == "away" || face.Kind == "starting" {
			continue
		}
		face.Show(s, "nl")
		p.Wait(kindIs(face.Kind))
		tone := browser.Eval[string](p, "window.heard.splice(0).map(Math.round).join()")
		if other, twice := tones[tone]; tone == "" || twice {
			t.Errorf("%s sounds %q, as %q does", face.Kind, tone, other)
		}
		tones[tone] = face.Kind
	}
	// The clock's next state holds the greeting still; it must not sound again.
	s.SetIdle(screentest.OpenRoom())
	s.Show(kiosk.Greeting{})
	p.Wait(kindIs("idle"))
	if again := browser.Eval[string](p, "window.heard.join()"); again != "" {
		t.Errorf("sounded again: %s", again)
	}
}

func TestDoor_MovesLessWhenAsked(t *testing.T) {
	s := screentest.Open(t, screentest.Tuesday())
	p := open(t, s, 800, 480)
	p.Media("prefers-reduced-motion", "reduce")
	s.Show(kiosk.Greeting{Kind: kiosk.GreetingWelcome, Sign: "tulip.red"})
	p.Wait(kindIs("welcome"))
	if n := browser.Eval[int](p, "document.getAnimations().length"); n != 0 {
		t.Errorf("%d animations run", n)
	}
}
