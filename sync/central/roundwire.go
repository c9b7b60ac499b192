package central

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"

	"example.org/inloop/sync/disclose"
	"example.org/inloop/sync/pool"
	"example.org/inloop/sync/wire"
)

// fromHex reads exactly as many bytes as there is room for.
func fromHex(into []byte, text string) error {
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != len(into) {
		return fmt.Errorf("%d bytes of hex: %w", len(into), wire.ErrMalformed)
	}
	copy(into, b)
	return nil
}

// memberOf is a kiosk's word as a member of a set.
func memberOf(said wire.PoolReady, self party) (pool.Member, error) {
	m := pool.Member{Kiosk: self.Kiosk, Identity: self.Identity, Counts: said.Counts}
	if err := fromHex(m.Key[:], said.Key); err != nil {
		return m, err
	}
	var err error
	if m.Signature, err = base64.StdEncoding.DecodeString(said.Signature); err != nil {
		return m, fmt.Errorf("signature: %w", err)
	}
	return m, nil
}

func wireMembers(members []pool.Member) (all []wire.PoolMember) {
	for _, m := range members {
		all = append(all, wire.PoolMember{
			Kiosk: m.Kiosk, Room: m.Room, Identity: m.Identity.String(), Key: m.Key.String(), Counts: m.Counts,
			Signature: base64.StdEncoding.EncodeToString(m.Signature),
		})
	}
	return all
}

// JointResult reads a result as it was sent. What it says is not judged.
func JointResult(said wire.PoolResult) (pool.JointResult, error) {
	r := pool.JointResult{Period: said.Period}
	if err := fromHex(r.Set[:], said.Set); err != nil {
		return r, err
	}
	var err error
	if r.Signature, err = base64.StdEncoding.DecodeString(said.Signature); err != nil {
		return r, fmt.Errorf("signature: %w", err)
	}
	told := said.Period.Told()
	if len(told) != len(said.Cells) {
		return r, fmt.Errorf("result of %s: %d cells, want %d: %w", said.Period, len(said.Cells), len(told), wire.ErrMalformed)
	}
	for i, c := range said.Cells {
		f := disclose.Figure{State: disclose.Disclosure(c.State)}
		if c.N != nil {
			f.N = *c.N
		}
		r.Figures = append(r.Figures, pool.JointFigure{PoolItem: told[i], Figure: f})
	}
	return r, nil
}
