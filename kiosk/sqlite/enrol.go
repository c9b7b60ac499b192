package sqlite

import (
	"context"
	"errors"
	"fmt"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/profile"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/kiosk/sqlite/undo"
)

// Enrol makes a person, of an unknown badge and of a guest of today when they
// are given: what they counted becomes that person's, and nothing is counted twice. It
// returns the person's number. ErrNotFound when badge or guest is gone, ErrSign,
// ErrSignTaken, ErrLanguage or ErrName for a profile that cannot be kept.
func (s *Store) Enrol(ctx context.Context, by int64, e kiosk.Enrolment) (person int64, err error) {
	err = s.do(ctx, "enrol", kiosk.Action{Kind: kiosk.ActionEnrol, By: by}, func(ctx context.Context, t *txn) error {
		if person, err = t.addPerson(ctx, e.Resident); err != nil {
			return err
		}
		t.action.Person = person
		if e.Guest != 0 {
			if err := t.becomeGuest(ctx, e.Guest, person); err != nil {
				return err
			}
		}
		if e.Badge != 0 {
			return t.claim(ctx, e.Badge, person)
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return person, nil
}

// becomeGuest makes the visit of a guest of today a person's.
func (t *txn) becomeGuest(ctx context.Context, no, person int64) error {
	var v visitRow
	err := t.changeVisit(ctx, no, func(row *visitRow) error {
		if row.person != 0 || row.void || row.held || row.day != t.now.Day {
			return kiosk.ErrNotFound
		}
		row.person, row.band, row.how = person, "", kiosk.VisitSourceDesk
		v = *row
		return nil
	})
	if err != nil {
		return fmt.Errorf("guest: %w", err)
	}
	return t.stayFrom(ctx, v)
}

// claim makes an unknown badge a person's, and its first tap a visit in that
// part of the day if there is none.
func (t *txn) claim(ctx context.Context, no, person int64) error {
	x, err := t.unknownBadge(ctx, no)
	if err != nil {
		return err
	}
	if err := t.giveBadge(ctx, x, "resident", person, 0); err != nil {
		return err
	}
	if err := t.remove(ctx, undo.TableUnknownBadges, no); err != nil {
		return err
	}
	v := x.visit
	v.person, v.how = person, kiosk.VisitSourceBadge
	visited, err := t.visited(ctx, person, v.day, v.part)
	if err != nil {
		return err
	}
	if !visited {
		if _, err := t.addVisit(ctx, v); err != nil {
			return err
		}
	}
	return t.stayFrom(ctx, v)
}

// stayFrom lets a person be in since v, who may be in already, or have left since.
func (t *txn) stayFrom(ctx context.Context, v visitRow) error {
	_, err := t.openStay(ctx, v.person)
	if err == nil || !errors.Is(err, kiosk.ErrNotFound) {
		return err
	}
	began := v.at
	if began.IsZero() {
		began = v.wall
	}
	last, err := t.lastStay(ctx, v.person)
	switch {
	case err == nil && !last.began().at.Before(began):
		return nil
	case err != nil && !errors.Is(err, kiosk.ErrNotFound):
		return err
	}
	s := stayRow{
		person: v.person, boot: v.boot, since: v.since, wall: v.wall, at: v.at, trust: v.trust, day: v.day, part: v.part,
		last: mark{v.boot, v.since, began},
	}
	if !v.at.IsZero() {
		s.closes = t.s.timetable().Closes(v.at)
		if !t.now.Moment().Wall.Before(s.closes) { // closing time came between
			s.end, s.out = kiosk.StayEndEstimated, mark{at: s.closes}
		}
	}
	return t.addStay(ctx, s)
}

// addPerson inserts a person, all that they chose sealed.
func (t *txn) addPerson(ctx context.Context, r kiosk.Resident) (int64, error) {
	if err := r.Check(); err != nil {
		return 0, err
	}
	no, err := sqlrow.Insert(ctx, t, `INSERT INTO person (language) VALUES ('')`)
	if err != nil {
		return 0, fmt.Errorf("add person: %w", err)
	}
	t.action.NoteNew(undo.TablePersons, no)
	r.No = no
	return no, profile.Write(ctx, t, t.s.cfg.Keys, r)
}

// ChangeProfile changes what a resident chose.
func (s *Store) ChangeProfile(ctx context.Context, by int64, r kiosk.Resident) error {
	return s.do(ctx, "change profile", kiosk.Action{Kind: kiosk.ActionProfile, By: by, Person: r.No}, func(ctx context.Context, t *txn) error {
		if err := r.Check(); err != nil {
			return err
		}
		if err := t.action.Note(ctx, t, undo.TablePersons, r.No); err != nil {
			return err
		}
		return profile.Write(ctx, t, s.cfg.Keys, r)
	})
}
