package sqlite

import (
	"context"
	"testing"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/boots"
	"example.org/inloop/sync/count"
)

// released lets all go that says something new, as when all its days had ended.
func (f *fixture) released() {
	f.t.Helper()
	const far = 1 << 20
	err := f.withTx(f.t.Context(), func(ctx context.Context, t *txn) error {
		if _, err := t.ExecContext(ctx, `UPDATE link SET heard = ?1`, far); err != nil {
			return err
		}
		undated, err := boots.Waiting(ctx, t, t.now.Moment(), f.timetable())
		if err != nil {
			return err
		}
		return t.cells.Release(ctx, kiosk.Ended{Day: far}, undated)
	})
	if err != nil {
		f.t.Fatal(err)
	}
}

func (r *room) acknowledge(a kiosk.Ack) {
	r.t.Helper()
	_, err := r.Acknowledge(r.t.Context(), a)
	r.must(err)
}

// send begins a request with all that is unsent, all days having ended.
func (r *room) send() kiosk.Upload {
	r.t.Helper()
	r.released()
	ctx := r.t.Context()
	seq, err := r.NextSeq(ctx)
	r.must(err)
	counts, err := r.Unsent(ctx, 200)
	r.must(err)
	u := kiosk.Upload{Seq: seq, Nonce: "00ff", Body: []byte(`{"cells":[]}`), Counts: counts}
	r.must(r.Begin(ctx, u))
	return u
}

func TestAcknowledge_LeavesTheTapThatCameMeanwhile(t *testing.T) {
	ctx := t.Context()
	r := newRoom(t, "2026-11-24", "anna", "ben")
	r.says("10:00", "anna", kiosk.GreetingFirst)
	u := r.send()
	if u.Seq != 1 || len(u.Counts) != 1 || *u.Counts[0].N != 1 {
		t.Fatalf("first request is %+v", u)
	}
	r.says("10:01", "ben", kiosk.GreetingFirst) // while it is on its way
	r.reopen()
	again, err := r.Pending(ctx)
	r.must(err)
	if again.Seq != u.Seq || string(again.Body) != string(u.Body) || len(again.Counts) != 1 || *again.Counts[0].N != 1 || again.Counts[0].Rev != u.Counts[0].Rev {
		t.Errorf("after a restart the request is %+v", again)
	}
	r.acknowledge(kiosk.Ack{Seq: 1, States: []kiosk.AckState{kiosk.AckTaken}, Codes: []string{""}, Token: "t1", Rev: 500, At: r.clock.now.Wall})
	u = r.send()
	if u.Seq != 2 || len(u.Counts) != 1 || *u.Counts[0].N != 2 {
		t.Errorf("second request is %+v, want the tap that came meanwhile", u)
	}
	r.says("13:00", "ben", kiosk.GreetingGoingHome)
	r.released()
	if n := r.number(`SELECT min(rev) FROM cell WHERE part = 'middag'`); n <= 500 {
		t.Errorf("revision %d is not above the centre's", n)
	}
}

// TestNewEpoch_CountsTheSameMorningTwice: what was counted before stays in its
// epoch, and what comes after is counted in the new one alone.
func TestNewEpoch_CountsTheSameMorningTwice(t *testing.T) {
	ctx := t.Context()
	r := newRoom(t, "2026-11-24", "anna", "ben")
	r.says("10:00", "anna", kiosk.GreetingFirst)
	u := r.send()
	r.acknowledge(kiosk.Ack{Seq: u.Seq, States: []kiosk.AckState{kiosk.AckTaken}, Token: "t", At: r.clock.now.Wall})
	r.must(r.withTx(ctx, func(ctx context.Context, t *txn) error { return t.cells.NewEpoch(ctx, "moved", t.now.Moment().Wall) }))
	r.says("10:01", "ben", kiosk.GreetingFirst)
	got := r.numbers()
	if got["1 2026-11-24 ochtend badge_visits"] != 1 || got["2 2026-11-24 ochtend badge_visits"] != 1 {
		t.Errorf("cells are %v, want one visit in each epoch", got)
	}
	if u := r.send(); u.Seq != 1 || len(u.Counts) != 1 || u.Counts[0].Epoch != 2 {
		t.Errorf("first request of the epoch is %+v", u)
	}
}

// TestForgetPairing_SendsAllAgainUnderItsEpoch: a room that is paired anew tells
// the next centre everything, and goes on in its epoch: nothing was lost.
func TestForgetPairing_SendsAllAgainUnderItsEpoch(t *testing.T) {
	ctx := t.Context()
	r := newRoom(t, "2026-11-24", "anna", "ben")
	p := kiosk.Pairing{Kiosk: "k1", Room: "De Tuin", ServerKey: make([]byte, 32), URL: "https://rooms.example", At: r.clock.now.Wall}
	r.must(r.SetPairing(ctx, p))
	r.says("10:00", "anna", kiosk.GreetingFirst)
	u := r.send()
	r.acknowledge(kiosk.Ack{Seq: u.Seq, States: []kiosk.AckState{kiosk.AckTaken}, Token: "t", At: r.clock.now.Wall})
	r.says("10:01", "ben", kiosk.GreetingFirst)
	r.send() // and its answer never comes
	r.must(r.ForgetPairing(ctx))
	r.reopen()
	r.says("13:00", "anna", kiosk.GreetingGoingHome)
	p.Kiosk = "k2"
	r.must(r.SetPairing(ctx, p))
	got := map[kiosk.Cell]int64{}
	for _, c := range r.send().Counts {
		got[c.Cell] = *c.N
	}
	morning := kiosk.Cell{Epoch: 1, Period: "2026-11-24", Measure: count.MeasureBadgeVisits, Part: count.PartMorning}
	afternoon := kiosk.Cell{Epoch: 1, Period: "2026-11-24", Measure: count.MeasureBadgeVisits, Part: count.PartAfternoon}
	if got[morning] != 2 || got[afternoon] != 1 {
		t.Errorf("sent again: %v, want both visits of the morning and one of the afternoon under the one epoch", got)
	}
}
