package dashboardtest

import (
	"crypto/ecdh"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"

	"example.org/inloop/sync/count"
	"example.org/inloop/sync/pool"
	"example.org/inloop/sync/wire"
)

// Together lets rooms count together what they have for each item of the round that is
// due now, until the result is told.
func (o *Fixture) Together(numbers map[*FakeKiosk][]int64) {
	o.t.Helper()
	var kiosks []*FakeKiosk
	for k := range numbers {
		kiosks = append(kiosks, k)
	}
	slices.SortFunc(kiosks, func(a, b *FakeKiosk) int { return int(a.Room.ID - b.Room.ID) })
	said := map[*FakeKiosk]*wire.PoolRequest{}
	for range 6 {
		for _, k := range kiosks {
			if said[k] == nil {
				said[k] = &wire.PoolRequest{}
			}
			said[k] = k.answer(k.pool(*said[k]), *said[k], numbers[k])
		}
	}
	for _, k := range kiosks {
		if got := k.pool(wire.PoolRequest{}); got.Round == nil || got.Round.State != wire.PoolRoundDone {
			o.t.Fatalf("%s is told of %+v, want a round that is done", k.Room.Name, got.Round)
		}
	}
}

// pool reports what a kiosk says of counting together, and returns what it is told.
func (k *FakeKiosk) pool(said wire.PoolRequest) *wire.PoolAnswer {
	k.t.Helper()
	k.seq++
	answer := exchange[wire.Answer](k, wire.SyncPath, k.Room.Kiosk.ID, wire.Request{
		Version: wire.Newest, Epoch: wire.Epoch{Ordinal: 1, ID: fmt.Sprintf("%032d", k.Room.ID)}, Seq: k.seq, Token: k.token,
		Clock: wire.ClockReading{Time: *k.clock.Load(), Trust: 2}, Health: []wire.Health{{Part: "reader", Level: "green"}}, Cells: []wire.Cell{},
		Undated: k.Undated, Lost: k.Lost, Pool: &said,
	})
	k.token = answer.NextToken
	return answer.Pool
}

// answer is what the kiosk says next.
func (k *FakeKiosk) answer(heard *wire.PoolAnswer, said wire.PoolRequest, numbers []int64) *wire.PoolRequest {
	k.t.Helper()
	r := heard.Round
	if r == nil {
		k.t.Fatalf("%s has no round", k.Room.Name)
	}
	key, err := ecdh.X25519().NewPrivateKey(k.key.Seed())
	k.Must(err)
	self := pool.Party{Kiosk: k.Room.Kiosk.ID, Key: k.key}
	if r.State == wire.PoolRoundReady {
		ready := self.Ready(heard.Organisation, r.Period, key, true)
		said.Ready = &wire.PoolReady{Period: r.Period, Key: ready.Key.String(), Counts: true, Signature: base64.StdEncoding.EncodeToString(ready.Signature)}
	}
	if len(r.Members) == 0 {
		return &said
	}
	set := pool.Set{Organisation: heard.Organisation, Period: r.Period}
	for _, m := range r.Members {
		member := pool.Member{Kiosk: m.Kiosk, Counts: m.Counts}
		k.unhex(member.Identity[:], m.Identity)
		k.unhex(member.Key[:], m.Key)
		member.Signature, err = base64.StdEncoding.DecodeString(m.Signature)
		k.Must(err)
		set.Members = append(set.Members, member)
	}
	has := map[count.PoolItem]int64{}
	for i, item := range r.Period.Items() {
		if i < len(numbers) {
			has[item] = numbers[i]
		}
	}
	vector := pool.NewVector(r.Period, has, true, k.key.Seed(), heard.Organisation)
	switch {
	case set.Teller().Identity != pool.IdentityOf(k.key):
		share, err := self.Share(set, key, vector)
		k.Must(err)
		said.Share = &wire.PoolShare{
			Period: r.Period, Set: share.Set.String(), Vector: hex.EncodeToString(share.Vector), Tag: hex.EncodeToString(share.Tag),
		}
	case r.State == wire.PoolRoundShares:
		said.Result = k.tell(self, set, key, vector, r.Shares)
	}
	return &said
}

// tell adds up as the teller.
func (k *FakeKiosk) tell(self pool.Party, set pool.Set, key *ecdh.PrivateKey, v pool.Vector, given []wire.PoolMemberShare) *wire.PoolResult {
	k.t.Helper()
	var shares []pool.MaskedShare
	for _, g := range given {
		s := pool.MaskedShare{Kiosk: g.Kiosk, Period: set.Period, Set: set.Hash(), Vector: make([]byte, len(g.Vector)/2), Tag: make([]byte, len(g.Tag)/2)}
		k.unhex(s.Vector, g.Vector)
		k.unhex(s.Tag, g.Tag)
		shares = append(shares, s)
	}
	result, err := self.Tell(set, key, v, shares)
	k.Must(err)
	told := &wire.PoolResult{Period: set.Period, Set: result.Set.String(), Signature: base64.StdEncoding.EncodeToString(result.Signature)}
	for _, f := range result.Figures {
		c := wire.PoolCell{Period: f.Period, Measure: f.Measure, State: string(f.State)}
		if f.State == "shown" {
			c.N = &f.N
		}
		told.Cells = append(told.Cells, c)
	}
	for _, few := range result.TooFew() {
		told.Reasons = append(told.Reasons, map[bool]string{true: wire.PoolTooFew}[few])
	}
	return told
}

func (k *FakeKiosk) unhex(into []byte, text string) {
	k.t.Helper()
	b, err := hex.DecodeString(text)
	k.Must(err)
	copy(into, b)
}
