package sqlite

import (
	"context"
	"errors"
	"slices"
	"testing"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/sync/count"
)

// send begins a request with all that is unsent.
func (r *room) send() kiosk.Upload {
	r.t.Helper()
	ctx := r.t.Context()
	seq, err := r.NextSeq(ctx)
	r.must(err)
	counts, err := r.Unsent(ctx, 200)
	r.must(err)
	u := kiosk.Upload{Seq: seq, Nonce: "00ff", Body: []byte(`{"cells":[]}`), Counts: counts}
	r.must(r.Begin(ctx, u))
	return u
}

func (r *room) waiting() int {
	r.t.Helper()
	x, err := r.Sending(r.t.Context())
	r.must(err)
	return x.Waiting
}

func TestSettle_AcknowledgesWhatWasSent(t *testing.T) {
	ctx := t.Context()
	r := newRoom(t, "2026-11-24", "anna", "ben")
	r.says("10:00", "anna", kiosk.GreetingFirst)
	u := r.send()
	if u.Seq != 1 || len(u.Counts) != 1 || *u.Counts[0].N != 1 {
		t.Fatalf("first request is %+v", u)
	}
	if err := r.Begin(ctx, u); !errors.Is(err, kiosk.ErrAlready) {
		t.Errorf("a second request on its way: %v, want ErrAlready", err)
	}
	r.says("10:01", "ben", kiosk.GreetingFirst) // while it is on its way
	r.reopen()
	again, err := r.Pending(ctx)
	r.must(err)
	if again.Seq != u.Seq || string(again.Body) != string(u.Body) || len(again.Counts) != 1 || *again.Counts[0].N != 1 || again.Counts[0].Rev != u.Counts[0].Rev {
		t.Errorf("after a restart the request is %+v", again)
	}
	x := kiosk.Ack{Seq: 1, States: []kiosk.AckState{kiosk.AckTaken}, Codes: []string{""}, Token: "t1", Rev: 500, At: r.clock.now.Wall}
	if err := r.Acknowledge(ctx, kiosk.Ack{Seq: 2, States: x.States}); !errors.Is(err, kiosk.ErrNotFound) {
		t.Errorf("settling another request: %v, want ErrNotFound", err)
	}
	r.must(r.Acknowledge(ctx, x))
	if token, err := r.Token(ctx); err != nil || token != "t1" {
		t.Errorf("token is %q, %v", token, err)
	}
	if _, err := r.Pending(ctx); !errors.Is(err, kiosk.ErrNotFound) {
		t.Errorf("settled, still on its way: %v", err)
	}
	u = r.send()
	if u.Seq != 2 || len(u.Counts) != 1 || *u.Counts[0].N != 2 {
		t.Errorf("second request is %+v, want the tap that came meanwhile", u)
	}
	r.says("13:00", "ben", kiosk.GreetingGoingHome)
	if n := r.number(`SELECT min(rev) FROM cell WHERE part = 'middag'`); n <= 500 {
		t.Errorf("revision %d is not above the centre's", n)
	}
}

func TestSettle_RefusedIsSetAside(t *testing.T) {
	ctx := t.Context()
	r := newRoom(t, "2026-11-24", "anna")
	r.must(r.AddGuest(ctx, r.by, kiosk.BandTeen))
	u := r.send()
	fates := []kiosk.AckState{kiosk.AckRefused, kiosk.AckTaken}
	r.must(r.Acknowledge(ctx, kiosk.Ack{Seq: u.Seq, States: fates, Codes: []string{"bad_cell", ""}, Token: "t", At: r.clock.now.Wall}))
	x, err := r.Sending(ctx)
	r.must(err)
	if x.Waiting != 0 || x.Refused != 1 || x.Last.IsZero() || x.Paired {
		t.Errorf("sending is %+v, want one refused", x)
	}
	r.must(r.AddGuest(ctx, r.by, kiosk.BandTeen)) // another number is another cell to send
	if n := r.waiting(); n != 2 {
		t.Errorf("%d counts wait, want 2", n)
	}
	unsent, err := r.Unsent(ctx, 10)
	r.must(err)
	r.must(r.SetAside(ctx, unsent[0], "too_big"))
	if n := r.waiting(); n != 1 {
		t.Errorf("%d counts wait, want 1", n)
	}
}

func TestRequeue_NothingIsLost(t *testing.T) {
	r := newRoom(t, "2026-11-24", "anna")
	r.says("10:00", "anna", kiosk.GreetingFirst)
	r.send()
	r.must(r.Requeue(t.Context()))
	if u := r.send(); u.Seq != 2 || len(u.Counts) != 1 {
		t.Errorf("request after requeueing is %+v", u)
	}
}

func TestSetPairing_EverythingIsSentAgain(t *testing.T) {
	ctx := t.Context()
	r := newRoom(t, "2026-11-24", "anna")
	if _, err := r.Pairing(ctx); !errors.Is(err, kiosk.ErrNotPaired) {
		t.Errorf("error is %v, want ErrNotPaired", err)
	}
	r.says("10:00", "anna", kiosk.GreetingFirst)
	u := r.send()
	r.must(r.Acknowledge(ctx, kiosk.Ack{Seq: u.Seq, States: []kiosk.AckState{kiosk.AckTaken}, Token: "t", At: r.clock.now.Wall}))
	p := kiosk.Pairing{Kiosk: "k1", Room: "De Tuin", ServerKey: make([]byte, 32), URL: "https://rooms.example", At: r.fromMillis(sqlrow.Millis(r.clock.now.Wall))}
	r.must(r.SetPairing(ctx, p))
	got, err := r.Pairing(ctx)
	r.must(err)
	if got.Kiosk != p.Kiosk || got.Room != p.Room || !slices.Equal(got.ServerKey, p.ServerKey) || got.URL != p.URL || !got.At.Equal(p.At) {
		t.Errorf("pairing is %+v, want %+v", got, p)
	}
	if n := r.waiting(); n != 1 {
		t.Errorf("%d counts wait for the new centre, want 1", n)
	}
}

func TestNewEpoch(t *testing.T) {
	ctx := t.Context()
	r := newRoom(t, "2026-11-24", "anna", "ben")
	first, err := r.Epoch(ctx)
	r.must(err)
	r.says("10:00", "anna", kiosk.GreetingFirst)
	u := r.send()
	r.must(r.Acknowledge(ctx, kiosk.Ack{Seq: u.Seq, States: []kiosk.AckState{kiosk.AckTaken}, Token: "t", At: r.clock.now.Wall}))
	r.must(r.withTx(ctx, func(ctx context.Context, t *txn) error { return t.newEpoch(ctx, "moved") }))
	second, err := r.Epoch(ctx)
	r.must(err)
	if first.Ordinal != 1 || second.Ordinal != 2 || first.ID == second.ID {
		t.Errorf("epochs are %+v and %+v", first, second)
	}
	token, err := r.Token(ctx)
	r.must(err)
	r.says("10:01", "ben", kiosk.GreetingFirst)
	got := r.numbers()
	if got["1 2026-11-24 ochtend badge_visits"] != 1 || got["2 2026-11-24 ochtend badge_visits"] != 1 {
		t.Errorf("cells are %v, want one visit in each epoch", got)
	}
	if u := r.send(); u.Seq != 1 || token != "" || len(u.Counts) != 1 || u.Counts[0].Epoch != 2 {
		t.Errorf("first request of the epoch is %+v with token %q", u, token)
	}
}

func TestForgetPairing_BeginsANewEpochAndSendsAllAgain(t *testing.T) {
	ctx := t.Context()
	r := newRoom(t, "2026-11-24", "anna", "ben")
	if err := r.ForgetPairing(ctx); !errors.Is(err, kiosk.ErrNotPaired) {
		t.Errorf("never paired: %v, want ErrNotPaired", err)
	}
	if e, err := r.Epoch(ctx); err != nil || e.Ordinal != 1 {
		t.Errorf("epoch %d, %v after nothing was forgotten, want the first", e.Ordinal, err)
	}
	p := kiosk.Pairing{Kiosk: "k1", Room: "De Tuin", ServerKey: make([]byte, 32), URL: "https://rooms.example", At: r.fromMillis(sqlrow.Millis(r.clock.now.Wall))}
	r.must(r.SetPairing(ctx, p))
	r.says("10:00", "anna", kiosk.GreetingFirst)
	u := r.send()
	r.must(r.Acknowledge(ctx, kiosk.Ack{Seq: u.Seq, States: []kiosk.AckState{kiosk.AckTaken}, Token: "t", At: r.clock.now.Wall}))
	r.says("10:01", "ben", kiosk.GreetingFirst)
	r.send() // and its answer never comes
	r.must(r.ForgetPairing(ctx))
	r.reopen()
	if _, err := r.Pairing(ctx); !errors.Is(err, kiosk.ErrNotPaired) {
		t.Errorf("pairing: %v, want ErrNotPaired", err)
	}
	if _, err := r.Pending(ctx); !errors.Is(err, kiosk.ErrNotFound) {
		t.Errorf("the request of before is still on its way: %v", err)
	}
	if e, err := r.Epoch(ctx); err != nil || e.Ordinal != 2 {
		t.Errorf("epoch %d, %v, want the second", e.Ordinal, err)
	}
	if err := r.ForgetPairing(ctx); !errors.Is(err, kiosk.ErrNotPaired) {
		t.Errorf("forgotten twice: %v, want ErrNotPaired", err)
	}
	r.says("13:00", "anna", kiosk.GreetingGoingHome)
	p.Kiosk = "k2"
	r.must(r.SetPairing(ctx, p))
	if token, err := r.Token(ctx); err != nil || token != "" {
		t.Errorf("token %q, %v, want none", token, err)
	}
	got := map[kiosk.Cell]int64{}
	for _, c := range r.send().Counts {
		got[c.Cell] = *c.N
	}
	morning := kiosk.Cell{Epoch: 1, Period: "2026-11-24", Measure: count.MeasureBadgeVisits, Part: count.PartMorning}
	if got[morning] != 2 {
		t.Errorf("sent again: %v, want both visits of the morning under the epoch that they were counted in", got)
	}
}
