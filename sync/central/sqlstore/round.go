package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"example.org/inloop/sync/central"
	"example.org/inloop/sync/count"
	"example.org/inloop/sync/pool"
	"example.org/inloop/sync/wire"
)

// Organisation returns the id of the kiosk's organisation.
func (l merger) Organisation() int64 { return l.room.organisation }

// PairedKiosks returns the organisation's pairings, none when too many are paired.
func (l merger) PairedKiosks(most int) ([]central.PairedKiosk, error) {
	var live int
	err := l.tx.QueryRowContext(l.ctx, `
		SELECT count(*) FROM (SELECT room FROM kiosks WHERE organisation = ?1 AND revoked IS NULL LIMIT ?2) AS live`,
		l.room.organisation, most+1).Scan(&live)
	if err != nil || live > most {
		return nil, err
	}
	return pairedKiosks(l.ctx, l.tx, l.room.organisation)
}

func pairedKiosks(ctx context.Context, q runner, organisation int64) ([]central.PairedKiosk, error) {
	rows, err := q.QueryContext(ctx, `
		SELECT k.id, k.public_key, k.room, r.name, k.paired, k.revoked
		FROM kiosks k JOIN rooms r ON r.organisation = k.organisation AND r.id = k.room
		WHERE k.organisation = ?1 ORDER BY k.paired, k.revoked IS NULL, k.id`, organisation)
	return collect(rows, err, func(scan func(...any) error) (p central.PairedKiosk, err error) {
		var key []byte
		err = scan(&p.Kiosk, &key, &p.Room, &p.RoomName, instant{&p.Paired}, instant{&p.Revoked})
		copy(p.Identity[:], key)
		return p, err
	})
}

// Round returns the round of a period, and with begin makes it where there is none and
// locks it.
func (l merger) Round(period count.PoolPeriod, begin bool) (r central.Round, err error) {
	lock := ""
	if begin {
		lock = l.engine.lock()
		_, err := l.tx.ExecContext(l.ctx, `INSERT INTO pool_rounds (organisation, period, state) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING`,
			l.room.organisation, string(period), string(wire.PoolRoundReady))
		if err != nil {
			return r, fmt.Errorf("begin round: %w", err)
		}
	}
	r.Period = period
	err = l.tx.QueryRowContext(l.ctx, `SELECT state, set_hash, rooms, due FROM pool_rounds WHERE organisation = ?1 AND period = ?2`+lock,
		l.room.organisation, string(period)).Scan(&r.State, &r.Set, &r.Rooms, &r.Due)
	if err != nil || !begin { // how far it has come is all that is asked
		return r, none(err, nil)
	}
	rows, err := l.tx.QueryContext(l.ctx, `
		SELECT identity, kiosk, exchange_key, counts, signature, member FROM pool_ready WHERE organisation = ?1 AND period = ?2 ORDER BY identity`,
		l.room.organisation, string(period))
	_, err = collect(rows, err, func(scan func(...any) error) (none struct{}, err error) {
		var m pool.Member
		var identity, key []byte
		var counts, member int
		err = scan(&identity, &m.Kiosk, &key, &counts, &m.Signature, &member)
		copy(m.Identity[:], identity)
		copy(m.Key[:], key)
		m.Counts = counts == 1
		r.Ready, r.InSet = append(r.Ready, m), append(r.InSet, member == 1)
		return none, err
	})
	if err != nil {
		return r, fmt.Errorf("read who is ready: %w", err)
	}
	rows, err = l.tx.QueryContext(l.ctx, `SELECT kiosk FROM pool_shares WHERE organisation = ?1 AND period = ?2 ORDER BY kiosk`, l.room.organisation, string(period))
	r.Shared, err = collect(rows, err, func(scan func(...any) error) (kiosk string, err error) { return kiosk, scan(&kiosk) })
	return r, err
}

// AddReady keeps that a kiosk is ready.
func (l merger) AddReady(period count.PoolPeriod, m pool.Member) error {
	_, err := l.tx.ExecContext(l.ctx, `
		INSERT INTO pool_ready (organisation, period, identity, kiosk, exchange_key, counts, signature) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)`,
		l.room.organisation, string(period), m.Identity[:], m.Kiosk, m.Key[:], flag(m.Counts), m.Signature)
	return err
}

// flag is how yes and no are stored.
func flag(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// SaveRound keeps how far a round has come, and who is in its set.
func (l merger) SaveRound(r central.Round) error {
	_, err := l.tx.ExecContext(l.ctx, `UPDATE pool_rounds SET state = ?3, set_hash = ?4, rooms = ?5, due = ?6 WHERE organisation = ?1 AND period = ?2`,
		l.room.organisation, string(r.Period), string(r.State), r.Set, r.Rooms, r.Due)
	if err != nil {
		return fmt.Errorf("save round: %w", err)
	}
	for i, m := range r.Ready {
		_, err := l.tx.ExecContext(l.ctx, `UPDATE pool_ready SET member = ?4 WHERE organisation = ?1 AND period = ?2 AND identity = ?3 AND member <> ?4`,
			l.room.organisation, string(r.Period), m.Identity[:], flag(r.InSet[i]))
		if err != nil {
			return fmt.Errorf("save member: %w", err)
		}
	}
	return nil
}

// AddShare keeps a share.
func (l merger) AddShare(period count.PoolPeriod, s wire.PoolMemberShare) error {
	_, err := l.tx.ExecContext(l.ctx, `INSERT INTO pool_shares (organisation, period, kiosk, vector, tag) VALUES (?1, ?2, ?3, ?4, ?5)`,
		l.room.organisation, string(period), s.Kiosk, s.Vector, s.Tag)
	return err
}

// Shares returns the shares of a round.
func (l merger) Shares(period count.PoolPeriod) ([]wire.PoolMemberShare, error) {
	rows, err := l.tx.QueryContext(l.ctx, `SELECT kiosk, vector, tag FROM pool_shares WHERE organisation = ?1 AND period = ?2 ORDER BY kiosk`,
		l.room.organisation, string(period))
	return collect(rows, err, func(scan func(...any) error) (s wire.PoolMemberShare, err error) {
		return s, scan(&s.Kiosk, &s.Vector, &s.Tag)
	})
}

// EndRound makes a round done or failed.
func (l merger) EndRound(period count.PoolPeriod, told *wire.PoolTold) error {
	return endRound(l.ctx, l.tx, l.room.organisation, period, told)
}

func endRound(ctx context.Context, tx runner, organisation int64, period count.PoolPeriod, told *wire.PoolTold) error {
	state, text := wire.PoolRoundFailed, sql.Null[string]{}
	if told != nil {
		b, err := json.Marshal(told)
		if err != nil {
			return fmt.Errorf("encode result: %w", err)
		}
		state, text = wire.PoolRoundDone, sql.Null[string]{V: string(b), Valid: true}
	}
	_, err := tx.ExecContext(ctx, `UPDATE pool_rounds SET state = ?3, told = ?4 WHERE organisation = ?1 AND period = ?2 AND state NOT IN ('done', 'failed')`,
		organisation, string(period), string(state), text)
	if err != nil {
		return fmt.Errorf("end round: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM pool_shares WHERE organisation = ?1 AND period = ?2`, organisation, string(period)); err != nil {
		return fmt.Errorf("delete shares: %w", err)
	}
	return nil
}

// ToldRounds returns the last results.
func (l merger) ToldRounds(most int) ([]wire.PoolTold, error) {
	return toldRounds(l.ctx, l.tx, l.room.organisation, most)
}

// ToldResults returns the last results.
func (s *Store) ToldResults(ctx context.Context, organisation int64, most int) ([]wire.PoolTold, error) {
	return toldRounds(ctx, s.read, organisation, most)
}

func toldRounds(ctx context.Context, q runner, organisation int64, most int) ([]wire.PoolTold, error) {
	rows, err := q.QueryContext(ctx, `SELECT told FROM pool_rounds WHERE organisation = ?1 AND told IS NOT NULL ORDER BY period DESC LIMIT ?2`, organisation, most)
	all, err := collect(rows, err, func(scan func(...any) error) (t wire.PoolTold, err error) {
		var text string
		if err := scan(&text); err != nil {
			return t, err
		}
		return t, json.Unmarshal([]byte(text), &t)
	})
	slices.Reverse(all)
	return all, err
}

// RoundStates returns how far the last rounds have come.
func (s *Store) RoundStates(ctx context.Context, organisation int64) (map[count.PoolPeriod]wire.PoolRoundState, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT period, state FROM pool_rounds WHERE organisation = ?1 ORDER BY period DESC LIMIT 8`, organisation)
	states := map[count.PoolPeriod]wire.PoolRoundState{}
	_, err = collect(rows, err, func(scan func(...any) error) (none struct{}, err error) {
		var period, state string
		err = scan(&period, &state)
		states[count.PoolPeriod(period)] = wire.PoolRoundState(state)
		return none, err
	})
	return states, err
}

// openRound is a round that has not ended.
type openRound struct {
	organisation int64
	period       count.PoolPeriod
}

// FailRounds makes rounds failed whose last day is over.
func (s *Store) FailRounds(ctx context.Context, over func(count.PoolPeriod) bool) error {
	rows, err := s.read.QueryContext(ctx, `SELECT organisation, period FROM pool_rounds WHERE state IN ('ready', 'open', 'shares')`)
	open, err := collect(rows, err, func(scan func(...any) error) (r openRound, err error) {
		return r, scan(&r.organisation, (*string)(&r.period))
	})
	if err != nil {
		return err
	}
	for _, r := range open {
		if !over(r.period) {
			continue
		}
		err = errors.Join(err, s.engine.write(ctx, func(ctx context.Context, tx runner) error {
			return endRound(ctx, tx, r.organisation, r.period, nil)
		}))
	}
	return err
}

var _ central.RoundStore = (*Store)(nil)
