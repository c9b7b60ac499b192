package daybook

import (
	"context"
	"errors"
	"fmt"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/outbox"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/kiosk/sqlite/undo"
	"example.org/inloop/kiosk/timeline"
	"example.org/inloop/sync/count"
)

// The tables that actions of the day change.
const (
	tableTouches undo.Table = "touch"
	tableDays    undo.Table = "daybook"
)

// DayWriting is one transaction of an action.
type DayWriting struct {
	Tx      *outbox.Tx
	Journal *undo.Journal
	Now     timeline.Instant
	Boot    int64
	Plan    DayPlan
}

// Book is what the volunteers' page asks of the room's own day.
type Book struct {
	do func(ctx context.Context, what string, a kiosk.Action, fn func(context.Context, DayWriting) error) error
}

// New returns the book of a store: do runs an action in one transaction and keeps how
// to undo it.
func New(do func(context.Context, string, kiosk.Action, func(context.Context, DayWriting) error) error) *Book {
	return &Book{do: do}
}

// act runs an action on the running day, whose cells it tells where they are told
// already. kiosk.ErrNoDay while nobody knows which day it is.
func (b *Book) act(ctx context.Context, what string, kind kiosk.ActionKind, by int64, fn func(context.Context, DayWriting) error) error {
	return b.do(ctx, what, kiosk.Action{Kind: kind, By: by, Number: 1}, func(ctx context.Context, w DayWriting) error {
		if !w.Now.Dated() {
			return kiosk.ErrNoDay
		}
		if err := fn(ctx, w); err != nil {
			return err
		}
		return Touched(ctx, w.Tx, w.Plan, w.Now.Day)
	})
}

// Touched tells the running day again after an action or the undoing of one: all of it
// where it is told or the room is closed, else whether it was opened.
func Touched(ctx context.Context, tx *outbox.Tx, p DayPlan, day count.Day) error {
	told, err := tx.Told(ctx, cellOf(tx, day, count.MeasurePlannedParts))
	if err != nil {
		return err
	}
	touches, err := touchesOf(ctx, tx, day, p.Zone)
	if err != nil {
		return err
	}
	if _, closed := state(touches); told || !closed.IsZero() {
		return Tell(ctx, tx, p, day)
	}
	known, err := tx.Told(ctx, cellOf(tx, day, count.MeasureOpened))
	if open, _ := spans(touches); err != nil || !known && len(open) == 0 {
		return err
	}
	return tellOpened(ctx, tx, p, day)
}

// Moved is Touched for a day that touches left, or came to, because a clock was wrong.
// What was told of a day that is still to come is withdrawn.
func Moved(ctx context.Context, tx *outbox.Tx, p DayPlan, day, today count.Day) error {
	if day <= today {
		return Touched(ctx, tx, p, day)
	}
	for m := range (kiosk.DayRecord{}).Numbers(nil) {
		told, err := tx.Told(ctx, cellOf(tx, day, m))
		if err == nil && told {
			err = tx.Set(ctx, cellOf(tx, day, m), nil)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// OpenRoom notes that a host opens the room; kiosk.ErrAlready while it is open.
func (b *Book) OpenRoom(ctx context.Context, by int64) error {
	return b.act(ctx, "open the room", kiosk.ActionOpen, by, func(ctx context.Context, w DayWriting) error {
		return w.change(ctx, TouchOpen)
	})
}

// CloseRoom notes that a host closes the room; kiosk.ErrAlready when it is closed. A room
// that nobody opened may be closed too: then the day is over, and has no minutes.
func (b *Book) CloseRoom(ctx context.Context, by int64) error {
	return b.act(ctx, "close the room", kiosk.ActionClose, by, func(ctx context.Context, w DayWriting) error {
		return w.change(ctx, TouchClose)
	})
}

// change notes that the room opens or closes, if it is not so already.
func (w DayWriting) change(ctx context.Context, kind TouchKind) error {
	touches, err := touchesOf(ctx, w.Tx, w.Now.Day, w.Plan.Zone)
	if err != nil {
		return err
	}
	since, closed := state(touches)
	if kind == TouchOpen && !since.IsZero() || kind == TouchClose && !closed.IsZero() {
		return kiosk.ErrAlready
	}
	return w.note(ctx, kind)
}

// Refer notes that somebody was referred to other help: not who, and not to what.
func (b *Book) Refer(ctx context.Context, by int64) error {
	return b.act(ctx, "note a referral", kiosk.ActionRefer, by, func(ctx context.Context, w DayWriting) error {
		return w.note(ctx, TouchRefer)
	})
}

// note writes a touch.
func (w DayWriting) note(ctx context.Context, kind TouchKind) error {
	no, err := sqlrow.Insert(ctx, w.Tx, `INSERT INTO touch (kind, boot, bt_ns, at_ms, trust, day) VALUES (?1, ?2, ?3, ?4, ?5, ?6)`,
		kind, w.Boot, w.Now.Read.Since, w.Now.At.UnixMilli(), w.Now.Trust, w.Now.Day)
	if err != nil {
		return fmt.Errorf("note touch: %w", err)
	}
	w.Journal.NoteNew(tableTouches, no)
	return nil
}

// AnswerClosing keeps what was answered at closing, in place of what was answered
// before today. kiosk.ErrClosingAnswers for what cannot be.
func (b *Book) AnswerClosing(ctx context.Context, by int64, a kiosk.ClosingAnswers) error {
	if err := a.Check(); err != nil {
		return err
	}
	return b.act(ctx, "answer at closing", kiosk.ActionAnswerClosing, by, func(ctx context.Context, w DayWriting) error {
		if err := w.Journal.Note(ctx, w.Tx, tableDays, int64(w.Now.Day)); err != nil {
			return err
		}
		_, err := w.Tx.ExecContext(ctx, `INSERT INTO daybook (no, volunteers, minutes) VALUES (?1, ?2, ?3)
			ON CONFLICT (no) DO UPDATE SET volunteers = excluded.volunteers, minutes = excluded.minutes`,
			w.Now.Day, a.Volunteers, a.Minutes)
		if err != nil {
			return fmt.Errorf("keep answers: %w", err)
		}
		return nil
	})
}

// Concerns tells whether an action is one of this book.
func Concerns(kind kiosk.ActionKind) bool {
	switch kind {
	case kiosk.ActionOpen, kiosk.ActionClose, kiosk.ActionRefer, kiosk.ActionAnswerClosing:
		return true
	}
	return false
}

// Today reads what the volunteers' page shows of the running day.
func Today(ctx context.Context, q sqlrow.Querier, day count.Day, zone *time.Location) (d kiosk.RoomDay, err error) {
	touches, err1 := touchesOf(ctx, q, day, zone)
	answers, _, err2 := answersOf(ctx, q, day)
	d.Since, d.Closed = state(touches)
	_, d.Referred = spans(touches)
	d.Answers = answers
	return d, errors.Join(err1, err2)
}
