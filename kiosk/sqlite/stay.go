package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/kiosk/sqlite/undo"
	"example.org/inloop/sync/count"
)

// stayRow is a row of table stay. Moments without a boot are the clock's.
type stayRow struct {
	no      int64
	person  int64
	boot    int64
	since   time.Duration
	wall    time.Time
	at      time.Time
	trust   kiosk.Trust
	day     count.Day
	part    count.Part
	closes  time.Time
	last    mark // latest arrival or re-opening
	out     mark // zero while there is none
	end     kiosk.StayEnd
	assumed bool
	seen    int64 // boot in which a volunteer said that the person is still there
}

// mark is a moment within a row.
type mark struct {
	boot  int64
	since time.Duration
	at    time.Time // when it was, or as the clock read while that is not known
}

const stayColumns = `no, person, boot, bt_ns, wall_ms, at_ms, trust, day, part, closes_ms,
	last_boot, last_ns, last_ms, out_boot, out_ns, out_ms, ended, assumed, seen_boot`

func (i instant) mark() mark { return mark{i.boot, i.Read.Since, i.Moment().Wall} }

// moment returns a mark as the rules of package kiosk want it. All that they
// ask of the name of another boot is that it is another.
func (t *txn) moment(m mark) kiosk.Moment {
	name := "row " + strconv.FormatInt(m.boot, 10)
	if m.boot == t.now.boot {
		name = t.now.Read.Boot
	}
	return kiosk.Moment{Wall: m.at, Boot: name, Since: m.since}
}

// stayNow returns a stay of person that begins at the transaction's moment.
func (t *txn) stayNow(person int64, assumed bool) stayRow {
	s := stayRow{
		person: person, boot: t.now.boot, since: t.now.Read.Since, wall: t.now.Read.Wall, at: t.now.At, trust: t.now.Trust,
		day: t.now.Day, part: t.now.Part, last: t.now.mark(), assumed: assumed,
	}
	if t.now.Dated() {
		s.closes = t.s.timetable().Closes(t.now.At)
	}
	return s
}

func (t *txn) addStay(ctx context.Context, s stayRow) error {
	no, err := sqlrow.Insert(ctx, t, `
		INSERT INTO stay (person, boot, bt_ns, wall_ms, at_ms, trust, day, part, closes_ms, last_boot, last_ns, last_ms, out_boot, out_ns, out_ms, ended, assumed)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)`,
		s.person, s.boot, int64(s.since), s.wall.UnixMilli(), sqlrow.NullMillis(s.at), s.trust, sqlrow.NullDay(s.day), s.part, sqlrow.NullMillis(s.closes),
		s.last.boot, int64(s.last.since), s.last.at.UnixMilli(),
		sqlrow.NullRef(s.out.boot), sql.NullInt64{Int64: int64(s.out.since), Valid: s.out.boot != 0}, sqlrow.NullMillis(s.out.at), s.end, s.assumed)
	if err != nil {
		return fmt.Errorf("add stay: %w", sqlrow.Already(err))
	}
	t.action.NoteNew(undo.TableStays, no)
	return nil
}

func (t *txn) changeStay(ctx context.Context, s stayRow) error {
	if err := t.action.Note(ctx, t, undo.TableStays, s.no); err != nil {
		return err
	}
	err := sqlrow.One(ctx, t, `
		UPDATE stay SET at_ms = ?2, trust = ?3, day = ?4, part = ?5, closes_ms = ?6, last_boot = ?7, last_ns = ?8, last_ms = ?9,
		       out_boot = ?10, out_ns = ?11, out_ms = ?12, ended = ?13, assumed = ?14, seen_boot = ?15
		WHERE no = ?1`, s.no, sqlrow.NullMillis(s.at), s.trust, sqlrow.NullDay(s.day), s.part, sqlrow.NullMillis(s.closes),
		s.last.boot, int64(s.last.since), s.last.at.UnixMilli(),
		sqlrow.NullRef(s.out.boot), sql.NullInt64{Int64: int64(s.out.since), Valid: s.out.boot != 0}, sqlrow.NullMillis(s.out.at),
		s.end, s.assumed, sqlrow.NullRef(s.seen))
	if err != nil {
		return fmt.Errorf("change stay: %w", sqlrow.Already(err))
	}
	return nil
}

// remove deletes a row, kept for the undo of the action that does it.
func (t *txn) remove(ctx context.Context, table undo.Table, no int64) error {
	if err := t.action.Note(ctx, t, table, no); err != nil {
		return err
	}
	if err := sqlrow.One(ctx, t, `DELETE FROM `+string(table)+` WHERE no = ?1`, no); err != nil {
		return fmt.Errorf("remove %s: %w", table, err)
	}
	return nil
}

// leave ends a stay, measured at the transaction's moment.
func (t *txn) leave(ctx context.Context, s stayRow) error {
	s.end, s.out = kiosk.StayEndMeasured, t.now.mark()
	return t.changeStay(ctx, s)
}

// reopen goes on with a stay that had ended.
func (t *txn) reopen(ctx context.Context, s stayRow) error {
	s.end, s.out, s.last = kiosk.StayEndNone, mark{}, t.now.mark()
	if t.now.Dated() {
		s.closes = t.s.timetable().Closes(t.now.At)
	}
	return t.changeStay(ctx, s)
}

// openStay returns the stay that a person is in, of whatever day; ErrNotFound
// for one who is not.
func (t *txn) openStay(ctx context.Context, person int64) (stayRow, error) {
	return t.s.scanStay(t.QueryRowContext(ctx, `SELECT `+stayColumns+` FROM stay WHERE person = CAST(?1 AS INTEGER) AND ended = ''`, person))
}

// lastStay returns a person's latest stay of the transaction's day, or of its
// boot while nothing is dated; ErrNotFound when there is none. With only set,
// stays that ended otherwise are passed over.
func (t *txn) lastStay(ctx context.Context, person int64, only ...kiosk.StayEnd) (stayRow, error) {
	end := any(nil)
	if len(only) > 0 {
		end = only[0]
	}
	if !t.now.Dated() {
		return t.s.scanStay(t.QueryRowContext(ctx, `SELECT `+stayColumns+` FROM stay
			WHERE person = ?1 AND day IS NULL AND boot = ?2 AND (?3 IS NULL OR ended = ?3) ORDER BY no DESC LIMIT 1`, person, t.now.boot, end))
	}
	return t.s.scanStay(t.QueryRowContext(ctx, `SELECT `+stayColumns+` FROM stay
		WHERE person = ?1 AND day = ?2 AND (?3 IS NULL OR ended = ?3) ORDER BY no DESC LIMIT 1`, person, t.now.Day, end))
}

// scanStay reads stayColumns; ErrNotFound when there is no row.
func (s *Store) scanStay(row sqlrow.Scanner) (st stayRow, err error) {
	var at, day, closes, outBoot, outNS, outMS, seen sql.NullInt64
	var wall, last int64
	err = row.Scan(&st.no, &st.person, &st.boot, &st.since, &wall, &at, &st.trust, &day, &st.part, &closes,
		&st.last.boot, &st.last.since, &last, &outBoot, &outNS, &outMS, &st.end, &st.assumed, &seen)
	if err != nil {
		return st, fmt.Errorf("read stay: %w", sqlrow.Missing(err))
	}
	st.wall, st.at, st.day = time.UnixMilli(wall), s.fromMillis(at), count.Day(day.Int64)
	st.closes, st.last.at = s.fromMillis(closes), time.UnixMilli(last).In(s.timetable().Zone)
	st.out = mark{outBoot.Int64, time.Duration(outNS.Int64), s.fromMillis(outMS)}
	st.seen = seen.Int64
	return st, nil
}

// began returns when a stay began, or what the clock read then.
func (s stayRow) began() mark {
	at := s.at
	if at.IsZero() {
		at = s.wall
	}
	return mark{s.boot, s.since, at}
}

// stay returns what package kiosk wants to know of a stay.
func (t *txn) stay(s stayRow) *kiosk.Stay {
	k := &kiosk.Stay{
		ID: s.no, Person: s.person, Day: s.day, Part: s.part, In: t.moment(s.began()), End: s.end, Assumed: s.assumed,
	}
	if s.end == kiosk.StayEndMeasured || s.end == kiosk.StayEndEstimated {
		k.Out = t.moment(s.out)
	}
	return k
}

// lastOf returns a person's last arrival, re-opening or goodbye in a stay.
func (t *txn) lastOf(s stayRow) kiosk.Moment {
	if s.end == kiosk.StayEndMeasured {
		return t.moment(s.out)
	}
	return t.moment(s.last)
}

// leaveBehind closes whatever stay a person was still in, without a time:
// nobody can be in twice.
func (t *txn) leaveBehind(ctx context.Context, person int64) error {
	s, err := t.openStay(ctx, person)
	if errors.Is(err, kiosk.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	s.end, s.out = kiosk.StayEndUntimed, mark{}
	return t.changeStay(ctx, s)
}
