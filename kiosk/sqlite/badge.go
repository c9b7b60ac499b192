package sqlite

import (
	"context"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/kiosk/sqlite/undo"
)

// AssignBadge gives an unknown badge to a person who is known, or a lost badge back.
func (s *Store) AssignBadge(ctx context.Context, by, badge, person int64) error {
	return s.do(ctx, "assign badge", kiosk.Action{Kind: kiosk.ActionAssignBadge, By: by, Person: person}, func(ctx context.Context, t *txn) error {
		if err := t.known(ctx, person); err != nil {
			return err
		}
		return t.claim(ctx, badge, person)
	})
}

// MakeGuestPass makes an unknown badge one that hangs on the hook; its tap of
// today counts nothing.
func (s *Store) MakeGuestPass(ctx context.Context, by, badge int64) error {
	return s.do(ctx, "make guest pass", kiosk.Action{Kind: kiosk.ActionMakeGuestPass, By: by}, func(ctx context.Context, t *txn) error {
		x, err := t.unknownBadge(ctx, badge)
		if err != nil {
			return err
		}
		if err := t.giveBadge(ctx, x, "pass", 0, 0); err != nil {
			return err
		}
		return t.remove(ctx, undo.TableUnknownBadges, badge)
	})
}

// AssignVolunteerBadge makes an unknown badge a volunteer's; its tap of today counts
// nothing.
func (s *Store) AssignVolunteerBadge(ctx context.Context, by, badge, volunteer int64) error {
	return s.do(ctx, "give volunteer's badge", kiosk.Action{Kind: kiosk.ActionVolunteer, By: by}, func(ctx context.Context, t *txn) error {
		x, err := t.unknownBadge(ctx, badge)
		if err != nil {
			return err
		}
		var no int64
		if err := t.QueryRowContext(ctx, `SELECT no FROM volunteer WHERE no = ?1`, volunteer).Scan(&no); err != nil {
			return sqlrow.Missing(err)
		}
		if err := t.giveBadge(ctx, x, "volunteer", 0, volunteer); err != nil {
			return err
		}
		return t.remove(ctx, undo.TableUnknownBadges, badge)
	})
}

// DropBadge takes an unknown badge off the list: its taps of today count nothing.
func (s *Store) DropBadge(ctx context.Context, by, badge int64) error {
	return s.do(ctx, "drop unknown badge", kiosk.Action{Kind: kiosk.ActionDropBadge, By: by}, func(ctx context.Context, t *txn) error {
		if err := t.action.Note(ctx, t, undo.TableUnknownBadges, badge); err != nil {
			return err
		}
		return sqlrow.One(ctx, t, `UPDATE stranger SET state = 'dropped' WHERE no = ?1 AND state = 'open'`, badge)
	})
}

// MarkLost marks all badges of a person as lost; ErrNotFound without any.
func (s *Store) MarkLost(ctx context.Context, by, person int64) error {
	return s.do(ctx, "mark badges lost", kiosk.Action{Kind: kiosk.ActionMarkLost, By: by, Person: person}, func(ctx context.Context, t *txn) error {
		held, err := sqlrow.Collect(ctx, t, func(row sqlrow.Scanner) (no int64, err error) {
			return no, row.Scan(&no)
		}, `SELECT no FROM badge WHERE person = ?1 AND lost = 0`, person)
		if err != nil {
			return err
		}
		if len(held) == 0 {
			return kiosk.ErrNotFound
		}
		for _, no := range held {
			if err := t.action.Note(ctx, t, undo.TableBadges, no); err != nil {
				return err
			}
			if err := sqlrow.One(ctx, t, `UPDATE badge SET lost = 1 WHERE no = ?1`, no); err != nil {
				return err
			}
		}
		return nil
	})
}
