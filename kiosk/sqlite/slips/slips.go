// Package slips keeps what a volunteer typed of a year's slips, until the year is
// settled. [Box] is what the volunteers' page asks; [WithSlips] adds them to what the
// room brings to a year that rooms count together, and closes it.
package slips

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/keyring"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/kiosk/sqlite/undo"
	"example.org/inloop/sync/count"
)

// tableSlips is the table that typing changes; a row's number is its year.
const tableSlips undo.Table = "slip"

// BoxMeans is what a store lends: an action in one transaction that keeps how to undo it,
// with the day it is, count.NoDay while nobody knows; and a handle that reads.
type BoxMeans struct {
	Do   func(ctx context.Context, what string, a kiosk.Action, fn func(context.Context, sqlrow.Tx, *undo.Journal, count.Day) error) error
	Read func() (*sql.DB, error)
	Keys keyring.Keys
}

// Box is the box beside the door.
type Box struct{ room BoxMeans }

// New returns the box of a room.
func New(m BoxMeans) *Box { return &Box{m} }

// Slips returns how the slips of a year stand.
func (b *Box) Slips(ctx context.Context, year int) (kiosk.SlipYear, error) {
	db, err := b.room.Read()
	if err != nil {
		return kiosk.SlipYear{}, err
	}
	return Read(ctx, db, b.room.Keys, year)
}

// Read returns how the slips of a year stand.
func Read(ctx context.Context, q sqlrow.Querier, keys keyring.Keys, year int) (y kiosk.SlipYear, err error) {
	var sealed []byte
	err = q.QueryRowContext(ctx, `SELECT totals, settled FROM slip WHERE no = ?1`, year).Scan(&sealed, &y.Settled)
	if errors.Is(err, sql.ErrNoRows) {
		return y, nil
	}
	if err == nil && sealed != nil {
		y.Typed = true
		sealed, err = keys.Open(sealed, "slip", "totals", int64(year))
		if err == nil {
			err = json.Unmarshal(sealed, &y.Totals)
		}
	}
	if err != nil {
		return y, fmt.Errorf("read slips of %d: %w", year, err)
	}
	return y, nil
}

// Settle ends the typing of a year and forgets its totals, which whoever settles it has
// read in the same transaction. It may be called again.
func Settle(ctx context.Context, tx sqlrow.Tx, year int) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO slip (no, settled) VALUES (?1, 1) ON CONFLICT (no) DO UPDATE SET totals = NULL, settled = 1`, year)
	if err == nil { // what could be undone holds the totals, too
		_, err = tx.ExecContext(ctx, `DELETE FROM image WHERE relation = 'slip' AND row = ?1`, year)
	}
	if err != nil {
		return fmt.Errorf("settle slips of %d: %w", year, err)
	}
	return nil
}

// TypeSlips keeps the totals of a year in place of those that were typed before. It
// fails with a *kiosk.SlipError for totals that cannot be, kiosk.ErrSettled once the
// year is settled, kiosk.ErrFuture and kiosk.ErrTooOld for a year that is neither the
// present one nor the one before, and kiosk.ErrNoDay while nobody knows which it is.
func (b *Box) TypeSlips(ctx context.Context, by int64, year int, s kiosk.SlipTotals) error {
	if err := s.Check(); err != nil {
		return err
	}
	a := kiosk.Action{Kind: kiosk.ActionTypeSlips, By: by, Number: s.Slips}
	return b.room.Do(ctx, "type slips", a, func(ctx context.Context, tx sqlrow.Tx, j *undo.Journal, today count.Day) error {
		if err := mayType(today, year); err != nil {
			return err
		}
		y, err := Read(ctx, tx, b.room.Keys, year)
		if err != nil {
			return err
		}
		if y.Settled {
			return kiosk.ErrSettled
		}
		text, err := json.Marshal(s.Kept())
		if err != nil {
			return err
		}
		sealed, err := b.room.Keys.Seal(text, "slip", "totals", int64(year))
		if err != nil {
			return err
		}
		if err := j.Note(ctx, tx, tableSlips, int64(year)); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO slip (no, totals) VALUES (?1, ?2) ON CONFLICT (no) DO UPDATE SET totals = excluded.totals`, year, sealed)
		return err
	})
}

// mayType tells whether slips of a year may be typed on a day.
func mayType(today count.Day, year int) error {
	if today == count.NoDay {
		return kiosk.ErrNoDay
	}
	switch now, _, _ := today.Civil(); {
	case year > now:
		return kiosk.ErrFuture
	case year < now-1:
		return kiosk.ErrTooOld
	}
	return nil
}
