package desk_test

import (
	"fmt"
	"testing"
	"time"

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
