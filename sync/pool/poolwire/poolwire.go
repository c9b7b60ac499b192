// Package poolwire writes what package pool makes as package wire sends it, and reads
// it back: bytes as hex or base64, figures as cells. Both ends use it, a kiosk and the
// centre. What it reads was checked by wire before; what is wrong all the same is an
// error of the encoding.
package poolwire

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"

	"example.org/inloop/sync/count"
	"example.org/inloop/sync/disclose"
	"example.org/inloop/sync/pool"
	"example.org/inloop/sync/wire"
)

// reader reads texts into bytes and keeps the first error.
type reader struct{ err error }

func (r *reader) fail(err error) {
	if r.err == nil && err != nil {
		r.err = fmt.Errorf("read what is counted together: %w", err)
	}
}

func (r *reader) hex(s string) []byte {
	b, err := hex.DecodeString(s)
	r.fail(err)
	return b
}

func (r *reader) signature(s string) []byte {
	b, err := base64.StdEncoding.DecodeString(s)
	r.fail(err)
	return b
}

func (r *reader) array(s string) (a [32]byte) {
	b := r.hex(s)
	if len(b) != len(a) {
		r.fail(fmt.Errorf("%d bytes: want %d", len(b), len(a)))
		return a
	}
	return [32]byte(b)
}

func signature(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

// Ready writes a readiness.
func Ready(r pool.Readiness) wire.PoolReady {
	return wire.PoolReady{Period: r.Period, Key: r.Key.String(), Counts: r.Counts, Signature: signature(r.Signature)}
}

// ReadyOf reads a readiness.
func ReadyOf(w wire.PoolReady) (pool.Readiness, error) {
	var in reader
	r := pool.Readiness{Period: w.Period, Key: in.array(w.Key), Counts: w.Counts, Signature: in.signature(w.Signature)}
	return r, in.err
}

// Share writes a share.
func Share(s pool.MaskedShare) wire.PoolShare {
	return wire.PoolShare{Period: s.Period, Set: s.Set.String(), Vector: hex.EncodeToString(s.Vector), Tag: hex.EncodeToString(s.Tag)}
}

// Result writes a result.
func Result(r pool.JointResult) wire.PoolResult {
	w := wire.PoolResult{Period: r.Period, Set: r.Set.String(), Signature: signature(r.Signature)}
	for _, f := range r.Figures {
		c := wire.PoolCell{Period: f.Period, Measure: f.Measure, State: string(f.State)}
		if f.State == disclose.DisclosureShown {
			c.N = &f.N
		}
		w.Cells = append(w.Cells, c)
	}
	for _, few := range r.TooFew() {
		w.Reasons = append(w.Reasons, map[bool]string{true: wire.PoolTooFew}[few])
	}
	return w
}

// ResultOf reads a result.
func ResultOf(w wire.PoolResult) (pool.JointResult, error) {
	var in reader
	r := pool.JointResult{Period: w.Period, Set: in.array(w.Set), Signature: in.signature(w.Signature)}
	for _, c := range w.Cells {
		f := pool.JointFigure{PoolItem: count.PoolItem{Period: c.Period, Measure: c.Measure}, Figure: disclose.Figure{State: disclose.Disclosure(c.State)}}
		if c.N != nil {
			f.N = *c.N
		}
		r.Figures = append(r.Figures, f)
	}
	return r, in.err
}

// Member writes a member of a set.
func Member(m pool.Member) wire.PoolMember {
	return wire.PoolMember{
		Kiosk: m.Kiosk, Room: m.Room, Identity: m.Identity.String(),
		Key: m.Key.String(), Counts: m.Counts, Signature: signature(m.Signature),
	}
}

// IdentityOf reads an identity.
func IdentityOf(s string) (pool.Identity, error) {
	var in reader
	id := in.array(s)
	return id, in.err
}

// HeardOf reads what an answer said of the organisation and its newest round.
func HeardOf(a wire.PoolAnswer) (pool.Heard, error) {
	h := pool.Heard{Organisation: a.Organisation}
	if a.Round == nil {
		return h, nil
	}
	var in reader
	h.Period, h.State = a.Round.Period, pool.RoundState(a.Round.State)
	for _, m := range a.Round.Members {
		h.Members = append(h.Members, pool.Member{
			Kiosk: m.Kiosk, Room: m.Room, Identity: in.array(m.Identity),
			Key: in.array(m.Key), Counts: m.Counts, Signature: in.signature(m.Signature),
		})
	}
	hash := h.Set().Hash()
	for _, s := range a.Round.Shares {
		h.Shares = append(h.Shares, pool.MaskedShare{Kiosk: s.Kiosk, Period: h.Period, Set: hash, Vector: in.hex(s.Vector), Tag: in.hex(s.Tag)})
	}
	return h, in.err
}
