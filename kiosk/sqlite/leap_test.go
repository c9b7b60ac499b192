package sqlite

import (
	"errors"
	"os"
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/backup"
	"example.org/inloop/kiosk/timeline"
	"example.org/inloop/sync/count"
)

// leaptRoom had visits in November 2026 and wakes up at another time.
func leaptRoom(t *testing.T, wall string) *room {
	t.Helper()
	r := newRoom(t, "2026-11-23", "anna", "ben")
	r.anchorAt("2026-11-23 09:00")
	r.says("2026-11-23 10:00", "anna", "first")
	r.says("2026-11-24 10:00", "ben", "first")
	r.tick()
	r.boot("boot 2", wall)
	return r
}

func (r *room) visitsLeft() int { return r.number(`SELECT count(*) FROM visit WHERE day < 25000`) } // long before 2038

func (r *room) nights(n int) {
	r.t.Helper()
	for range n {
		r.later(24 * time.Hour)
		r.tick()
	}
}

// A leap that is proven closes out a month of days at a time, and no more of them
// than the room keeps: a tap waits for none of the years between.
func TestClock_AProvenLeapIsBoundedWork(t *testing.T) {
	r := leaptRoom(t, "2099-01-01 10:00")
	r.must(r.Anchor(t.Context(), r.clock.now, 500, timeline.SourceNTP))
	before := r.number(`SELECT change FROM meta`)
	r.tick()
	days := r.number(`SELECT count(DISTINCT period) FROM cell WHERE length(period) = 10 AND change > ?1`, before)
	most := r.number(`SELECT max(days) FROM (SELECT count(DISTINCT period) AS days FROM cell WHERE length(period) = 10 AND change > ?1 GROUP BY change)`, before)
	if days < 390 || days > 400 || most > 31 {
		t.Errorf("%v days were closed out, at most %v at once; want thirteen months, 31 at once", days, most)
	}
	if n := r.number(`SELECT ended_day FROM meta`); n != int(count.Date(2098, 12, 31)) {
		t.Errorf("closed out until day %v", n)
	}
	if got := r.tap("anna"); got == "" {
		t.Error("a tap is not answered")
	}
}

// Before anything is deleted after a leap there is a backup, which stays for eight
// weeks; a restore from it deletes nothing again by the true time.
func TestRetain_ABackupOutlivesALeap(t *testing.T) {
	r := leaptRoom(t, "2030-01-01 10:00")
	r.must(r.Anchor(t.Context(), r.clock.now, 500, timeline.SourceNTP))
	r.tick()
	if n := r.visitsLeft(); n != 0 {
		t.Fatalf("%v visits are left after a proven leap of three years", n)
	}
	file := backup.LeapFile(r.cfg.Dir, count.Date(2030, 1, 1))
	if _, err := os.Stat(file); err != nil {
		t.Fatal(err)
	}
	r.nights(56)
	if _, err := os.Stat(file); err != nil {
		t.Error("the backup is gone within eight weeks")
	}
	kept, err := os.ReadFile(file)
	r.must(err)
	r.nights(1)
	if _, err := os.Stat(file); !os.IsNotExist(err) {
		t.Errorf("the backup outlives eight weeks: %v", err)
	}
	r.must(os.WriteFile(file, kept, 0o600))
	r.must(r.Close())
	r.clock.now.Wall, r.clock.now.Boot = time.Date(2026, 11, 25, 10, 0, 0, 0, r.cfg.Timetable.Zone), "boot 3"
	if _, err := Restore(t.Context(), r.cfg, file); err != nil {
		t.Fatal(err)
	}
	r.Store, err = Open(t.Context(), r.cfg)
	r.must(err)
	r.anchorAt("2026-11-25 10:00")
	r.nights(2)
	if n := r.visitsLeft(); n != 2 {
		t.Errorf("%v visits are there again, want 2", n)
	}
}

// A volunteer's word for a leap deletes nothing before it has stood three nights.
func TestRetain_AWordForALeapStandsThreeNights(t *testing.T) {
	r := leaptRoom(t, "2030-01-01 10:00")
	r.nights(10)
	if n := r.visitsLeft(); n != 2 {
		t.Fatalf("a clock alone has deleted: %v visits are left", n)
	}
	r.must(r.Anchor(t.Context(), r.clock.now, 60_000, timeline.SourceVolunteer))
	r.tick()
	r.nights(2)
	if n := r.visitsLeft(); n != 2 {
		t.Errorf("%v visits are left after two nights, want 2", n)
	}
	r.nights(1)
	if n := r.visitsLeft(); n != 0 {
		t.Errorf("%v visits are left after three nights", n)
	}
	if files, err := os.ReadDir(r.cfg.Dir); err != nil || !hasLeap(files) {
		t.Errorf("no backup was made first: %v, %v", files, err)
	}
}

func hasLeap(files []os.DirEntry) bool {
	for _, f := range files {
		if len(f.Name()) > 5 && f.Name()[:5] == "leap-" {
			return true
		}
	}
	return false
}

// A volunteer's word can be taken back: what it dated has no day again.
func TestAnchor_AWordCanBeUndone(t *testing.T) {
	r := leaptRoom(t, "2030-01-01 10:00")
	r.tap("anna")
	r.must(r.Anchor(t.Context(), r.clock.now, 60_000, timeline.SourceVolunteer))
	if v := r.view(); v.Undated != 0 || len(v.Actions) != 1 {
		t.Fatalf("%d undated after a word, to be undone: %+v", v.Undated, v.Actions)
	}
	r.must(r.Undo(t.Context(), r.by, r.view().Actions[0].No))
	if v := r.view(); v.Undated != 1 || v.Day != count.Date(2026, 11, 24) {
		t.Errorf("%d undated on %s after it was taken back", v.Undated, v.Day)
	}
	r.anchorAt("2026-11-25 10:00")
	if n := r.numbers()["1 2026-11-25 ochtend badge_visits"]; n != 1 {
		t.Errorf("the true time counts %d", n)
	}
}

// ended tells which days were closed out, and which longer periods were told.
func (r *room) ended() (days, periods int) {
	r.t.Helper()
	return r.number(`SELECT count(*) FROM cell WHERE measure = 'open' AND period >= '2026-11-25' AND n IS NOT NULL`),
		r.number(`SELECT count(*) FROM cell WHERE length(period) < 10`)
}

// A clock that begins ahead dates what comes, for that is dated anew by an anchor. It
// ends nothing, and what a volunteer did can still be undone.
func TestClock_ALeapAtAStartEndsNothing(t *testing.T) {
	r := leaptRoom(t, "2027-01-02 10:00")
	r.must(r.AddGuest(t.Context(), r.by, kiosk.BandAdult))
	undoable := r.number(`SELECT count(*) FROM action`)
	r.tick()
	r.nights(10)
	if days, periods := r.ended(); days != 0 || periods != 0 {
		t.Errorf("%d days were closed out and %d figures told by a clock that leapt 39 days", days, periods)
	}
	if n := r.number(`SELECT count(*) FROM action`); n != undoable {
		t.Errorf("%v actions can be undone, want %v", n, undoable)
	}
	if n := r.numbers()["1 2027-01-02 ochtend guests"]; n != 1 {
		t.Errorf("the guest counts %d times", n)
	}
	r.must(r.Anchor(t.Context(), r.clock.now, 500, timeline.SourceNTP))
	r.tick()
	if days, periods := r.ended(); days != int(count.Date(2027, 1, 12)-count.Date(2026, 11, 25)) || periods == 0 {
		t.Errorf("proven, %d days are closed out and %d figures told", days, periods)
	}
}

// Such a clock was wrong: put right, it has left nothing behind.
func TestClock_ALeapThatWasNoneLeavesNothing(t *testing.T) {
	r := leaptRoom(t, "2027-01-02 10:00")
	r.tap("anna")
	r.nights(2)
	r.anchorAt("2026-11-27 10:00")
	r.tick()
	if n := r.number(`SELECT count(*) FROM cell WHERE period > '2026-11-27' AND n IS NOT NULL`); n != 0 {
		t.Errorf("%v cells are of days to come", n)
	}
	if days, _ := r.ended(); days != 2 || r.numbers()["1 2026-11-25 ochtend badge_visits"] != 1 {
		t.Errorf("%d days are closed out, numbers %v", days, r.numbers())
	}
}

// A volunteer says that a leap is right: it is believed when that has stood three
// nights, also when the machine is off in each of them.
func TestClock_AWordForALeapIsBelievedAfterThreeNights(t *testing.T) {
	r := leaptRoom(t, "2027-01-02 10:00")
	r.must(r.Anchor(t.Context(), r.clock.now, 60_000, timeline.SourceVolunteer))
	for night := range 3 {
		r.tick()
		if days, periods := r.ended(); days != 0 || periods != 0 {
			t.Fatalf("after %d nights %d days were closed out and %d figures told", night, days, periods)
		}
		wall := r.clock.now.Wall.AddDate(0, 0, 1)
		r.boot("after night "+wall.Format("02"), r.clock.now.Wall.Add(time.Minute).Format("2006-01-02 15:04"))
		at := r.clock.now
		at.Wall = wall // the clock stood still, and somebody is asked again
		r.must(r.Anchor(t.Context(), at, 60_000, timeline.SourceVolunteer))
		r.clock.now = at
	}
	r.tick()
	if days, periods := r.ended(); days != int(count.Date(2027, 1, 5)-count.Date(2026, 11, 25)) || periods == 0 {
		t.Errorf("after three nights %d days are closed out and %d figures told", days, periods)
	}
}

// Clocks that each leap a little make a large leap together.
func TestClock_ManySmallLeapsAreALargeOne(t *testing.T) {
	r := leaptRoom(t, "2026-11-25 16:00")
	r.tick()
	for n := range 6 {
		r.boot("boot "+string(rune('a'+n)), r.clock.now.Wall.Add(30*time.Hour).Format("2006-01-02 15:04"))
		r.tick()
	}
	if days, _ := r.ended(); days > 2 {
		t.Errorf("%d days were closed out by leaps that nobody proved", days)
	}
}

// A resident who is erased while a leap is not believed leaves the figures as they were
// told: nothing is settled by that clock.
func TestErase_SettlesNothingByALeap(t *testing.T) {
	r := leaptRoom(t, "2027-01-02 10:00")
	r.must(r.Erase(t.Context(), r.by, r.people["anna"]))
	if _, periods := r.ended(); periods != 0 {
		t.Errorf("%d figures were told", periods)
	}
}

// word is a volunteer's answer that it is such a time.
func (r *room) word(when string) error {
	r.t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", when, r.cfg.Timetable.Zone)
	r.must(err)
	m := r.clock.now
	m.Wall = at
	return r.Anchor(r.t.Context(), m, 60_000, timeline.SourceVolunteer)
}

// A volunteer's word proves the time of the boot in which it was given: of that for
// good, whatever comes after, and of no other.
func TestAnchor_AWordProvesItsBootAlone(t *testing.T) {
	r := newRoom(t, "2026-11-23", "anna", "ben", "cem")
	r.anchorAt("2026-11-23 09:00")
	r.boot("word", "2026-11-23 09:01")
	r.tap("anna")
	r.must(r.word("2026-11-25 10:00"))
	r.boot("next", "2026-11-25 10:01")
	r.tap("ben") // two days later, on a clock that went on where it stopped
	if trust := r.Trust(); trust != kiosk.TrustBounded {
		t.Errorf("after the next start the time has trust %d, want it unproven", trust)
	}
	r.boot("network", "2026-11-25 15:00")
	r.anchorAt("2026-11-27 09:00")
	r.tick()
	if n := r.number(`SELECT count(*) FROM visit WHERE day = ?1 AND part = 'ochtend' AND trust = 2`, int(count.Date(2026, 11, 25))); n != 1 {
		t.Errorf("%v visits are proven of the boot of the word, want anna's", n)
	}
	if v := r.view(); v.Undated != 1 || r.undated()[0].After != count.Date(2026, 11, 25) {
		t.Errorf("%d undated after the network came, want ben", v.Undated)
	}
}

// A slip of the hand in one boot holds no later volunteer to it.
func TestAnchor_AWrongWordBindsNoLaterOne(t *testing.T) {
	r := newRoom(t, "2026-11-23", "anna", "ben")
	r.anchorAt("2026-11-23 09:00")
	r.boot("slip", "2026-11-23 09:01")
	r.tap("anna")
	r.must(r.word("2026-12-24 10:00")) // for 24 November
	r.boot("next", "2026-12-24 10:01")
	if err := r.word("2026-11-22 10:00"); !errors.Is(err, kiosk.ErrPast) {
		t.Errorf("a time that had passed by the network's word: %v", err)
	}
	r.must(r.word("2026-11-25 10:00"))
	r.later(10 * time.Minute)
	r.tap("ben")
	if n := r.numbers()["1 2026-11-25 ochtend badge_visits"]; n != 1 {
		t.Errorf("ben counts %d times on the day that the second volunteer told", n)
	}
}

// What the network proves to be impossible was a slip: its visits wait for a day.
func TestAnchor_AWordThatTheNetworkRefutesIsAskedAbout(t *testing.T) {
	for _, source := range []string{timeline.SourceVolunteer, timeline.SourceRTC} {
		r := newRoom(t, "2026-11-23", "anna", "ben")
		r.anchorAt("2026-11-23 09:00")
		r.boot("slip", "2026-11-23 09:01")
		at := r.clock.now
		at.Wall = at.Wall.AddDate(0, 1, 1)
		r.must(r.Anchor(t.Context(), at, 60_000, source))
		r.tap("anna")
		r.boot("network", "2026-12-24 10:00")
		r.anchorAt("2026-11-25 10:00")
		r.tick()
		if v := r.view(); v.Undated != 1 || r.number(`SELECT count(*) FROM cell WHERE period > '2026-11-25' AND n IS NOT NULL AND n > 0`) != 0 {
			t.Errorf("%s: %d undated, numbers %v", source, v.Undated, r.numbers())
		}
		day := kiosk.VisitDay{Day: count.Date(2026, 11, 24), Part: count.PartMorning}
		r.must(r.DateVisits(t.Context(), r.by, r.undated()[0].VisitSpan, day))
		r.tick()
		if n := r.numbers()["1 2026-11-24 ochtend badge_visits"]; n != 1 || r.view().Undated != 0 {
			t.Errorf("%s: dated by a volunteer, anna counts %d times", source, n)
		}
	}
}
