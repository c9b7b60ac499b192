package sqlstore

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"example.org/inloop/sync/central"
	"example.org/inloop/sync/count"
	"example.org/inloop/sync/wire"
)

// Rooms returns an organisation's rooms, each with the kiosk it has now.
func (s *Store) Rooms(ctx context.Context, organisation int64) ([]central.Room, error) {
	undated, err := s.undated(ctx, organisation)
	if err != nil {
		return nil, err
	}
	lost, err := s.lost(ctx, organisation)
	if err != nil {
		return nil, err
	}
	rows, err := s.read.QueryContext(ctx, `
		SELECT rooms.id, rooms.name, rooms.since, kiosks.id, public_key, paired, reported, trust, skew, lights, forked
		FROM rooms LEFT JOIN kiosks ON kiosks.organisation = rooms.organisation AND kiosks.room = rooms.id AND kiosks.revoked IS NULL
		WHERE rooms.organisation = ?1 ORDER BY lower(rooms.name), rooms.id`, organisation)
	return collect(rows, err, func(scan func(...any) error) (central.Room, error) {
		r := central.Room{Organisation: organisation}
		k := &r.Kiosk
		var id, lights sql.Null[string]
		var trust, skew sql.Null[int64]
		var key []byte
		err := scan(&r.ID, &r.Name, instant{&r.Since}, &id, &key, instant{&k.Paired}, instant{&k.Reported}, &trust, &skew, &lights, instant{&k.Forked})
		r.Undated, r.Lost, r.LostUntold = undated[r.ID], lost[r.ID].days, lost[r.ID].untold
		if err != nil || !id.Valid {
			return r, err
		}
		k.ID, k.Trust, k.Skew = id.V, int(trust.V), time.Duration(skew.V)*time.Millisecond
		k.Fingerprint = wire.Fingerprint(ed25519.PublicKey(key))
		if err := json.Unmarshal([]byte(lights.V), &k.Health); err != nil {
			return r, fmt.Errorf("lights: %w", err)
		}
		return r, nil
	})
}

// lostDays is what the kiosks of a room told of lost days.
type lostDays struct {
	days   []wire.LostDays
	untold bool // one of them did not
}

// lost returns by room the days of which visits may be missing, as each of its kiosks
// that ever reported said last.
func (s *Store) lost(ctx context.Context, organisation int64) (map[int64]lostDays, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT room, lost FROM kiosks k WHERE organisation = ?1 AND series > 0
		AND NOT EXISTS (SELECT 1 FROM kiosks n WHERE n.room = k.room AND n.public_key = k.public_key AND n.paired > k.paired AND n.series > 0)
		ORDER BY paired, id`, organisation)
	byRoom := map[int64]lostDays{}
	_, err = collect(rows, err, func(scan func(...any) error) (none struct{}, err error) {
		var room int64
		var column sql.Null[string]
		if err := scan(&room, &column); err != nil {
			return none, err
		}
		days, err := readLost(column)
		was := byRoom[room]
		byRoom[room] = lostDays{append(was.days, days...), was.untold || !column.Valid}
		return none, err
	})
	return byRoom, err
}

// undated returns the visits that wait for a date by room, as each of its kiosks said
// last. What one that was unpaired has not dated still lacks there, unless its
// database goes on under another pairing, which tells it anew.
func (s *Store) undated(ctx context.Context, organisation int64) (map[int64][]wire.Undated, error) {
	rows, err := s.read.QueryContext(ctx, `
		SELECT room, undated FROM kiosks k WHERE organisation = ?1 AND undated <> '[]' AND NOT EXISTS (
			SELECT 1 FROM kiosks n WHERE n.public_key = k.public_key AND n.paired > k.paired AND n.reported IS NOT NULL)
		ORDER BY paired, id`, organisation)
	byRoom := map[int64][]wire.Undated{}
	_, err = collect(rows, err, func(scan func(...any) error) (none struct{}, err error) {
		var room int64
		var column string
		if err := scan(&room, &column); err != nil {
			return none, err
		}
		told, err := readUndated(column)
		byRoom[room] = append(byRoom[room], told...)
		return none, err
	})
	return byRoom, err
}

// cellsOfRooms begins a query of cells of the organisation's rooms, by way of the
// primary key: a room's periods lie beside one another.
const cellsOfRooms = `
	SELECT c.room, c.series, c.epoch, c.period, c.measure, c.part, c.n, c.rev
	FROM rooms r JOIN cells c ON c.organisation = r.organisation AND c.room = r.id
	WHERE r.organisation = ?1 AND (?2 = 0 OR r.id = ?2) AND `

// Cells returns the cells of days, and of longer periods.
func (s *Store) Cells(ctx context.Context, organisation, room int64, days count.Days, longer []count.Period) ([]central.RoomCell, error) {
	rows, err := s.read.QueryContext(ctx, cellsOfRooms+`c.period >= ?3 AND c.period < ?4 AND length(c.period) = 10`,
		organisation, room, days.First.String(), (days.Last + 1).String())
	all, err := collect(rows, err, scanCell)
	if err != nil {
		return nil, err
	}
	seen := map[count.Period]bool{}
	for _, p := range longer {
		if seen[p] {
			continue
		}
		seen[p] = true
		rows, err := s.read.QueryContext(ctx, cellsOfRooms+`c.period = ?3`, organisation, room, string(p))
		cells, err := collect(rows, err, scanCell)
		if err != nil {
			return nil, err
		}
		all = append(all, cells...)
	}
	return all, nil
}

func scanCell(scan func(...any) error) (c central.RoomCell, err error) {
	var period, measure, part string
	err = scan(&c.Room, &c.Series, &c.Cell.Epoch, &period, &measure, &part, &c.Cell.N, &c.Cell.Rev)
	c.Cell.Period, c.Cell.Measure, c.Cell.Part = count.Period(period), count.Measure(measure), count.Part(part)
	return c, err
}

// FirstDay returns the first day that a room sent.
func (s *Store) FirstDay(ctx context.Context, organisation, room int64) (count.Day, error) {
	var first sql.Null[string]
	err := s.read.QueryRowContext(ctx, `
		SELECT min(first) FROM (
			SELECT (SELECT period FROM cells c WHERE c.organisation = r.organisation AND c.room = r.id AND length(period) = 10
				ORDER BY period LIMIT 1) AS first
			FROM rooms r WHERE r.organisation = ?1 AND (?2 = 0 OR r.id = ?2)) AS firsts`, organisation, room).Scan(&first)
	if err != nil {
		return count.NoDay, err
	}
	if !first.Valid {
		return count.NoDay, central.ErrNotFound
	}
	return count.ParseDay(first.V)
}

// Changes returns how often each organisation's kiosks changed. Kiosks are
// revoked and never deleted, so the numbers only grow; each report counts up
// its own kiosk's row, so that two of one organisation do not wait for each
// other.
func (s *Store) Changes(ctx context.Context) (map[int64]int64, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT organisation, CAST(sum(changes) AS BIGINT) FROM kiosks GROUP BY organisation`)
	numbers := map[int64]int64{}
	_, err = collect(rows, err, func(scan func(...any) error) (struct{}, error) {
		var organisation, n int64
		err := scan(&organisation, &n)
		numbers[organisation] = n
		return struct{}{}, err
	})
	return numbers, err
}
