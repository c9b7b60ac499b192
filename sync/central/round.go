package central

import (
	"bytes"
	"context"
	"crypto/ecdh"
	"crypto/rand"
	"fmt"
	"slices"
	"strconv"
	"time"

	"example.org/inloop/sync/count"
	"example.org/inloop/sync/pool"
	"example.org/inloop/sync/wire"
)

// ToldRounds is of how many of the last rounds with a result kiosks are told.
const ToldRounds = 8

// leftStaysDue is for how many days a kiosk that was unpaired is still due: its room was
// in the period, or in a part of it. Kiosks reckon the same.
const leftStaysDue count.Day = 92

// PairedKiosk is one pairing of a kiosk of an organisation.
type PairedKiosk struct {
	Kiosk    string
	Identity pool.Identity
	Room     int64
	RoomName string
	Paired   time.Time
	Revoked  time.Time // zero while it is paired
}

// Round is what the centre keeps of a round: who is ready, the set, and how far it has
// come. What rooms counted it holds only masked, and only until the result.
type Round struct {
	Period     count.PoolPeriod
	State      wire.PoolRoundState // "" for one that has not begun
	Ready      []pool.Member       // the first word of each identity, ascending by identity; Room is empty
	InSet      []bool              // of each of Ready, once the set is fixed
	Set        string              // hash of the set in hex, "" until it is fixed
	Rooms, Due int                 // members that count, and rooms that were due
	Shared     []string            // kiosks whose share is held, ascending
}

// ended tells whether nothing about the round can change any more.
func (r Round) ended() bool {
	return r.State == wire.PoolRoundDone || r.State == wire.PoolRoundFailed
}

// RoundKeeper is where the rounds of one kiosk's organisation are kept, during one
// exchange.
type RoundKeeper interface {
	// Organisation returns the organisation's id.
	Organisation() int64

	// PairedKiosks returns all pairings that there were, oldest first; none when more
	// than most kiosks are paired at once.
	PairedKiosks(most int) ([]PairedKiosk, error)

	// Round returns the round of a period. With begin it is begun where there is none,
	// and nobody else changes it until this exchange ends.
	Round(period count.PoolPeriod, begin bool) (Round, error)

	// AddReady keeps a kiosk's word that it is ready.
	AddReady(period count.PoolPeriod, m pool.Member) error

	// SaveRound keeps the round's State, InSet, Set, Rooms and Due.
	SaveRound(r Round) error

	// AddShare keeps a share.
	AddShare(period count.PoolPeriod, s wire.PoolMemberShare) error

	// Shares returns the shares of a round, by kiosk.
	Shares(period count.PoolPeriod) ([]wire.PoolMemberShare, error)

	// EndRound makes a round done, with what is told of it, or failed without, and
	// deletes its shares.
	EndRound(period count.PoolPeriod, told *wire.PoolTold) error

	// ToldRounds returns the results of the last rounds that have one, oldest first.
	ToldRounds(most int) ([]wire.PoolTold, error)
}

// RoundStore answers what became of rounds.
type RoundStore interface {
	// ToldResults returns the results of an organisation's last rounds that have one,
	// oldest first.
	ToldResults(ctx context.Context, organisation int64, most int) ([]wire.PoolTold, error)

	// RoundStates returns how far each of an organisation's rounds of the last two
	// years has come.
	RoundStates(ctx context.Context, organisation int64) (map[count.PoolPeriod]wire.PoolRoundState, error)

	// FailRounds makes each round that has not ended and is over by today failed, of
	// whatever organisation, and deletes its shares.
	FailRounds(ctx context.Context, over func(count.PoolPeriod) bool) error
}

// party is an identity of the organisation: one kiosk, however often it was paired.
type party struct {
	PairedKiosk           // its last pairing
	first       time.Time // when it was paired for the first time
}

func (p party) live() bool { return p.Revoked.IsZero() }

// parties returns the identities among some pairings, ascending.
func parties(pairings []PairedKiosk) []party {
	var all []party
	for _, k := range pairings {
		i := slices.IndexFunc(all, func(p party) bool { return p.Identity == k.Identity })
		if i < 0 {
			all = append(all, party{k, k.Paired})
		} else {
			all[i].PairedKiosk = k
		}
	}
	slices.SortFunc(all, func(a, b party) int { return bytes.Compare(a.Identity[:], b.Identity[:]) })
	return all
}

// rounds is the centre's side of counting together in one exchange.
type rounds struct {
	keep    RoundKeeper
	kiosk   string
	today   count.Day
	zone    *time.Location
	all     []party
	period  count.PoolPeriod // the newest that has ended
	request wire.PoolRequest
}

// organisation is the organisation's id as it is signed.
func (r rounds) organisation() string { return strconv.FormatInt(r.keep.Organisation(), 10) }

// due tells whether a kiosk is to be in a period's set: it was paired before that began,
// and is still, or was until less than a quarter ago.
func (r rounds) due(p party, period count.PoolPeriod) bool {
	left := !p.live() && r.today-count.DayOf(p.Revoked, r.zone) >= leftStaysDue
	return count.DayOf(p.first, r.zone) < period.First() && !left
}

// pooled answers what a kiosk said of counting together, and stores what is new in it. What
// does not fit is not taken, and told nowhere: the kiosk sees it by the round's state.
func (t *exchange) pooled(keep RoundKeeper, kiosk string) (*wire.PoolAnswer, error) {
	r := rounds{keep: keep, kiosk: kiosk, today: count.DayOf(t.now, t.zone), zone: t.zone, request: *t.request.Pool}
	r.period = count.EndedPoolPeriod(r.today)
	pairings, err := keep.PairedKiosks(wire.MaxPool)
	if err != nil {
		return nil, fmt.Errorf("list kiosks: %w", err)
	}
	r.all = parties(pairings)
	answer := &wire.PoolAnswer{Organisation: r.organisation()}
	if len(r.all) > 0 { // else there are too many rooms to count together
		if answer.Round, err = r.round(); err != nil {
			return nil, fmt.Errorf("round of %s: %w", r.period, err)
		}
	}
	results, err := keep.ToldRounds(ToldRounds)
	if err != nil {
		return nil, fmt.Errorf("read results: %w", err)
	}
	peers := r.peers()
	if answer.Hash = wire.PoolHash(peers, results); answer.Hash != r.request.Known {
		answer.Peers, answer.Results = peers, results
	}
	return answer, nil
}

// peers are the other paired kiosks.
func (r rounds) peers() (peers []wire.PoolPeer) {
	for _, p := range r.all {
		if p.live() && p.Kiosk != r.kiosk {
			peers = append(peers, wire.PoolPeer{Kiosk: p.Kiosk, Room: p.RoomName, Identity: p.Identity.String()})
		}
	}
	return peers
}

// round takes what the kiosk sent for the round, and returns it as the kiosk is told it;
// nil for a kiosk that is not due, and before the eighth day.
func (r rounds) round() (*wire.PoolRound, error) {
	i := slices.IndexFunc(r.all, func(p party) bool { return p.Kiosk == r.kiosk })
	if i < 0 || !r.due(r.all[i], r.period) || r.today < r.period.ReadyFrom() {
		return nil, nil
	}
	self := r.all[i]
	now, err := r.keep.Round(r.period, false)
	if err == nil && !now.ended() {
		now, err = r.keep.Round(r.period, true)
	}
	if err != nil || now.ended() {
		return &wire.PoolRound{Period: r.period, State: now.State}, err
	}
	if r.today > r.period.Deadline() {
		return &wire.PoolRound{Period: r.period, State: wire.PoolRoundFailed}, r.keep.EndRound(r.period, nil)
	}
	for _, step := range []func(*Round, party) error{r.takeReady, r.fix, r.takeShare, r.takeResult} {
		if err := step(&now, self); err != nil {
			return nil, err
		}
	}
	return r.told(now, self)
}

// takeReady keeps the first word of an identity in a round, and no other.
func (r rounds) takeReady(now *Round, self party) error {
	said := r.request.Ready
	if said == nil || said.Period != r.period || now.State != wire.PoolRoundReady {
		return nil
	}
	m, err := memberOf(*said, self)
	known := slices.ContainsFunc(now.Ready, func(m pool.Member) bool { return m.Identity == self.Identity })
	if err != nil || known || m.Verify(r.organisation(), r.period) != nil || !secret(m.Key) {
		return nil //nolint:nilerr // one word that no kiosk would believe must not spoil the set
	}
	if err := r.keep.AddReady(r.period, m); err != nil {
		return fmt.Errorf("keep that a kiosk is ready: %w", err)
	}
	now.Ready = append(now.Ready, m)
	slices.SortFunc(now.Ready, func(a, b pool.Member) int { return bytes.Compare(a.Identity[:], b.Identity[:]) })
	return nil
}

// secret tells whether a key gives others a secret: one of a small order gives all of
// them zeros, and each would refuse a set that it is in (RFC 7748, 6.1).
func secret(key pool.ExchangeKey) bool {
	public, err := ecdh.X25519().NewPublicKey(key[:])
	if err != nil {
		return false
	}
	own, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		return false
	}
	_, err = own.ECDH(public)
	return err == nil
}

// fix fixes the set once all who are due are ready, or from the fifteenth day on whoever
// is, if those that count are half of the rooms and two of them.
func (r rounds) fix(now *Round, _ party) error {
	if now.State != wire.PoolRoundReady {
		return nil
	}
	inSet, counting, due, waiting := make([]bool, len(now.Ready)), 0, 0, 0
	for _, p := range r.all {
		if !r.due(p, r.period) {
			continue
		}
		due++
		// A word under an earlier pairing names a kiosk that can answer no more.
		i := slices.IndexFunc(now.Ready, func(m pool.Member) bool { return m.Identity == p.Identity && m.Kiosk == p.Kiosk })
		switch {
		case !p.live():
		case i < 0:
			waiting++
		default:
			inSet[i] = true
			if now.Ready[i].Counts {
				counting++
			}
		}
	}
	if waiting > 0 && r.today < r.period.FixedBy() || 2*counting < due || counting < min(2, due) || due > wire.MaxPool {
		return nil
	}
	now.State, now.InSet, now.Rooms, now.Due = wire.PoolRoundOpen, inSet, counting, due
	set := r.set(*now)
	if now.Set = set.Hash().String(); len(set.Members) == 1 {
		now.State = wire.PoolRoundShares // there is nobody to wait for
	}
	if err := r.keep.SaveRound(*now); err != nil {
		return fmt.Errorf("fix the set: %w", err)
	}
	return nil
}

// set is the round's set, with the rooms' names.
func (r rounds) set(now Round) pool.Set {
	set := pool.Set{Organisation: r.organisation(), Period: r.period}
	for i, m := range now.Ready {
		if now.InSet[i] {
			if at := slices.IndexFunc(r.all, func(p party) bool { return p.Identity == m.Identity }); at >= 0 {
				m.Room = r.all[at].RoomName
			}
			set.Members = append(set.Members, m)
		}
	}
	return set
}

// takeShare keeps the first share of each member but the teller. With the last one the
// teller can add up.
func (r rounds) takeShare(now *Round, self party) error {
	said := r.request.Share
	if said == nil || said.Period != r.period || said.Set != now.Set || now.State != wire.PoolRoundOpen {
		return nil
	}
	set := r.set(*now)
	if m, in := set.Find(self.Identity); !in || m.Kiosk != self.Kiosk || set.Teller().Identity == self.Identity || slices.Contains(now.Shared, self.Kiosk) {
		return nil
	}
	if err := r.keep.AddShare(r.period, wire.PoolMemberShare{Kiosk: self.Kiosk, Vector: said.Vector, Tag: said.Tag}); err != nil {
		return fmt.Errorf("keep a share: %w", err)
	}
	now.Shared = append(now.Shared, self.Kiosk)
	if len(now.Shared) < len(set.Members)-1 {
		return nil
	}
	now.State = wire.PoolRoundShares
	if err := r.keep.SaveRound(*now); err != nil {
		return fmt.Errorf("note that all shares are there: %w", err)
	}
	return nil
}

// takeResult keeps the result of the teller: the round is done.
func (r rounds) takeResult(now *Round, self party) error {
	said := r.request.Result
	if said == nil || said.Period != r.period || said.Set != now.Set || now.State != wire.PoolRoundShares {
		return nil
	}
	if r.set(*now).Teller().Identity != self.Identity {
		return nil
	}
	result, err := JointResult(*said)
	if err != nil || result.Verify(r.organisation(), self.Identity) != nil {
		return nil //nolint:nilerr // no kiosk would show it either: the teller sends another, or the deadline comes
	}
	told := wire.PoolTold{Result: *said, Teller: self.Identity.String(), Date: r.today.Period(), Rooms: now.Rooms, Due: now.Due}
	if err := r.keep.EndRound(r.period, &told); err != nil {
		return fmt.Errorf("keep the result: %w", err)
	}
	now.State = wire.PoolRoundDone
	return nil
}

// told is the round as this kiosk is told it: members while it is open, shares to the
// teller alone.
func (r rounds) told(now Round, self party) (*wire.PoolRound, error) {
	said := &wire.PoolRound{Period: r.period, State: now.State}
	if now.State != wire.PoolRoundOpen && now.State != wire.PoolRoundShares {
		return said, nil
	}
	set := r.set(now)
	teller := set.Teller().Identity == self.Identity
	if now.State == wire.PoolRoundOpen || teller {
		said.Members = wireMembers(set.Members)
	}
	if now.State == wire.PoolRoundShares && teller {
		var err error
		if said.Shares, err = r.keep.Shares(r.period); err != nil {
			return nil, fmt.Errorf("read shares: %w", err)
		}
	}
	return said, nil
}
