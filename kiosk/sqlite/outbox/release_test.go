package outbox_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/outbox"
	"example.org/inloop/sync/count"
)

// letGo releases what has ended by e, of a room whose centre signed the time of a day
// last, and returns the cells that are unsent then, with their revisions.
func (b *box) letGo(heard count.Day, e kiosk.Ended) (all []string) {
	b.t.Helper()
	b.in(func(ctx context.Context, tx *outbox.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE link SET heard = ?1`, heard); err != nil {
			return err
		}
		return tx.Release(ctx, e, nil)
	})
	counts, err := b.Unsent(b.t.Context(), 100)
	b.must(err)
	for _, c := range counts {
		n := "null"
		if c.N != nil {
			n = fmt.Sprint(*c.N)
		}
		all = append(all, fmt.Sprintf("%s %s %s %s %d", c.Period, c.Measure, c.Part, n, c.Rev))
	}
	return all
}

// cell writes a number.
func (b *box) cell(period count.Period, m count.Measure, part count.Part, n int64) {
	b.t.Helper()
	b.in(func(ctx context.Context, tx *outbox.Tx) error {
		return tx.Write(ctx, kiosk.Cell{Epoch: 1, Period: period, Measure: m, Part: part}, &n)
	})
}

// TestRelease_WhatHasEnded: of a running day the parts that have ended, its own measures
// with its end, and longer periods by the day of the last signed answer.
func TestRelease_WhatHasEnded(t *testing.T) {
	day := count.Date(2026, 12, 31)
	fill := func(b *box) {
		for _, m := range []count.Measure{count.MeasureGuests, count.MeasureBadgeVisits} {
			for _, part := range []count.Part{count.PartEvening, count.PartMorning, count.PartAfternoon} {
				b.cell("2026-12-31", m, part, 1)
			}
		}
		b.cell("2026-12-31", count.MeasureOpen, count.PartNone, 1)
		b.cell("2026-12-30", count.MeasureOpen, count.PartNone, 1)
		b.cell("2026-12", count.MeasureUnique, count.PartNone, 9)
		b.cell("2026Q4", count.MeasureUnique, count.PartNone, 9)
		b.cell("2026", count.MeasureUnique, count.PartNone, 9)
	}
	before := []string{"2026-12-30 open  1 1"}
	for _, tt := range []struct {
		name  string
		heard count.Day
		ended kiosk.Ended
		want  []string
	}{
		{"the morning", day, kiosk.Ended{Day: day, Parts: 1}, append(before, "2026-12-31 badge_visits ochtend 1 2", "2026-12-31 guests ochtend 1 3")},
		{"the afternoon too", day, kiosk.Ended{Day: day, Parts: 2}, append(before,
			"2026-12-31 badge_visits middag 1 2", "2026-12-31 badge_visits ochtend 1 3", "2026-12-31 guests middag 1 4", "2026-12-31 guests ochtend 1 5")},
		{"nothing", day, kiosk.Ended{Day: day}, before},
		{"the day and not its month", day, kiosk.Ended{Day: day, Parts: 3}, append(before,
			"2026-12-31 badge_visits avond 1 2", "2026-12-31 badge_visits middag 1 3", "2026-12-31 badge_visits ochtend 1 4",
			"2026-12-31 guests avond 1 5", "2026-12-31 guests middag 1 6", "2026-12-31 guests ochtend 1 7", "2026-12-31 open  1 8")},
		{"the month, the quarter and the year", day + 1, kiosk.Ended{Day: day}, []string{
			"2026 unique  9 1", "2026-12 unique  9 2", "2026-12-30 open  1 3", "2026Q4 unique  9 4"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBox(t)
			fill(b)
			if got := b.letGo(tt.heard, tt.ended); !slices.Equal(got, tt.want) {
				t.Errorf("released are\n%q, want\n%q", got, tt.want)
			}
		})
	}
}

// TestRelease_TellsNothingOfHowOften: a number that changed nine times goes under the
// same revision as one that changed once, one that is what it was goes not at all, and
// what changes afterwards waits.
func TestRelease_TellsNothingOfHowOften(t *testing.T) {
	day := count.Date(2026, 11, 24)
	var told [][]string
	for _, taps := range [][]int64{{9}, {1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 8, 9, 8, 9}} {
		b := newBox(t)
		for _, n := range taps {
			b.visits("2026-11-24", n)
		}
		first := b.letGo(day, kiosk.Ended{Day: day, Parts: 1})
		b.answer(b.send(), kiosk.AckTaken, "")
		for _, n := range taps {
			b.visits("2026-11-24", n+1)
		}
		b.visits("2026-11-24", 9)
		if got := b.letGo(day, kiosk.Ended{Day: day, Parts: 2}); got != nil {
			t.Errorf("%v: again released: %q", taps, got)
		}
		b.visits("2026-11-24", 10)
		if counts, err := b.Unsent(t.Context(), 9); err != nil || len(counts) != 0 {
			t.Errorf("%v: a late tap is unsent at once: %+v, %v", taps, counts, err)
		}
		told = append(told, append(first, b.letGo(day, kiosk.Ended{Day: day, Parts: 3})...))
	}
	want := []string{"2026-11-24 badge_visits ochtend 9 1", "2026-11-24 badge_visits ochtend 10 2"}
	for _, got := range told {
		if !slices.Equal(got, want) {
			t.Errorf("released are %q, want %q", got, want)
		}
	}
}

// TestEndedBy_TheDayAfterTheLastSignedAnswer: however far the room's own clock is.
func TestEndedBy_TheDayAfterTheLastSignedAnswer(t *testing.T) {
	b := newBox(t)
	day := count.Date(2026, 11, 24)
	for _, tt := range []struct {
		heard   count.Day
		ended   kiosk.Ended
		want    kiosk.Ended
		further bool
	}{
		{count.NoDay, kiosk.Ended{Day: day, Parts: 3}, kiosk.Ended{}, false},
		{day, kiosk.Ended{Day: day, Parts: 1}, kiosk.Ended{Day: day, Parts: 1}, true},
		{day, kiosk.Ended{Day: day + 1, Parts: 2}, kiosk.Ended{Day: day + 1, Parts: 2}, true},
		{day, kiosk.Ended{Day: day + 9, Parts: 2}, kiosk.Ended{Day: day + 2}, true},
		{day, kiosk.Ended{Day: day + 365, Parts: 2}, kiosk.Ended{}, false},
	} {
		b.in(func(ctx context.Context, tx *outbox.Tx) error {
			if _, err := tx.ExecContext(ctx, `UPDATE link SET heard = ?1, ended_day = 0`, tt.heard); err != nil {
				return err
			}
			got, further, err := tx.EndedBy(ctx, tt.ended)
			if got != tt.want || further != tt.further {
				t.Errorf("heard %s, ended %+v: %+v, %t", tt.heard, tt.ended, got, further)
			}
			return err
		})
	}
}

// TestAcknowledge_HearsTheSignedTime: the day goes on with each answer and tells of a
// gap, and one far ahead moves it only when another agrees a day of the boot later.
func TestAcknowledge_HearsTheSignedTime(t *testing.T) {
	b := newBox(t)
	at := b.now
	for _, tt := range []struct {
		name  string
		since time.Duration // of the boot
		said  time.Time
		first bool // of a request that had not left before
		day   count.Day
		gap   bool
	}{
		{"the first answer", 0, at, true, count.DayOf(at, time.UTC), true},
		{"of the same day", time.Hour, at.Add(time.Hour), true, count.DayOf(at, time.UTC), false},
		{"of the next", 24 * time.Hour, at.AddDate(0, 0, 1), true, count.DayOf(at, time.UTC) + 1, false},
		{"to a request of before", 90 * time.Hour, at.AddDate(0, 0, 3), false, count.DayOf(at, time.UTC) + 1, false},
		{"after a gap", 96 * time.Hour, at.AddDate(0, 0, 4), true, count.DayOf(at, time.UTC) + 4, true},
		{"a year ahead", 97 * time.Hour, at.AddDate(1, 0, 0), true, count.DayOf(at, time.UTC) + 4, false},
		{"and once more", 98 * time.Hour, at.AddDate(1, 0, 0).Add(time.Hour), true, count.DayOf(at, time.UTC) + 4, false},
		{"a day later, as it should be", 121 * time.Hour, at.AddDate(1, 0, 1), true, count.DayOf(at.AddDate(1, 0, 1), time.UTC), true},
	} {
		b.since = tt.since
		u := b.send()
		b.in(func(ctx context.Context, tx *outbox.Tx) error { // which the sending of a test has moved
			_, err := tx.ExecContext(ctx, `UPDATE link SET heard = ?1`, b.heard)
			return err
		})
		a := kiosk.Ack{Seq: u.Seq, Token: "t", At: b.now}
		if tt.first {
			a.Said = tt.said
		}
		gap, err := b.Acknowledge(t.Context(), a)
		b.must(err)
		h, err := outbox.ReadSignedTime(t.Context(), b.db)
		b.must(err)
		if b.heard = h.Day; h.Day != tt.day || gap != tt.gap {
			t.Errorf("%s: heard %s, gap %t; want %s, %t", tt.name, h.Day, gap, tt.day, tt.gap)
		}
	}
}

// TestWithdraw_KeepsNothingOfADayToCome that was never released, and sends no more of one
// that was.
func TestWithdraw_KeepsNothingOfADayToCome(t *testing.T) {
	b := newBox(t)
	withdraw := func() {
		b.in(func(ctx context.Context, tx *outbox.Tx) error { return tx.Withdraw(ctx, morning(1, "2026-11-26")) })
	}
	b.visits("2026-11-26", 4)
	withdraw()
	if n := b.number(`SELECT count(*) FROM cell`); n != 0 {
		t.Errorf("%d cells are kept of a day to come", n)
	}
	b.visits("2026-11-26", 4)
	b.release()
	withdraw()
	if got := b.unsent(); len(got) != 0 {
		t.Errorf("to be sent of a day to come: %v", got)
	}
	b.visits("2026-11-26", 4) // its own day tells it, the number that it was too
	if got := b.unsent(); got[morning(1, "2026-11-26")] != 4 {
		t.Errorf("of the day itself is sent %v", got)
	}
}
