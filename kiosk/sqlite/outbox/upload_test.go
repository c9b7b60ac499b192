package outbox_test

import (
	"errors"
	"maps"
	"testing"

	"example.org/inloop/kiosk"
)

func TestAcknowledge_TakesWhatWasSentAndNoMore(t *testing.T) {
	ctx := t.Context()
	b := newBox(t)
	b.visits("2026-11-24", 1)
	u := b.send()
	if err := b.Begin(ctx, u); !errors.Is(err, kiosk.ErrAlready) {
		t.Errorf("a second request on its way: %v, want ErrAlready", err)
	}
	b.visits("2026-11-24", 2) // while it is on its way
	x := kiosk.Ack{Seq: 1, States: []kiosk.AckState{kiosk.AckTaken}, Codes: []string{""}, Token: "t1", Rev: 500, At: b.now}
	if _, err := b.Acknowledge(ctx, kiosk.Ack{Seq: 2, States: x.States}); !errors.Is(err, kiosk.ErrNotFound) {
		t.Errorf("acknowledging another request: %v, want ErrNotFound", err)
	}
	if _, err := b.Acknowledge(ctx, kiosk.Ack{Seq: 1}); !errors.Is(err, kiosk.ErrNotFound) {
		t.Errorf("an answer to fewer counts: %v, want ErrNotFound", err)
	}
	b.acknowledge(x)
	if token, err := b.Token(ctx); err != nil || token != "t1" {
		t.Errorf("token is %q, %v", token, err)
	}
	if _, err := b.Pending(ctx); !errors.Is(err, kiosk.ErrNotFound) {
		t.Errorf("acknowledged, still on its way: %v", err)
	}
	if got, want := b.unsent(), (map[kiosk.Cell]int64{morning(1, "2026-11-24"): 2}); !maps.Equal(got, want) {
		t.Errorf("to be sent: %v, want what came meanwhile: %v", got, want)
	}
	b.visits("2026-11-25", 1)
	b.release()
	if n := b.number(`SELECT rev FROM cell WHERE period = '2026-11-25'`); n <= 500 {
		t.Errorf("revision %d is not above the centre's", n)
	}
}

func TestPending_IsAsItWasBegun(t *testing.T) {
	b := newBox(t)
	b.visits("2026-11-24", 1)
	u := b.send()
	b.visits("2026-11-24", 2)
	got, err := b.Pending(t.Context())
	b.must(err)
	if got.Seq != u.Seq || got.Nonce != u.Nonce || string(got.Body) != string(u.Body) || len(got.Counts) != 1 ||
		got.Counts[0].Cell != u.Counts[0].Cell || *got.Counts[0].N != 1 || got.Counts[0].Rev != u.Counts[0].Rev {
		t.Errorf("request is %+v, want %+v", got, u)
	}
}

func TestAcknowledge_RefusedIsSetAside(t *testing.T) {
	ctx := t.Context()
	b := newBox(t)
	b.visits("2026-11-23", 1)
	b.visits("2026-11-24", 1)
	u := b.send()
	states := []kiosk.AckState{kiosk.AckRefused, kiosk.AckTaken}
	b.acknowledge(kiosk.Ack{Seq: u.Seq, States: states, Codes: []string{"bad_cell", ""}, Token: "t", At: b.now})
	x, err := b.Sending(ctx)
	b.must(err)
	if x.Waiting != 0 || x.Refused != 1 || !x.Last.Equal(b.now) || x.Paired {
		t.Errorf("sending is %+v, want one refused", x)
	}
	b.visits("2026-11-23", 2) // another number is another count to send
	b.visits("2026-11-24", 2)
	b.release()
	if x, err = b.Sending(ctx); err != nil || x.Waiting != 2 || x.Refused != 0 {
		t.Errorf("sending is %+v, %v, want both waiting", x, err)
	}
	counts, err := b.Unsent(ctx, 1)
	b.must(err)
	b.must(b.SetAside(ctx, counts[0], "too_big"))
	if got := b.unsent(); len(got) != 1 {
		t.Errorf("to be sent: %v, want what was not set aside", got)
	}
}

func TestOfferAgain_FreesWhatWasRefusedForThatReason(t *testing.T) {
	b := newBox(t)
	b.visits("2026-11-22", 1)
	b.answer(b.send(), kiosk.AckRefused, "bad_cell")
	b.visits("2026-11-23", 2)
	b.answer(b.send(), kiosk.AckRefused, "bad_measure")
	b.visits("2026-11-24", 3)
	b.answer(b.send(), kiosk.AckRefused, "bad_measure")
	b.visits("2026-11-24", 4) // and taken since
	b.answer(b.send(), kiosk.AckTaken, "")
	b.must(b.OfferAgain(t.Context(), "bad_measure"))
	if got, want := b.unsent(), (map[kiosk.Cell]int64{morning(1, "2026-11-23"): 2}); !maps.Equal(got, want) {
		t.Errorf("to be sent: %v, want %v", got, want)
	}
}

func TestRequeue_NothingIsLost(t *testing.T) {
	b := newBox(t)
	b.visits("2026-11-24", 1)
	b.send()
	b.must(b.Requeue(t.Context()))
	if u := b.send(); u.Seq != 2 || len(u.Counts) != 1 {
		t.Errorf("request after requeueing is %+v", u)
	}
}

func TestUnsent_LongestWaitingFirst(t *testing.T) {
	b := newBox(t)
	for i, days := range [][]string{{"2026-11-24"}, {"2026-11-23", "2026-11-22"}, {"2026-11-24", "2026-11-21"}} {
		for _, day := range days {
			b.visits(day, int64(i))
		}
		b.release()
	}
	counts, err := b.Unsent(t.Context(), 1)
	b.must(err)
	if len(counts) != 1 || counts[0].Cell != morning(1, "2026-11-22") {
		t.Errorf("the first of them is %+v", counts)
	}
}

// A centre in whose database a revision went wrong takes none of the room's numbers
// from it: the counter never comes near the last one that there is.
func TestAcknowledge_FollowsNoRevisionWithoutAnEnd(t *testing.T) {
	b := newBox(t)
	for _, rev := range []int64{700, 1<<53 - 1, 1 << 52, 600} {
		b.visits("2026-11-24", rev)
		u := b.send()
		b.acknowledge(kiosk.Ack{Seq: u.Seq, States: []kiosk.AckState{kiosk.AckTaken}, Codes: []string{""}, Token: "t", Rev: rev, At: b.now})
	}
	b.visits("2026-11-25", 1)
	b.release()
	if n := b.number(`SELECT rev FROM meta`); n < 701 || n > 720 {
		t.Errorf("revision %d, want it above 700 and no further", n)
	}
}
