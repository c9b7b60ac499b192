package boots

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/kiosk/timeline"
	"example.org/inloop/sync/count"
)

// Stored is a row of table boot.
type Stored struct {
	timeline.Boot
	No int64
}

// Now is what the room knows at a moment beside its boot.
type Now struct {
	Passed time.Time     // below it no clock is trusted
	Epoch  int           // 0 before there is any
	Due    sql.NullInt64 // when the clock closes the next stay or unknown badge
	Cut    count.Day     // the last day of which rows were cut while it ran
}

// Read returns the moment's boot, noting a boot never seen before.
func Read(ctx context.Context, tx sqlrow.Tx, m kiosk.Moment) (b Stored, now Now, err error) {
	var at, since sql.NullInt64
	var bound, passed int64
	row := tx.QueryRowContext(ctx, `
		SELECT no, line_ms, line_ns, trust, source, first_ns, floor_ms,
		       coalesce((SELECT floor_ms FROM meta), 0), coalesce((SELECT max(ordinal) FROM epoch), 0),
		       coalesce((SELECT cut_day FROM meta), 0), (SELECT min(closes_ms) FROM (
		          SELECT min(closes_ms) AS closes_ms FROM stay WHERE ended = '' AND closes_ms IS NOT NULL
		          UNION ALL SELECT min(closes_ms) FROM stranger WHERE state = 'open'))
		FROM boot WHERE boot_id = CAST(?1 AS TEXT)`, m.Boot)
	err = row.Scan(&b.No, &at, &since, &b.Trust, &b.Source, &b.First, &bound, &passed, &now.Epoch, &now.Cut, &now.Due)
	if errors.Is(err, sql.ErrNoRows) {
		_, err = tx.ExecContext(ctx, `
			INSERT INTO boot (boot_id, first_ns, floor_ms) VALUES (?1, ?2, coalesce((SELECT floor_ms FROM meta), 0))`, m.Boot, int64(m.Since))
		if err != nil {
			return b, now, err
		}
		return Read(ctx, tx, m)
	}
	if err != nil {
		return b, now, err
	}
	b.Alignment = alignment(at, since, b.Trust)
	b.LowerBound, now.Passed = time.UnixMilli(bound), time.UnixMilli(passed)
	return b, now, nil
}

func alignment(at, since sql.NullInt64, trust kiosk.Trust) timeline.Alignment {
	if !at.Valid {
		return timeline.Alignment{}
	}
	return timeline.Alignment{At: time.UnixMilli(at.Int64), Since: time.Duration(since.Int64), Trust: trust}
}

// Align notes the alignment of a boot, how far it may be off and who says so. One
// that is not known takes away what was noted.
func Align(ctx context.Context, tx sqlrow.Tx, boot int64, a timeline.Alignment, errMS int64, source string) error {
	at := sqlrow.NullMillis(a.At)
	at.Valid = a.Trust != kiosk.TrustUnknown
	_, err := tx.ExecContext(ctx, `UPDATE boot SET line_ms = ?2, line_ns = ?3, trust = ?4, error_ms = ?5, source = ?6 WHERE no = ?1`,
		boot, at, sql.NullInt64{Int64: int64(a.Since), Valid: at.Valid}, a.Trust, errMS, source)
	if err != nil {
		return fmt.Errorf("note boot's time: %w", err)
	}
	return nil
}

// Confirm notes that the anchor agrees with what dated a boot. It covers the rows
// that stand where the confirmed alignment puts them, to a few seconds.
func Confirm(ctx context.Context, tx sqlrow.Tx, boot int64, a timeline.Alignment) error {
	for _, table := range []string{"visit", "stay", "stranger"} {
		if _, err := tx.ExecContext(ctx, `UPDATE `+table+` SET trust = 2
			WHERE boot = ?1 AND trust = 1 AND abs(at_ms - ?2 - bt_ns / 1000000) <= ?3`,
			boot, a.When(0).UnixMilli(), timeline.Close.Milliseconds()); err != nil {
			return fmt.Errorf("confirm %s: %w", table, err)
		}
	}
	return nil
}

// Columns of a row b of table boot, in milliseconds.
const (
	// provenFrom is the time that had passed when the boot began, by the word of
	// the last boot before it whose time is proven: what the first boot after that one
	// was held to. Bounds that a clock alone has raised since are not in it.
	provenFrom = `(SELECT f.floor_ms FROM boot f
		WHERE f.no > (SELECT max(p.no) FROM boot p WHERE p.no < b.no AND p.trust = 2) ORDER BY f.no LIMIT 1)`
	// surelyFrom is the same by what neither a volunteer's watch nor a clock chip told.
	surelyFrom = `(SELECT f.floor_ms FROM boot f
		WHERE f.no > (SELECT max(p.no) FROM boot p WHERE p.no < b.no AND p.trust = 2 AND p.source NOT IN ('volunteer', 'rtc')) ORDER BY f.no LIMIT 1)`
	// refuted tells of a boot whose time a volunteer or a chip told, and the last one that
	// is proven otherwise shows that it cannot have been: it began before that time.
	refuted = `(b.trust = 2 AND b.source IN ('volunteer', 'rtc') AND EXISTS (
		SELECT 1 FROM (SELECT no, line_ms - line_ns / 1000000 AS began FROM boot WHERE trust = 2 AND source NOT IN ('volunteer', 'rtc') ORDER BY no DESC LIMIT 1) n
		WHERE n.no > b.no AND (SELECT f.floor_ms FROM boot f WHERE f.no > b.no ORDER BY f.no LIMIT 1) > n.began + 600000))`
	// provenNext is when the next boot began whose time is proven.
	provenNext = `(SELECT n.line_ms - n.line_ns / 1000000 FROM boot n WHERE n.no > b.no AND n.trust = 2 ORDER BY n.no LIMIT 1)`
)

// ProvenFrom returns the time that had certainly passed when a boot began: zero
// when nothing ever proved any. What a volunteer or a chip told proves its own boot
// alone: a slip in one binds nobody in the next.
func ProvenFrom(ctx context.Context, q sqlrow.Querier, boot int64) (time.Time, error) {
	var ms sql.NullInt64
	if err := q.QueryRowContext(ctx, `SELECT `+surelyFrom+` FROM boot b WHERE b.no = ?1`, boot).Scan(&ms); err != nil {
		return time.Time{}, fmt.Errorf("read proven time: %w", err)
	}
	return sqlrow.Time(ms, time.UTC), nil
}

// Believed tells whether the time now is sure enough for what nothing takes back:
// timeline.Believed, of the boots that it is to be told by.
func Believed(ctx context.Context, q sqlrow.Querier, now timeline.Instant, tt kiosk.Timetable) (bool, error) {
	if !now.Dated() {
		return false, nil
	}
	since, err := sqlrow.Collect(ctx, q, func(row sqlrow.Scanner) (b timeline.Boot, err error) {
		var at, since sql.NullInt64
		var bound int64
		err = row.Scan(&at, &since, &b.Trust, &b.Source, &b.First, &bound)
		b.Alignment, b.LowerBound = alignment(at, since, b.Trust), time.UnixMilli(bound)
		return b, err
	}, `SELECT line_ms, line_ns, trust, source, first_ns, floor_ms FROM boot
		WHERE no > coalesce((SELECT max(no) FROM boot WHERE trust = 2 AND source <> ?1), 0) ORDER BY no`, timeline.SourceVolunteer)
	if err != nil {
		return false, fmt.Errorf("read leaps of the clock: %w", err)
	}
	return timeline.Believed(since, now.At, tt), nil
}

// Past is a boot that ended before its time was proven.
type Past struct {
	Stored
	Around timeline.PastBoot
	Proven bool // what bounds it is proven
}

// Ended returns the boots before the running one that are still to be judged: those
// with visits that have no date, and those that went by their own clock, or by
// that of their neighbours, until the time of a later one was proven. Likewise those of
// which a volunteer or a chip told a time that a later one refutes.
func Ended(ctx context.Context, q sqlrow.Querier, running int64) ([]Past, error) {
	boots, err := sqlrow.Collect(ctx, q, func(row sqlrow.Scanner) (p Past, err error) {
		var at, since, from, next, anyNext, last sql.NullInt64
		var bound int64
		err = row.Scan(&p.No, &at, &since, &p.Trust, &p.Source, &p.First, &bound, &from, &next, &anyNext, &last)
		p.Alignment = alignment(at, since, p.Trust)
		p.LowerBound, p.Proven = time.UnixMilli(bound), next.Valid
		p.Around = timeline.PastBoot{LowerBound: sqlrow.Time(from, time.UTC), Next: sqlrow.Time(next, time.UTC), Last: time.Duration(last.Int64)}
		if !p.Proven {
			p.Around.Next = sqlrow.Time(anyNext, time.UTC)
			if bound != 0 {
				p.Around.LowerBound = p.LowerBound
			}
		}
		return p, err
	}, `
		SELECT b.no, b.line_ms, b.line_ns, b.trust, b.source, b.first_ns, b.floor_ms, `+provenFrom+`, `+provenNext+`,
		       (SELECT min(n.line_ms - n.line_ns / 1000000) FROM boot n WHERE n.no > b.no AND n.trust > 0),
		       (SELECT nullif(max(v.bt_ns), -1) FROM visit v WHERE v.boot = b.no)
		FROM boot b WHERE b.no < ?1 AND (b.trust = 0 AND b.no IN (SELECT boot FROM visit WHERE day IS NULL)
		    OR `+refuted+` OR b.trust = 1 AND b.source IN (?2, ?3) AND b.no < (SELECT max(no) FROM boot WHERE trust = 2))`,
		running, timeline.SourceRunning, timeline.SourceGuess)
	if err != nil {
		return nil, fmt.Errorf("look for boots to be judged: %w", err)
	}
	for i := range boots {
		if boots[i].Around.Visits, err = visits(ctx, q, boots[i].No); err != nil {
			return nil, err
		}
		boots[i].Around.Last = max(boots[i].Around.Last, slices.Max(append(boots[i].Around.Visits, 0)))
	}
	return boots, nil
}

// Undecided returns the boots of which something may still be dated, or dated anew, when
// running is the one that runs. The time of the others is proven, or is taken for what it
// is; what a volunteer or a chip told is only when a later boot is proven otherwise and
// does not refute it.
func Undecided(ctx context.Context, q sqlrow.Querier, running int64) ([]int64, error) {
	all, err := sqlrow.Collect(ctx, q, func(row sqlrow.Scanner) (no int64, err error) {
		return no, row.Scan(&no)
	}, `
		WITH waits AS (SELECT DISTINCT boot FROM `+toDate+`),
		     last AS (SELECT coalesce(max(no), 0) AS no FROM boot WHERE trust = 2 AND source NOT IN (?2, ?3))
		SELECT b.no FROM boot b WHERE NOT (
			b.trust = 2 AND b.source NOT IN (?2, ?3)
			OR b.no < ?1 AND b.no NOT IN (SELECT boot FROM waits) AND (
				b.trust = 0 OR b.trust = 1 AND b.source NOT IN (?4, ?5)
				OR b.trust = 2 AND b.no < (SELECT no FROM last) AND NOT `+refuted+`))`,
		running, timeline.SourceVolunteer, timeline.SourceRTC, timeline.SourceRunning, timeline.SourceGuess)
	if err != nil {
		return nil, fmt.Errorf("look for boots to be dated: %w", err)
	}
	return all, nil
}

// visits returns when somebody came in a boot, since its start: its visits, the unknown
// badges, and who was told goodbye of a stay of another boot, which may have been an
// arrival.
func visits(ctx context.Context, q sqlrow.Querier, boot int64) ([]time.Duration, error) {
	all, err := sqlrow.Collect(ctx, q, func(row sqlrow.Scanner) (since time.Duration, err error) {
		return since, row.Scan(&since)
	}, `SELECT bt_ns FROM visit WHERE boot = ?1 AND bt_ns >= 0 UNION SELECT bt_ns FROM stranger WHERE boot = ?1
		UNION SELECT coalesce(out_ns, last_ns) FROM stay WHERE boot <> ?1 AND (out_boot = ?1 OR out_boot IS NULL AND last_boot = ?1) ORDER BY 1`, boot)
	if err != nil {
		return nil, fmt.Errorf("read visits of a boot: %w", err)
	}
	return all, nil
}

// Arrived tells whether a person has a visit that counts for an arrival: in its part of
// a day, or while it has no day, within near of it in its boot.
func Arrived(ctx context.Context, q sqlrow.Querier, person int64, at kiosk.DayPart, boot int64, since, near time.Duration) (yes bool, err error) {
	err = q.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM attendance WHERE person = ?1 AND void = 0 AND (day = ?2 AND part = ?3
		OR ?2 IS NULL AND boot = ?4 AND abs(bt_ns - ?5) < ?6))`, person, sqlrow.NullDay(at.Day), at.Part, boot, int64(since), int64(near)).Scan(&yes)
	if err != nil {
		return false, fmt.Errorf("look for an arrival's visit: %w", err)
	}
	return yes, nil
}

// BestTime returns the time it is at a moment for one who only reads.
func BestTime(ctx context.Context, q sqlrow.Querier, m kiosk.Moment) (time.Time, error) {
	var passed int64
	var at, since sql.NullInt64
	var trust kiosk.Trust
	err := q.QueryRowContext(ctx, `
		SELECT meta.floor_ms, boot.line_ms, boot.line_ns, coalesce(boot.trust, 0) FROM meta LEFT JOIN boot ON boot.boot_id = ?1`, m.Boot).
		Scan(&passed, &at, &since, &trust)
	if err != nil {
		return m.Wall, fmt.Errorf("read clock: %w", err)
	}
	return timeline.BestTime(m, alignment(at, since, trust), time.UnixMilli(passed)), nil
}
