package pooling

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/sync/count"
	"example.org/inloop/sync/pool"
)

// takeLists takes the other rooms and the results that an answer told, if it did. why is
// set when a result is not shown.
func (p *Pooling) takeLists(ctx context.Context, w PoolTx, said Saying, why *error) error {
	s, err := p.standing(ctx, w)
	if err != nil || s.hash == said.Hash {
		return err
	}
	if err := writePeers(ctx, w, said.Peers, max(w.Day, w.Signed)); err != nil {
		return err
	}
	k, err := p.knowledge(ctx, w)
	if err != nil {
		return err
	}
	for _, t := range said.Told {
		no, err := takeResult(ctx, w, k, said.Organisation, t)
		if err != nil {
			return err
		}
		if *why == nil {
			*why = no
		}
	}
	// A result that is not shown is looked at again with the next answer.
	hash := said.Hash
	if *why != nil {
		hash = ""
	}
	if err := sqlrow.One(ctx, w, `UPDATE pooling SET hash = ?1`, hash); err != nil {
		return fmt.Errorf("note what the centre told: %w", err)
	}
	return nil
}

// takeResult keeps a result that is told and verifies. What was kept once never changes.
func takeResult(ctx context.Context, w PoolTx, k pool.Knowledge, organisation string, t ToldResult) (no, err error) {
	was, err := readResult(ctx, w, t.Result.Period)
	if err == nil && was.Day != count.NoDay {
		return nil, nil
	}
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}
	own := err == nil // this kiosk was the teller
	r, err := readRound(ctx, w, t.Result.Period)
	if err != nil {
		return nil, err
	}
	switch no := k.CheckResult(r.Participation, organisation, t.Result, t.Teller); {
	case errors.Is(no, pool.ErrUnlisted): // from before this room was there
		return nil, nil
	case no != nil:
		return no, nil
	case own:
		return nil, noteTold(ctx, w, t.Result.Period, t.Day, t.Rooms, t.Due)
	}
	return nil, writeResult(ctx, w, organisation, t)
}

// refusals are why a kiosk refuses, as the desk words them. Until its day has come, and
// while the clock has its own light, it only waits.
func refusals() []struct {
	err  error
	code string
} {
	return []struct {
		err  error
		code string
	}{
		{pool.ErrOrganisation, "organisation"}, {pool.ErrAside, "aside"}, {pool.ErrNewEpoch, "restored"},
		{pool.ErrFewRooms, "rooms"}, {pool.ErrAlone, "rooms"}, {pool.ErrUnlisted, "unknown"}, {pool.ErrListedLate, "unknown"},
		{pool.ErrResult, "result"}, {pool.ErrBelowOwn, "result"}, {pool.ErrAnswered, "twice"},
		{pool.ErrSet, "round"}, {pool.ErrNotAsOffered, "round"}, {pool.ErrSignature, "round"}, {pool.ErrShares, "round"},
		{pool.ErrTag, "round"}, {pool.ErrSecret, "round"}, {pool.ErrTooLarge, "round"},
	}
}

// refusalOf returns the word for why, "" for what is no refusal.
func refusalOf(why error) string {
	for _, r := range refusals() {
		if errors.Is(why, r.err) {
			return r.code
		}
	}
	return ""
}

// noteRefusal notes why the last thing asked was refused, if that is news, and which
// organisation a person is to accept.
func (p *Pooling) noteRefusal(ctx context.Context, code, organisation string) error {
	db, err := p.c.Read()
	if err != nil {
		return err
	}
	s, err := p.standing(ctx, db)
	if err != nil {
		return err
	}
	asked := ""
	if code == "organisation" {
		asked = organisation
	}
	if s.refused == code && s.asked == asked {
		return nil
	}
	return p.c.Write(ctx, func(ctx context.Context, w PoolTx) error {
		return sqlrow.One(ctx, w, `UPDATE pooling SET refused = ?1, asked = ?2`, code, asked)
	})
}
