package sqlite

import (
	"os"
	"testing"
	"time"

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
	rev := r.number(`SELECT rev FROM meta`)
	r.tick()
	days := r.number(`SELECT count(DISTINCT period) FROM cell WHERE length(period) = 10 AND rev > ?1`, rev)
	most := r.number(`SELECT max(days) FROM (SELECT count(DISTINCT period) AS days FROM cell WHERE length(period) = 10 AND rev > ?1 GROUP BY rev)`, rev)
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
