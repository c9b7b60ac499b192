package sqlite

import (
	"database/sql"
	"fmt"
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/attendancelist"
	"example.org/inloop/sync/count"
)

// years is a room of so many visits in the last thirteen months, by 1,000 people who each
// come as often.
func years(b *testing.B, visits int) *room {
	r := newRoom(b, "2026-11-24")
	var list []attendancelist.Row
	for i := range visits {
		n := i / 1000 // of each person the visits lie apart, and none twice
		list = append(list, attendancelist.Row{Line: i + 2, Person: fmt.Sprint("P", i%1000), Day: count.Date(2025, 10, 25) + count.Day(n*5%390), Part: count.Parts()[n*5/390%3]})
	}
	if _, err := r.ImportVisits(b.Context(), list, false); err != nil {
		b.Fatal(err)
	}
	ok(b, r.Anchor(b.Context(), r.clock.now, 10, "test"))
	ok(b, r.Tick(b.Context()))
	return r
}

// BenchmarkLock measures how long a tap may have to wait while somebody is erased, a late
// paper visit is entered, and a night's work is done, in rooms of 60,000 and 199,000
// visits: the longest write lock, beside the time in which all visits are read once, which
// is what each of the three did under the lock. The goal is under 200 ms on any machine.
func BenchmarkLock(b *testing.B) {
	for _, visits := range []int{60_000, 199_000} {
		b.Run(fmt.Sprint(visits), func(b *testing.B) {
			r := years(b, visits)
			var person int64
			db, err := r.reader()
			ok(b, err)
			ok(b, db.QueryRowContext(b.Context(), `SELECT min(no) FROM person WHERE label_mac IS NOT NULL`).Scan(&person))
			var read, erase, paper, night, whole time.Duration
			for b.Loop() {
				began := time.Now()
				if _, err := r.Figures(b.Context(), "2026"); err != nil {
					b.Fatal(err)
				}
				read += time.Since(began)
				person++
				erase = max(erase, longestLock(b, r, func() { ok(b, r.Erase(b.Context(), 1, person)) }))
				day := count.DayOf(r.clock.now.Wall, r.cfg.Timetable.Zone)
				paper = max(paper, longestLock(b, r, func() {
					ok(b, r.EnterPaper(b.Context(), 1, kiosk.PaperEntry{Day: day - 200, Part: count.PartMorning, Guests: 1}))
				}))
				// The next night: yesterday of thirteen months ago goes, and all is counted anew.
				r.later((day + 1).At(9*60, r.cfg.Timetable.Zone).Sub(r.clock.now.Wall))
				began = time.Now()
				night = max(night, longestLock(b, r, func() { ok(b, r.Tick(b.Context())) }))
				whole = max(whole, time.Since(began))
			}
			b.ReportMetric(read.Seconds()*1000/float64(b.N), "ms/read-once")
			b.ReportMetric(float64(erase.Milliseconds()), "ms/lock-erase")
			b.ReportMetric(float64(paper.Milliseconds()), "ms/lock-paper")
			b.ReportMetric(float64(night.Milliseconds()), "ms/lock-night")
			b.ReportMetric(whole.Seconds(), "s/night")
			b.ReportMetric(max(erase, paper, night).Seconds()/(read.Seconds()/float64(b.N)), "ratio")
		})
	}
}

// BenchmarkFigures measures all figures of thirteen months of 500 visits a day, each month,
// quarter and year, beside a plain SQL scan of the same rows that counts the visits and the
// people of each month alone. "ratio" is ours by that; the goal is a second for all.
func BenchmarkFigures(b *testing.B) {
	r := years(b, 500*395)
	var ours, bare time.Duration
	for b.Loop() {
		began := time.Now()
		ok(b, r.beside(b.Context(), recountPeriods))
		ours += time.Since(began)
		began = time.Now()
		db, err := r.reader()
		ok(b, err)
		rows, err := db.QueryContext(b.Context(), `SELECT strftime('%Y-%m', day * 86400, 'unixepoch') AS m, count(*), count(DISTINCT person) FROM visit GROUP BY m`)
		ok(b, err)
		ok(b, drain(rows))
		bare += time.Since(began)
	}
	b.ReportMetric(ours.Seconds()*1000/float64(b.N), "ms/figures")
	b.ReportMetric(bare.Seconds()*1000/float64(b.N), "ms/scan")
	b.ReportMetric(ours.Seconds()/bare.Seconds(), "ratio")
}

func ok(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

func drain(rows *sql.Rows) error {
	defer rows.Close()
	for rows.Next() {
		var month string
		var visits, people int
		if err := rows.Scan(&month, &visits, &people); err != nil {
			return err
		}
	}
	return rows.Err()
}
