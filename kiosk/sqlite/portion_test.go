package sqlite

import (
	"database/sql"
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/timeline"
	"example.org/inloop/sync/count"
)

// steppedClock tells of each moment that is asked for: a transaction begins with one.
type steppedClock struct {
	kiosk.Clock
	step func()
}

func (c steppedClock) Now() kiosk.Moment {
	c.step()
	return c.Clock.Now()
}

// busyRoom counted 100 visits a day for some days from November 2024 on, and was then
// away for years.
func busyRoom(t *testing.T, days count.Day) *room {
	t.Helper()
	r := newRoom(t, "2024-11-20", "anna", "ben")
	r.anchorAt("2024-11-20 09:00")
	r.says("10:00", "anna", kiosk.GreetingFirst)
	r.tick()
	db, err := sql.Open("sqlite3", r.cfg.path())
	r.must(err)
	defer db.Close()
	tx, err := db.BeginTx(t.Context(), nil)
	r.must(err)
	for no := range 100 {
		_, err := tx.ExecContext(t.Context(), `INSERT INTO person (no, language) VALUES (?1, 'nl')`, 1000+no)
		r.must(err)
	}
	first := count.Date(2024, 11, 21)
	for d := first; d < first+days; d++ {
		at := d.At(10*60, r.cfg.Timetable.Zone).UnixMilli()
		for no := range 100 {
			_, err := tx.ExecContext(t.Context(), `INSERT INTO visit (epoch, person, boot, bt_ns, wall_ms, at_ms, trust, day, part, afternoon, evening, how)
				VALUES (1, ?1, 1, ?2, ?3, ?3, 2, ?4, 'ochtend', 720, 1080, 'badge')`, 1000+no, int64(d)*1000+int64(no), at, d)
			r.must(err)
		}
	}
	r.must(tx.Commit())
	return r
}

// After a long absence all that is too old goes in the first night, and never so much
// at once that a tap would wait for it.
func TestRetain_AfterALongAbsenceInPortions(t *testing.T) {
	r := busyRoom(t, 120)
	left := []int{}
	db := r.db()
	r.cfg.Clock = steppedClock{r.clock, func() {
		n := 0
		if err := db.QueryRowContext(t.Context(), `SELECT count(*) FROM visit`).Scan(&n); err == nil {
			left = append(left, n)
		}
	}}
	r.boot("later", "2026-12-25 10:00")
	r.must(r.Anchor(t.Context(), r.clock.now, 500, timeline.SourceNTP))
	db, left = r.db(), nil
	r.tick()
	if n := r.number(`SELECT count(*) FROM visit`); n != 0 {
		t.Errorf("%d visits are left", n)
	}
	if most := largestStep(left); len(left) < 5 || most > 3200 {
		t.Errorf("as each step began there were %v visits: %d went at once", left, most)
	}
	if n := r.number(`SELECT count(*) FROM person WHERE first_day IS NULL AND no >= 1000`); n != 0 {
		t.Errorf("of %d people it is forgotten since when they came", n)
	}
	if got := r.tap("anna"); got == "" {
		t.Error("a tap is not answered")
	}
}

func largestStep(left []int) (most int) {
	for i := range left[1:] {
		most = max(most, left[i]-left[i+1])
	}
	return most
}

// Visits that nobody ever dated go too, when they are as old for certain; so do the
// badges that nobody knew then.
func TestRetain_UndatedVisitsGoWithTheOthers(t *testing.T) {
	r := newRoom(t, "2024-11-20", "anna", "ben")
	r.anchorAt("2024-11-20 09:00")
	r.boot("dead", "1970-01-01 00:00")
	r.tap("anna")
	r.tap("stranger")
	r.boot("next", "2024-11-29 09:00")
	r.anchorAt("2024-11-29 09:00")
	r.tick()
	rows := func() int {
		return r.number(`SELECT (SELECT count(*) FROM visit WHERE day IS NULL) + (SELECT count(*) FROM stay WHERE day IS NULL)
			+ (SELECT count(*) FROM stranger WHERE day IS NULL)`)
	}
	was := rows()
	if was < 2 {
		t.Fatalf("%d rows have no date", was)
	}
	r.boot("a year later", "2025-11-25 09:00")
	r.anchorAt("2025-11-25 09:00")
	r.nights(2)
	if n := rows(); n != was {
		t.Errorf("%d rows without a date are left after a year, want %d", n, was)
	}
	r.boot("and two months", "2026-01-25 09:00")
	r.anchorAt("2026-01-25 09:00")
	r.later(time.Hour)
	r.nights(2)
	if n := rows(); n != 0 {
		t.Errorf("%d rows without a date outlive all others", n)
	}
}
