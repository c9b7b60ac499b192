package browsertest_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"

	"example.org/inloop/kiosk"
	"example.org/inloop/web/browser"
	"example.org/inloop/web/desk"
	"example.org/inloop/web/desk/desktest"
)

// screens are the sizes on which a page shows what it is for without scrolling: the
// kiosk's own first.
var screens = [][2]int64{{800, 480}, {1024, 600}, {390, 844}}

// mainInReach fails where what a page is for lies below the first screen.
func (f *finger) mainInReach(what string) {
	f.t.Helper()
	for _, size := range screens {
		f.Do(chromedp.EmulateViewport(size[0], size[1], chromedp.EmulateTouch))
		browser.Eval[any](f.Page, `(window.scrollTo(0, 0), null)`)
		f.picture("first-"+what, "nl", size[0])
		found := browser.Eval[[]string](f.Page, `Array.from(document.querySelectorAll("[data-main]"))
			.filter(e => e.checkVisibility())
			.map(e => [e, e.getBoundingClientRect()])
			.map(([e, b]) => (b.top < 0 || b.bottom > window.innerHeight ? "below " : "in reach ") + Math.round(b.bottom) + ": " + e.outerHTML.slice(0, 60))`)
		if len(found) == 0 {
			f.t.Errorf("%s, %d by %d: nothing is marked as what the page is for", what, size[0], size[1])
		}
		for _, one := range found {
			if one[:5] == "below" {
				f.t.Errorf("%s, %d by %d: %s", what, size[0], size[1], one)
			}
		}
	}
	f.Do(chromedp.EmulateViewport(800, 480, chromedp.EmulateTouch))
}

// crowd is a day with fifty people in, as most rooms never have it.
func crowd(t *testing.T, r *desktest.Fixture) (person int64) {
	t.Helper()
	for i := range 36 {
		person = r.Resident(fmt.Sprintf("Bewoner %d", i), kiosk.Pictures()[i]+".red")
		must(t, r.Store.CheckInByHand(t.Context(), r.Volunteer, person))
	}
	return person
}

func TestBrowser_TheClocksPagesAreOnTheFirstScreen(t *testing.T) {
	r := open(t, func(c *desk.Config) {
		c.Health = func() []kiosk.Health {
			return []kiosk.Health{{Part: "clock", Level: kiosk.LevelOrange, Reason: "clock.unsure"}}
		}
		c.Confirm = func(context.Context, kiosk.Moment) error { return nil }
	})
	f := newFinger(t, r, 800, 480)
	f.in()
	for _, page := range [][2]string{
		{"clock", "/desk/clock"}, {"clockhour", "/desk/clock?day=2026-11-24"}, {"clockminute", "/desk/clock?day=2026-11-24&hour=14"},
	} {
		f.Open(r.Server.URL + page[1])
		f.mainInReach(page[0])
	}
}

func TestBrowser_MainActionsAreOnTheFirstScreen(t *testing.T) {
	r := open(t)
	person := crowd(t, r)
	f := newFinger(t, r, 800, 480)
	f.mainInReach("front")
	f.touch(`a[href="/desk/first"]`, `document.body.dataset.face === "code"`)
	f.mainInReach("code")
	f.Open(r.Server.URL + "/desk")
	r.Desk.Tapped(r.Volunteer)
	f.Wait(`document.querySelector("[data-pad]")`)
	f.mainInReach("pad")
	f.in()
	f.mainInReach("today")
	f.touch("#band-unasked", `document.querySelector("#note").innerText.trim() !== ""`)
	f.mainInReach("after a deed")
	badge := r.Tap(9)
	for _, page := range [][2]string{
		{"people", "/desk/people"}, {"sign", fmt.Sprintf("/desk/badge/%d", badge)}, {"language", fmt.Sprintf("/desk/badge/%d?sign=boat.blue", badge)},
		{"volunteers", fmt.Sprintf("/desk/badge/%d/volunteer", badge)}, {"person", fmt.Sprintf("/desk/person/%d", person)},
		{"erase", fmt.Sprintf("/desk/person/%d/erase", person)}, {"closed", fmt.Sprintf("/desk/person/%d/data", person)},
		{"paper", "/desk/paper"}, {"paperpart", "/desk/paper?day=2026-11-23&part=ochtend"}, {"sheet", "/desk/paper/sheet"},
		{"paperday", "/desk/paper?day=2026-11-23"},
	} {
		f.Open(r.Server.URL + page[1])
		f.mainInReach(page[0])
	}
	f.owns(person, 31)
	f.mainInReach("data")
	f.Open(fmt.Sprintf("%s/desk/person/%d", r.Server.URL, person))
	f.touch("#name", `!document.querySelector("[data-keyboard]").hidden`)
	f.mainInReach("name")
	f.touch(`form[action$="/questions"] button`, `document.body.dataset.face === "questions"`)
	f.mainInReach("consent")
	f.touch(`[name=answer][value=yes]`, `document.querySelector("[value=daily]")`)
	f.mainInReach("contact")
}
