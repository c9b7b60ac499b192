package attacker_test

import (
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"testing"

	"example.org/inloop/sync/count"
	"example.org/inloop/sync/disclose"
	"example.org/inloop/sync/pool"
)

// organisationID is the organisation's id at its centre.
const organisationID = "12"

// secret makes 32 bytes of a name.
func secret(of ...any) []byte {
	sum := sha256.Sum256([]byte(fmt.Sprint(of...)))
	return sum[:]
}

// party is one room's kiosk in rounds.
type party struct {
	pool.Party
	rounding []byte
	done     map[count.PoolPeriod]*pool.Participation
	marks    map[int64]*yearMarks // of its residents
}

// yearMarks is what stands of somebody in the year's own numbers.
type yearMarks struct{ asked, few bool }

// poolRules are the rules of counting together that can be switched off; all of them on
// are the real ones.
type poolRules struct {
	gap     bool // shown only where the rounded numbers lie 15 apart
	forEver bool // one offset for all periods
	settled bool // what was settled never moves
}

func allPoolRules() poolRules { return poolRules{true, true, true} }

// organisation plays the rounds of a world.
type organisation struct {
	*world
	rules   poolRules
	parties []*party
	told    []reading
}

// reading is a pool's numbers as they were read in one week, for the first time or
// otherwise than the week before.
type reading struct {
	on     count.Day
	period count.Period
	shown  disclose.Reach
	ok     bool // false: too few

	exact disclose.Reach // which the attacker does not know
}

func newOrganisation(w *world, seed uint64, rules poolRules) *organisation {
	o := &organisation{world: w, rules: rules}
	for i := range w.rooms {
		key := ed25519.NewKeyFromSeed(secret("identity", seed, i))
		o.parties = append(o.parties, &party{
			Party:    pool.Party{Kiosk: fmt.Sprint("kiosk_", i), Key: key},
			rounding: secret("rounding", seed, i),
			done:     map[count.PoolPeriod]*pool.Participation{},
			marks:    map[int64]*yearMarks{},
		})
	}
	return o
}

// play lets a year pass and returns what was read.
func (o *organisation) play(t testing.TB) []reading {
	t.Helper()
	for week := 1; week <= weeks; week++ {
		on := readOn(week)
		period := count.EndedPoolPeriod(on)
		if on < period.ReadyFrom() || period.First() < firstOf("2026") {
			continue
		}
		if on > period.Deadline() && o.rules.settled {
			continue
		}
		o.round(t, period, on)
	}
	return o.told
}

// exchange is the key of a party for a period.
func (p *party) exchange(t testing.TB, period count.PoolPeriod) *ecdh.PrivateKey {
	t.Helper()
	key, err := ecdh.X25519().NewPrivateKey(secret("exchange", p.Kiosk, period))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// knows is what a party knows on a day: all others, since long before.
func (o *organisation) knows(p *party, on count.Day) pool.Knowledge {
	k := pool.Knowledge{Self: p.Party, Today: on, Signed: on, Organisation: organisationID}
	for _, other := range o.parties {
		if other != p {
			k.Peers = append(k.Peers, pool.Peer{Kiosk: other.Kiosk, Identity: other.Identity(), Since: firstOf("2025")})
		}
	}
	return k
}

// round lets the centre ask all rooms for a period once more, as a coordinator may who
// wants another figure. Rooms that answered before do not answer again.
func (o *organisation) round(t testing.TB, period count.PoolPeriod, on count.Day) {
	t.Helper()
	heard := pool.Heard{Organisation: organisationID, Period: period, State: pool.RoundReady}
	var members []pool.Member
	for _, p := range o.parties {
		if p.done[period] == nil || !o.rules.settled {
			p.done[period] = &pool.Participation{Period: period}
		}
		k := o.knows(p, on)
		if !o.rules.settled { // as on the first day
			k.Today, k.Signed = period.ReadyFrom(), period.ReadyFrom()
		}
		done := p.done[period]
		if step, err := k.Next(*done, heard); err != nil {
			t.Fatal(err)
		} else if step == pool.RoundStepReady {
			ready := p.Ready(organisationID, period, p.exchange(t, period), true)
			done.Ready, done.Organisation = &ready, organisationID
		}
		members = append(members, done.Ready.Member(p.Kiosk, p.Kiosk, p.Identity()))
	}
	heard.Members = members
	slices.SortFunc(heard.Members, func(a, b pool.Member) int { return strings.Compare(a.Identity.String(), b.Identity.String()) })
	o.answer(t, heard, on)
}

// answer lets the rooms answer for a set, the teller last.
func (o *organisation) answer(t testing.TB, heard pool.Heard, on count.Day) {
	t.Helper()
	heard.State = pool.RoundOpen
	set := heard.Set()
	teller := set.Teller().Identity
	var sums pool.Vector
	var own pool.Vector
	for _, last := range []bool{false, true} {
		for room, p := range o.parties {
			if (p.Identity() == teller) != last {
				continue
			}
			heard.State = map[bool]pool.RoundState{false: pool.RoundOpen, true: pool.RoundShares}[last]
			k, done := o.knows(p, on), p.done[set.Period]
			if !o.rules.settled {
				k.Today, k.Signed = set.Period.ReadyFrom(), set.Period.ReadyFrom()
			}
			step, err := k.Next(*done, heard)
			if err != nil {
				t.Fatal(err)
			}
			if step != pool.RoundStepShare && step != pool.RoundStepTell {
				return // it answered before: nothing new is told
			}
			v := pool.NewVector(set.Period, o.numbers(t, room, set.Period, on), true, p.rounding, organisationID)
			if sums == nil {
				sums = make(pool.Vector, len(v))
			}
			for i := range v {
				sums[i] += v[i]
			}
			done.Set, done.Teller, done.Settled = set.Hash(), teller, true
			if !last {
				share, err := p.Share(set, p.exchange(t, set.Period), v)
				if err != nil {
					t.Fatal(err)
				}
				heard.Shares, done.Share = append(heard.Shares, share), &share
				continue
			}
			own = v
			result, err := p.Tell(set, p.exchange(t, set.Period), own, heard.Shares)
			if err != nil {
				t.Fatal(err)
			}
			done.Result = &result
			o.tell(t, result, sums, on)
		}
	}
}

// tell keeps what a result tells, by the real rules or by a copy of which some are off.
func (o *organisation) tell(t testing.TB, result pool.JointResult, sums pool.Vector, on count.Day) {
	t.Helper()
	items := result.Period.Items()
	at := func(p count.Period, m count.Measure) int {
		return slices.Index(items, count.PoolItem{Period: p, Measure: m})
	}
	for _, p := range result.Period.Periods() {
		n, a, k := at(p, count.MeasureReachN), at(p, count.MeasureReachA), at(p, count.MeasureReachK)
		r := reading{on: on, period: p, exact: disclose.Reach{N: int64(sums[n]), A: int64(sums[a]), K: int64(sums[k])}}
		offset := func(i int) disclose.Offset {
			if o.rules.forEver {
				return disclose.NewOffset(sums[len(items)+i])
			}
			return disclose.PoolOffset(o.parties[0].rounding, organisationID, fmt.Sprint(items[i]))
		}
		r.shown, r.ok = shownBy(o.rules, r.exact, offset(n), offset(a), offset(k))
		if real, ok := result.Reach(p); o.rules.gap && o.rules.forEver && (ok != r.ok || ok && real != r.shown) {
			t.Fatalf("%s: %v (%t) is told, the copy of the rules says %v (%t)", p, real, ok, r.shown, r.ok)
		}
		last := slices.IndexFunc(o.told, func(old reading) bool {
			return old.period == p && old.shown == r.shown && old.ok == r.ok && old.exact == r.exact
		})
		if last < 0 {
			o.told = append(o.told, r)
		}
	}
}

// shownBy is disclose.Reach.Shown without the rules that are off.
func shownBy(rules poolRules, r disclose.Reach, un, ua, uk disclose.Offset) (s disclose.Reach, ok bool) {
	s.N = disclose.Round(r.N, un)
	s.A = min(disclose.Round(r.A, ua), s.N)
	s.K = min(disclose.Round(r.K, uk), s.A)
	ok = r.N >= disclose.MinPersons && r.A >= disclose.MinAnswers && r.K >= disclose.MinSide && r.A-r.K >= disclose.MinSide
	return s, ok && (!rules.gap || s.A-s.K >= disclose.MinGap)
}

// numbers are what a room adds to a round: of a quarter by its real rules, of the year by
// the marks that are made as each quarter is settled.
func (o *organisation) numbers(t testing.TB, room int, period count.PoolPeriod, on count.Day) map[count.PoolItem]int64 {
	t.Helper()
	quarter := period.Quarter()
	tally := o.tally(t, room, quarter, on)
	numbers := map[count.PoolItem]int64{
		{Period: quarter, Measure: count.MeasureReachN}: tally.N,
		{Period: quarter, Measure: count.MeasureReachA}: tally.A,
		{Period: quarter, Measure: count.MeasureReachK}: tally.K,
	}
	marks := o.parties[room].marks
	for _, r := range o.residents {
		if r.room != room || !r.attended(quarter, on) {
			continue
		}
		if _, contacts := r.says(quarter, on); contacts != unknownContacts {
			if marks[r.no] == nil {
				marks[r.no] = &yearMarks{}
			}
			marks[r.no].asked = true
			marks[r.no].few = marks[r.no].few || contacts == fewContacts
		}
	}
	if y := period.Year(); y != "" {
		numbers[count.PoolItem{Period: y, Measure: count.MeasureReachN}] = o.tally(t, room, y, on).N
		for _, m := range marks {
			numbers[count.PoolItem{Period: y, Measure: count.MeasureReachA}]++
			if m.few {
				numbers[count.PoolItem{Period: y, Measure: count.MeasureReachK}]++
			}
		}
	}
	return numbers
}
