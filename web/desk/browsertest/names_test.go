package browsertest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"example.org/inloop/web/browser"
)

// A name of sixty letters without a space fits wherever names stand, on the kiosk's
// own screen, on a phone, and on that screen at twice the size.
func TestBrowser_LongNamesFit(t *testing.T) {
	long := strings.Repeat("WM", 30)
	r := open(t)
	must(t, r.Store.CheckInByHand(t.Context(), r.Volunteer, r.Resident("Anders", "boat.blue")))
	person := r.Resident(long, "tulip.red")
	must(t, r.Store.CheckInByHand(t.Context(), r.Volunteer, person))
	r.Engage(long, 5)
	badge := r.Tap(9)
	f := newFinger(t, r, 800, 480)
	f.in()
	here := fmt.Sprintf("/desk/person/%d", person)
	for _, path := range []string{
		"/desk", "/desk/people", here, here + "/erase", "/desk/paper",
		fmt.Sprintf("/desk/badge/%d/person", badge), fmt.Sprintf("/desk/badge/%d/volunteer", badge),
	} {
		for _, size := range [][2]int64{{800, 480}, {390, 844}, {400, 240}} {
			f.Do(chromedp.EmulateViewport(size[0], size[1], chromedp.EmulateTouch))
			f.Open(r.Server.URL + path)
			browser.Eval[any](f.Page, `document.querySelectorAll("details").forEach(d => { d.open = true; }), null`)
			f.fits(path, size)
		}
	}
	f.owns(person, 31)
	for _, size := range [][2]int64{{800, 480}, {390, 844}, {400, 240}} {
		f.Do(chromedp.EmulateViewport(size[0], size[1], chromedp.EmulateTouch))
		f.fits("data", size)
	}
	f.Do(chromedp.EmulateViewport(800, 480, chromedp.EmulateTouch))
	f.Open(r.Server.URL + "/desk")
	f.touch(fmt.Sprintf("#p%d button", person), `document.querySelector("#note").innerText.includes("WMWM")`)
	for _, size := range [][2]int64{{390, 844}, {400, 240}} {
		f.Do(chromedp.EmulateViewport(size[0], size[1], chromedp.EmulateTouch))
		f.fits("what was done", size)
	}
}

// fits wants nothing to stick out of the page or to lie over something else. A
// field of a form scrolls what is too long for it.
func (f *finger) fits(what string, size [2]int64) {
	f.t.Helper()
	for _, fault := range f.Overflow(false) {
		if !strings.HasPrefix(fault, "INPUT") {
			f.t.Errorf("%s, %d by %d: %s", what, size[0], size[1], fault)
		}
	}
	f.picture("long-name"+strings.ReplaceAll(what, "/", "-"), "nl", size[0])
}

// A name with marks that turn words around, kept before they were refused, turns
// nothing but itself: what stands behind it stays behind it.
func TestBrowser_NamesTurnNothingAround(t *testing.T) {
	r := open(t)
	person := r.Resident("\u202eannA", "tulip.red")
	must(t, r.Store.CheckInByHand(t.Context(), r.Volunteer, person))
	must(t, r.Store.CheckOut(t.Context(), r.Volunteer, person))
	f := newFinger(t, r, 800, 480)
	f.in()
	f.Open(r.Server.URL + "/desk")
	f.touch("#undo summary", `document.querySelector("#undo").open`)
	text := browser.Eval[string](f.Page, `document.querySelector("#actions").textContent`)
	if strings.Contains(text, "\u202e") {
		t.Errorf("the list of what can be undone holds a mark that turns words around: %q", text)
	}
	f.Open(r.Server.URL + "/desk/people")
	if got := browser.Eval[string](f.Page, `getComputedStyle(document.querySelector(".who")).unicodeBidi`); got != "plaintext" {
		t.Errorf("a name in a list is %q, not set apart", got)
	}
}
