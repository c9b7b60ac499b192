package sqlite

import (
	"context"
	"fmt"
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/timeline"
	"example.org/inloop/sync/count"
)

// boot is a power cut: the time since boot starts again, and the wall clock
// with what the machine thinks.
func (r *room) boot(id, wall string) {
	r.t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", wall, r.cfg.Timetable.Zone)
	if err != nil {
		r.t.Fatal(err)
	}
	r.clock.now = kiosk.Moment{Wall: at, Boot: id, Since: 40 * time.Second}
	r.reopen()
}

// later lets time pass on both clocks.
func (r *room) later(d time.Duration) {
	r.clock.now.Wall = r.clock.now.Wall.Add(d)
	r.clock.now.Since += d
}

func TestClock_BelowTheFloorIsNotDated(t *testing.T) {
	for _, wrong := range []string{"1970-01-01 01:00", "2026-11-24 14:55"} {
		t.Run(wrong, func(t *testing.T) {
			r := newRoom(t, "2026-11-24", "anna", "ben")
			r.says("15:10", "anna", kiosk.GreetingFirst)
			r.boot("boot 2", wrong)
			if got := r.tap("ben"); got != kiosk.GreetingFirst {
				t.Errorf("door says %q, want %q", got, kiosk.GreetingFirst)
			}
			r.later(20 * time.Second)
			if got := r.tap("ben"); got != kiosk.GreetingAlreadyIn {
				t.Errorf("door says %q, want %q", got, kiosk.GreetingAlreadyIn)
			}
			r.later(20 * time.Minute)
			if got := r.tap("ben"); got != kiosk.GreetingGoodbye {
				t.Errorf("door says %q, want %q", got, kiosk.GreetingGoodbye)
			}
			r.tap("new")
			r.must(r.AddGuest(t.Context(), r.by, kiosk.BandTeen))
			v := r.view()
			if v.Undated != 2 {
				t.Errorf("%d visits undated, want 2", v.Undated)
			}
			if v.Day != count.Date(2026, 11, 24) || len(v.Actions) != 1 {
				t.Errorf("the page is of %s with %d actions, want the last day known and one action", v.Day, len(v.Actions))
			}
			if r.Trust() != kiosk.TrustUnknown {
				t.Errorf("clock is trusted as %v", r.Trust())
			}
			// Half an hour after the cut the true time is known.
			r.later(10 * time.Minute)
			right := r.clock.now
			right.Wall = time.Date(2026, 11, 24, 15, 42, 0, 0, r.cfg.Timetable.Zone)
			r.must(r.Anchor(t.Context(), right, 200, "centre"))
			if r.Trust() != kiosk.TrustAnchored {
				t.Errorf("clock is trusted as %v after an anchor", r.Trust())
			}
			r.clock.now.Wall = right.Wall
			r.counts(count.PartAfternoon, counted{badgeVisits: 2, guests: 1, count.MeasureGuestsTeen: 1})
			if n := r.number(`SELECT count(*) FROM visit WHERE trust = 2 AND at_ms > ?1`, right.Wall.Add(-32*time.Minute).UnixMilli()); n != 2 {
				t.Errorf("%d visits dated after the cut, want 2", n)
			}
			r.at("17:05")
			r.tick()
			r.counts(count.PartAfternoon, counted{badgeVisits: 2, guests: 2, count.MeasureGuestsTeen: 1})
		})
	}
}

func TestClock_BecomesRightByItself(t *testing.T) {
	r := newRoom(t, "2026-11-24", "anna")
	r.says("10:00", "anna", kiosk.GreetingFirst)
	r.boot("boot 2", "1970-01-01 01:00")
	r.tap("anna")
	r.later(30 * time.Minute)
	r.clock.now.Wall = time.Date(2026, 11, 25, 10, 0, 0, 0, r.cfg.Timetable.Zone)
	r.tick()
	r.counts(count.PartMorning, counted{badgeVisits: 1})
	if n := r.view().Undated; n != 0 {
		t.Errorf("%d visits undated", n)
	}
}

// The same person's tap before and after the cut is one visit once both are
// dated to the same part of the day.
func TestClock_SamePartIsCountedOnce(t *testing.T) {
	r := newRoom(t, "2026-11-24", "anna")
	r.says("13:00", "anna", kiosk.GreetingFirst)
	r.boot("boot 2", "2026-11-24 12:30")
	r.tap("anna")
	at := r.clock.now
	at.Wall = time.Date(2026, 11, 24, 14, 0, 0, 0, r.cfg.Timetable.Zone)
	r.must(r.Anchor(t.Context(), at, 100, "centre"))
	r.clock.now.Wall = at.Wall
	r.counts(count.PartAfternoon, counted{badgeVisits: 1})
}

func TestClock_ForwardJumpIsSuspect(t *testing.T) {
	r := newRoom(t, "2026-11-24", "anna", "ben")
	r.says("10:00", "anna", kiosk.GreetingFirst)
	r.clock.now.Since += time.Minute
	r.clock.now.Wall = r.clock.now.Wall.AddDate(10, 0, 0)
	r.tap("ben")
	r.tick()
	if got := r.number(`SELECT count(*) FROM visit WHERE day IS NULL`); got != 1 {
		t.Errorf("%d visits undated after a jump of ten years, want 1", got)
	}
	if n := r.number(`SELECT count(*) FROM stay WHERE ended = ''`); n != 2 {
		t.Errorf("%d are in, want 2: an unsure clock closes nothing", n)
	}
	at := r.clock.now
	at.Wall = time.Date(2026, 11, 24, 10, 1, 0, 0, r.cfg.Timetable.Zone)
	r.must(r.Anchor(t.Context(), at, 100, "centre"))
	r.clock.now.Wall = at.Wall
	r.counts(count.PartMorning, counted{badgeVisits: 2})
}

// An anchor moves a whole boot: a week of visits by the same person, each to
// the day before, without one standing in the other's way.
func TestClock_AnchorMovesABoot(t *testing.T) {
	r := newRoom(t, "2026-11-24", "anna")
	for day := range 5 {
		r.at(fmt.Sprintf("2026-11-%02d 10:00", 24+day))
		r.tap("anna")
	}
	at := r.clock.now
	at.Wall = at.Wall.AddDate(0, 0, -1)
	r.must(r.Anchor(t.Context(), at, 100, "centre"))
	got := r.numbers()
	for day := range 5 {
		if n := got[fmt.Sprintf("1 2026-11-%02d ochtend badge_visits", 23+day)]; n != 1 {
			t.Errorf("%d visits on day %d, want 1", n, 23+day)
		}
	}
	if len(got) != 5 {
		t.Errorf("cells are %v, want five days", got)
	}
}

func TestClock_LostBootIsDatedWithinItsBounds(t *testing.T) {
	r := newRoom(t, "2026-11-24", "anna", "ben")
	r.says("14:00", "anna", kiosk.GreetingFirst)
	r.boot("boot 2", "1970-01-01 01:00")
	r.tap("ben")
	r.boot("boot 3", "2026-11-24 15:00")
	r.tick()
	r.counts(count.PartAfternoon, counted{badgeVisits: 2})

	r.boot("boot 4", "1970-01-01 01:00")
	r.tap("anna")
	r.boot("boot 5", "2026-11-26 15:00")
	r.tick()
	if n := r.view().Undated; n != 1 {
		t.Errorf("%d visits undated, want the one of two possible days", n)
	}
}

func TestClock_BeforeThePowerCut(t *testing.T) {
	for _, keep := range []bool{true, false} {
		r := newRoom(t, "2026-11-24", "anna", "ben")
		r.says("10:00", "anna", kiosk.GreetingFirst)
		r.boot("boot 2", "2026-11-24 10:20")
		r.tap("ben")
		before := map[int64]bool{}
		for _, p := range r.view().Present {
			before[p.No] = p.Before
		}
		if !before[r.people["anna"]] || before[r.people["ben"]] {
			t.Errorf("marked as in before the cut: %v", before)
		}
		r.must(r.KeepInside(t.Context(), r.by, keep))
		want := 1
		if keep {
			want = 2
		}
		v := r.view()
		if v.In != want {
			t.Errorf("keep %v leaves %d in, want %d", keep, v.In, want)
		}
		for _, p := range v.Present {
			if p.Before {
				t.Error("still marked after the volunteer looked")
			}
		}
	}
}

// The floor is what was kept: a clock that falls behind the build is wrong on
// the very first day too.
func TestClock_BehindTheBuild(t *testing.T) {
	r := newRoom(t, "2026-11-24", "anna")
	r.cfg.Built = time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	r.boot("boot 2", "2026-11-24 10:00")
	r.tap("anna")
	if n := r.view().Undated; n != 1 {
		t.Errorf("%d visits undated, want 1", n)
	}
}

// A room in which nothing happens all morning still notes that time passes: a
// clock that wakes up in that morning is wrong.
func TestClock_AnIdleRoomRemembersHowLateItWas(t *testing.T) {
	r := newRoom(t, "2026-11-24", "anna")
	r.says("09:05", "anna", kiosk.GreetingFirst)
	for range 5 * 60 {
		r.later(time.Minute)
		r.tick()
	}
	r.boot("boot 2", "2026-11-24 12:30")
	r.tap("anna")
	if n := r.view().Undated; n != 1 {
		t.Errorf("%d visits undated at 12:30 of a day on which it was 14:05 already, want 1", n)
	}
	r.boot("boot 3", "2026-11-24 14:10")
	r.tap("anna")
	if r.Trust() != kiosk.TrustBounded {
		t.Errorf("a clock at 14:10 is trusted as %v", r.Trust())
	}
}

// A machine without a clock chip wakes up 20 hours behind; five are welcomed
// before the network sets its clock and five after it. All ten were there today,
// and the centre's signed time confirms ten.
func TestClock_AStepMovesAllOfTheBoot(t *testing.T) {
	for _, step := range []time.Duration{3 * time.Second, 20 * time.Hour, 35 * time.Hour, 30 * 24 * time.Hour} {
		for _, anchored := range []bool{false, true} {
			t.Run(fmt.Sprint(step, " anchored ", anchored), func(t *testing.T) {
				names := []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"}
				r := newRoom(t, "2026-11-24", names...)
				truth := r.clock.now.Wall.AddDate(0, 0, 32).Add(4 * time.Hour)
				r.boot("boot 2", truth.Add(-step).Format("2006-01-02 15:04"))
				r.clock.now.Wall = truth.Add(-step)
				for _, name := range names[:5] {
					r.tap(name)
					r.later(time.Minute)
				}
				r.clock.now.Wall = r.clock.now.Wall.Add(step)
				for _, name := range names[5:] {
					r.tap(name)
					r.later(time.Minute)
				}
				if step > 36*time.Hour && !anchored {
					// Nobody knows what happened; nothing is moved on that clock's word.
					if n := r.view().Undated; n != 5 {
						t.Errorf("%d undated, want the five since the leap", n)
					}
					return
				}
				if anchored {
					r.must(r.Anchor(t.Context(), r.clock.now, 100, "centre"))
				}
				want := r.cfg.Timetable.Day(truth)
				if n := r.number(`SELECT count(*) FROM visit WHERE day = ?1 AND void = 0`, want); n != 10 {
					t.Errorf("%d visits on %s, want 10", n, want)
				}
				first := r.number(`SELECT min(at_ms) FROM visit`)
				if off := time.UnixMilli(int64(first)).Sub(truth).Abs(); off > 5*time.Second {
					t.Errorf("the first is off by %s", off)
				}
			})
		}
	}
}

// What an older program left on two alignments of one boot is not confirmed by
// an anchor that agrees with the later one only.
func TestClock_AConfirmationCoversWhatItsAlignmentDated(t *testing.T) {
	r := newRoom(t, "2026-11-24", "anna", "ben")
	r.tap("anna")
	r.later(time.Minute)
	r.tap("ben")
	r.must(r.withTx(t.Context(), func(ctx context.Context, tx *txn) error {
		_, err := tx.ExecContext(ctx, `UPDATE visit SET day = day - 1, at_ms = at_ms - 72000000 WHERE person = ?1`, r.people["anna"])
		return err
	}))
	r.must(r.Anchor(t.Context(), r.clock.now, 100, "centre"))
	if n := r.number(`SELECT count(*) FROM visit WHERE day = ?1 AND trust = 2`, r.cfg.Timetable.Day(r.clock.now.Wall)); n != 2 {
		t.Errorf("%d visits stand confirmed on the day, want 2", n)
	}
}

// A boot a year or more ahead for a moment proves nothing by its clock alone:
// nothing is dated by it, no day is closed out, nothing deleted, and the next
// boot is not held to it.
func TestClock_ABootFarAheadLeavesNothing(t *testing.T) {
	for _, wall := range []string{"2027-11-24 10:00", "2029-11-24 10:00", "2099-01-01 10:00"} {
		t.Run(wall, func(t *testing.T) {
			r := newRoom(t, "2026-11-24", "anna", "ben")
			r.tap("anna")
			r.tick()
			cells := r.number(`SELECT count(*) FROM cell`)
			r.boot("boot 2", wall)
			r.tap("ben")
			for range 8 {
				r.tick()
				r.later(24 * time.Hour)
			}
			if n := r.number(`SELECT count(*) FROM cell`); n != cells {
				t.Errorf("%d cells after the leap, %d before it", n, cells)
			}
			v := r.view()
			if v.Undated != 1 || v.Day != count.Date(2026, 11, 24) {
				t.Errorf("the page is of %s with %d undated, want the last day known and one", v.Day, v.Undated)
			}
			r.boot("boot 3", "2026-11-25 10:00")
			r.tap("anna")
			if r.Trust() != kiosk.TrustBounded {
				t.Errorf("the true clock is trusted as %v after the leap", r.Trust())
			}
		})
	}
}

// A leap that an anchor proves is trusted, and takes the boot along.
func TestClock_AnAnchorProvesALeap(t *testing.T) {
	r := newRoom(t, "2026-11-24", "anna")
	r.boot("boot 2", "2027-11-24 10:00")
	r.tap("anna")
	r.must(r.Anchor(t.Context(), r.clock.now, 100, "ntp"))
	r.counts(count.PartMorning, counted{badgeVisits: 1})
}

// A dead clock begins on the day that is written as none.
func TestClock_FirstStartIn1970(t *testing.T) {
	r := newRoom(t, "1970-01-01", "anna")
	if got := r.tap("anna"); got != kiosk.GreetingFirst {
		t.Errorf("door says %q, want %q", got, kiosk.GreetingFirst)
	}
	if n := r.view().Undated; n != 1 {
		t.Errorf("%d visits undated, want 1", n)
	}
}

// A clock chip that was set a day wrong dates the boot, until the network knows
// better: then all of the boot moves, what the chip had anchored too.
func TestClock_TheNetworkPutsAChipRight(t *testing.T) {
	r := newRoom(t, "2026-11-24", "anna")
	r.must(r.Anchor(t.Context(), r.clock.now, 2000, timeline.SourceRTC))
	r.tap("anna")
	r.later(time.Minute)
	right := r.clock.now
	right.Wall = right.Wall.AddDate(0, 0, 1)
	r.must(r.Anchor(t.Context(), right, 500, timeline.SourceNTP))
	if n := r.number(`SELECT count(*) FROM visit WHERE day = ?1`, count.Date(2026, 11, 25)); n != 1 {
		t.Error("the visit stays where the chip put it")
	}
	if got := r.BestTime(r.clock.now); !got.Equal(right.Wall) {
		t.Errorf("pages show %s, want %s", got, right.Wall)
	}
}
