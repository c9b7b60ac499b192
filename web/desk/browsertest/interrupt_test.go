package browsertest_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"example.org/inloop/kiosk"
	"example.org/inloop/web/browser"
	"example.org/inloop/web/desk"
	"example.org/inloop/web/desk/desktest"
)

// storm has the desk tell of changes all the time until the test ends.
func storm(t *testing.T, r *desktest.Fixture) {
	t.Helper()
	tick, end, done := time.NewTicker(40*time.Millisecond), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-tick.C:
				r.Desk.Changed()
			case <-end:
				return
			}
		}
	}()
	t.Cleanup(func() { tick.Stop(); close(end); <-done })
}

// types has a finger type digits on the keypad.
func (f *finger) types(pin, until string) {
	f.t.Helper()
	for _, digit := range pin[:5] {
		f.press(fmt.Sprintf(`[data-digit="%c"]`, digit))
	}
	f.touch(fmt.Sprintf(`[data-digit="%c"]`, pin[5]), until)
}

// However late answers come and whatever happens meanwhile, a newcomer comes from
// the code to the day, and a right PIN signs in.
func TestBrowser_NothingInterruptsWhoSignsIn(t *testing.T) {
	browser.Start(t)
	for _, late := range []time.Duration{0, 300 * time.Millisecond, 3 * time.Second} {
		t.Run(late.String(), func(t *testing.T) {
			t.Parallel()
			r := open(t)
			code, err := r.Store.AddVolunteer(t.Context(), "Fatma")
			must(t, err)
			f := newFinger(t, r, 800, 480)
			storm(t, r)
			f.touch(`a[href="/desk/first"]`, `document.body.dataset.face === "code"`)
			f.Do(chromedp.SendKeys("#code", code))
			f.touch(`form[action="/desk/first/code"] .button-primary`, `document.body.dataset.face === "ownbadge"`)
			r.Tap(77)
			f.Wait(`document.querySelector('form[action="/desk/first/badge"]')`)
			r.Line.Delay(late)
			f.touch(`form[action="/desk/first/badge"] button`, `document.querySelector('form[action="/desk/first/pin"]')`)
			f.types("481629", `document.querySelector("#pin").value === ""`)
			r.Line.Delay(0)
			f.types("481629", `document.body.dataset.face === "today"`)
			f.touch("#done", `document.body.dataset.face === "front"`)
			r.Desk.Tapped(r.Volunteer)
			f.Wait(`document.querySelector("[data-pad]")`)
			r.Line.Delay(late)
			f.types(desktest.PIN, `document.body.dataset.face === "today"`)
		})
	}
}

// A second badge does not throw out who is typing: both PINs are good.
func TestBrowser_AnotherBadgeWhileTyping(t *testing.T) {
	r := open(t)
	other := r.Engage("Fatma", 2)
	f := newFinger(t, r, 800, 480)
	r.Desk.Tapped(r.Volunteer)
	f.Wait(`document.querySelector("[data-pad]")`)
	f.press(`[data-digit="1"]`)
	r.Desk.Tapped(other)
	f.Wait(`!document.querySelector("#changed").hidden`)
	for _, digit := range desktest.PIN[1:5] {
		f.press(fmt.Sprintf(`[data-digit="%c"]`, digit))
	}
	f.touch(fmt.Sprintf(`[data-digit="%c"]`, desktest.PIN[5]), `document.body.dataset.face === "today"`)
}

// named opens the page of a person on which a name is half typed.
func named(t *testing.T, f *finger, person int64) {
	t.Helper()
	f.Open(fmt.Sprintf("%s/desk/person/%d", f.room.Server.URL, person))
	f.Do(chromedp.SendKeys("#name", "Yil"))
}

// What happens elsewhere is one line above a page on which somebody is typing.
func TestBrowser_AChangeWaitsWhileSomebodyTypes(t *testing.T) {
	r := open(t)
	person := r.Resident("", "tulip.red")
	f := newFinger(t, r, 800, 480)
	f.in()
	named(t, f, person)
	if browser.Eval[bool](f.Page, `!document.querySelector("#changed").hidden`) {
		t.Error("something is said to have changed, and nothing has")
	}
	must(t, r.Store.AddGuest(t.Context(), r.Volunteer, kiosk.BandAdult))
	r.Desk.Changed()
	f.Wait(`!document.querySelector("#changed").hidden`)
	f.looks("changed", "nl")
	if got := browser.Eval[string](f.Page, `document.querySelector("#name").value`); got != "Yil" {
		t.Errorf("what was typed is %q", got)
	}
}

// A form that is sent while the program is away waits, with its words, and is done
// once when it is back, also where it was done before its answer got lost.
func TestBrowser_AFormOutlivesTheProgram(t *testing.T) {
	for what, fault := range map[string]func(*desktest.Fixture) (mend func()){
		"away": func(r *desktest.Fixture) func() {
			r.Line.Cut(true)
			return func() { r.Line.Cut(false) }
		},
		"answer lost": func(r *desktest.Fixture) func() {
			r.Line.Lose(2)
			return func() {}
		},
		"killed after the commit": func(r *desktest.Fixture) func() {
			r.Line.Kill()
			return func() {}
		},
	} {
		t.Run(what, func(t *testing.T) {
			r := open(t)
			person := r.Resident("", "tulip.red")
			f := newFinger(t, r, 800, 480)
			f.Expect("net::ERR_")
			f.Expect("401") // nobody is signed in after a restart
			f.in()
			before := len(r.View().Actions)
			named(t, f, person)
			mend := fault(r)
			restarts := what == "killed after the commit"
			if restarts {
				f.press(`form[action$="/name"] .find .button`)
				f.Wait(`document.querySelector("#away") && !document.querySelector("#away").hidden`)
				r.Restart()
				r.Line.Cut(false)
				f.Wait(`document.body.dataset.face === "front"`)
				if f.holds("tulp") || f.holds("Yil") {
					t.Error("a name stands on the page while nobody is signed in")
				}
				f.in0()
			} else {
				f.press(`form[action$="/name"] .find .button`)
				if what == "away" {
					f.Wait(`!document.querySelector("#away").hidden`)
					f.looks("waits", "nl")
					if got := browser.Eval[string](f.Page, `document.querySelector("#name").value`); got != "Yil" {
						t.Errorf("what was typed is %q", got)
					}
				}
				mend()
			}
			f.Wait(`document.querySelector("#note").innerText.trim() !== ""`)
			if got := browser.Eval[string](f.Page, `document.querySelector("#name").value`); got != "Yil" {
				t.Errorf("the name is %q", got)
			}
			if n := len(r.View().Actions) - before; n != 1 {
				t.Errorf("done %d times", n)
			}
		})
	}
}

// in0 signs in without asking where that leads.
func (f *finger) in0() {
	f.t.Helper()
	f.room.Desk.Tapped(f.room.Volunteer)
	f.Wait(`document.querySelector("[data-pad]")`)
	f.types(desktest.PIN, `document.body.dataset.names !== undefined`)
}

// Words that were typed, and not sent, when the program began anew come back to
// the same volunteer.
func TestBrowser_TypedWordsOutliveTheProgram(t *testing.T) {
	r := open(t)
	person := r.Resident("", "tulip.red")
	f := newFinger(t, r, 800, 480)
	f.Expect("net::ERR_")
	f.Expect("WebSocket")
	f.in()
	named(t, f, person)
	r.Restart()
	f.Wait(`document.body.dataset.face === "front"`)
	f.in0()
	f.Wait(`document.querySelector("#name")?.value === "Yil"`)
}

// With one screen for hall and desk a resident's tap takes it. The volunteer's
// badge brings her work back, the PIN once a minute has gone by, and nobody else's
// badge does.
func TestBrowser_HalfFinishedWorkIsKept(t *testing.T) {
	r := open(t, func(c *desk.Config) { c.Door = "/door" })
	other := r.Engage("Fatma", 2)
	person := r.Resident("", "tulip.red")
	f := newFinger(t, r, 800, 480)
	f.in()
	interrupted := func() {
		t.Helper()
		named(t, f, person)
		r.Desk.HideNames()
		f.Wait(`document.body.dataset.face === "door"`)
	}
	back := func() {
		t.Helper()
		f.Wait(`document.querySelector("#name")?.value === "Yil"`)
		if got := browser.Eval[string](f.Page, `location.pathname`); got != fmt.Sprintf("/desk/person/%d", person) {
			t.Errorf("she is at %s", got)
		}
	}
	interrupted()
	r.Desk.Tapped(r.Volunteer)
	f.Open(r.Server.URL + "/desk")
	back()

	interrupted()
	r.Clock.Pass(2 * time.Minute)
	r.Desk.Tapped(r.Volunteer)
	f.Open(r.Server.URL + "/desk")
	f.types(desktest.PIN, `document.body.dataset.names !== undefined`)
	back()

	interrupted()
	r.Desk.Tapped(other)
	f.Open(r.Server.URL + "/desk")
	f.types(desktest.PIN, `document.body.dataset.face === "today"`)
	if f.holds("Yil") {
		t.Error("another volunteer sees her words")
	}

	f.touch("#done", `document.body.dataset.face === "front"`)
	f.in()
	interrupted()
	r.Clock.Pass(11 * time.Minute)
	r.Desk.Tapped(r.Volunteer)
	f.Open(r.Server.URL + "/desk")
	f.types(desktest.PIN, `document.body.dataset.face === "today"`)
}
