package outbox_test

import (
	"context"
	"maps"
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/outbox"
	"example.org/inloop/sync/count"
)

// all is the one stretch of an epoch.
func all(epoch int) kiosk.Stretch { return kiosk.Stretch{Epoch: epoch} }

// holding is what a centre says of a cell.
func holding(c kiosk.Cell, n, rev int64) kiosk.Count { return kiosk.Count{Cell: c, N: &n, Rev: rev} }

func TestMend_SendsWhatDiffersAndNothingElse(t *testing.T) {
	mon, tue := morning(1, "2026-11-23"), morning(1, "2026-11-24")
	for name, tt := range map[string]struct {
		held []kiosk.Count
		want map[kiosk.Cell]int64
		rev  int64 // of what is sent
	}{
		"the same":             {[]kiosk.Count{holding(mon, 1, 1), holding(tue, 2, 2)}, nil, 0},
		"one is lost":          {[]kiosk.Count{holding(mon, 1, 1)}, map[kiosk.Cell]int64{tue: 2}, 2},
		"an older one":         {[]kiosk.Count{holding(mon, 1, 1), holding(tue, 1, 1)}, map[kiosk.Cell]int64{tue: 2}, 2},
		"another number":       {[]kiosk.Count{holding(mon, 7, 1), holding(tue, 2, 2)}, map[kiosk.Cell]int64{mon: 1}, 3},
		"a newer one":          {[]kiosk.Count{holding(mon, 7, 900), holding(tue, 2, 2)}, map[kiosk.Cell]int64{mon: 1}, 901},
		"withdrawn":            {[]kiosk.Count{{Cell: mon, Rev: 1}, holding(tue, 2, 2)}, map[kiosk.Cell]int64{mon: 1}, 3},
		"a strange one":        {[]kiosk.Count{holding(mon, 1, 1), holding(tue, 2, 2), holding(morning(1, "2026-11-02"), 5, 1)}, map[kiosk.Cell]int64{morning(1, "2026-11-02"): 0}, 3},
		"one of a day to come": {[]kiosk.Count{holding(mon, 1, 1), holding(tue, 2, 2), holding(morning(1, "2027-11-02"), 5, 1)}, nil, 0},
		"one of no day":        {[]kiosk.Count{holding(mon, 1, 1), holding(tue, 2, 2), holding(morning(1, "2026-11-31"), 5, 1)}, nil, 0},
		"a revision without an end": {
			[]kiosk.Count{holding(mon, 7, 1<<53-1), holding(tue, 2, 2)}, nil, 0,
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBox(t)
			b.visits("2026-11-23", 1)
			b.visits("2026-11-24", 2)
			b.answer(b.send(), kiosk.AckTaken, "")
			n, err := b.Mend(t.Context(), all(1), tt.held)
			b.must(err)
			if got := b.unsent(); !maps.Equal(got, tt.want) || n != len(tt.want) {
				t.Errorf("%d to be sent: %v, want %v", n, got, tt.want)
			}
			if rev := b.number(`SELECT coalesce(max(rev), 0) FROM cell WHERE rev > acked_rev`); rev != tt.rev {
				t.Errorf("under revision %d, want %d", rev, tt.rev)
			}
		})
	}
}

// A request that was made before a tap says nothing of what waits since, nor of what
// was refused.
func TestMend_LeavesWhatWaits(t *testing.T) {
	b := newBox(t)
	b.visits("2026-11-22", 4)
	b.answer(b.send(), kiosk.AckRefused, "bad_count")
	b.visits("2026-11-23", 1)
	b.answer(b.send(), kiosk.AckTaken, "")
	b.visits("2026-11-23", 2)
	n, err := b.Mend(t.Context(), all(1), []kiosk.Count{holding(morning(1, "2026-11-23"), 1, 2)})
	b.must(err)
	if got, want := b.unsent(), (map[kiosk.Cell]int64{morning(1, "2026-11-23"): 2}); n != 0 || !maps.Equal(got, want) {
		t.Errorf("%d mended, to be sent: %v, want %v", n, got, want)
	}
}

// After a backup was put back, days from it on are the centre's alone, and a number
// before it that is newer there stands.
func TestCompare_AfterARestoreTheCentreMayKnowBetter(t *testing.T) {
	b := newBox(t)
	for _, day := range []string{"2026-11-21", "2026-11-22", "2026-11-23", "2026-11-24"} {
		b.visits(day, 1)
	}
	b.answer(b.send(), kiosk.AckTaken, "")
	b.in(func(ctx context.Context, tx *outbox.Tx) error {
		return tx.Restore(ctx, b.now, count.Date(2026, 11, 23), outbox.Former{Epoch: 1, Rev: 60})
	})
	stretches, err := b.Stretches(t.Context(), b.now)
	b.must(err)
	if len(stretches) != 2 || stretches[0] != (kiosk.Stretch{Epoch: 1, Until: "2026-11-22"}) || stretches[1] != all(2) {
		t.Fatalf("to be compared: %+v", stretches)
	}
	n, err := b.Mend(t.Context(), stretches[0], []kiosk.Count{holding(morning(1, "2026-11-21"), 3, 50)})
	b.must(err)
	if got, want := b.unsent(), (map[kiosk.Cell]int64{morning(1, "2026-11-22"): 1}); n != 1 || !maps.Equal(got, want) {
		t.Errorf("%d mended, to be sent: %v, want %v", n, got, want)
	}
}

// A comparison that was asked for before a backup was put back, and answered after
// it, sends nothing of the days that the centre alone knows.
func TestMend_AskedBeforeARestore(t *testing.T) {
	b := newBox(t)
	for _, day := range []string{"2026-11-22", "2026-11-24"} {
		b.visits(day, 1)
	}
	b.answer(b.send(), kiosk.AckTaken, "")
	b.in(func(ctx context.Context, tx *outbox.Tx) error {
		return tx.Restore(ctx, b.now, count.Date(2026, 11, 23), outbox.Former{Epoch: 1, Rev: 60})
	})
	n, err := b.Mend(t.Context(), all(1), []kiosk.Count{holding(morning(1, "2026-11-22"), 1, 1)})
	b.must(err)
	if got := b.unsent(); n != 0 || len(got) != 0 {
		t.Errorf("%d mended, to be sent: %v, want nothing", n, got)
	}
}

// Parts of a stretch leave nothing out, and each is smaller.
func TestNarrow_LeavesNothingOut(t *testing.T) {
	b := newBox(t)
	for i := range 9 {
		b.visits(count.Day(20781+i).String(), 1)
	}
	b.answer(b.send(), kiosk.AckTaken, "")
	var look func(s kiosk.Stretch, depth int) int
	look = func(s kiosk.Stretch, depth int) int {
		cells, err := b.Believed(t.Context(), s)
		b.must(err)
		parts, err := b.Narrow(t.Context(), s)
		b.must(err)
		if depth > 5 {
			t.Fatalf("still narrowing: %+v", s)
		}
		if len(parts) == 1 {
			return len(cells)
		}
		n := 0
		for i, p := range parts {
			if i > 0 && p.After != parts[i-1].Until {
				t.Errorf("between %+v and %+v lies something", parts[i-1], p)
			}
			n += look(p, depth+1)
		}
		if n != len(cells) || parts[0].After != s.After || parts[len(parts)-1].Until != s.Until {
			t.Errorf("%+v has other cells than its parts %+v", s, parts)
		}
		return n
	}
	if n := look(all(1), 0); n != 9 {
		t.Errorf("%d cells compared, want 9", n)
	}
}

func TestStretches_OnceADay(t *testing.T) {
	b := newBox(t)
	b.visits("2026-11-24", 1)
	for _, tt := range []struct {
		at   time.Duration
		want int
	}{{0, 1}, {time.Hour, 0}, {24 * time.Hour, 1}, {-300 * 24 * time.Hour, 1}, {25 * time.Hour, 1}} {
		at := b.now.Add(tt.at)
		got, err := b.Stretches(t.Context(), at)
		b.must(err)
		if len(got) != tt.want {
			t.Errorf("after %s: %d stretches, want %d", tt.at, len(got), tt.want)
		}
		b.must(b.Compared(t.Context(), at))
	}
}
