package attacker_test

import (
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"

	"example.org/inloop/sync/count"
	"example.org/inloop/sync/pool"
)

// league is a centre that asks rooms for what it likes, with room 0, which adds up: its
// keys are the attacker's, and what the others send is his to add and take off.
type league struct {
	parties []pool.Party
	keys    []*ecdh.PrivateKey
	vectors []pool.Vector
	done    []pool.Participation
	rules   leagueRules
	seen    []seenShare
}

// leagueRules are the rules that can be switched off.
type leagueRules struct {
	oneSet bool // a kiosk answers for one set of a period
	bound  bool // masks are bound to their set
}

// seenShare is a share without the masks that the attacker knows.
type seenShare struct {
	room    int
	numbers []uint64
}

const leaguePeriod = count.PoolPeriod("2026Q3")

// newLeague puts the room that adds up first.
func newLeague(t *testing.T, rooms int, rules leagueRules) *league {
	t.Helper()
	l := &league{rules: rules}
	for i := range rooms {
		l.parties = append(l.parties, pool.Party{Kiosk: fmt.Sprint("kiosk_", i), Key: ed25519.NewKeyFromSeed(secret("league", i))})
	}
	set := pool.Set{Organisation: organisationID, Period: leaguePeriod}
	for _, p := range l.parties {
		set.Members = append(set.Members, pool.Member{Identity: p.Identity()})
	}
	teller := set.Teller().Identity
	slices.SortStableFunc(l.parties, func(a, b pool.Party) int {
		return map[bool]int{true: -1, false: 0}[a.Identity() == teller] + map[bool]int{true: 1, false: 0}[b.Identity() == teller]
	})
	for i, p := range l.parties {
		key, err := ecdh.X25519().NewPrivateKey(secret("league exchange", i))
		if err != nil {
			t.Fatal(err)
		}
		l.keys = append(l.keys, key)
		numbers := map[count.PoolItem]int64{}
		for j, item := range leaguePeriod.Items() {
			numbers[item] = int64(60 - 20*j + 7*i)
		}
		l.vectors = append(l.vectors, pool.NewVector(leaguePeriod, numbers, true, secret("league rounding", i), organisationID))
		ready := p.Ready(organisationID, leaguePeriod, key, true)
		l.done = append(l.done, pool.Participation{Period: leaguePeriod, Organisation: organisationID, Ready: &ready})
	}
	return l
}

// ask offers a set of some rooms to some of them. A fresh one differs from the others
// though its rooms are the same: room 0 says that it is ready with another key.
func (l *league) ask(t *testing.T, rooms, offered []int, fresh int) {
	t.Helper()
	key0, err := ecdh.X25519().NewPrivateKey(secret("league exchange", 0, fresh))
	if err != nil {
		t.Fatal(err)
	}
	heard := pool.Heard{Organisation: organisationID, Period: leaguePeriod, State: pool.RoundOpen}
	for _, i := range rooms {
		ready := *l.done[i].Ready
		if i == 0 && fresh > 0 {
			ready = l.parties[0].Ready(organisationID, leaguePeriod, key0, true)
		} else if i == 0 {
			key0 = l.keys[0]
		}
		heard.Members = append(heard.Members, ready.Member(l.parties[i].Kiosk, "", l.parties[i].Identity()))
	}
	slices.SortFunc(heard.Members, func(a, b pool.Member) int { return strings.Compare(a.Identity.String(), b.Identity.String()) })
	set, on := heard.Set(), leaguePeriod.ReadyFrom()
	for _, i := range offered {
		k := pool.Knowledge{Self: l.parties[i], Today: on, Signed: on, Organisation: organisationID}
		for j, o := range l.parties {
			if j != i {
				k.Peers = append(k.Peers, pool.Peer{Kiosk: o.Kiosk, Identity: o.Identity(), Since: firstOf("2025")})
			}
		}
		done := l.done[i]
		if !l.rules.oneSet {
			done.Set, done.Settled = pool.SetHash{}, false
		}
		if step, _ := k.Next(done, heard); step != pool.RoundStepShare {
			continue
		}
		l.done[i].Set, l.done[i].Settled = set.Hash(), true
		share := l.share(t, set, i)
		mask := l.mask(t, set, key0, l.parties[0].Identity(), i)
		for n := range share {
			share[n] += mask[n] // what room 0 adds, room i took off
		}
		l.seen = append(l.seen, seenShare{i, share})
	}
}

// share is what a room sends: by the real rules, or under masks that know no set.
func (l *league) share(t *testing.T, set pool.Set, i int) []uint64 {
	t.Helper()
	if l.rules.bound {
		real, err := l.parties[i].Share(set, l.keys[i], l.vectors[i])
		if err != nil {
			t.Fatal(err)
		}
		return numbersOf(real.Vector)
	}
	share := slices.Clone([]uint64(l.vectors[i]))
	for _, m := range set.Members {
		if m.Identity == l.parties[i].Identity() {
			continue
		}
		for n, mask := range l.pair(t, set, l.keys[i], l.parties[i].Identity(), m) {
			share[n] += mask
		}
	}
	return share
}

// mask is what room 0 adds to its numbers for room i.
func (l *league) mask(t *testing.T, set pool.Set, key *ecdh.PrivateKey, self pool.Identity, i int) []uint64 {
	t.Helper()
	m, _ := set.Find(l.parties[i].Identity())
	return l.pair(t, set, key, self, m)
}

// pair is the attacker's own way to the numbers that one member adds for another, by the
// definition of the protocol.
func (l *league) pair(t *testing.T, set pool.Set, key *ecdh.PrivateKey, self pool.Identity, other pool.Member) []uint64 {
	t.Helper()
	public, err := ecdh.X25519().NewPublicKey(other.Key[:])
	if err != nil {
		t.Fatal(err)
	}
	shared, err := key.ECDH(public)
	if err != nil {
		t.Fatal(err)
	}
	salt := make([]byte, sha256.Size)
	if hash := set.Hash(); l.rules.bound {
		salt = hash[:]
	}
	prk, err := hkdf.Extract(sha256.New, shared, salt)
	if err != nil {
		t.Fatal(err)
	}
	lower, higher := self.String(), other.Identity.String()
	adds := lower < higher
	if !adds {
		lower, higher = higher, lower
	}
	stream, err := hkdf.Expand(sha256.New, prk, "inloop-pool-mask-1|"+lower+"|"+higher, 8*len(l.vectors[0]))
	if err != nil {
		t.Fatal(err)
	}
	numbers := numbersOf(stream)
	if !adds {
		for n := range numbers {
			numbers[n] = -numbers[n]
		}
	}
	return numbers
}

func numbersOf(b []byte) []uint64 {
	numbers := make([]uint64, len(b)/8)
	for i := range numbers {
		numbers[i] = binary.BigEndian.Uint64(b[8*i:])
	}
	return numbers
}

// learned adds all shares up in every way, each once, not at all, or taken off, and
// returns of which rooms the numbers came out: those where nothing as large as a mask is
// left.
func (l *league) learned() (found [][]int) {
	times := make([]int, len(l.seen))
	var try func(i int, sum []uint64)
	try = func(i int, sum []uint64) {
		if i < len(times) {
			for _, by := range []int{-1, 0, 1} {
				times[i] = by
				next := slices.Clone(sum)
				for n, v := range l.seen[i].numbers {
					next[n] += uint64(int64(by)) * v
				}
				try(i+1, next)
			}
			return
		}
		rooms, none := make([]int, len(l.parties)), true
		for i, by := range times {
			rooms[l.seen[i].room] += by
		}
		for _, by := range rooms {
			none = none && by == 0
		}
		small := !slices.ContainsFunc(sum, func(v uint64) bool { return v > 1<<31 && v < 1<<64-1<<31 })
		if small && !none && !slices.ContainsFunc(found, func(f []int) bool { return slices.Equal(f, rooms) }) {
			found = append(found, rooms)
		}
	}
	try(0, make([]uint64, len(l.vectors[0])))
	return found
}

func everyRoom(n int) (rooms []int) {
	for i := range n {
		rooms = append(rooms, i)
	}
	return rooms
}

// A second set without one room, asked of rooms that answered for all.
func TestShares_OneSetKeepsARoomApart(t *testing.T) {
	look := func(rules leagueRules) [][]int {
		l := newLeague(t, 4, rules)
		l.ask(t, everyRoom(4), everyRoom(4)[1:], 0)
		l.ask(t, []int{0, 2, 3}, []int{2, 3}, 0)
		return l.learned()
	}
	room1 := []int{0, 1, 0, 0}
	on, off := look(leagueRules{true, true}), look(leagueRules{false, true})
	others := func(f []int) bool { return slices.Equal(f, []int{0, 1, 1, 1}) || slices.Equal(f, []int{0, -1, -1, -1}) }
	if len(on) != 2 || !others(on[0]) || !others(on[1]) {
		t.Errorf("all rules on: the numbers of rooms %v come out, want the sum of the others alone", on)
	}
	if !slices.ContainsFunc(off, func(f []int) bool { return slices.Equal(f, room1) }) {
		t.Errorf("without 'one set' %v comes out, want room 1", off)
	}
	t.Logf("with one set %v comes out, without %v", on, off)
}

// Each room is offered another set of the same rooms: none of them was answered by all.
func TestShares_OfSeveralSetsNothingComesOut(t *testing.T) {
	look := func(rules leagueRules) [][]int {
		l := newLeague(t, 4, rules)
		for i := 1; i < 4; i++ {
			l.ask(t, everyRoom(4), []int{i}, i)
		}
		return l.learned()
	}
	on, off := look(leagueRules{true, true}), look(leagueRules{true, false})
	if len(on) != 0 || len(off) == 0 {
		t.Errorf("of shares under three sets %v comes out, without bound masks %v; want nothing and something", on, off)
	}
	t.Logf("bound to their sets %v comes out, not bound %v", on, off)
}

// What the rules do not keep from a centre in league with the room that adds up: each
// kiosk takes a set of half of the rooms, so that with four or fewer a centre can give
// each of them one of its own with that room.
func TestShares_LimitOfHalf(t *testing.T) {
	for rooms := 2; rooms <= 6; rooms++ {
		l := newLeague(t, rooms, leagueRules{true, true})
		for i := 1; i < rooms; i++ {
			l.ask(t, []int{0, i}, []int{i}, 0)
		}
		alone := len(l.seen)
		if want := map[bool]int{true: rooms - 1}[rooms <= 4]; alone != want {
			t.Errorf("%d rooms: %d others are had alone, want %d", rooms, alone, want)
		}
		t.Logf("%d rooms: a centre with the room that adds up has the numbers of %d others alone: %v", rooms, alone, l.learned())
	}
}
