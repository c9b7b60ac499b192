package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/attendancelist"
	"example.org/inloop/kiosk/sqlite/imports"
	"example.org/inloop/sync/count"
)

// BenchmarkImport measures how long a tap may have to wait while a list of 199,000 rows
// is taken in and back: the longest write lock, as somebody sees it who asks for the lock
// again and again, beside the time of the same rows in one transaction. "ratio" is the
// longest lock by that time: the goal is far below 1, and under 200 ms on any machine.
func BenchmarkImport(b *testing.B) {
	r := newRoom(b, "2026-11-24")
	var list []attendancelist.Row
	for i := 0; len(list) < 199_000; i++ {
		at := kiosk.DayPart{Day: count.Date(2025, 11, 1) + count.Day(i%380), Part: count.Parts()[i/380%3]}
		list = append(list, attendancelist.Row{Line: i + 2, Person: fmt.Sprint("P", i/(380*3)), Day: at.Day, Part: at.Part})
	}
	for b.Loop() {
		whole := inOneTransaction(b, r, len(list))
		var longest, took, back time.Duration
		var longestBack time.Duration
		began := time.Now()
		longest = longestLock(b, r, func() {
			if _, err := r.ImportVisits(b.Context(), list, false); err != nil {
				b.Fatal(err)
			}
		})
		took = time.Since(began)
		all, err := r.Imports(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		began = time.Now()
		longestBack = longestLock(b, r, func() {
			if _, err := r.UndoImport(b.Context(), all[0].No, false); err != nil {
				b.Fatal(err)
			}
		})
		back = time.Since(began)
		b.ReportMetric(float64(longest.Milliseconds()), "ms/longest-lock")
		b.ReportMetric(float64(longestBack.Milliseconds()), "ms/longest-lock-undo")
		b.ReportMetric(took.Seconds(), "s/import")
		b.ReportMetric(back.Seconds(), "s/undo")
		b.ReportMetric(whole.Seconds(), "s/one-transaction")
		b.ReportMetric(max(longest, longestBack).Seconds()/whole.Seconds(), "ratio")
	}
}

// inOneTransaction writes as many bare visits at once, and takes them back.
func inOneTransaction(b *testing.B, r *room, rows int) time.Duration {
	b.Helper()
	began := time.Now()
	err := r.writeLists(b.Context(), func(ctx context.Context, w imports.Writing) error {
		for i := range rows {
			_, err := w.ExecContext(ctx, `INSERT INTO visit (epoch, boot, bt_ns, wall_ms, trust, day, part, afternoon, evening, how, band, batch)
				VALUES (1, ?1, 0, 0, 3, ?2, 'ochtend', 720, 1080, 'import', 'unasked', 1)`, w.Boot, i%380)
			if err != nil {
				return err
			}
		}
		return context.Canceled
	})
	if err == nil {
		b.Fatal("the rows stayed")
	}
	return time.Since(began)
}

// longestLock is the longest that the lock was held while fn ran: from the first time
// that it is refused to somebody who does not wait for it until it is given.
func longestLock(b *testing.B, r *room, fn func()) (longest time.Duration) {
	b.Helper()
	other, err := sql.Open("sqlite3", r.cfg.path()+"?_txlock=immediate&_busy_timeout=0")
	if err != nil {
		b.Fatal(err)
	}
	defer other.Close()
	ended := make(chan struct{})
	var asks sync.WaitGroup
	asks.Go(func() {
		var refused time.Time
		for {
			select {
			case <-ended:
				return
			case <-time.After(time.Millisecond):
			}
			tx, err := other.BeginTx(context.Background(), nil)
			switch {
			case err == nil:
				_ = tx.Rollback()
				if !refused.IsZero() {
					longest, refused = max(longest, time.Since(refused)), time.Time{}
				}
			case refused.IsZero():
				refused = time.Now()
			}
		}
	})
	fn()
	close(ended)
	asks.Wait()
	return longest
}
