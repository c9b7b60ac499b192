package poolwire_test

import (
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"reflect"
	"testing"

	"example.org/inloop/sync/count"
	"example.org/inloop/sync/pool"
	"example.org/inloop/sync/pool/poolwire"
	"example.org/inloop/sync/wire"
)

// through writes and reads a message, as it goes over the network.
func through[T any](t *testing.T, v T) T {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	again, err := wire.Decode[T](b)
	if err != nil {
		t.Fatal(err)
	}
	return again
}

// A round of two rooms of which all is written and read again, from readiness to result.
func TestPoolwire_ARoundOverTheWire(t *testing.T) {
	for _, period := range []count.PoolPeriod{"2026Q3", "2026Q4+2026"} {
		parties, keys := map[string]pool.Party{}, map[string]*ecdh.PrivateKey{}
		answer := wire.PoolAnswer{Organisation: "12", Hash: wire.PoolHash(nil, nil), Round: &wire.PoolRound{Period: period, State: wire.PoolRoundShares}}
		var members []pool.Member
		for _, name := range []string{"kiosk_a", "kiosk_b"} {
			_, identity, _ := ed25519.GenerateKey(rand.Reader)
			key, _ := ecdh.X25519().GenerateKey(rand.Reader)
			parties[name], keys[name] = pool.Party{Kiosk: name, Key: identity}, key
			ready, err := poolwire.ReadyOf(through(t, poolwire.Ready(parties[name].Ready("12", period, key, name == "kiosk_a"))))
			if err != nil {
				t.Fatal(err)
			}
			members = append(members, ready.Member(name, "Room", parties[name].Identity()))
		}
		if members[0].Identity.String() > members[1].Identity.String() {
			members[0], members[1] = members[1], members[0]
		}
		set := pool.Set{Organisation: "12", Period: period, Members: members}
		teller := set.Teller()
		vector := func(m pool.Member) pool.Vector { return pool.NewVector(period, nil, m.Counts, []byte(m.Kiosk), "12") }
		for _, m := range members {
			answer.Round.Members = append(answer.Round.Members, poolwire.Member(m))
			if m.Identity == teller.Identity {
				continue
			}
			share, err := parties[m.Kiosk].Share(set, keys[m.Kiosk], vector(m))
			if err != nil {
				t.Fatal(err)
			}
			sent := through(t, poolwire.Share(share))
			answer.Round.Shares = append(answer.Round.Shares, wire.PoolMemberShare{Kiosk: m.Kiosk, Vector: sent.Vector, Tag: sent.Tag})
		}
		if err := answer.Check(); err != nil {
			t.Fatal(err)
		}
		heard, err := poolwire.HeardOf(through(t, answer))
		if err != nil || !reflect.DeepEqual(heard.Set(), set) || heard.State != pool.RoundShares {
			t.Fatalf("heard %v, %v", heard, err)
		}
		result, err := parties[teller.Kiosk].Tell(set, keys[teller.Kiosk], vector(teller), heard.Shares)
		if err != nil {
			t.Fatal(err)
		}
		request := wire.PoolRequest{Result: ptr(poolwire.Result(result))}
		again, err := poolwire.ResultOf(*through(t, request).Result)
		if err != nil || !reflect.DeepEqual(again, result) || again.Verify("12", teller.Identity) != nil {
			t.Errorf("result %v, %v", again, err)
		}
		if id, err := poolwire.IdentityOf(teller.Identity.String()); err != nil || id != teller.Identity {
			t.Error(err)
		}
	}
}

func ptr[T any](v T) *T { return &v }

func TestPoolwire_WhatIsNoHex(t *testing.T) {
	if _, err := poolwire.ReadyOf(wire.PoolReady{Key: "zz"}); err == nil {
		t.Error("a key that is no hex is read")
	}
	if _, err := poolwire.IdentityOf("00"); err == nil {
		t.Error("half an identity is read")
	}
}
