package pool

import (
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/hmac"
	"fmt"

	"example.org/inloop/sync/count"
)

// Party is one kiosk in a round: its id at the centre, and the key it was paired with.
// The keys of periods come with each call: they are kept apart, and not for long.
type Party struct {
	Kiosk string
	Key   ed25519.PrivateKey
}

// Readiness is what a kiosk says to be in the set of a period.
type Readiness struct {
	Period    count.PoolPeriod
	Key       ExchangeKey
	Counts    bool
	Signature []byte
}

// MaskedShare is a member's numbers under its masks, and the tag for the teller.
type MaskedShare struct {
	Kiosk  string
	Period count.PoolPeriod
	Set    SetHash
	Vector []byte
	Tag    []byte
}

// Identity returns the kiosk's identity.
func (p Party) Identity() Identity { return IdentityOf(p.Key) }

// Ready signs that the kiosk takes part in a period's round with this key.
func (p Party) Ready(organisation string, period count.PoolPeriod, key *ecdh.PrivateKey, counts bool) Readiness {
	r := Readiness{Period: period, Counts: counts}
	copy(r.Key[:], key.PublicKey().Bytes())
	r.Signature = ed25519.Sign(p.Key, readyText(organisation, period, Member{Kiosk: p.Kiosk, Key: r.Key, Counts: counts}))
	return r
}

// Member returns a kiosk's readiness as a member of a set.
func (r Readiness) Member(kiosk, room string, id Identity) Member {
	return Member{Kiosk: kiosk, Room: room, Identity: id, Key: r.Key, Counts: r.Counts, Signature: r.Signature}
}

// Share masks the vector for the set. Whether the set may be answered is not asked here
// but by Knowledge.Next.
func (p Party) Share(set Set, key *ecdh.PrivateKey, v Vector) (MaskedShare, error) {
	masked, err := set.masked(key, p.Identity(), v)
	if err != nil {
		return MaskedShare{}, err
	}
	s := MaskedShare{Kiosk: p.Kiosk, Period: set.Period, Set: set.Hash(), Vector: masked.bytes()}
	with, err := s.Set.pairOf(key, p.Identity(), set.Teller())
	if err != nil {
		return MaskedShare{}, err
	}
	s.Tag, err = with.tag(s.Kiosk, s.Vector)
	return s, err
}

// Tell adds up as the teller, judges, rounds and signs. The shares are those of exactly
// the other members, else ErrShares; a changed one is ErrTag. The sums stay in here.
func (p Party) Tell(set Set, key *ecdh.PrivateKey, v Vector, shares []MaskedShare) (JointResult, error) {
	sums, err := p.sum(set, key, v, shares)
	if err != nil {
		return JointResult{}, err
	}
	r := JointResult{Period: set.Period, Set: set.Hash(), Figures: judge(set.Period, sums)}
	r.Signature = ed25519.Sign(p.Key, r.text(set.Organisation))
	clear(sums)
	return r, nil
}

// maxSum is above what any number of persons can come to.
const maxSum = 1 << 31

func (p Party) sum(set Set, key *ecdh.PrivateKey, v Vector, shares []MaskedShare) (Vector, error) {
	self := p.Identity()
	if len(shares) != len(set.Members)-1 {
		return nil, fmt.Errorf("%w: %d of %d", ErrShares, len(shares), len(set.Members)-1)
	}
	by := make(map[string]MaskedShare, len(shares))
	for _, s := range shares {
		by[s.Kiosk] = s
	}
	sums, err := set.masked(key, self, v)
	if err != nil {
		return nil, err
	}
	hash := set.Hash()
	for _, m := range set.Members {
		if m.Identity == self {
			continue
		}
		s, there := by[m.Kiosk]
		if !there || len(s.Vector) != 8*len(v) {
			return nil, fmt.Errorf("%w: none of %s", ErrShares, m.Kiosk)
		}
		with, err := hash.pairOf(key, self, m)
		if err != nil {
			return nil, err
		}
		if tag, err := with.tag(m.Kiosk, s.Vector); err != nil || !hmac.Equal(tag, s.Tag) {
			return nil, fmt.Errorf("%w: that of %s", ErrTag, m.Kiosk)
		}
		sums.add(vectorOf(s.Vector))
	}
	for _, n := range sums {
		if n >= maxSum {
			return nil, ErrTooLarge
		}
	}
	return sums, nil
}
