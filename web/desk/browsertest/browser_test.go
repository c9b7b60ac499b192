package browsertest_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/attendancelist"
	"example.org/inloop/sync/count"
	"example.org/inloop/web/browser"
	"example.org/inloop/web/desk"
	"example.org/inloop/web/desk/desktest"
)

const name = "Yildiz van Nergens"

func TestMain(m *testing.M) { browser.Main(m) }

// open is a room for a browser: where there is none, the test ends here.
func open(t testing.TB, change ...func(*desk.Config)) *desktest.Fixture {
	t.Helper()
	browser.Start(t)
	return desktest.Open(t, change...)
}

// finger uses a page as a volunteer does, and counts the touches.
type finger struct {
	*browser.Page
	t       testing.TB
	room    *desktest.Fixture
	touches int
}

func newFinger(t testing.TB, r *desktest.Fixture, width, height int64) *finger {
	t.Helper()
	f := &finger{browser.Start(t).Page(t, width, height), t, r, 0}
	f.Open(r.Server.URL + "/desk")
	f.Wait(`document.querySelector(".front")`)
	return f
}

// touch presses what a selector finds, where a finger would and in one go, so that
// nothing can come between its place and its pressing, and waits until js is true.
func (f *finger) touch(selector, js string) {
	f.t.Helper()
	f.touches++
	f.press(selector)
	f.Wait(js)
}

func (f *finger) press(selector string) {
	f.t.Helper()
	f.Wait(fmt.Sprintf("document.querySelector(%q)", selector))
	covered := browser.Eval[string](f.Page, fmt.Sprintf(`(() => {
		const it = document.querySelector(%q);
		it.scrollIntoView({ block: "center" });
		const box = it.getBoundingClientRect();
		const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
		if (!it.contains(top)) { return top ? top.outerHTML.slice(0, 200) : "nothing"; }
		it.focus({ preventScroll: true });
		it.click();
		return "";
	})()`, selector))
	if covered != "" {
		f.t.Fatalf("%s cannot be touched: over it lies %s", selector, covered)
	}
}

// in taps the badge and types the PIN on the keypad.
func (f *finger) in() {
	f.t.Helper()
	f.room.Desk.Tapped(f.room.Volunteer)
	f.Wait(`document.querySelector("[data-pad]")`)
	for i, digit := range desktest.PIN {
		done := fmt.Sprintf(`document.querySelector("#pin").value.length === %d`, i+1)
		if i == len(desktest.PIN)-1 {
			done = `document.body.dataset.face === "today"`
		}
		f.touch(fmt.Sprintf(`[data-digit="%c"]`, digit), done)
	}
	f.touches = 0
}

// owns gives a person a badge and opens their data by it.
func (f *finger) owns(person int64, badge byte) {
	f.t.Helper()
	must(f.t, f.room.Store.AssignBadge(f.t.Context(), f.room.Volunteer, f.room.Tap(badge), person))
	f.room.Clock.Pass(time.Second)
	f.Open(fmt.Sprintf("%s/desk/person/%d", f.room.Server.URL, person))
	f.touch(`form[action$="/see"] button`, `document.querySelector(".lay")`)
	f.room.Lay(badge)
	f.Wait(`document.body.dataset.face === "data"`)
}

func (f *finger) holds(text string) bool {
	f.t.Helper()
	return strings.Contains(browser.Eval[string](f.Page, "document.documentElement.outerHTML"), text)
}

func TestBrowser_KeypadThenLock(t *testing.T) {
	r := open(t)
	person := r.Resident(name, "tulip.red")
	must(t, r.Store.CheckInByHand(t.Context(), r.Volunteer, person))
	f := newFinger(t, r, 800, 480)
	if f.holds(name) {
		t.Error("a name stands on the page before the PIN")
	}
	f.in()
	f.Wait(fmt.Sprintf(`document.body.innerText.includes(%q)`, name))
	f.touch("#done", `document.querySelector(".front")`)
	if f.touches != 1 {
		t.Errorf("signing out took %d touches, want 1", f.touches)
	}
	if f.holds(name) || strings.Contains(f.Memory(), name) {
		t.Error("a name is left in the page after locking")
	}
}

func TestBrowser_PINByKeyboard(t *testing.T) {
	r := open(t)
	f := newFinger(t, r, 768, 1024)
	r.Desk.Tapped(r.Volunteer)
	f.Wait(`document.activeElement && document.activeElement.id === "pin"`)
	f.Do(chromedp.SendKeys("#pin", desktest.PIN))
	f.Wait(`document.body.dataset.face === "today"`)
}

func TestBrowser_NamesGoWhenAResidentTaps(t *testing.T) {
	r := open(t)
	person := r.Resident(name, "tulip.red")
	must(t, r.Store.CheckInByHand(t.Context(), r.Volunteer, person))
	f := newFinger(t, r, 800, 480)
	f.in()
	f.Open(fmt.Sprintf("%s/desk/person/%d", r.Server.URL, person))
	f.Wait(`document.body.dataset.face === "person"`)
	r.Desk.HideNames()
	f.Wait(`document.querySelector(".front")`)
	if f.holds(name) {
		t.Error("a name is left in the page")
	}
}

func TestBrowser_EnrolInFourTouches(t *testing.T) {
	r := open(t)
	f := newFinger(t, r, 800, 480)
	f.in()
	f.touch("#band-unasked", `document.querySelector("#note").innerText.trim() !== ""`)
	before := r.View()
	badge := r.Tap(9)
	r.Desk.Changed()
	f.touches = 0
	card := fmt.Sprintf(`a[href="/desk/badge/%d"]`, badge)
	f.Wait(fmt.Sprintf(`document.querySelector('%s')`, card))
	f.touch(card, `document.body.dataset.face === "sign"`)
	f.touch(`[name=sign][value="teapot.red"]`, `document.body.dataset.face === "language"`)
	f.touch(`label.choice`, `document.querySelector("[name=guest]").checked`)
	f.touch(`[name=language][value=ar]`, `document.body.dataset.face === "today"`)
	if f.touches > 4 {
		t.Errorf("enrolment took %d touches, want at most 4", f.touches)
	}
	f.Wait(`document.body.innerText.includes("theepot, rood")`)
	if after := r.View(); after.Visits != before.Visits || after.In != before.In+1 {
		t.Errorf("visits %d to %d, in %d to %d: want the guest to have become this person", before.Visits, after.Visits, before.In, after.In)
	}
}

func TestBrowser_GuestUndoAndSecondPage(t *testing.T) {
	r := open(t)
	one, two := newFinger(t, r, 800, 480), newFinger(t, r, 390, 844)
	one.in()
	two.in()
	if two.holds("Een gast erbij") {
		t.Fatal("an action before any was done")
	}
	one.touch(`[id="band-65+"]`, `document.querySelector('[id="band-65+"] strong').innerText === "1"`)
	two.Wait(`document.querySelector('[id="band-65+"] strong').innerText === "1"`)
	one.touch("#undo summary", `document.querySelector("#undo").open`)
	one.touch("#undo button", `document.querySelector('[id="band-65+"] strong').innerText === "0"`)
	two.Wait(`document.querySelector('[id="band-65+"] strong').innerText === "0"`)
	if v := r.View(); v.Visits != 0 || v.Guests[kiosk.BandElder] != 0 {
		t.Errorf("after undo: %d visits, guests %v: want none", v.Visits, v.Guests)
	}
}

func TestBrowser_LiveUpdateKeepsThePlace(t *testing.T) {
	r := open(t)
	var people []int64
	for i := range 12 {
		no := r.Resident(fmt.Sprintf("Bewoner %d", i), kiosk.Pictures()[i]+".red")
		must(t, r.Store.CheckInByHand(t.Context(), r.Volunteer, no))
		people = append(people, no)
	}
	f := newFinger(t, r, 390, 844)
	f.in()
	button := fmt.Sprintf("#p%d button", people[3])
	f.Wait(fmt.Sprintf("document.querySelector(%q)", button))
	browser.Eval[any](f.Page, fmt.Sprintf("(document.querySelector(%q).focus(), window.scrollTo(0, 500), null)", button))
	newest := r.Resident(name, "boat.blue")
	must(t, r.Store.CheckInByHand(t.Context(), r.Volunteer, newest))
	r.Desk.Changed()
	f.Wait(fmt.Sprintf(`document.querySelector("#p%d")`, newest))
	if !browser.Eval[bool](f.Page, fmt.Sprintf("document.activeElement === document.querySelector(%q)", button)) {
		t.Error("the focus moved")
	}
	if y := browser.Eval[float64](f.Page, "window.scrollY"); y < 100 {
		t.Errorf("the page jumped to %v", y)
	}
}

func TestBrowser_CheckInByName(t *testing.T) {
	r := open(t)
	r.Resident(name, "tulip.red")
	r.Resident("Anders", "boat.blue")
	f := newFinger(t, r, 768, 1024)
	f.in()
	f.touch("#search", `document.body.dataset.face === "people"`)
	f.Do(chromedp.SendKeys("#q", "yildiz"))
	f.Wait(`document.querySelectorAll("#found .line").length === 1`)
	f.touch("#found form button", `document.body.dataset.face === "today"`)
	if got := r.View().In; got != 1 {
		t.Errorf("in: %d, want 1", got)
	}
}

func TestBrowser_ConnectionGone(t *testing.T) {
	r := open(t)
	f := newFinger(t, r, 390, 844)
	f.Expect("WebSocket")
	f.Expect("net::ERR_") // what is on its way when the connection goes, too
	r.Server.CloseClientConnections()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	must(t, r.Desk.Close(ctx)) // the hub says goodbye, as at a stop
	f.Wait(`!document.querySelector("#away").hidden`)
	f.Wait(`document.querySelector("#age").innerText.includes("14:05")`)
	f.picture("away", "nl", 390)
}

// picture keeps what a page looks like when PICTURES names a folder for it.
func (f *finger) picture(what, lang string, width int64) {
	if dir := os.Getenv("PICTURES"); dir != "" {
		f.Picture(filepath.Join(dir, fmt.Sprintf("desk-%s-%s-%d.png", what, lang, width)))
	}
}

// looks goes through what every page must stand: no width at which something
// is cut off, every control large enough, nothing for the checker to say.
func (f *finger) looks(what, lang string) {
	f.t.Helper()
	for _, size := range [][2]int64{{800, 480}, {768, 1024}, {390, 844}} {
		f.Do(chromedp.EmulateViewport(size[0], size[1], chromedp.EmulateTouch))
		for _, fault := range append(f.Overflow(false), f.StruckZeros()...) {
			f.t.Errorf("%s, %s, %d wide: %s", what, lang, size[0], fault)
		}
		small := browser.Eval[[]string](f.Page, `Array.from(document.querySelectorAll("a, button, summary, label.choice, input:not([type=hidden], [type=checkbox])"))
			.filter(e => e.checkVisibility() && !e.closest(".visually-hidden"))
			.map(e => [e, e.getBoundingClientRect(), e.matches(".button-primary") && !e.closest(".line") ? 64 : 48])
			.filter(([e, b, min]) => b.width < 48 || b.height < min)
			.map(([e, b]) => e.outerHTML.slice(0, 80) + " " + b.width + "x" + b.height)`)
		for _, fault := range small {
			f.t.Errorf("%s, %s, %d wide: too small to touch: %s", what, lang, size[0], fault)
		}
		f.picture(what, lang, size[0])
	}
	for _, fault := range f.Axe() {
		f.t.Errorf("%s, %s: %s", what, lang, fault)
	}
}

// busy is a room in which everything is happening.
func busy(t *testing.T) *desktest.Fixture {
	r := open(t, func(c *desk.Config) {
		c.Health = func() []kiosk.Health {
			return []kiosk.Health{{Part: "clock", Level: kiosk.LevelOrange, Reason: "clock.unsure"}, {Part: "store", Level: kiosk.LevelRed, Reason: "store.unsaved"}}
		}
		c.Pairing = waiting{}
		c.Confirm = func(context.Context, kiosk.Moment) error { return nil }
	})
	for i, called := range []string{"Gerda de Wilde-van der Meulenkamp", "", "Els", "Ramdin"} {
		no := r.Resident(called, kiosk.Pictures()[i]+"."+kiosk.SignColours()[i])
		must(t, r.Store.CheckInByHand(t.Context(), r.Volunteer, no))
	}
	must(t, r.Store.MakeGuestPass(t.Context(), r.Volunteer, r.Tap(20)))
	for range 10 {
		r.Lay(20)
		r.Clock.Pass(time.Second)
	}
	r.Tap(9)
	return r
}

// waiting is a room that no coordinator has typed the code of.
type waiting struct{}

func (waiting) Sending(context.Context) (kiosk.Sending, error) {
	return kiosk.Sending{Code: "K7QM-2XPD", Check: "tulp fiets boot zon"}, nil
}

func (waiting) PairAnew(context.Context) error { return nil }

func TestBrowser_EveryPageLooksRight(t *testing.T) {
	for _, lang := range []string{"nl", "ar"} {
		t.Run(lang, func(t *testing.T) {
			r := busy(t)
			f := newFinger(t, r, 800, 480)
			if lang != "nl" {
				f.touch(fmt.Sprintf("[name=language][value=%s]", lang), fmt.Sprintf("document.documentElement.lang === %q", lang))
			}
			f.looks("front", lang)
			r.Desk.Tapped(r.Volunteer)
			f.Wait(`document.querySelector("[data-pad]")`)
			f.looks("pad", lang)
			f.in()
			all, err := r.Store.Residents(t.Context())
			must(t, err)
			person, badge := all[0].No, r.View().Badges[0].No
			for _, page := range [][2]string{
				{"today", "/desk"}, {"people", "/desk/people"}, {"letter", "/desk/people?letter=E"}, {"picture", "/desk/people?picture=tulip"},
				{"sign", fmt.Sprintf("/desk/badge/%d", badge)}, {"language", fmt.Sprintf("/desk/badge/%d?sign=boat.red", badge)},
				{"volunteers", fmt.Sprintf("/desk/badge/%d/volunteer", badge)}, {"person", fmt.Sprintf("/desk/person/%d", person)},
				{"erase", fmt.Sprintf("/desk/person/%d/erase", person)}, {"closed", fmt.Sprintf("/desk/person/%d/data", person)},
				{"kept", "/desk/kept"}, {"paper", "/desk/paper"}, {"paperpart", "/desk/paper?day=2026-11-23&part=ochtend"}, {"code", "/desk/first"},
				{"clock", "/desk/clock"}, {"clockhour", "/desk/clock?day=2026-11-24"}, {"clockminute", "/desk/clock?day=2026-11-24&hour=14"},
			} {
				f.Open(r.Server.URL + page[1])
				f.looks(page[0], lang)
			}
			f.owns(person, 31)
			f.looks("data", lang)
			f.Open(fmt.Sprintf("%s/desk/person/%d", r.Server.URL, person))
			f.touch(`form[action$="/questions"] button`, `document.body.dataset.face === "questions"`)
			f.looks("consent", lang)
			f.touch(`[name=answer][value=yes]`, `document.querySelector("[value=daily]")`)
			f.looks("contact", lang)
			f.touch(`form[action$="/stop"] button`, `document.querySelector("[value=thanks]")`)
			f.looks("thanks", lang)
		})
	}
}

// Visits that nobody could date are dated by a volunteer with four touches, on the
// screen of the kiosk, and put back with one more.
func TestBrowser_VisitsGetTheirDay(t *testing.T) {
	r := open(t)
	r.Undated()
	f := newFinger(t, r, 800, 480)
	if f.holds(name) {
		t.Error("a name stands on the page before the PIN")
	}
	f.in()
	f.looks("waiting", "nl")
	f.Do(chromedp.EmulateViewport(800, 480, chromedp.EmulateTouch))
	f.touch(`#undated a`, `document.body.dataset.face === "undated"`)
	f.looks("undated", "nl")
	f.Do(chromedp.EmulateViewport(800, 480, chromedp.EmulateTouch))
	f.touch(`a[href^="/desk/undated?"]`, `document.querySelector("[name=day][value='2026-11-26']")`)
	f.looks("undateddays", "nl")
	f.Do(chromedp.EmulateViewport(800, 480, chromedp.EmulateTouch))
	f.touch(`[name=day][value='2026-11-26']`, `document.querySelector("[name=part]")`)
	f.looks("undatedparts", "nl")
	f.Do(chromedp.EmulateViewport(800, 480, chromedp.EmulateTouch))
	f.touch(`[name=part][value=ochtend]`, `document.querySelector("#actions")`)
	if f.touches > 4 {
		t.Errorf("it took %d touches, want at most 4", f.touches)
	}
	if n := r.View().Undated; n != 0 {
		t.Errorf("%d visits wait still", n)
	}
	f.touch(`#actions button`, `document.querySelector("#note").innerText.includes("weer zoals")`)
	if n := r.View().Undated; n != 3 {
		t.Errorf("%d visits wait after the undoing, want 3", n)
	}
	f.Wait(`document.querySelector('a[href^="/desk/undated?"]') && !document.querySelector("#actions button")`) // where it stands
	groups, err := r.Store.Undated(t.Context())
	if err != nil || len(groups) != 1 {
		t.Fatalf("%d groups wait, %v", len(groups), err)
	}
	day := kiosk.VisitDay{Day: count.Date(2026, 11, 26), Part: count.PartMorning}
	if err := r.Store.DateVisits(t.Context(), r.Volunteer, groups[0].VisitSpan, day); err != nil {
		t.Fatal(err)
	}
	r.Desk.Changed()
	f.Wait(`!document.querySelector('a[href^="/desk/undated?"]') && document.querySelector("#actions button")`) // dated on another screen
	f.Open(r.Server.URL + "/desk")
	f.touch("[name=language][value=ar]", `document.documentElement.lang === "ar"`)
	for _, page := range [][2]string{{"waiting", "/desk"}, {"undated", "/desk/undated"}} {
		f.Open(r.Server.URL + page[1])
		f.looks(page[0], "ar")
	}
}

// What was written over from paper leaves its list when it is undone there.
// A list is taken back by a volunteer with three touches, on the screen of the kiosk.
func TestBrowser_AListGoesBack(t *testing.T) {
	r := open(t)
	list := []attendancelist.Row{{Line: 2, Person: "Van de lijst", Day: count.Date(2026, 11, 2), Part: count.PartMorning}}
	if _, err := r.Store.ImportVisits(t.Context(), list, false); err != nil {
		t.Fatal(err)
	}
	people := r.Twins("anna b", "ANNA B")
	f := newFinger(t, r, 800, 480)
	f.in()
	f.Open(r.Server.URL + "/desk/twins")
	f.looks("twins", "nl")
	f.Do(chromedp.EmulateViewport(800, 480, chromedp.EmulateTouch))
	f.touch(`a[href^="/desk/twins?"]`, `document.querySelector("form[action='/desk/twins'] button")`)
	f.mainInReach("twin")
	f.looks("twin", "nl")
	f.Do(chromedp.EmulateViewport(800, 480, chromedp.EmulateTouch))
	f.touch(fmt.Sprintf(`[name=keep][value="%d"]`, people[0]), `document.querySelector("#note .notice-green")`)
	f.touch(`.bar a[href="/desk"]`, `document.body.dataset.face === "today"`)
	before := f.touches
	f.touch(`#tolists`, `document.body.dataset.face === "lists"`)
	f.looks("lists", "nl")
	f.Do(chromedp.EmulateViewport(800, 480, chromedp.EmulateTouch))
	f.touch(`a[href="/desk/lists?list=1"]`, `document.querySelector("form[action='/desk/lists'] button")`)
	f.looks("listask", "nl")
	f.Do(chromedp.EmulateViewport(800, 480, chromedp.EmulateTouch))
	f.touch(`form[action="/desk/lists"] button`, `document.querySelector("#note").innerText.includes("teruggenomen")`)
	if took := f.touches - before; took > 3 {
		t.Errorf("it took %d touches, want at most 3", took)
	}
	all, err := r.Store.Imports(t.Context())
	if err != nil || len(all) != 1 || !all[0].Undone {
		t.Errorf("lists %+v, %v: want it taken back", all, err)
	}
}

func TestBrowser_PaperIsUndoneWhereItStands(t *testing.T) {
	r := open(t)
	if err := r.Store.EnterPaper(t.Context(), r.Volunteer, kiosk.PaperEntry{Day: count.Date(2026, 11, 23), Part: count.PartMorning, Guests: 3}); err != nil {
		t.Fatal(err)
	}
	f := newFinger(t, r, 800, 480)
	f.in()
	f.Open(r.Server.URL + "/desk/paper?day=2026-11-23&part=ochtend")
	f.touch(`#actions button`, `!document.querySelector("#actions")`)
}

// Another time than the one on the page is three touches away.
func TestBrowser_AVolunteerTellsTheTime(t *testing.T) {
	var told kiosk.Moment
	r := open(t, func(c *desk.Config) {
		c.Health = func() []kiosk.Health {
			if !told.Wall.IsZero() {
				return nil
			}
			return []kiosk.Health{{Part: "clock", Level: kiosk.LevelOrange, Reason: "clock.unsure"}}
		}
		c.Confirm = func(_ context.Context, m kiosk.Moment) error {
			told = m
			return nil
		}
	})
	f := newFinger(t, r, 800, 480)
	f.in()
	f.touch("#othertime", `document.body.dataset.face === "clock"`)
	f.touch(`[name=day][value='2026-11-27']`, `document.querySelector("[name=hour]")`)
	f.touch(`[name=hour][value='9']`, `document.querySelector("[name=minute]")`)
	f.touch(`[name=minute][value='25']`, `document.body.dataset.face === "today"`)
	if got := told.Wall.Format("2006-01-02 15:04"); got != "2026-11-27 09:25" || f.touches != 4 {
		t.Errorf("%s was told with %d touches", got, f.touches)
	}
}

func TestBrowser_EmptyRoom(t *testing.T) {
	r := open(t)
	f := newFinger(t, r, 800, 480)
	f.in()
	f.looks("empty", "nl")
	if got := browser.Eval[int](f.Page, `document.querySelectorAll(".today section, .today details").length`); got > 5 {
		t.Errorf("the first page holds %d things, want at most 5", got)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
