package pool_test

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"example.org/inloop/sync/count"
	"example.org/inloop/sync/pool"
)

var (
	manyRounds = flag.Int("rounds", 100, "how many random rounds are played")
	roundSeed  = flag.Uint64("round", 0, "the one random round that is played, and told; 0 for many")
)

// life is one kiosk in a random round: what it keeps, a copy of that which may be put
// back, and all that it ever gave.
type life struct {
	room
	k        pool.Knowledge
	p        pool.Participation
	backup   pool.Participation
	gone     bool
	state    pool.RoundState
	shared   map[pool.SetHash]bool // under which sets it ever gave its numbers
	accepted *pool.JointResult
	inbox    []pool.Heard
}

// office is the centre: what it has of one period. A hostile one is wrong on purpose.
type office struct {
	lives   []*life
	ready   map[string]pool.Member
	set     pool.Set
	shares  map[string]pool.MaskedShare
	result  *pool.JointResult
	teller  pool.Identity
	hostile bool
	rng     *rand.Rand
}

const roundPeriod = count.PoolPeriod("2026Q3")

// take takes what a kiosk sent. The first of each counts, and no other.
func (o *office) take(l *life, ready *pool.Readiness, share *pool.MaskedShare, result *pool.JointResult, today count.Day) {
	if ready != nil && o.set.Members == nil {
		if _, there := o.ready[l.Kiosk]; !there {
			o.ready[l.Kiosk] = ready.Member(l.Kiosk, l.Kiosk, l.Identity())
		}
	}
	if share != nil && share.Set == o.set.Hash() && o.result == nil {
		if _, there := o.shares[l.Kiosk]; !there {
			o.shares[l.Kiosk] = *share
		}
	}
	if result != nil && o.result == nil && o.set.Members != nil && l.Identity() == o.set.Teller().Identity && result.Set == o.set.Hash() {
		o.result, o.teller = result, l.Identity()
		clear(o.shares)
	}
	if o.set.Members == nil && (len(o.ready) == len(o.lives) || today >= roundPeriod.FixedBy() && 2*len(o.ready) >= len(o.lives) && len(o.ready) >= min(2, len(o.lives))) {
		o.set = ordered(pool.Set{Organisation: "12", Period: roundPeriod, Members: slices.Collect(maps.Values(o.ready))})
	}
}

// say returns what the centre answers a kiosk.
func (o *office) say(l *life, today count.Day) pool.Heard {
	h := pool.Heard{Organisation: "12", Period: roundPeriod, State: pool.RoundReady}
	switch {
	case o.result != nil:
		h.State = pool.RoundDone
	case today > roundPeriod.Deadline():
		h.State = pool.RoundFailed
	case o.set.Members == nil:
	case len(o.shares) == len(o.set.Members)-1:
		h.State = pool.RoundShares
		if l.Identity() == o.set.Teller().Identity {
			h.Members, h.Shares = o.set.Members, slices.Collect(maps.Values(o.shares))
		}
	default:
		h.State, h.Members = pool.RoundOpen, o.set.Members
	}
	if o.hostile {
		o.spoil(&h)
	}
	return h
}

// spoil makes an answer a lie: another set, another share, another organisation.
func (o *office) spoil(h *pool.Heard) {
	h.Members, h.Shares = slices.Clone(h.Members), slices.Clone(h.Shares)
	switch o.rng.IntN(6) {
	case 0:
		if len(h.Members) > 2 {
			i := o.rng.IntN(len(h.Members))
			h.Members = slices.Delete(h.Members, i, i+1)
		}
	case 1:
		if len(h.Shares) > 0 {
			i := o.rng.IntN(len(h.Shares))
			h.Shares[i].Vector = slices.Clone(h.Shares[i].Vector)
			h.Shares[i].Vector[o.rng.IntN(24)] ^= 1
		}
	case 2:
		h.Organisation = "13"
	case 3:
		if len(h.Members) > 0 {
			h.Members[o.rng.IntN(len(h.Members))].Key = pool.ExchangeKey(row(byte(o.rng.IntN(256))))
		}
	}
}

// step lets a kiosk act on an answer, as its store does, and returns what it sends next.
func (l *life) step(t *testing.T, h pool.Heard) {
	t.Helper()
	if h.Period == l.p.Period {
		l.state = h.State
	}
	step, err := l.k.Next(l.p, h)
	if err != nil && step != pool.RoundStepWait {
		t.Fatalf("%s with %v", step, err)
	}
	set := h.Set()
	switch step {
	case pool.RoundStepReady:
		r := l.Ready(h.Organisation, l.p.Period, l.exchange, true)
		l.p.Ready, l.p.Organisation, l.k.Organisation = &r, h.Organisation, h.Organisation
	case pool.RoundStepShare:
		s, err := l.Share(set, l.exchange, l.vector(set))
		if err != nil {
			return // a key without a secret: the set is refused
		}
		l.p.Share = &s
		l.settle(set)
	case pool.RoundStepTell:
		r, err := l.Tell(set, l.exchange, l.vector(set), h.Shares)
		if err != nil {
			return // until the right shares come
		}
		l.p.Result = &r
		l.settle(set)
	case pool.RoundStepClose:
		l.p.Settled = true
	}
}

func (l *life) settle(set pool.Set) {
	l.p.Set, l.p.Teller, l.p.Settled = set.Hash(), set.Teller().Identity, true
	l.p.Own = map[count.Period]int64{"2026Q3": l.numbers[count.PoolItem{Period: "2026Q3", Measure: count.MeasureReachN}]}
	l.shared[l.p.Set] = true
}

// play plays one random round and returns whether it gave a figure.
func play(t *testing.T, seed uint64, hostile bool) (exact bool) {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 1))
	o := &office{ready: map[string]pool.Member{}, shares: map[string]pool.MaskedShare{}, hostile: hostile, rng: rng}
	for i := range 1 + rng.IntN(6) {
		l := &life{room: newRoom(t, fmt.Sprintf("kiosk_%d", i), byte(32*i), byte(32*i+3), byte(7*i)), shared: map[pool.SetHash]bool{}}
		n := 30 + rng.Int64N(80)
		a := rng.Int64N(n + 1)
		l.reach("2026Q3", n, a, rng.Int64N(a+1))
		l.p.Period = roundPeriod
		l.k.Self = l.Party
		o.lives = append(o.lives, l)
	}
	for _, l := range o.lives {
		for _, other := range o.lives {
			if other != l {
				l.k.Peers = append(l.k.Peers, pool.Peer{Kiosk: other.Kiosk, Identity: other.Identity(), Since: 1})
			}
		}
	}
	for today := roundPeriod.ReadyFrom() - 1; today <= roundPeriod.Deadline()+2; today++ {
		for range 3 * len(o.lives) {
			l := o.lives[rng.IntN(len(o.lives))]
			l.k.Today, l.k.Signed = today, today
			switch rng.IntN(60) {
			case 0:
				l.gone = rng.IntN(8) == 0 // for good
			case 1:
				l.backup = l.p
			case 2: // a backup is put back: a new epoch
				if l.backup.Period != "" {
					l.p, l.k.Began = l.backup, today
				}
			}
			if l.gone {
				continue
			}
			ready, share, result := l.p.Outgoing(l.state)
			if rng.IntN(5) > 0 { // else the request is lost
				o.take(l, ready, share, result, today)
				if rng.IntN(5) == 0 { // it comes twice
					o.take(l, ready, share, result, today)
				}
				l.inbox = append(l.inbox, o.say(l, today))
			}
			if len(l.inbox) > 0 && rng.IntN(4) > 0 { // an answer comes, maybe an old one once more
				i := rng.IntN(len(l.inbox))
				l.step(t, l.inbox[i])
				if rng.IntN(3) > 0 {
					l.inbox = slices.Delete(l.inbox, i, i+1)
				}
			}
			if o.result != nil {
				if r := lied(o); l.k.CheckResult(l.p, "12", r, o.teller) == nil {
					l.accepted = &r
				}
			}
		}
	}
	return o.judge(t, seed)
}

// lied is the result as a hostile centre tells it: sometimes another one.
func lied(o *office) pool.JointResult {
	r := *o.result
	if o.hostile && o.rng.IntN(3) == 0 {
		r.Figures = slices.Clone(r.Figures)
		r.Figures[o.rng.IntN(len(r.Figures))].N += 5
	}
	return r
}

// judge looks that no number is wrong and that nobody answered twice.
func (o *office) judge(t *testing.T, seed uint64) (exact bool) {
	t.Helper()
	for _, l := range o.lives {
		if len(l.shared) > 1 {
			t.Fatalf("round %d: %s gave its numbers for %d sets", seed, l.Kiosk, len(l.shared))
		}
		if l.accepted == nil {
			continue
		}
		var in []room
		for _, m := range o.set.Members {
			i := slices.IndexFunc(o.lives, func(l *life) bool { return l.Kiosk == m.Kiosk })
			in = append(in, o.lives[i].room)
		}
		if want := tell(t, o.set, in); !slices.Equal(want.Figures, l.accepted.Figures) {
			t.Fatalf("round %d: %s shows %v, want %v", seed, l.Kiosk, l.accepted.Figures, want.Figures)
		}
		exact = true
	}
	return exact
}

// Requests and answers are lost, doubled, late and out of order; kiosks vanish, and
// backups are put back: there is the right number or none, and no room ever answers for
// two sets. So too when the centre lies.
func TestRounds_NeverAWrongNumberNeverTwoShares(t *testing.T) {
	for _, hostile := range []bool{false, true} {
		seeds := *manyRounds
		if *roundSeed != 0 {
			seeds = 1
		}
		figures := 0
		for i := range seeds {
			seed := uint64(i) + 1
			if *roundSeed != 0 {
				seed = *roundSeed
			}
			if play(t, seed, hostile) {
				figures++
			}
		}
		if figures < seeds/4 {
			t.Errorf("a figure in %d of %d rounds only (hostile %t)", figures, seeds, hostile)
		}
		t.Logf("hostile %t: a figure in %d of %d rounds, none wrong", hostile, figures, seeds)
	}
}
