package outbox_test

import (
	"errors"
	"maps"
	"slices"
	"testing"

	"example.org/inloop/kiosk"
)

func (b *box) pair() kiosk.Pairing {
	b.t.Helper()
	p := kiosk.Pairing{Kiosk: "k1", Room: "De Tuin", ServerKey: make([]byte, 32), URL: "https://rooms.example", At: b.now}
	b.must(b.SetPairing(b.t.Context(), p))
	return p
}

func TestSetPairing_EverythingIsSentAgain(t *testing.T) {
	ctx := t.Context()
	b := newBox(t)
	if _, err := b.Pairing(ctx); !errors.Is(err, kiosk.ErrNotPaired) {
		t.Errorf("error is %v, want ErrNotPaired", err)
	}
	b.visits("2026-11-23", 1)
	b.answer(b.send(), kiosk.AckTaken, "")
	b.visits("2026-11-24", 2)
	b.answer(b.send(), kiosk.AckRefused, "bad_cell")
	p := b.pair()
	got, err := b.Pairing(ctx)
	b.must(err)
	if got.Kiosk != p.Kiosk || got.Room != p.Room || !slices.Equal(got.ServerKey, p.ServerKey) || got.URL != p.URL || !got.At.Equal(p.At) {
		t.Errorf("pairing is %+v, want %+v", got, p)
	}
	if got, want := b.unsent(), (map[kiosk.Cell]int64{morning(1, "2026-11-23"): 1, morning(1, "2026-11-24"): 2}); !maps.Equal(got, want) {
		t.Errorf("for the new centre: %v, want %v", got, want)
	}
}

func TestForgetPairing_LosesNothing(t *testing.T) {
	ctx := t.Context()
	b := newBox(t)
	if err := b.ForgetPairing(ctx); !errors.Is(err, kiosk.ErrNotPaired) {
		t.Errorf("never paired: %v, want ErrNotPaired", err)
	}
	if e, err := b.Epoch(ctx); err != nil || e.Ordinal != 1 {
		t.Errorf("epoch %d, %v after nothing was forgotten, want the first", e.Ordinal, err)
	}
	b.pair()
	b.visits("2026-11-24", 1)
	b.answer(b.send(), kiosk.AckTaken, "")
	b.visits("2026-11-24", 2)
	b.send() // and its answer never comes
	b.must(b.ForgetPairing(ctx))
	if _, err := b.Pairing(ctx); !errors.Is(err, kiosk.ErrNotPaired) {
		t.Errorf("pairing: %v, want ErrNotPaired", err)
	}
	if _, err := b.Pending(ctx); !errors.Is(err, kiosk.ErrNotFound) {
		t.Errorf("the request of before is still on its way: %v", err)
	}
	if e, err := b.Epoch(ctx); err != nil || e.Ordinal != 1 {
		t.Errorf("epoch %d, %v, want the same one", e.Ordinal, err)
	}
	if token, err := b.Token(ctx); err != nil || token != "" {
		t.Errorf("token %q, %v, want none", token, err)
	}
	if err := b.ForgetPairing(ctx); !errors.Is(err, kiosk.ErrNotPaired) {
		t.Errorf("forgotten twice: %v, want ErrNotPaired", err)
	}
}
