package browsertest_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"

	"example.org/inloop/web/browser"
)

// unreachable lists the controls of a page that no scrolling brings whole onto the
// screen, or that something lies over where a finger would touch them.
const unreachable = `(() => {
	const faults = new Set();
	const line = document.querySelector("#changed"); // stays while somebody is at a page
	line.hidden = !("names" in document.body.dataset);
	line.style.pointerEvents = "auto";
	const inset = 3; // of a corner, which may be round
	const controls = Array.from(document.querySelectorAll("a[href], button, summary, label.choice, input:not([type=hidden], [type=checkbox])"));
	for (const e of [...controls, ...controls.slice().reverse()]) {
		if (!e.checkVisibility() || e.closest(".visually-hidden")) { continue; }
		e.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
		const b = e.getBoundingClientRect();
		const what = e.outerHTML.replace(/\s+/g, " ").slice(0, 90) + " at " + [b.left, b.top, b.right, b.bottom].map(Math.round);
		if (b.left < 0 || b.right > window.innerWidth || b.top < -1 || b.bottom > window.innerHeight + 1) {
			faults.add("cut off: " + what);
			continue;
		}
		for (const [x, y] of [[(b.left + b.right) / 2, (b.top + b.bottom) / 2], [b.left + b.width / 2, b.top + inset], [b.left + b.width / 2, b.bottom - inset],
			[b.left + inset, b.top + b.height / 2], [b.right - inset, b.top + b.height / 2]]) {
			const hit = document.elementFromPoint(x, y);
			if (!hit || !e.contains(hit)) {
				faults.add("covered by " + (hit ? hit.outerHTML.replace(/\s+/g, " ").slice(0, 50) : "nothing") + ": " + what);
				break;
			}
		}
	}
	line.hidden = true;
	line.style.pointerEvents = "";
	window.scrollTo(0, 0);
	return Array.from(faults);
})()`

// zoomed fails where a control of a page cannot be reached at twice the size on the
// kiosk's own screen, forwards or, as somebody with a keyboard goes, backwards.
func (f *finger) zoomed(what string) {
	f.t.Helper()
	f.Do(chromedp.EmulateViewport(400, 240, chromedp.EmulateScale(2), chromedp.EmulateTouch))
	for _, fault := range browser.Eval[[]string](f.Page, unreachable) {
		f.t.Errorf("%s: %s", what, fault)
	}
	for _, fault := range f.Overflow(false) {
		f.t.Errorf("%s: %s", what, fault)
	}
	f.picture("zoom-"+what, browser.Eval[string](f.Page, "document.documentElement.lang"), 400)
	f.Do(chromedp.EmulateViewport(800, 480, chromedp.EmulateTouch))
}

// At 200 % on a screen of 800 by 480 each control is there, whole and free.
func TestBrowser_TwiceTheSizeKeepsEveryControl(t *testing.T) {
	for _, lang := range []string{"nl", "ar"} {
		t.Run(lang, func(t *testing.T) {
			r := busy(t)
			f := newFinger(t, r, 800, 480)
			if lang != "nl" {
				f.touch(fmt.Sprintf("[name=language][value=%s]", lang), fmt.Sprintf("document.documentElement.lang === %q", lang))
			}
			f.zoomed("front")
			f.everyPageZoomed()
		})
	}
}

// everyPageZoomed goes from the badge over every page to the questions.
func (f *finger) everyPageZoomed() {
	t, r := f.t, f.room
	t.Helper()
	r.Desk.Tapped(r.Volunteer)
	f.Wait(`document.querySelector("[data-pad]")`)
	f.zoomed("pad")
	f.in()
	all, err := r.Store.Residents(t.Context())
	must(t, err)
	person, badge := all[0].No, r.View().Badges[0].No
	for _, page := range [][2]string{
		{"today", "/desk"}, {"people", "/desk/people"}, {"letter", "/desk/people?letter=E"},
		{"sign", fmt.Sprintf("/desk/badge/%d", badge)}, {"language", fmt.Sprintf("/desk/badge/%d?sign=boat.red", badge)},
		{"volunteers", fmt.Sprintf("/desk/badge/%d/volunteer", badge)}, {"person", fmt.Sprintf("/desk/person/%d", person)},
		{"changesign", fmt.Sprintf("/desk/person/%d/sign", person)},
		{"erase", fmt.Sprintf("/desk/person/%d/erase", person)}, {"closed", fmt.Sprintf("/desk/person/%d/data", person)},
		{"kept", "/desk/kept"}, {"paper", "/desk/paper"}, {"paperpart", "/desk/paper?day=2026-11-23&part=ochtend"}, {"sheet", "/desk/paper/sheet"},
		{"code", "/desk/first"}, {"clock", "/desk/clock"}, {"clockhour", "/desk/clock?day=2026-11-24"}, {"clockminute", "/desk/clock?day=2026-11-24&hour=14"},
	} {
		f.Open(r.Server.URL + page[1])
		browser.Eval[any](f.Page, `(document.querySelectorAll("details").forEach((d) => { d.open = true; }), null)`)
		f.zoomed(page[0])
	}
	f.owns(person, 31)
	browser.Eval[any](f.Page, `(document.querySelectorAll("details").forEach((d) => { d.open = true; }), null)`)
	f.zoomed("data")
	f.Open(fmt.Sprintf("%s/desk/person/%d", r.Server.URL, person))
	f.touch("#name", `!document.querySelector("[data-keyboard]").hidden`)
	f.zoomed("name")
	f.touch(`form[action$="/questions"] button`, `document.body.dataset.face === "questions"`)
	f.zoomed("consent")
	f.touch(`[name=answer][value=yes]`, `document.querySelector("[value=daily]")`)
	f.zoomed("contact")
}
