package desk_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/attendancelist"
	"example.org/inloop/sync/count"
	"example.org/inloop/web/desk"
	"example.org/inloop/web/desk/desktest"
)

func TestGuest_OneTouchAndUndo(t *testing.T) {
	t.Parallel()
	for _, band := range kiosk.Bands() {
		t.Run(string(band), func(t *testing.T) {
			t.Parallel()
			r := desktest.Open(t)
			v := newVisitor(t, r).in()
			before := r.View()
			if a := v.post("/desk/guest", "band", string(band)); a.to != "/desk" {
				t.Fatalf("status %d to %q", a.status, a.to)
			}
			if got := r.View(); got.Guests[band] != 1 || got.Visits != before.Visits+1 {
				t.Errorf("guests %v, visits %d: want one more", got.Guests, got.Visits)
			}
			page := v.get("/desk").body
			has(t, page, "Een gast erbij")
			action := regexp.MustCompile(`name="action" value="(\d+)"`).FindStringSubmatch(page)[1]
			v.post("/desk/undo", "action", action)
			if got := r.View(); got.Visits != before.Visits || got.Guests[band] != 0 {
				t.Errorf("after undo: guests %v, visits %d: want the former numbers", got.Guests, got.Visits)
			}
			if a := v.post("/desk/undo", "action", action); a.status != http.StatusConflict && a.status != http.StatusNotFound {
				t.Errorf("undo twice: status %d, want a refusal", a.status)
			}
			if r.Changes < 2 {
				t.Errorf("Changed was told %d times, want one for each action", r.Changes)
			}
		})
	}
}

func TestCheckIn_ByNameAndOut(t *testing.T) {
	t.Parallel()
	r := desktest.Open(t)
	person := fmt.Sprint(r.Resident("Éls Ünver", "tulip.red"))
	r.Resident("Anders", "bicycle.blue")
	v := newVisitor(t, r).in()
	for _, q := range []string{"els", "unver els", "TULP", "tulp rood"} {
		page := v.get("/desk/people?q=" + url.QueryEscape(q)).body
		has(t, page, "Éls Ünver")
		lacks(t, page, "Anders")
	}
	has(t, v.get("/desk/people?letter=E").body, "Éls Ünver")
	lacks(t, v.get("/desk/people?letter=E").body, "Anders")
	has(t, v.get("/desk/people?picture=bicycle").body, "Anders")

	v.post("/desk/in", "person", person)
	if got := r.View().In; got != 1 {
		t.Errorf("in: %d, want 1", got)
	}
	if a := v.post("/desk/in", "person", person); a.status != http.StatusConflict {
		t.Errorf("in twice: status %d, want 409", a.status)
	}
	v.post("/desk/out", "person", person)
	if got := r.View().In; got != 0 {
		t.Errorf("in after leaving: %d, want 0", got)
	}
}

func TestEnrol_UnknownBadgeAndTheGuestOfAMomentAgo(t *testing.T) {
	t.Parallel()
	r := desktest.Open(t)
	v := newVisitor(t, r).in()
	v.post("/desk/guest", "band", "unasked")
	before := r.View()
	badge := r.Tap(9)
	has(t, v.get("/desk").body, "Nieuwe pas")
	language := v.get(fmt.Sprintf("/desk/badge/%d?sign=teapot.red", badge)).body
	m := regexp.MustCompile(`name="guest" value="(\d+)"`).FindStringSubmatch(language)
	if m == nil {
		t.Fatal("the guest of a moment ago is not offered")
	}
	a := v.post(fmt.Sprintf("/desk/badge/%d", badge), "sign", "teapot.red", "language", "tr", "guest", m[1])
	if a.to != "/desk" {
		t.Fatalf("status %d to %q", a.status, a.to)
	}
	after := r.View()
	if after.Visits != before.Visits || after.Guests[kiosk.BandUnasked] != before.Guests[kiosk.BandUnasked]-1 || after.In != 1 {
		t.Errorf("visits %d guests %v in %d: want the guest to have become this person", after.Visits, after.Guests, after.In)
	}
	r.Clock.Pass(time.Hour)
	if g := r.Lay(9).Greeting; g.Sign != "teapot.red" || g.Language != "tr" {
		t.Errorf("greeting %+v: want their sign and language", g)
	}
}

// TestPeople_InTheOrderOfTheirWords wants the list in the order of what it says,
// whatever the keys of the pictures are.
func TestPeople_InTheOrderOfTheirWords(t *testing.T) {
	t.Parallel()
	r := desktest.Open(t)
	r.Resident("", "tulip.red")
	r.Resident("", "umbrella.red")
	r.Resident("Şule", "bell.red")
	v := newVisitor(t, r).in()
	for lang, want := range map[string][]string{
		"nl": {"paraplu, rood", "Şule", "tulp, rood"},
		"tr": {"lale, kırmızı", "şemsiye, kırmızı", "Şule"},
	} {
		v.post("/desk/language", "language", lang)
		page := v.get("/desk/people").body
		var at []int
		for _, who := range want {
			at = append(at, strings.Index(page, `<span class="who">`+who))
		}
		if at[0] < 0 || !slices.IsSorted(at) {
			t.Errorf("%s: %v stand at %v", lang, want, at)
		}
	}
}

func TestBadge_WhatElseItCanBe(t *testing.T) {
	t.Parallel()
	r := desktest.Open(t)
	v := newVisitor(t, r).in()
	person := r.Resident(name, "tulip.red")

	badge := r.Tap(11)
	v.post(fmt.Sprintf("/desk/badge/%d/person", badge), "person", fmt.Sprint(person))
	r.Clock.Pass(time.Minute)
	if g := r.Lay(11).Greeting; g.Sign != "tulip.red" {
		t.Errorf("linked badge greets %+v", g)
	}
	v.post(fmt.Sprintf("/desk/person/%d/lost", person))
	if g := r.Lay(11).Greeting; g.Kind != kiosk.GreetingUnknownBadge {
		t.Errorf("lost badge: %q, want unknown", g.Kind)
	}
	has(t, v.get("/desk").body, "Verloren pas is terug")

	v.post(fmt.Sprintf("/desk/badge/%d/pass", r.Tap(12)))
	if g := r.Lay(12).Greeting; g.Kind != kiosk.GreetingGuest {
		t.Errorf("guest pass: %q", g.Kind)
	}
	v.post(fmt.Sprintf("/desk/badge/%d/volunteer", r.Tap(13)), "volunteer", fmt.Sprint(r.Volunteer))
	if got := r.Lay(13).Volunteer; got != r.Volunteer {
		t.Errorf("volunteer's badge: %d, want %d", got, r.Volunteer)
	}
	dropped := r.Tap(14)
	v.post(fmt.Sprintf("/desk/badge/%d/drop", dropped))
	for _, b := range r.View().Badges {
		if b.No == dropped {
			t.Error("dropped badge is still in the list")
		}
	}
}

func TestBadForms_ChangeNothing(t *testing.T) {
	t.Parallel()
	r := desktest.Open(t)
	v := newVisitor(t, r).in()
	person := fmt.Sprint(r.Resident(name, "tulip.red"))
	badge := fmt.Sprint(r.Tap(9))
	tests := []struct {
		what, path string
		form       url.Values
		want       int
	}{
		{"unknown field", "/desk/guest", url.Values{"band": {"unasked"}, "extra": {"1"}}, 400},
		{"field twice", "/desk/guest", url.Values{"band": {"unasked", "65+"}}, 400},
		{"unknown band", "/desk/guest", url.Values{"band": {"99"}}, 400},
		{"no band", "/desk/guest", url.Values{}, 400},
		{"query on a form", "/desk/guest?band=unasked", url.Values{"band": {"unasked"}}, 400},
		{"too large", "/desk/guest", url.Values{"band": {strings.Repeat("x", 5000)}}, 400},
		{"half a number", "/desk/in", url.Values{"person": {"1e3"}}, 400},
		{"negative number", "/desk/in", url.Values{"person": {"-1"}}, 400},
		{"leading zero", "/desk/in", url.Values{"person": {"0" + person}}, 400},
		{"nobody", "/desk/in", url.Values{"person": {"99999"}}, 404},
		{"neither yes nor no", "/desk/held", url.Values{"visit": {"1"}, "accept": {"maybe"}}, 400},
		{"undo of nothing", "/desk/undo", url.Values{"action": {"99999"}}, 404},
		{"no such sign", "/desk/badge/" + badge, url.Values{"sign": {"dragon.red"}, "language": {"nl"}}, 400},
		{"no such language", "/desk/badge/" + badge, url.Values{"sign": {"boat.red"}, "language": {"xx"}}, 400},
		{"sign of another", "/desk/badge/" + badge, url.Values{"sign": {"tulip.red"}, "language": {"nl"}}, 409},
		{"name too long", "/desk/person/" + person + "/name", url.Values{"name": {strings.Repeat("n", 61)}}, 422},
		{"no day", "/desk/paper/guests", url.Values{"day": {"gisteren"}, "part": {"ochtend"}, "guests": {"2"}}, 400},
		{"no part", "/desk/paper/guests", url.Values{"day": {"2026-11-23"}, "part": {"nacht"}, "guests": {"2"}}, 400},
		{"too many guests", "/desk/paper/guests", url.Values{"day": {"2026-11-23"}, "part": {"ochtend"}, "guests": {"900"}}, 400},
		{"a day ahead", "/desk/paper/guests", url.Values{"day": {"2026-11-30"}, "part": {"ochtend"}, "guests": {"2"}}, 422},
		{"a part not over", "/desk/paper/guests", url.Values{"day": {"2026-11-24"}, "part": {"avond"}, "guests": {"2"}}, 422},
		{"a day too old", "/desk/paper/guests", url.Values{"day": {"2020-11-24"}, "part": {"avond"}, "guests": {"2"}}, 422},
		{"language of the page", "/desk/language", url.Values{"language": {"xx"}}, 400},
	}
	before := fmt.Sprintf("%+v", r.View())
	for _, tt := range tests {
		t.Run(tt.what, func(t *testing.T) {
			a := v.do(http.MethodPost, tt.path, tt.form)
			if a.status != tt.want {
				t.Errorf("status %d, want %d", a.status, tt.want)
			}
			has(t, a.body, `role="alert"`)
			if after := fmt.Sprintf("%+v", r.View()); after != before {
				t.Errorf("the day changed:\n%s\n%s", before, after)
			}
		})
	}
}

func TestForm_NotAForm(t *testing.T) {
	t.Parallel()
	r := desktest.Open(t)
	v := newVisitor(t, r).in()
	a := v.do(http.MethodPost, "/desk/guest", url.Values{"band": {"unasked"}}, func(q *http.Request) {
		q.Header.Set("Content-Type", "application/json")
	})
	if a.status != http.StatusBadRequest {
		t.Errorf("status %d, want 400", a.status)
	}
}

func TestPaper_PastPart(t *testing.T) {
	t.Parallel()
	r := desktest.Open(t)
	v := newVisitor(t, r).in()
	person := r.Resident(name, "tulip.red")
	page := v.get("/desk/paper?day=2026-11-23&part=ochtend").body
	has(t, page, name)
	lacks(t, page, `type="date"`)
	a := v.post("/desk/paper/person", "day", "2026-11-23", "part", "ochtend", "person", fmt.Sprint(person))
	if a.status != http.StatusSeeOther {
		t.Fatalf("status %d, want 303: %s", a.status, a.body)
	}
	v.post("/desk/paper/guests", "day", "2026-11-23", "part", "ochtend", "guests", "3")
	var badges, guests int
	day, err := count.ParseDay("2026-11-23")
	must(t, err)
	must(t, r.Store.Visits(t.Context(), day, day, func(x kiosk.Visit) error {
		if x.Person == 0 {
			guests++
		} else {
			badges++
		}
		return nil
	}))
	if badges != 1 || guests != 3 {
		t.Errorf("%d of persons, %d guests: want 1 and 3", badges, guests)
	}
	has(t, v.get("/desk/paper").body, "Van de lijst: 3 gasten")
}

func TestPerson_ProfileDataErase(t *testing.T) {
	t.Parallel()
	r := desktest.Open(t)
	v := newVisitor(t, r).in()
	no := r.Resident("", "tulip.red")
	at := fmt.Sprintf("/desk/person/%d", no)
	v.post(at+"/name", "name", "  "+name+" ", "onscreen", "yes")
	v.post(at+"/language", "language", "ar")
	v.post(at+"/sign", "sign", "boat.blue")
	all, err := r.Store.Residents(t.Context())
	must(t, err)
	if p := all[0]; p.Name != name || !p.OnScreen || p.Language != "ar" || p.Sign != "boat.blue" {
		t.Errorf("profile %+v: want what was chosen", p.Resident)
	}
	v.post("/desk/in", "person", fmt.Sprint(no))
	has(t, v.badged(no, 7).body, "24 نوفمبر 2026")
	has(t, v.get(at+"/erase").body, "Het aantal van vorige maanden en kwartalen blijft") // for the volunteer
	v.post(at + "/erase")
	r.Lay(7)
	r.Clock.Pass(time.Minute + time.Second)
	if a := v.get(at); a.status != http.StatusNotFound {
		t.Errorf("erased person: status %d, want 404", a.status)
	}
	lacks(t, v.get("/desk/people").body, name)
	lacks(t, v.get("/desk").body, name)
}

// TestName_IsMeasuredInCharacters takes a name that is long in bytes and short to
// its reader.
func TestName_IsMeasuredInCharacters(t *testing.T) {
	t.Parallel()
	r := desktest.Open(t)
	v := newVisitor(t, r).in()
	at := fmt.Sprintf("/desk/person/%d/name", r.Resident("", "tulip.red"))
	for letters, want := range map[int]int{60: http.StatusSeeOther, 61: http.StatusUnprocessableEntity} {
		if a := v.post(at, "name", strings.Repeat("ش", letters)); a.status != want {
			t.Errorf("%d letters of two bytes: status %d, want %d", letters, a.status, want)
		}
	}
}

// TestPeople_TenThousand wants a search among very many to read them once and
// to show a pageful; how long it takes is BenchmarkPeople_TenThousand's to say.
func TestPeople_TenThousand(t *testing.T) {
	t.Parallel()
	asked := 0
	v := newVisitor(t, crowded(t, &asked)).in()
	asked = 0
	page := v.get("/desk/people?q=9876").body
	if asked != 1 {
		t.Errorf("one search read the residents %d times, want once", asked)
	}
	has(t, page, "Bewoner 9876")
	if got := strings.Count(v.get("/desk/people").body, `class="line"`); got != 24 {
		t.Errorf("%d people listed, want 24", got)
	}
}

// One person's page reads that person and nobody else.
func TestPerson_ReadsNobodyElse(t *testing.T) {
	t.Parallel()
	asked := 0
	r := crowded(t, &asked)
	no := r.Resident("Mevrouw Anders", "tulip.red")
	v := newVisitor(t, r).in()
	asked = 0
	has(t, v.get(fmt.Sprintf("/desk/person/%d", no)).body, "Mevrouw Anders")
	v.post("/desk/in", "person", fmt.Sprint(no))
	has(t, v.get("/desk").body, "Mevrouw Anders")
	v.post("/desk/out", "person", fmt.Sprint(no))
	if asked != 0 {
		t.Errorf("everybody was read %d times for one person", asked)
	}
}

func BenchmarkPeople_TenThousand(b *testing.B) {
	asked := 0
	v := newVisitor(b, crowded(b, &asked)).in()
	for b.Loop() {
		v.get("/desk/people?q=9876")
	}
}

// crowded is a room with ten thousand residents, which counts in asked how often
// they were read.
func crowded(t testing.TB, asked *int) *desktest.Fixture {
	t.Helper()
	return desktest.Open(t, func(c *desk.Config) { c.Store.Residents = crowd{c.Store.Residents, asked} })
}

// crowd is a store with ten thousand residents.
type crowd struct {
	desk.ResidentLister
	asked *int
}

func (c crowd) Residents(context.Context) ([]kiosk.Present, error) {
	*c.asked++
	all := make([]kiosk.Present, 10000)
	for i := range all {
		all[i].Resident = kiosk.Resident{No: int64(i + 1), Name: fmt.Sprintf("Bewoner %d", i+1)}
	}
	return all, nil
}

// With a reader that reads nothing, nobody can sign in: who comes in is counted
// all the same, by whoever stands there.
func TestGuest_IsCountedWhileNoBadgeCanBeRead(t *testing.T) {
	light := kiosk.Health{Part: "reader", Level: kiosk.LevelGreen}
	r := desktest.Open(t, func(c *desk.Config) { c.Health = func() []kiosk.Health { return []kiosk.Health{light} } })
	v := newVisitor(t, r)
	if a := v.get("/desk"); strings.Contains(a.body, `action="/desk/guest"`) || !strings.Contains(a.body, "Leg uw eigen pas") {
		t.Errorf("while badges are read: %s", a.body)
	}
	if a := v.post("/desk/guest", "band", "unasked"); a.status != http.StatusForbidden {
		t.Errorf("counted by nobody: %d", a.status)
	}
	for _, light = range []kiosk.Health{
		{Part: "reader", Level: kiosk.LevelRed, Reason: "reader.gone"},
		{Part: "reader", Level: kiosk.LevelOrange, Reason: "reader.none"},
	} {
		before := r.View().Guests[kiosk.BandUnasked]
		a := v.get("/desk")
		if !strings.Contains(a.body, `action="/desk/guest"`) || strings.Contains(a.body, "Leg uw eigen pas") {
			t.Errorf("%s: %s", light.Reason, a.body)
		}
		if a := v.post("/desk/guest", "band", "unasked"); a.to != "/desk" {
			t.Errorf("%s: not counted: %d", light.Reason, a.status)
		}
		if n := r.View().Guests[kiosk.BandUnasked]; n != before+1 {
			t.Errorf("%s: %d guests after %d", light.Reason, n, before)
		}
		if a := v.get("/desk/people"); a.to != "/desk" {
			t.Errorf("%s: names are shown: %d", light.Reason, a.status)
		}
	}
	light = kiosk.Health{Part: "reader", Level: kiosk.LevelGreen}
	if a := newVisitor(t, r).in().get("/desk"); !strings.Contains(a.body, "undo") {
		t.Error("what was counted cannot be undone")
	}
}

// Somebody whom only an old list knows is found by what it calls them, or they
// would be counted as a second person from their first badge on.
func TestPeople_FromAnOldList(t *testing.T) {
	r := desktest.Open(t)
	rows, err := attendancelist.Parse(strings.NewReader("person,day,part,guests\nNieuweling Jansen,2026-11-20,avond,\n"), count.Date(2026, 11, 24))
	must(t, err)
	_, err = r.Store.ImportVisits(t.Context(), rows, false)
	must(t, err)
	v := newVisitor(t, r).in()
	for _, search := range []string{"?q=jansen", "?letter=N"} {
		if a := v.get("/desk/people" + search); !strings.Contains(a.body, "Nieuweling Jansen") {
			t.Errorf("%s: not found: %s", search, a.body)
		}
	}
	all, err := r.Store.Residents(t.Context())
	must(t, err)
	if a := v.badged(all[0].No, 7); !strings.Contains(a.body, "Op een oude lijst") {
		t.Errorf("their own page says nothing of it: %s", a.body)
	}
}

// While nobody knows the time no page tells a date, and a volunteer is asked
// whether the clock is right; the answer is asked once.
func TestClock_AVolunteerSaysThatItIsRight(t *testing.T) {
	t.Parallel()
	level, told := kiosk.LevelOrange, 0
	r := desktest.Open(t, func(c *desk.Config) {
		c.Health = func() []kiosk.Health {
			if level == kiosk.LevelGreen {
				return nil
			}
			return []kiosk.Health{{Part: "clock", Level: level, Reason: "clock.unsure"}}
		}
		c.Confirm = func(_ context.Context, m kiosk.Moment) error {
			told, level = told+1, kiosk.LevelGreen
			return nil
		}
	})
	v := newVisitor(t, r).in()
	for _, words := range []string{"De tijd wordt gezocht", "Is het nu", "Ja, dat klopt"} {
		has(t, v.get("/desk").body, words)
	}
	if a := v.post("/desk/clock"); a.to != "/desk" || told != 1 {
		t.Fatalf("status %d to %q, told %d times", a.status, a.to, told)
	}
	if page := v.get("/desk").body; strings.Contains(page, "Is het nu") || strings.Contains(page, "De tijd wordt gezocht") {
		t.Error("asked again after the answer")
	}
	if a := v.post("/desk/clock"); a.to == "/desk" || told != 1 {
		t.Errorf("an answer to no question: status %d, told %d times", a.status, told)
	}
}

// What was mended stands on the desk until a volunteer says that they have seen it.
func TestMended_StandsThereUntilItIsSeen(t *testing.T) {
	t.Parallel()
	light, seen := []kiosk.Health{{Part: "store", Level: kiosk.LevelOrange, Reason: "store.missing"}}, 0
	r := desktest.Open(t, func(c *desk.Config) {
		c.Health = func() []kiosk.Health { return light }
		c.SeenMended = func(context.Context) error { seen, light = seen+1, nil; return nil }
	})
	v := newVisitor(t, r).in()
	for _, words := range []string{"Het boek van de kamer was beschadigd", "Ja, doorgegeven"} {
		has(t, v.get("/desk").body, words)
	}
	if a := v.post("/desk/mended"); a.to != "/desk" || seen != 1 {
		t.Fatalf("status %d to %q, seen %d times", a.status, a.to, seen)
	}
	if strings.Contains(v.get("/desk").body, "beschadigd") {
		t.Error("it still stands there")
	}
	if a := v.post("/desk/mended"); a.to == "/desk" || seen != 1 {
		t.Errorf("an answer to no question: status %d, seen %d times", a.status, seen)
	}
}

// A time that the centre told and the clock does not know is asked about beside
// the clock's own, and each yes goes to what it was said of.
func TestClock_AVolunteerSaysThatTheOtherTimeIsRight(t *testing.T) {
	t.Parallel()
	other, ask, own, others := time.Date(2026, 11, 27, 13, 5, 0, 0, time.UTC), false, 0, 0
	r := desktest.Open(t, func(c *desk.Config) {
		c.Health = func() []kiosk.Health {
			return []kiosk.Health{{Part: "clock", Level: kiosk.LevelOrange, Reason: "clock.unsure"}}
		}
		c.Confirm = func(context.Context, kiosk.Moment) error { own++; return nil }
		c.OtherTime = func() (time.Time, bool) { return other, ask }
		c.ConfirmOther = func(context.Context) error { others++; return nil }
	})
	v := newVisitor(t, r).in()
	if page := v.get("/desk").body; strings.Contains(page, "Bij de coördinator") {
		t.Error("asked about a time that nobody told")
	}
	if v.post("/desk/clock", "other", "yes"); others != 0 {
		t.Error("an answer to no question is taken")
	}
	ask = true
	has(t, v.get("/desk").body, "Bij de coördinator is het nu vrijdag 27 november 2026, 14:05")
	if a := v.post("/desk/clock", "other", "yes"); a.to != "/desk" || others != 1 || own != 0 {
		t.Errorf("status %d to %q, told %d and %d times", a.status, a.to, own, others)
	}
	if v.post("/desk/clock"); own != 1 || others != 1 {
		t.Errorf("told %d and %d times", own, others)
	}
}
