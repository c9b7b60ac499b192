package sqlite

import (
	"context"
	"errors"
	"strconv"
	"testing"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/once"
)

// A form that is sent again, because the program ended between its commit and its
// answer, is done once; the next one is not held back by it.
func TestOnce_SentAgainOverARestart(t *testing.T) {
	r := newRoom(t, "2026-11-24")
	ctx := kiosk.Once(t.Context(), "form-1")
	r.must(r.AddGuest(ctx, r.by, kiosk.BandAdult))
	r.reopen()
	if err := r.AddGuest(ctx, r.by, kiosk.BandAdult); !errors.Is(err, kiosk.ErrDoneBefore) {
		t.Errorf("sent again: %v, want %v", err, kiosk.ErrDoneBefore)
	}
	r.must(r.AddGuest(kiosk.Once(t.Context(), "form-2"), r.by, kiosk.BandAdult))
	r.must(r.AddGuest(t.Context(), r.by, kiosk.BandAdult))
	if got := r.view().Guests[kiosk.BandAdult]; got != 3 {
		t.Errorf("%d guests, want 3", got)
	}
}

// What was refused was not done: it may be asked again under the same key.
func TestOnce_RefusedIsNotDone(t *testing.T) {
	r := newRoom(t, "2026-11-24")
	ctx := kiosk.Once(t.Context(), "form")
	if err := r.CheckOut(ctx, r.by, 4711); !errors.Is(err, kiosk.ErrNotFound) {
		t.Fatalf("nobody: %v", err)
	}
	r.must(r.AddGuest(ctx, r.by, kiosk.BandAdult))
}

// Keys are forgotten after thousands, the oldest first.
func TestOnce_KeepsTheNewest(t *testing.T) {
	r := newRoom(t, "2026-11-24")
	r.must(r.withTx(t.Context(), func(ctx context.Context, tx *txn) (err error) {
		for i := range 2010 {
			err = errors.Join(err, once.Claim(kiosk.Once(ctx, strconv.Itoa(i)), tx))
		}
		return err
	}))
	if n := r.read(`SELECT 'keys', count(*) FROM once`)["keys"]; n != 2000 {
		t.Errorf("%d keys are kept, want 2000", n)
	}
	if err := r.AddGuest(kiosk.Once(t.Context(), "10"), r.by, kiosk.BandAdult); !errors.Is(err, kiosk.ErrDoneBefore) {
		t.Errorf("the oldest of them: %v", err)
	}
}
