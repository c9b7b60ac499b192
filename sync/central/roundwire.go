package central

import (
	"fmt"

	"example.org/inloop/sync/pool"
	"example.org/inloop/sync/pool/poolwire"
	"example.org/inloop/sync/wire"
)

// memberOf is a kiosk's word as a member of a set.
func memberOf(said wire.PoolReady, self party) (pool.Member, error) {
	r, err := poolwire.ReadyOf(said)
	if err != nil {
		return pool.Member{}, fmt.Errorf("%w: %w", wire.ErrMalformed, err)
	}
	return r.Member(self.Kiosk, "", self.Identity), nil
}

func wireMembers(members []pool.Member) (all []wire.PoolMember) {
	for _, m := range members {
		all = append(all, poolwire.Member(m))
	}
	return all
}

// JointResult reads a result as it was sent. What it says is not judged.
func JointResult(said wire.PoolResult) (pool.JointResult, error) {
	told := said.Period.Told()
	if len(told) != len(said.Cells) {
		return pool.JointResult{}, fmt.Errorf("result of %s: %d cells, want %d: %w", said.Period, len(said.Cells), len(told), wire.ErrMalformed)
	}
	r, err := poolwire.ResultOf(said)
	if err != nil {
		return r, fmt.Errorf("%w: %w", wire.ErrMalformed, err)
	}
	for i := range r.Figures {
		r.Figures[i].PoolItem = told[i]
	}
	return r, nil
}
