package browsertest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"example.org/inloop/web/browser"
	"example.org/inloop/web/desk/desktest"
)

// many is a room with so many residents, of whom some are in.
func many(t testing.TB, residents, in int) (r *desktest.Fixture, last int64) {
	t.Helper()
	r = open(t)
	for i := range residents {
		last = r.Resident(fmt.Sprintf("Bewoner %d van der Nergens", i), "")
		if i < in {
			must(t, r.Store.CheckInByHand(t.Context(), r.Volunteer, last))
			r.Clock.Pass(time.Second)
		}
	}
	return r, last
}

// received is how many bytes of pages the last answer to the script had.
const received = `performance.getEntriesByType("resource").filter((e) => e.initiatorType === "fetch").at(-1).decodedBodySize`

// asSent tells whether the list on the page is the one that is sent to who has none.
const asSent = `(async () => {
	const answer = await fetch("/desk", { headers: { "Desk-Part": "live" } });
	const page = new DOMParser().parseFromString(await answer.text(), "text/html");
	const lines = (root) => Array.from(root.querySelectorAll("[data-list] > li"), (line) => line.outerHTML);
	const ours = lines(document), theirs = lines(page);
	return ours.length === theirs.length && ours.every((line, i) => line === theirs[i]);
})()`

// With 5,000 residents and 300 in, each change sends at most 60 kB of the day, whatever
// page it comes from, and what stands there is what a whole page would say. Of the
// names that are kept for it none is left after locking.
func TestBrowser_AChangeSendsLittleOfAFullDay(t *testing.T) {
	r, last := many(t, 5000, 300)
	f := newFinger(t, r, 800, 480)
	f.in()
	check := func(what string, in int) {
		t.Helper()
		f.Wait(fmt.Sprintf(`document.querySelectorAll("[data-list] > .line").length === %d`, in))
		if n := browser.Eval[int](f.Page, received); n > 60_000 {
			t.Errorf("%s: %d bytes, want at most 60000", what, n)
		}
		if !browser.Await[bool](f.Page, asSent) {
			t.Errorf("%s: the list is another than is sent whole", what)
		}
	}
	f.Wait(`document.querySelectorAll("[data-list] > .line").length === 300`)
	f.touch("[data-list] > .line:nth-child(3) button", `document.querySelectorAll("[data-list] > .line").length === 299`)
	check("a touch", 299)
	must(t, r.Store.CheckInByHand(t.Context(), r.Volunteer, last-1))
	r.Desk.Changed()
	check("a change elsewhere", 300)
	f.touch("#search", `document.body.dataset.face === "people"`)
	f.Do(chromedp.SendKeys("#q", "4999"))
	f.Wait(`document.querySelectorAll("#found .line").length === 1`)
	f.touch("#found form button", `document.body.dataset.face === "today"`)
	check("somebody found", 301)
	f.touch("#done", `document.querySelector(".front")`)
	if f.holds("Nergens") || strings.Contains(f.Memory(), "Nergens") {
		t.Error("a name is left in the page after locking")
	}
}

// TestBrowser_EveryRowOfAFullDayIsSpoken, and is reached by keys. That is why rows out of
// sight are laid out with the others: with content-visibility a full day is there several
// times as fast, and Chromium tells a reader of screens of the rows in sight alone.
func TestBrowser_EveryRowOfAFullDayIsSpoken(t *testing.T) {
	r, _ := many(t, 300, 300)
	f := newFinger(t, r, 800, 480)
	f.in()
	spoken := 0
	for _, name := range f.Spoken("button") {
		if strings.Contains(name, "van der Nergens") {
			spoken++
		}
	}
	if spoken != 300 {
		t.Errorf("%d rows are spoken, want 300", spoken)
	}
	f.Do(chromedp.Focus("[data-list] > .line:nth-child(200) a"))
	f.Do(chromedp.KeyEvent("\t"))
	f.Wait(`document.activeElement.matches("[data-list] > .line:nth-child(200) button")`)
	f.Wait(`((b) => b.top >= 0 && b.bottom <= innerHeight)(document.activeElement.getBoundingClientRect())`)
	f.Do(chromedp.KeyEvent("\r"))
	f.Wait(`document.querySelectorAll("[data-list] > .line").length === 299`)
}

// BenchmarkBrowser_ThreeHundredIn draws the day with 300 in, whole and after a touch.
// Beside it the same with fifty.
func BenchmarkBrowser_ThreeHundredIn(b *testing.B) {
	lots, _ := many(b, 300, 300)
	few, _ := many(b, 50, 50)
	f, l := newFinger(b, few, 800, 480), newFinger(b, lots, 800, 480)
	f.in()
	l.in()
	b.ResetTimer()
	for range b.N {
		whole, after := l.drawn()
		fewer, _ := f.drawn()
		b.ReportMetric(whole, "ms/300")
		b.ReportMetric(whole/fewer, "ratio")
		b.ReportMetric(after, "ms/deed")
	}
}

// drawn is how many milliseconds the day's page takes once it has come, and a deed on it
// from the touch to what can be seen.
func (f *finger) drawn() (whole, deed float64) {
	f.Open(f.room.Server.URL + "/desk")
	whole = browser.Await[float64](f.Page, `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() =>
		done(performance.now() - performance.getEntriesByType("navigation")[0].responseEnd))))`)
	deed = browser.Await[float64](f.Page, `new Promise((done) => {
		const began = performance.now();
		const lines = () => document.querySelectorAll("[data-list] > .line").length;
		const before = lines();
		document.querySelector("[data-list] > .line button").click();
		const look = () => lines() < before ? done(performance.now() - began) : requestAnimationFrame(look);
		look();
	})`)
	return whole, deed
}
