package sqlite

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/names"
)

// counting has a store count in n how many names it opens.
func (r *room) counting(n *int) {
	r.names = names.New(func(sealed []byte, table, column string, row int64) (string, error) {
		if column == "name" {
			*n++
		}
		return r.cfg.Keys.OpenText(sealed, table, column, row)
	})
}

// crowd is a room with so many residents, of whom some are in.
func crowd(t testing.TB, residents, in int) *room {
	t.Helper()
	r := newRoom(t, "2026-11-24")
	for i := range residents {
		name := fmt.Sprint("resident ", i)
		r.enrol(t, name)
		if i < in {
			if err := r.CheckInByHand(t.Context(), r.by, r.people[name]); err != nil {
				t.Fatal(err)
			}
		}
	}
	return r
}

// One person costs one name, and of many only those that changed are opened again.
// Nobody who was erased is kept in memory.
func TestResident_OpensNoNameButTheirs(t *testing.T) {
	ctx := t.Context()
	r := crowd(t, 40, 30)
	opened := 0
	r.counting(&opened)
	opens := func(want int, what string, err error) {
		t.Helper()
		if err != nil || opened != want {
			t.Errorf("%s: %d names opened, want %d; %v", what, opened, want, err)
		}
		opened = 0
	}
	no := r.people["resident 35"]
	p, err := r.Resident(ctx, no)
	opens(1, "one resident", err)
	if p.Name != "Mevrouw resident 35" || !p.Since.IsZero() {
		t.Errorf("it is %+v", p)
	}
	_, err = r.View(ctx)
	opens(30, "the first view", err)
	r.must(r.CheckInByHand(ctx, r.by, no))
	v, err := r.View(ctx)
	opens(0, "the view after a deed", err)
	if v.In != 31 || v.Present[0].Name != p.Name {
		t.Errorf("%d are in, first %+v", v.In, v.Present[0])
	}
	_, err = r.Residents(ctx)
	opens(9, "everybody", err)
	p.Name = "Iemand anders"
	r.must(r.ChangeProfile(ctx, r.by, p.Resident))
	opened = 0
	_, err = r.Residents(ctx)
	opens(1, "everybody after one has another name", err)
	if p, err = r.Resident(ctx, no); err != nil || p.Name != "Iemand anders" || p.Since.IsZero() {
		t.Errorf("it is %+v, %v", p, err)
	}
	r.must(r.Erase(ctx, r.by, no))
	opened = 0
	_, err = r.Residents(ctx)
	opens(39, "everybody after an erasure", err)
	if _, err := r.Resident(ctx, no); !errors.Is(err, kiosk.ErrNotFound) {
		t.Errorf("the erased person: %v, want %v", err, kiosk.ErrNotFound)
	}
}

// BenchmarkResident_OfFiveThousand reads one person, and everybody, of 5,000. Beside
// it the same with fifty: "ratio" is what one person of 5,000 costs by one of fifty.
func BenchmarkResident_OfFiveThousand(b *testing.B) {
	few, many := crowd(b, 50, 0), crowd(b, 5000, 0)
	one := func(r *room) func() error {
		return func() error { _, err := r.Resident(b.Context(), r.people["resident 49"]); return err }
	}
	all := func() error { _, err := many.Residents(b.Context()); return err }
	b.ResetTimer()
	for range b.N {
		ours, theirs := took(b, one(many)), took(b, one(few))
		b.ReportMetric(ours.Seconds()/theirs.Seconds(), "ratio")
		b.ReportMetric(float64(ours.Microseconds()), "µs/one")
		b.ReportMetric(float64(took(b, all).Microseconds()), "µs/all")
	}
}

// took is how long something takes at the tenth time.
func took(b *testing.B, do func() error) (last time.Duration) {
	b.Helper()
	for range 10 {
		start := time.Now()
		if err := do(); err != nil {
			b.Fatal(err)
		}
		last = time.Since(start)
	}
	return last
}
