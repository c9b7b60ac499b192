package desk_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/web/desk/desktest"
)

// many is a room with so many residents, of whom some are in.
func many(t testing.TB, residents, in int) (*desktest.Fixture, []int64) {
	t.Helper()
	r := desktest.Open(t)
	all := make([]int64, residents)
	for i := range all {
		all[i] = r.Resident(fmt.Sprintf("Bewoner %d van der Nergens", i), "")
		if i < in {
			must(t, r.Store.CheckInByHand(t.Context(), r.Volunteer, all[i]))
			r.Clock.Pass(time.Second)
		}
	}
	return r, all
}

// BenchmarkPeople_FiveThousand searches 5,000 residents: for one of them, and for
// nobody in particular, which puts all in order. Beside it the same with fifty.
func BenchmarkPeople_FiveThousand(b *testing.B) {
	few, _ := many(b, 50, 0)
	lots, _ := many(b, 5000, 0)
	f, l := newVisitor(b, few).in(), newVisitor(b, lots).in()
	b.ResetTimer()
	for range b.N {
		for _, path := range []string{"?q=49", ""} {
			ours, theirs := took(l, "/desk/people"+path), took(f, "/desk/people"+path)
			b.ReportMetric(float64(ours.Microseconds())/1000, "ms/5000"+path)
			b.ReportMetric(ours.Seconds()/theirs.Seconds(), "ratio"+path)
		}
	}
}

// took is how long a page takes at the fifth time.
func took(v *visitor, path string) (last time.Duration) {
	for range 5 {
		start := time.Now()
		v.get(path)
		last = time.Since(start)
	}
	return last
}

// changeLimit is what a change may send of the day's page, in bytes.
const changeLimit = 60_000

var listPattern = regexp.MustCompile(`data-list="([^"]+)"`)

// at asks for the day as our script does that has a list.
func (v *visitor) at(list string) (page, tag string) {
	v.t.Helper()
	page = v.do(http.MethodGet, "/desk", nil, func(q *http.Request) { q.Header.Set("Desk-List", list) }).body
	found := listPattern.FindStringSubmatch(page)
	if found == nil {
		v.t.Fatal("the page tells no list")
	}
	return page, found[1]
}

// With 5,000 residents and 300 in, a deed sends what it changed: not the other names.
// Who names no list, or one that nobody knows, gets all.
func TestToday_ADeedSendsWhatItChanged(t *testing.T) {
	t.Parallel()
	r, all := many(t, 5000, 300)
	v := newVisitor(t, r).in()
	whole, list := v.at("")
	if n := strings.Count(whole, `class="line" id="p`); n != 300 {
		t.Fatalf("%d people at first, want 300", n)
	}
	for _, deed := range []struct {
		path  string
		who   int64
		lines int // sent whole
		in    int
	}{{"/desk/in", all[4000], 1, 301}, {"/desk/out", all[7], 0, 300}, {"/desk/out", all[4000], 0, 299}, {"/desk/in", all[8], 0, 299}} {
		v.post(deed.path, "person", strconv.FormatInt(deed.who, 10))
		page, next := v.at(list)
		if len(page) > changeLimit {
			t.Errorf("%s: %d bytes, want at most %d", deed.path, len(page), changeLimit)
		}
		same, sent := strings.Count(page, "data-same"), strings.Count(page, `class="line" id="p`)
		if sent != deed.lines || same+sent != deed.in {
			t.Errorf("%s: %d lines sent and %d named, want %d of %d", deed.path, sent, same, deed.lines, deed.in)
		}
		list = next
	}
	for _, other := range []string{"", "unknown"} {
		if page, _ := v.at(other); strings.Contains(page, "data-same") {
			t.Errorf("list %q: a line is left out", other)
		}
	}
	must(t, r.Store.ChangeProfile(t.Context(), r.Volunteer, kiosk.Resident{No: all[20], Name: "Heet nu anders", Language: "nl"}))
	if page, _ := v.at(list); strings.Count(page, `class="line" id="p`) != 1 || !strings.Contains(page, "Heet nu anders") {
		t.Error("another name is not sent")
	}
	v.post("/desk/language", "language", "en")
	if page, _ := v.at(list); strings.Contains(page, "data-same") {
		t.Error("lines of another language count as the same")
	}
	r.Restart()
	v.in()
	if page, _ := v.at(list); strings.Contains(page, "data-same") {
		t.Error("a list from before the restart is known")
	}
}

// BenchmarkToday_ThreeHundredIn makes the day's page with 300 in, whole and after a deed.
// Beside it the same with fifty.
func BenchmarkToday_ThreeHundredIn(b *testing.B) {
	few, _ := many(b, 50, 50)
	lots, _ := many(b, 5000, 300)
	f, l := newVisitor(b, few).in(), newVisitor(b, lots).in()
	b.ResetTimer()
	for range b.N {
		ours, theirs := took(l, "/desk"), took(f, "/desk")
		b.ReportMetric(float64(ours.Microseconds())/1000, "ms/300")
		b.ReportMetric(ours.Seconds()/theirs.Seconds(), "ratio")
		page, list := l.at("")
		start := time.Now()
		change, _ := l.at(list)
		b.ReportMetric(float64(time.Since(start).Microseconds())/1000, "ms/change")
		b.ReportMetric(float64(len(page)), "B/300")
		b.ReportMetric(float64(len(change)), "B/change")
	}
}

// TestToday_AFullDayIsNoLargePage: with 300 in the whole day, sent at first, stays a page
// that a Pi reads at once.
func TestToday_AFullDayIsNoLargePage(t *testing.T) {
	t.Parallel()
	r, _ := many(t, 300, 300)
	page := newVisitor(t, r).in().get("/desk").body
	if len(page) > 460_000 || strings.Count(page, `class="line" id="p`) != 300 {
		t.Errorf("%d bytes, want at most 460000", len(page))
	}
}
