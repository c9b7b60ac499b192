package pooling

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/sync/count"
	"example.org/inloop/sync/pool"
)

var _ kiosk.PoolKeeper = (*Pooling)(nil)

// Pooled returns the room's part in counting together.
func (p *Pooling) Pooled(ctx context.Context) (view kiosk.Pooled, err error) {
	db, err := p.c.Read()
	if err != nil {
		return view, err
	}
	// A file that is only read may be older than the program.
	if has, err := sqlrow.Has(ctx, db, "pooling"); err != nil || !has {
		return view, err
	}
	s, err := p.standing(ctx, db)
	if err != nil {
		return view, err
	}
	view.Alone, view.Paired, view.Refusal, view.Accept = s.alone(), s.kiosk != "", s.refused, s.asked != ""
	peers, err := readPeers(ctx, db)
	if err != nil {
		return view, err
	}
	today, _ := p.c.Today()
	for _, peer := range peers {
		check := sha256.Sum256(peer.Identity[:])
		room := kiosk.PooledRoom{
			ID: peer.Identity.String(), Name: peer.Room, Check: hex.EncodeToString(check[:8]),
			Since: peer.Since, Left: peer.Left != count.NoDay, Aside: peer.Aside,
		}
		view.Rooms = append(view.Rooms, room)
		if !room.Left && !room.Aside && today-room.Since < kiosk.NewcomerDays {
			view.Newcomer = append(view.Newcomer, room)
		}
	}
	view.Periods, err = p.periods(ctx, db, today)
	return view, err
}

// periods returns what became of each period, the newest first.
func (p *Pooling) periods(ctx context.Context, q sqlrow.Querier, today count.Day) ([]kiosk.PooledPeriod, error) {
	names, err := sqlrow.Collect(ctx, q, func(row sqlrow.Scanner) (p count.PoolPeriod, err error) { return p, row.Scan(&p) },
		`SELECT period FROM pool_round UNION SELECT period FROM pool_result ORDER BY period DESC`)
	if err != nil {
		return nil, fmt.Errorf("read periods: %w", err)
	}
	var all []kiosk.PooledPeriod
	for _, name := range names {
		r, err := readRound(ctx, q, name)
		if err != nil {
			return nil, err
		}
		is := kiosk.PooledPeriod{Period: name, State: kiosk.PooledStateWaiting}
		if t, err := readResult(ctx, q, name); err == nil && t.Day != count.NoDay {
			is.State, is.Day, is.Rooms, is.Due = kiosk.PooledStateTold, t.Day, t.Rooms, t.Due
			for _, f := range t.Result.Figures {
				is.Figures = append(is.Figures, kiosk.PooledFigure{Period: f.Period, Measure: f.Measure, State: string(f.State), N: f.N})
			}
		} else if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return nil, err
		} else if r.heard == pool.RoundFailed || today > name.Deadline() || r.Settled && !r.Answered() && r.heard != pool.RoundDone {
			is.State = kiosk.PooledStateFailed
		}
		all = append(all, is)
	}
	return all, nil
}

// SetRoomAside says whether a room counts along.
func (p *Pooling) SetRoomAside(ctx context.Context, room string, aside bool) error {
	id, err := hex.DecodeString(room)
	if err != nil {
		return kiosk.ErrNotFound
	}
	return p.c.Write(ctx, func(ctx context.Context, w PoolTx) error {
		return sqlrow.One(ctx, w, `UPDATE pool_peer SET aside = ?2 WHERE identity = ?1`, id, aside)
	})
}

// AcceptOrganisation lets the organisation that asks take the former one's place.
func (p *Pooling) AcceptOrganisation(ctx context.Context) error {
	return p.c.Write(ctx, func(ctx context.Context, w PoolTx) error {
		err := sqlrow.One(ctx, w, `UPDATE pooling SET organisation = asked, asked = '', refused = '' WHERE asked <> ''`)
		if errors.Is(err, kiosk.ErrNotFound) {
			return kiosk.ErrAlready
		}
		return err
	})
}
