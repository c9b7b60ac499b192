package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/auth"
	"example.org/inloop/sync/count"
)

// card is whose card was tapped, and what that person did so far.
type card struct {
	kind         kiosk.BadgeKind
	badge        int64 // 0 for one that is nobody's
	mac          []byte
	pinFragments []byte // of a badge that is nobody's
	person       int64  // of a resident's badge, and of a lost one
	volunteer    int64
	today        kiosk.Today
	in           bool  // there is an open stay, of whatever day
	stay         int64 // the last stay of the day, 0 if none
	remade       int   // epoch in which the centre has this visit from before a backup was put back; 0 for none
}

// greeted returns who is welcomed by sign and name: nobody by a lost badge.
func (c card) greeted() int64 {
	if c.kind == kiosk.BadgeResident {
		return c.person
	}
	return 0
}

// whose finds whose card it is and what that person did so far, in one round trip.
// While nothing is dated, what was undated in this boot is of the same day.
func (t *txn) whose(ctx context.Context, uid kiosk.UID) (card, error) {
	c := card{kind: kiosk.BadgeUnknown, mac: t.s.cfg.Keys.UID(uid)}
	var kind string
	var lost bool
	var person, volunteer, first, last, listFirst, listLast, low, high, stay sql.NullInt64
	visited, stayed := `day = CAST(?3 AS INTEGER) AND part = CAST(?4 AS TEXT)`, `day = CAST(?3 AS INTEGER)`
	if !t.now.Dated() {
		visited, stayed = `day IS NULL AND boot = CAST(?5 AS INTEGER)`, `day IS NULL AND boot = CAST(?5 AS INTEGER)`
	}
	err := t.QueryRowContext(ctx, `
		SELECT b.no, b.kind, b.lost, b.person, b.volunteer, p.first_day, p.last_day,
		       (SELECT min(first_day) FROM list_seen WHERE person = b.person), (SELECT max(last_day) FROM list_seen WHERE person = b.person),
		       (SELECT day FROM attendance WHERE person = b.person AND day IS NOT NULL AND void = 0 ORDER BY day LIMIT 1),
		       (SELECT day FROM attendance WHERE person = b.person AND day < ?2 AND void = 0 ORDER BY day DESC LIMIT 1),
		       EXISTS (SELECT 1 FROM attendance WHERE person = b.person AND `+visited+` AND void = 0),
		       EXISTS (SELECT 1 FROM stay WHERE person = b.person AND ended = ''),
		       (SELECT max(no) FROM stay WHERE person = b.person AND `+stayed+`),
		       coalesce((SELECT epoch FROM remade WHERE mac = b.mac AND day = CAST(?3 AS INTEGER) AND part = CAST(?4 AS TEXT)), 0)
		FROM badge b LEFT JOIN person p ON p.no = b.person WHERE b.mac = CAST(?1 AS BLOB)`,
		c.mac, t.today, t.now.Day, t.now.Part, t.now.boot).
		Scan(&c.badge, &kind, &lost, &person, &volunteer, &first, &last, &listFirst, &listLast, &low, &high, &c.today.Visited, &c.in, &stay, &c.remade)
	if errors.Is(err, sql.ErrNoRows) {
		c.pinFragments = auth.PINFragments(uid, t.s.cfg.Keys.Digits)
		return c, nil
	}
	if err != nil {
		return c, fmt.Errorf("look up badge: %w", err)
	}
	c.person, c.volunteer, c.stay = person.Int64, volunteer.Int64, stay.Int64
	c.today.FirstSeen, c.today.LastSeen = count.Day(first.Int64), count.Day(max(last.Int64, listLast.Int64, high.Int64))
	for _, day := range []sql.NullInt64{listFirst, low} {
		if earlier := count.Day(day.Int64); day.Valid && (c.today.FirstSeen == count.NoDay || earlier < c.today.FirstSeen) {
			c.today.FirstSeen = earlier
		}
	}
	if !t.now.Dated() && c.today.Visited && c.today.FirstSeen == count.NoDay {
		c.today.FirstSeen = t.today
	}
	switch {
	case kind == "volunteer":
		c.kind = kiosk.BadgeVolunteer
	case kind == "pass":
		c.kind = kiosk.BadgeGuestPass
	case lost:
		c.kind = kiosk.BadgeLost
	default:
		c.kind = kiosk.BadgeResident
	}
	return c, nil
}
