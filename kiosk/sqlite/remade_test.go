package sqlite

import (
	"testing"

	"example.org/inloop/kiosk"
	"example.org/inloop/sync/count"
)

// answered has the centre take all that is unsent, and returns how many visits of
// persons it holds of the morning thereby, over all epochs.
func (r *room) answered() {
	r.t.Helper()
	u := r.send()
	a := kiosk.Ack{Seq: u.Seq, Token: "token", Rev: int64(r.number(`SELECT rev FROM meta`)), At: r.clock.now.Wall}
	for range u.Counts {
		a.States, a.Codes = append(a.States, kiosk.AckTaken), append(a.Codes, "")
	}
	_, err := r.Acknowledge(r.t.Context(), a)
	r.must(err)
}

// restored puts a backup in the place of the room.
func (r *room) restored(file string) {
	r.t.Helper()
	r.must(r.Close())
	if _, err := Restore(r.t.Context(), r.cfg, file); err != nil {
		r.t.Fatal(err)
	}
	var err error
	r.Store, err = Open(r.t.Context(), r.cfg)
	r.must(err)
}

// told is what the restored room tells the centre beside what that holds.
func (r *room) told(part count.Part, m count.Measure) int {
	r.t.Helper()
	r.released()
	return r.number(`SELECT coalesce(sum(told), 0) FROM cell WHERE rev > acked_rev AND part = ?1 AND measure = ?2`, string(part), string(m))
}

// A backup is put back on the day that it was made. Whoever was counted since, and
// taps again, is known by the badge: the centre has them already. Whom it has not
// got, and who is new, are counted.
func TestRestore_WhoTapsAgainIsNotCountedTwice(t *testing.T) {
	r := newRoom(t, "2026-11-24", "anna", "ben", "cor", "dora", "ed", "fien")
	r.says("10:00", "anna", kiosk.GreetingFirst)
	r.says("10:00", "ben", kiosk.GreetingFirst)
	r.answered()
	file := r.backup()
	r.says("10:10", "cor", kiosk.GreetingFirst)
	r.says("10:11", "dora", kiosk.GreetingFirst)
	r.answered() // the centre holds four
	r.says("10:15", "ed", kiosk.GreetingFirst)

	r.restored(file)
	if v := r.view(); v.Visits != 2 || !v.AtLeast {
		t.Errorf("the restored day shows %d visits, at least: %t; want at least 2", v.Visits, v.AtLeast)
	}
	r.says("10:30", "anna", kiosk.GreetingGoodbye)
	r.says("10:31", "cor", kiosk.GreetingFirst)
	r.says("10:32", "dora", kiosk.GreetingFirst)
	if n := r.told(count.PartMorning, count.MeasureBadgeVisits); n != 0 {
		t.Errorf("%d visits are told anew, want none: the centre has these four", n)
	}
	r.says("10:33", "ed", kiosk.GreetingFirst)
	r.says("10:34", "fien", kiosk.GreetingFirst)
	if n := r.told(count.PartMorning, count.MeasureBadgeVisits); n != 2 {
		t.Errorf("%d visits are told anew, want those two that the centre has not", n)
	}
	if v := r.view(); v.Visits != 6 {
		t.Errorf("the room counts %d visits, want 6", v.Visits)
	}
	r.says("13:00", "dora", kiosk.GreetingGoingHome)
	if n := r.told(count.PartAfternoon, count.MeasureBadgeVisits); n != 1 {
		t.Errorf("%d visits in the afternoon, want 1", n)
	}
	r.at("2026-11-25 09:30")
	r.tick()
	if v := r.view(); v.AtLeast {
		t.Error("the day after says at least too")
	}
	if n := r.number(`SELECT count(*) FROM remade`); n != 0 {
		t.Errorf("%d badges are remembered the next day", n)
	}
}

// A stranger's badge that was counted as a guest at closing is no second guest.
func TestRestore_AStrangersBadgeIsNotCountedTwice(t *testing.T) {
	r := newRoom(t, "2026-11-24", "anna")
	r.says("10:00", "anna", kiosk.GreetingFirst)
	r.answered()
	file := r.backup()
	r.says("10:10", "somebody", kiosk.GreetingUnknownBadge)
	r.at("17:30")
	r.tick()
	r.answered()
	r.restored(file)
	r.at("17:40")
	r.tap("somebody")
	r.at("2026-11-25 09:30")
	r.tick()
	r.released()
	if n := r.number(`SELECT coalesce(sum(told), 0) FROM cell WHERE rev > acked_rev AND period = '2026-11-24' AND measure = 'guests'`); n != 0 {
		t.Errorf("%d guests are told anew", n)
	}
}

// Who asked to be forgotten is not remembered by a badge.
func TestErase_ForgetsTheRemade(t *testing.T) {
	r := newRoom(t, "2026-11-24", "anna", "ben")
	file := r.backup()
	r.says("10:10", "anna", kiosk.GreetingFirst)
	r.says("10:10", "ben", kiosk.GreetingFirst)
	r.answered()
	r.restored(file)
	if n := r.number(`SELECT count(*) FROM remade`); n != 2 {
		t.Fatalf("%d badges are remembered, want 2", n)
	}
	r.must(r.Erase(t.Context(), r.by, r.people["anna"]))
	if n := r.number(`SELECT count(*) FROM remade`); n != 1 {
		t.Errorf("%d badges are remembered, want ben's alone", n)
	}
}
