package outbox_test

import (
	"context"
	"maps"
	"slices"
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/outbox"
	"example.org/inloop/sync/count"
)

func TestNewEpoch_NumbersRequestsAnew(t *testing.T) {
	ctx := t.Context()
	b := newBox(t)
	first, err := b.Epoch(ctx)
	b.must(err)
	b.visits("2026-11-24", 1)
	b.answer(b.send(), kiosk.AckTaken, "")
	b.visits("2026-11-24", 2)
	b.send() // and it is not answered
	b.in(func(ctx context.Context, tx *outbox.Tx) error { return tx.NewEpoch(ctx, outbox.OriginUnpaired, b.now) })
	second, err := b.Epoch(ctx)
	b.must(err)
	if first.Ordinal != 1 || second.Ordinal != 2 || first.ID == second.ID {
		t.Errorf("epochs are %+v and %+v", first, second)
	}
	token, err := b.Token(ctx)
	b.must(err)
	b.visits("2026-11-24", 5)
	u := b.send()
	if u.Seq != 1 || token != "" {
		t.Errorf("the epoch's first request is number %d with token %q", u.Seq, token)
	}
	want := map[kiosk.Cell]int64{morning(1, "2026-11-24"): 2, morning(2, "2026-11-24"): 5}
	if got := b.unsent(); !maps.Equal(got, want) {
		t.Errorf("to be sent: %v, want %v", got, want)
	}
}

// TestRestore_FreezesWhatTheCentreKnowsBetter: the cells of the backup's day and
// of later ones are not sent, now or when a correction writes them; those of
// earlier days and of the new epoch are.
func TestRestore_FreezesWhatTheCentreKnowsBetter(t *testing.T) {
	b := newBox(t)
	b.visits("2026-11-23", 1)
	b.visits("2026-11-24", 2)
	taken, was := count.Date(2026, 11, 24), outbox.Former{Epoch: 6, Rev: 40}
	b.now = b.now.AddDate(0, 0, 3)
	b.in(func(ctx context.Context, tx *outbox.Tx) error {
		err := tx.Restore(ctx, b.now, taken, was)
		if tx.Epoch != 7 {
			t.Errorf("the transaction goes on in epoch %d, want 7", tx.Epoch)
		}
		return err
	})
	if e, err := b.Epoch(t.Context()); err != nil || e.Ordinal != 7 {
		t.Errorf("epoch %d (%v), want one above all that there were", e.Ordinal, err)
	}
	if got, want := b.unsent(), (map[kiosk.Cell]int64{morning(1, "2026-11-23"): 1}); !maps.Equal(got, want) {
		t.Errorf("restored, to be sent: %v, want %v", got, want)
	}
	three := int64(3)
	b.in(func(ctx context.Context, tx *outbox.Tx) error {
		for _, c := range []kiosk.Cell{morning(1, "2026-11-23"), morning(1, "2026-11-24"), morning(7, "2026-11-24")} {
			if err := tx.Write(ctx, c, &three); err != nil {
				return err
			}
		}
		return nil
	})
	if got, want := b.unsent(), (map[kiosk.Cell]int64{morning(1, "2026-11-23"): 3, morning(7, "2026-11-24"): 3}); !maps.Equal(got, want) {
		t.Errorf("corrected, to be sent: %v, want %v", got, want)
	}
	if rev := b.number(`SELECT max(rev) FROM cell`); rev <= was.Rev {
		t.Errorf("revision %d is not above that of the former database", rev)
	}
	// An epoch that began since is of no matter to what was counted after the restoring.
	b.answer(b.send(), kiosk.AckTaken, "")
	b.in(func(ctx context.Context, tx *outbox.Tx) error { return tx.NewEpoch(ctx, outbox.OriginUnpaired, b.now) })
	b.in(func(ctx context.Context, tx *outbox.Tx) error {
		return tx.Write(ctx, morning(7, "2026-11-24"), new(int64))
	})
	if got, want := b.unsent(), (map[kiosk.Cell]int64{morning(7, "2026-11-24"): 0}); !maps.Equal(got, want) {
		t.Errorf("corrected in the next epoch, to be sent: %v, want %v", got, want)
	}
}

// TestRestore_KeepsWhatTheCentreCannotHold: when nothing was released since the backup, a
// part of the day that was still running is told by the restored room.
func TestRestore_KeepsWhatTheCentreCannotHold(t *testing.T) {
	for _, tt := range []struct {
		name   string
		former int64 // the last revision of the database that is replaced
		want   int
	}{
		{"nothing was released since", 1, 1},
		{"something was", 2, 0},
		{"nobody knows", 0, 0},
	} {
		b := newBox(t)
		b.visits("2026-11-23", 1)
		b.release()
		b.visits("2026-11-24", 2) // and the morning runs
		b.in(func(ctx context.Context, tx *outbox.Tx) error {
			return tx.Restore(ctx, b.now, count.Date(2026, 11, 24), outbox.Former{Epoch: 1, Rev: tt.former})
		})
		b.visits("2026-11-24", 5)
		got := b.unsent()
		delete(got, morning(1, "2026-11-23"))
		want := map[kiosk.Cell]int64{morning(2, "2026-11-24"): 5}
		if tt.want > 0 {
			want[morning(1, "2026-11-24")] = 2
		}
		if !maps.Equal(got, want) {
			t.Errorf("%s: to be sent: %v, want %v", tt.name, got, want)
		}
	}
}

func TestLostDays_IsFromABackupToItsRestoring(t *testing.T) {
	b := newBox(t)
	b.in(func(ctx context.Context, tx *outbox.Tx) error {
		return tx.Restore(ctx, b.now.AddDate(0, 0, 3), count.Date(2026, 11, 24), outbox.Former{})
	})
	b.in(func(ctx context.Context, tx *outbox.Tx) error { return tx.NewEpoch(ctx, outbox.OriginUnpaired, b.now) })
	got, err := outbox.LostDays(t.Context(), b.db, time.UTC)
	b.must(err)
	if want := []count.Days{{First: count.Date(2026, 11, 24), Last: count.Date(2026, 11, 27)}}; !slices.Equal(got, want) {
		t.Errorf("days are %v, want %v", got, want)
	}
}

func TestReadFormer(t *testing.T) {
	b := newBox(t)
	for _, n := range []int64{1, 2} {
		b.visits("2026-11-24", n)
		b.release()
	}
	got, err := outbox.ReadFormer(t.Context(), b.db)
	if want := (outbox.Former{Epoch: 1, Rev: 2}); err != nil || got != want {
		t.Errorf("former is %+v, %v, want %+v", got, err, want)
	}
}
