package outbox_test

import (
	"context"
	"maps"
	"slices"
	"testing"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/outbox"
	"example.org/inloop/sync/count"
)

// TestTx_NumbersItsChanges: all that a transaction writes goes under one number, and the
// statement that takes it notes what time has passed. No revision is given for it.
func TestTx_NumbersItsChanges(t *testing.T) {
	b := newBox(t)
	one := int64(1)
	b.in(func(ctx context.Context, tx *outbox.Tx) error {
		if err := tx.Write(ctx, morning(1, "2026-11-23"), &one); err != nil {
			return err
		}
		return tx.Write(ctx, morning(1, "2026-11-24"), &one)
	})
	if lowest, highest := b.number(`SELECT min(change) FROM cell`), b.number(`SELECT max(change) FROM cell`); lowest != 1 || highest != 1 {
		t.Errorf("changes from %d to %d, want 1", lowest, highest)
	}
	if b.passed != 1 || b.number(`SELECT floor_ms FROM meta`) != b.now.UnixMilli() {
		t.Errorf("the time was noted %d times, the last is %d", b.passed, b.number(`SELECT floor_ms FROM meta`))
	}
	b.visits("2026-11-24", 2)
	if no := b.number(`SELECT change FROM cell WHERE period = '2026-11-24'`); no != 2 {
		t.Errorf("the next transaction's number is %d, want 2", no)
	}
	if rev := b.number(`SELECT max(rev) FROM meta JOIN cell USING (rev)`); rev != 0 {
		t.Errorf("revision %d was given by counting", rev)
	}
}

func TestTx_Set(t *testing.T) {
	one, two := int64(1), int64(2)
	for _, tt := range []struct {
		name     string
		was, now *int64
		written  bool
	}{
		{"the same number", &one, &one, false},
		{"another number", &one, &two, true},
		{"withdrawn", &one, nil, true},
		{"withdrawn before", nil, nil, false},
		{"told again", nil, &one, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBox(t)
			c := kiosk.Cell{Epoch: 1, Period: "2026-10", Measure: count.MeasureUnique}
			b.in(func(ctx context.Context, tx *outbox.Tx) error { return tx.Set(ctx, c, tt.was) })
			b.answer(b.send(), kiosk.AckTaken, "")
			b.in(func(ctx context.Context, tx *outbox.Tx) error { return tx.Set(ctx, c, tt.now) })
			if _, waits := b.unsent()[c]; waits != tt.written {
				t.Errorf("to be sent: %t, want %t", waits, tt.written)
			}
		})
	}
}

func TestTx_FillWritesWhatWasNeverWritten(t *testing.T) {
	b := newBox(t)
	b.visits("2026-11-24", 3)
	b.in(func(ctx context.Context, tx *outbox.Tx) error {
		return tx.Fill(ctx, []kiosk.Cell{morning(1, "2026-11-24"), morning(1, "2026-11-25")})
	})
	want := map[kiosk.Cell]int64{morning(1, "2026-11-24"): 3, morning(1, "2026-11-25"): 0}
	if got := b.unsent(); !maps.Equal(got, want) {
		t.Errorf("cells are %v, want %v", got, want)
	}
}

func TestTx_NumbersOfOnePart(t *testing.T) {
	b := newBox(t)
	day := count.Date(2026, 11, 24)
	n, guests := int64(4), morning(1, "2026-11-24")
	guests.Measure = count.MeasureGuests
	b.visits("2026-11-24", 3)
	b.visits("2026-11-25", 5)
	b.in(func(ctx context.Context, tx *outbox.Tx) error {
		if err := tx.Write(ctx, guests, &n); err != nil {
			return err
		}
		withdrawn := guests
		withdrawn.Measure = count.MeasureGuestsTeen
		if err := tx.Write(ctx, withdrawn, nil); err != nil {
			return err
		}
		got, err := tx.Numbers(ctx, 1, day, count.PartMorning)
		if want := map[count.Measure]int64{count.MeasureBadgeVisits: 3, count.MeasureGuests: 4}; !maps.Equal(got, want) {
			t.Errorf("numbers are %v, want %v", got, want)
		}
		return err
	})
}

// TestTx_TellRepeatsNothing: a figure is told again when it changes, not because
// an epoch began.
func TestTx_TellRepeatsNothing(t *testing.T) {
	b := newBox(t)
	month := kiosk.Cell{Period: "2026-10", Measure: count.MeasureUnique}
	tell := func(n *int64) {
		b.in(func(ctx context.Context, tx *outbox.Tx) error {
			c := month
			c.Epoch = tx.Epoch
			return tx.Tell(ctx, []kiosk.Count{{Cell: c, N: n}})
		})
	}
	in := func(epoch int) kiosk.Cell { c := month; c.Epoch = epoch; return c }
	seven, eight := int64(7), int64(8)
	tell(&seven)
	b.in(func(ctx context.Context, tx *outbox.Tx) error { return tx.NewEpoch(ctx, outbox.OriginUnpaired, b.now) })
	tell(&seven)
	if got, want := b.unsent(), (map[kiosk.Cell]int64{in(1): 7}); !maps.Equal(got, want) {
		t.Errorf("an epoch began: %v, want %v", got, want)
	}
	tell(&eight)
	if got, want := b.unsent(), (map[kiosk.Cell]int64{in(1): 7, in(2): 8}); !maps.Equal(got, want) {
		t.Errorf("the figure changed: %v, want %v", got, want)
	}
	tell(&seven) // as the first epoch has it
	if got, want := b.unsent(), (map[kiosk.Cell]int64{in(1): 7, in(2): 7}); !maps.Equal(got, want) {
		t.Errorf("the figure changed back: %v, want %v", got, want)
	}
	tell(nil)
	tell(nil)
	if got, want := b.unsent(), (map[kiosk.Cell]int64{in(1): 7, in(2): -1}); !maps.Equal(got, want) {
		t.Errorf("the figure is withheld: %v, want %v", got, want)
	}
}

// TestTx_DaysChanged follows what a recount asks: which corrections it has seen.
func TestTx_DaysChanged(t *testing.T) {
	b := newBox(t)
	until := count.Date(2026, 11, 1)
	changed := func(since int64) (yes bool) {
		b.in(func(ctx context.Context, tx *outbox.Tx) (err error) {
			yes, err = tx.DaysChanged(ctx, since, until)
			return err
		})
		return yes
	}
	complete := func(writes bool) (rev int64) {
		n := int64(9)
		b.in(func(ctx context.Context, tx *outbox.Tx) (err error) {
			if writes {
				if err := tx.Write(ctx, morning(1, "2026-10-02"), &n); err != nil {
					return err
				}
			}
			rev, err = tx.Complete(ctx)
			return err
		})
		return rev
	}
	b.visits("2026-11-24", 1)
	if changed(0) {
		t.Error("a day of the running month is taken for one of an ended one")
	}
	b.visits("2026-10-01", 1)
	if !changed(1) {
		t.Error("a day of an ended month was corrected and is not seen")
	}
	b.visits("2026-11-24", 2)
	if changed(2) {
		t.Error("a correction that was seen counts again because of another day")
	}
	if rev := complete(false); rev != 3 {
		t.Errorf("all is written up to %d, want 3", rev)
	}
	if rev := complete(true); rev != 3 || !changed(rev) {
		t.Errorf("a transaction that still writes: complete up to %d, want 3; changed since: %t", rev, changed(rev))
	}
}

func TestCountedDays_AreSortedAndHoldNoFigures(t *testing.T) {
	b := newBox(t)
	for _, period := range []string{"2026-11-24", "2026-10", "2026Q3"} {
		b.visits(period, 0)
	}
	b.in(func(ctx context.Context, tx *outbox.Tx) error { return tx.NewEpoch(ctx, outbox.OriginUnpaired, b.now) })
	b.visits("2026-11-02", 0)
	b.visits("2026-11-24", 0)
	got, err := outbox.CountedDays(t.Context(), b.db)
	b.must(err)
	if want := []count.Day{count.Date(2026, 11, 2), count.Date(2026, 11, 24)}; !slices.Equal(got, want) {
		t.Errorf("days are %v, want %v", got, want)
	}
}
