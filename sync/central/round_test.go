package central_test

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"example.org/inloop/sync/central"
	"example.org/inloop/sync/count"
	"example.org/inloop/sync/pool"
	"example.org/inloop/sync/wire"
)

// partner is a room that counts together with others: its kiosk, with what it holds of
// a round. It does as it is told, and judges nothing.
type partner struct {
	*kiosk
	room     central.Room
	exchange *ecdh.PrivateKey // of the period in hand
	counts   bool
	numbers  []int64 // that it has for each item
	last     *wire.PoolAnswer
	share    *wire.PoolShare
	result   *wire.PoolResult
}

func newPartner(t testing.TB, s *server, a central.Account, n byte, numbers ...int64) *partner {
	t.Helper()
	p := &partner{kiosk: newKiosk(n), counts: true, numbers: numbers}
	p.room = s.pair(t, p.kiosk, a, fmt.Sprintf("Kamer %03d", n))
	p.newKey(t, n)
	return p
}

func (p *partner) newKey(t testing.TB, n byte) {
	t.Helper()
	var err error
	p.exchange, err = ecdh.X25519().NewPrivateKey(bytes.Repeat([]byte{n ^ 0x5a}, 32))
	must(t, err)
}

func (p *partner) party() pool.Party { return pool.Party{Kiosk: p.id, Key: p.key} }

// ready is the partner's word for a period.
func (p *partner) ready(organisation string, period count.PoolPeriod) *wire.PoolReady {
	r := p.party().Ready(organisation, period, p.exchange, p.counts)
	return &wire.PoolReady{Period: period, Key: r.Key.String(), Counts: r.Counts, Signature: base64.StdEncoding.EncodeToString(r.Signature)}
}

// vector is what it counted.
func (p *partner) vector(organisation string, period count.PoolPeriod) pool.Vector {
	numbers := map[count.PoolItem]int64{}
	for i, item := range period.Items() {
		if i < len(p.numbers) {
			numbers[item] = p.numbers[i]
		}
	}
	return pool.NewVector(period, numbers, p.counts, p.key.Seed(), organisation)
}

// ask sends a report with what a kiosk says of counting together, in version 2.
func (s *server) ask(t testing.TB, p *partner, said wire.PoolRequest) *wire.PoolAnswer {
	t.Helper()
	r := p.request()
	r.Version, r.Pool = wire.Newest, &said
	if p.last != nil {
		r.Pool.Known = p.last.Hash
	}
	got := s.send(p.sealRequest(r))
	if got.status != http.StatusOK || !got.signed {
		t.Fatalf("sync: status %d, signed %v: %s", got.status, got.signed, got.body)
	}
	a, err := wire.Decode[wire.Answer](got.body)
	must(t, err)
	must(t, a.Check(0))
	p.token = a.NextToken
	if a.Pool == nil {
		t.Fatal("no word of counting together")
	}
	if p.last != nil && p.last.Hash == a.Pool.Hash {
		a.Pool.Peers, a.Pool.Results = p.last.Peers, p.last.Results
	}
	p.last = a.Pool
	return a.Pool
}

// turn is one report of a kiosk that does what the last answer asks for.
func (s *server) turn(t testing.TB, p *partner) *wire.PoolRound {
	t.Helper()
	said := wire.PoolRequest{Share: p.share, Result: p.result}
	if p.last != nil && p.last.Round != nil && p.last.Round.State == wire.PoolRoundReady {
		said.Ready = p.ready(p.last.Organisation, p.last.Round.Period)
	}
	got := s.ask(t, p, said).Round
	if got == nil || got.Members == nil {
		return got
	}
	set := setOf(t, p.last.Organisation, got)
	_, in := set.Find(pool.IdentityOf(p.key))
	switch {
	case !in:
	case set.Teller().Identity != pool.IdentityOf(p.key):
		share, err := p.party().Share(set, p.exchange, p.vector(set.Organisation, set.Period))
		must(t, err)
		p.share = &wire.PoolShare{Period: set.Period, Set: share.Set.String(), Vector: hex.EncodeToString(share.Vector), Tag: hex.EncodeToString(share.Tag)}
	case got.State == wire.PoolRoundShares:
		p.result = p.tell(t, set, got.Shares)
	}
	return got
}

// tell adds up.
func (p *partner) tell(t testing.TB, set pool.Set, given []wire.PoolMemberShare) *wire.PoolResult {
	t.Helper()
	var shares []pool.MaskedShare
	for _, g := range given {
		vector, err := hex.DecodeString(g.Vector)
		must(t, err)
		tag, err := hex.DecodeString(g.Tag)
		must(t, err)
		shares = append(shares, pool.MaskedShare{Kiosk: g.Kiosk, Period: set.Period, Set: set.Hash(), Vector: vector, Tag: tag})
	}
	result, err := p.party().Tell(set, p.exchange, p.vector(set.Organisation, set.Period), shares)
	must(t, err)
	said := &wire.PoolResult{Period: set.Period, Set: result.Set.String(), Signature: base64.StdEncoding.EncodeToString(result.Signature)}
	for _, f := range result.Figures {
		c := wire.PoolCell{Period: f.Period, Measure: f.Measure, State: string(f.State)}
		if f.State == "shown" {
			c.N = &f.N
		}
		said.Cells = append(said.Cells, c)
	}
	for _, few := range result.TooFew() {
		said.Reasons = append(said.Reasons, map[bool]string{true: wire.PoolTooFew}[few])
	}
	return said
}

// setOf reads a set as a kiosk does, and checks it.
func setOf(t testing.TB, organisation string, r *wire.PoolRound) pool.Set {
	t.Helper()
	set := pool.Set{Organisation: organisation, Period: r.Period}
	for _, m := range r.Members {
		member := pool.Member{Kiosk: m.Kiosk, Room: m.Room, Counts: m.Counts}
		unhex(t, member.Identity[:], m.Identity)
		unhex(t, member.Key[:], m.Key)
		var err error
		member.Signature, err = base64.StdEncoding.DecodeString(m.Signature)
		must(t, err)
		set.Members = append(set.Members, member)
	}
	must(t, set.Check())
	return set
}

func unhex(t testing.TB, into []byte, text string) {
	t.Helper()
	b, err := hex.DecodeString(text)
	must(t, err)
	copy(into, b)
}

// round is where a round stands for a kiosk, "" for none.
func standing(r *wire.PoolRound) wire.PoolRoundState {
	if r == nil {
		return ""
	}
	return r.State
}

// three are three rooms that were paired in June, on the eighth of October.
func three(t testing.TB, s *server) (central.Account, []*partner) {
	t.Helper()
	s.at(t, "2026-06-01 12:00")
	a := s.coordinator(t, "Stichting Een", "a@een.example")
	rooms := []*partner{newPartner(t, s, a, 1, 62, 35, 6), newPartner(t, s, a, 2, 48, 27, 5), newPartner(t, s, a, 3, 71, 40, 7)}
	s.at(t, "2026-10-08 09:00")
	return a, rooms
}

// all lets each of the rooms report once, and returns where the round stands for each.
func (s *server) all(t testing.TB, rooms []*partner) (stand []wire.PoolRoundState) {
	t.Helper()
	for _, p := range rooms {
		stand = append(stand, standing(s.turn(t, p)))
	}
	return stand
}

func TestRound_ThreeRoomsCountTogether(t *testing.T) {
	onBoth(t, func(t *testing.T, s *server) {
		_, rooms := three(t, s)
		s.at(t, "2026-10-07 23:00")
		if got := s.all(t, rooms); !slices.Equal(got, []wire.PoolRoundState{"", "", ""}) {
			t.Errorf("on the seventh: %q", got)
		}
		s.at(t, "2026-10-08 09:00")
		const ready, open, shares, done = wire.PoolRoundReady, wire.PoolRoundOpen, wire.PoolRoundShares, wire.PoolRoundDone
		for i, want := range [][]wire.PoolRoundState{{ready, ready, ready}, {ready, ready, open}} {
			if got := s.all(t, rooms); !slices.Equal(got, want) {
				t.Fatalf("turn %d: %q, want %q", i+1, got, want)
			}
		}
		if peers := rooms[0].last.Peers; len(peers) != 2 || peers[0].Room == "" {
			t.Errorf("peers %+v", peers)
		}
		for i := 0; standing(s.turn(t, rooms[i%3])) != done; i++ {
			held := s.table(t, `SELECT vector FROM pool_shares`)
			for _, vector := range held {
				if len(vector) != 2*8*6 {
					t.Errorf("a share of %d digits", len(vector))
				}
				if kept := s.table(t, `SELECT answer FROM kiosks WHERE answer IS NOT NULL`); strings.Contains(strings.Join(kept, "\n"), vector) {
					t.Error("an answer that is kept holds a share")
				}
			}
			if i > 12 {
				t.Fatal("never done")
			}
		}
		if left := s.table(t, `SELECT * FROM pool_shares`); len(left) > 0 {
			t.Errorf("shares after the result: %q", left)
		}
		for _, p := range rooms {
			if got := standing(s.turn(t, p)); got != done || len(p.last.Results) != 1 {
				t.Fatalf("told %q and %d results", got, len(p.last.Results))
			}
			told := p.last.Results[0]
			result, err := central.JointResult(told.Result)
			must(t, err)
			var teller pool.Identity
			unhex(t, teller[:], told.Teller)
			must(t, result.Verify(p.last.Organisation, teller))
			reach, shown := result.Reach("2026Q3")
			if !shown || reach.N < 177 || reach.N > 185 || told.Rooms != 3 || told.Due != 3 || told.Date != "2026-10-08" {
				t.Errorf("told %+v, %v", told, reach)
			}
		}
		// What the centre holds of the round: no number of a room, no sum but the rounded one.
		for _, row := range s.table(t, `SELECT told FROM pool_rounds`) {
			for _, exact := range []string{":62", ":35", ":48", ":27", ":71", ":181", ":102", ":110", ":119", ":133"} {
				if strings.Contains(row, exact) {
					t.Errorf("%s stands in %s", exact, row)
				}
			}
		}
	})
}

func TestRound_WhoIsReadyWhen(t *testing.T) {
	const open, ready, failed = wire.PoolRoundOpen, wire.PoolRoundReady, wire.PoolRoundFailed
	for name, tt := range map[string]struct {
		counts []bool   // of those who are ready
		days   []string // on which each says so
		look   string   // then the first looks
		want   wire.PoolRoundState
		rooms  int // members that count
	}{
		"all on the eighth":                         {[]bool{true, true, true}, []string{"10-08", "10-08", "10-08"}, "10-08", open, 3},
		"two of three before the fifteenth":         {[]bool{true, true}, []string{"10-08", "10-09"}, "10-14", ready, 0},
		"two of three on the fifteenth":             {[]bool{true, true}, []string{"10-08", "10-09"}, "10-15", open, 2},
		"one of three on the fifteenth":             {[]bool{true}, []string{"10-08"}, "10-20", ready, 0},
		"the second on the twentieth":               {[]bool{true, true}, []string{"10-08", "10-20"}, "10-20", open, 2},
		"all, one without badges":                   {[]bool{true, true, false}, []string{"10-08", "10-08", "10-08"}, "10-08", open, 2},
		"all, two without badges":                   {[]bool{true, false, false}, []string{"10-08", "10-08", "10-08"}, "10-20", ready, 0},
		"one of three on the last day":              {[]bool{true}, []string{"10-08"}, "11-05", ready, 0},
		"one of three on the day after it":          {[]bool{true}, []string{"10-08"}, "11-06", failed, 0},
		"the last day, then the one who was absent": {[]bool{true, true}, []string{"10-08", "11-05"}, "11-05", open, 2},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			_, rooms := three(t, s)
			for i, counts := range tt.counts {
				s.at(t, "2026-"+tt.days[i]+" 09:00")
				rooms[i].counts = counts
				s.turn(t, rooms[i])
				s.turn(t, rooms[i])
			}
			s.at(t, "2026-"+tt.look+" 10:00")
			got := s.turn(t, rooms[0])
			if standing(got) != tt.want {
				t.Fatalf("stands at %q, want %q", standing(got), tt.want)
			}
			if tt.want == open {
				if counting := setOf(t, rooms[0].last.Organisation, got).Counting(); counting != tt.rooms || len(got.Members) != len(tt.counts) {
					t.Errorf("%d of %d members count, want %d", counting, len(got.Members), tt.rooms)
				}
			}
		})
	}
}

// A set is never changed, and a kiosk has one word, one share, and one result.
func TestRound_FirstWordStands(t *testing.T) {
	onBoth(t, func(t *testing.T, s *server) {
		_, rooms := three(t, s)
		s.all(t, rooms)
		first := s.turn(t, rooms[0])
		rooms[0].newKey(t, 77)
		s.turn(t, rooms[0]) // another key
		s.all(t, rooms[1:])
		set := s.turn(t, rooms[1])
		if standing(first) != wire.PoolRoundReady || standing(set) != wire.PoolRoundOpen {
			t.Fatalf("%q, then %q", standing(first), standing(set))
		}
		rooms[0].newKey(t, 1)
		if m, in := setOf(t, "1", set).Find(pool.IdentityOf(rooms[0].key)); !in || m.Key.String() != hex.EncodeToString(rooms[0].exchange.PublicKey().Bytes()) {
			t.Error("a second word took the place of the first")
		}
		teller := rooms[slices.IndexFunc(rooms, func(p *partner) bool { return setOf(t, "1", set).Teller().Kiosk == p.id })]
		others := slices.DeleteFunc(slices.Clone(rooms), func(p *partner) bool { return p == teller })
		vector, tag := strings.Repeat("00", 48), strings.Repeat("0", 64)
		hash := setOf(t, "1", set).Hash().String()
		for name, said := range map[string]wire.PoolRequest{
			"a share for another set":       {Share: &wire.PoolShare{Period: "2026Q3", Set: tag, Vector: vector, Tag: tag}},
			"a share of an earlier quarter": {Share: &wire.PoolShare{Period: "2026Q2", Set: hash, Vector: vector, Tag: tag}},
		} {
			s.ask(t, others[0], said)
			if held := s.table(t, `SELECT kiosk FROM pool_shares`); len(held) > 0 {
				t.Errorf("%s was taken", name)
			}
		}
		s.ask(t, teller, wire.PoolRequest{Share: &wire.PoolShare{Period: "2026Q3", Set: hash, Vector: vector, Tag: tag}})
		s.turn(t, others[0])
		s.turn(t, others[0])
		s.ask(t, others[0], wire.PoolRequest{Share: &wire.PoolShare{Period: "2026Q3", Set: hash, Vector: vector, Tag: tag}})
		if held := s.table(t, `SELECT kiosk, vector FROM pool_shares`); len(held) != 1 || held[0] != others[0].id+" "+others[0].share.Vector {
			t.Errorf("shares %q: want the first of %s alone", held, others[0].id)
		}
		// The teller, before all shares are there, and somebody who is not it, after.
		early := wire.PoolResult{Period: "2026Q3", Set: hash, Reasons: []string{wire.PoolTooFew}, Signature: base64.StdEncoding.EncodeToString(make([]byte, 64))}
		for _, item := range early.Period.Told() {
			early.Cells = append(early.Cells, wire.PoolCell{Period: item.Period, Measure: item.Measure, State: "withheld"})
		}
		s.ask(t, teller, wire.PoolRequest{Result: &early})
		s.turn(t, others[1])
		s.turn(t, others[1])
		s.turn(t, teller)
		s.turn(t, teller)
		stolen := *teller.result
		if got := s.ask(t, others[0], wire.PoolRequest{Result: &stolen}); standing(got.Round) != wire.PoolRoundDone {
			t.Fatalf("stands at %q", standing(got.Round))
		}
		if told := s.table(t, `SELECT told FROM pool_rounds`); !strings.Contains(told[0], fmt.Sprintf("%q", hex.EncodeToString(teller.public()))) {
			t.Errorf("the result is not the teller's: %s", told)
		}
		again := *teller.result
		again.Signature = base64.StdEncoding.EncodeToString(make([]byte, 64))
		before := s.table(t, `SELECT told FROM pool_rounds`)
		s.ask(t, teller, wire.PoolRequest{Result: &again})
		if after := s.table(t, `SELECT told FROM pool_rounds`); !slices.Equal(before, after) {
			t.Error("a second result took the place of the first")
		}
	})
}

func TestRound_ResultOfNobodyIsNotTaken(t *testing.T) {
	s := newServer(t)
	_, rooms := three(t, s)
	for range 3 {
		s.all(t, rooms)
	}
	set := s.turn(t, rooms[0])
	for standing(set) == wire.PoolRoundOpen {
		s.all(t, rooms)
		set = s.turn(t, rooms[0])
	}
	teller := rooms[slices.IndexFunc(rooms, func(p *partner) bool { return p.result != nil })]
	good, n := *teller.result, int64(95)
	forged := good
	forged.Cells = slices.Clone(good.Cells)
	forged.Cells[0].N = &n
	for name, p := range map[string]*partner{"an altered one": teller, "one by another room": rooms[(slices.Index(rooms, teller)+1)%3]} {
		result := forged
		if p != teller {
			result = good
		}
		if got := s.ask(t, p, wire.PoolRequest{Result: &result}); standing(got.Round) != wire.PoolRoundShares {
			t.Errorf("%s: stands at %q", name, standing(got.Round))
		}
	}
	if got := s.ask(t, teller, wire.PoolRequest{Result: &good}); standing(got.Round) != wire.PoolRoundDone {
		t.Errorf("the true one: stands at %q", standing(got.Round))
	}
}

// One word that no kiosk would believe must not cost all others their figure.
func TestRound_AWordThatSpoilsTheSetIsNotTaken(t *testing.T) {
	s := newServer(t)
	_, rooms := three(t, s)
	s.all(t, rooms)
	bad := rooms[0].ready("1", "2026Q3")
	bad.Signature = base64.StdEncoding.EncodeToString(make([]byte, 64))
	foreign := rooms[0].ready("2", "2026Q3")
	early := rooms[0].ready("1", "2026Q2")
	for name, said := range map[string]*wire.PoolReady{"unsigned": bad, "for another organisation": foreign, "for an earlier quarter": early} {
		s.ask(t, rooms[0], wire.PoolRequest{Ready: said})
		if held := s.table(t, `SELECT kiosk FROM pool_ready`); len(held) > 0 {
			t.Errorf("a word %s was taken", name)
		}
	}
	// A key of small order: every other kiosk would refuse the set.
	m := pool.Member{Kiosk: rooms[0].id, Counts: true}
	text := fmt.Sprintf("inloop-pool-ready-1\n1\n2026Q3\n%s\n%s\n", m.Kiosk, m.Key)
	zero := &wire.PoolReady{Period: "2026Q3", Key: m.Key.String(), Counts: true, Signature: base64.StdEncoding.EncodeToString(sign(rooms[0], text))}
	s.ask(t, rooms[0], wire.PoolRequest{Ready: zero})
	if held := s.table(t, `SELECT kiosk FROM pool_ready`); len(held) > 0 {
		t.Error("a key of small order was taken")
	}
}

// sign is the signature of a text by a kiosk.
func sign(p *partner, text string) []byte { return ed25519.Sign(p.key, []byte(text)) }

func TestRound_WhoIsDue(t *testing.T) {
	s := newServer(t)
	a, rooms := three(t, s)
	s.at(t, "2026-06-30 23:00")
	last := newPartner(t, s, a, 4, 30, 20, 9)
	s.at(t, "2026-07-01 00:30")
	late := newPartner(t, s, a, 5, 30, 20, 9)
	s.at(t, "2026-10-08 09:00")
	s.all(t, rooms)
	if got := s.turn(t, late); got != nil {
		t.Errorf("one who was paired on the first day of the quarter is told of %+v", got)
	}
	s.ask(t, late, wire.PoolRequest{Ready: late.ready("1", "2026Q3")})
	s.all(t, rooms)
	s.turn(t, last)
	got := s.turn(t, last)
	if standing(got) != wire.PoolRoundOpen || len(got.Members) != 4 {
		t.Fatalf("stands at %q with %d members, want the four who were paired before July", standing(got), len(got.Members))
	}
	if peers := s.ask(t, late, wire.PoolRequest{}).Peers; len(peers) != 4 {
		t.Errorf("the newcomer has %d peers, want all others", len(peers))
	}
}

func TestRound_RoomsThatLeftAndCameBack(t *testing.T) {
	for name, tt := range map[string]struct {
		do    func(t *testing.T, s *server, a central.Account, p *partner)
		at    string // when the others look
		rooms string // told of, "" for none
	}{
		"left half a year ago": {func(t *testing.T, s *server, a central.Account, p *partner) {
			s.at(t, "2026-06-15 12:00")
			must(t, s.Unpair(t.Context(), a, p.room.ID))
		}, "10-08", "2 of 2"},
		"left in the quarter": {func(t *testing.T, s *server, a central.Account, p *partner) {
			s.at(t, "2026-09-15 12:00")
			must(t, s.Unpair(t.Context(), a, p.room.ID))
		}, "10-08", "2 of 3"},
		"left after it was ready": {func(t *testing.T, s *server, a central.Account, p *partner) {
			s.at(t, "2026-10-08 12:00")
			s.turn(t, p)
			s.turn(t, p)
			must(t, s.Unpair(t.Context(), a, p.room.ID))
		}, "10-09", "2 of 3"},
		"paired anew with the same key": {func(t *testing.T, s *server, a central.Account, p *partner) {
			s.at(t, "2026-08-15 12:00")
			must(t, s.Unpair(t.Context(), a, p.room.ID))
			s.rejoin(t, a, p, p.kiosk)
		}, "10-08", "3 of 3"},
		"replaced by another kiosk": {func(t *testing.T, s *server, a central.Account, p *partner) {
			s.at(t, "2026-08-15 12:00")
			s.rejoin(t, a, p, newKiosk(9))
		}, "10-08", "2 of 3"},
		"paired anew after it was ready": {func(t *testing.T, s *server, a central.Account, p *partner) {
			s.at(t, "2026-10-08 12:00")
			s.turn(t, p)
			s.turn(t, p)
			s.rejoin(t, a, p, p.kiosk)
		}, "10-15", "2 of 3"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			a, rooms := three(t, s)
			tt.do(t, s, a, rooms[2])
			s.at(t, "2026-"+tt.at+" 13:00")
			members := rooms[:2]
			if tt.rooms == "3 of 3" {
				members = rooms
			}
			for range 8 {
				s.all(t, members)
			}
			got := ""
			if results := rooms[0].last.Results; len(results) == 1 {
				got = fmt.Sprintf("%d of %d", results[0].Rooms, results[0].Due)
			}
			if got != tt.rooms {
				t.Errorf("told of %q rooms, want %q (%q)", got, tt.rooms, standing(rooms[0].last.Round))
			}
		})
	}
}

// rejoin pairs a kiosk to the room that a partner had.
func (s *server) rejoin(t testing.TB, a central.Account, p *partner, k *kiosk) {
	t.Helper()
	if k == p.kiosk { // its own key, asking anew
		rooms, err := s.Rooms(t.Context(), a)
		must(t, err)
		if i := slices.IndexFunc(rooms, func(r central.Room) bool { return r.ID == p.room.ID }); rooms[i].Kiosk.ID != "" {
			must(t, s.Unpair(t.Context(), a, p.room.ID))
		}
	}
	_, _, err := s.PairRoom(t.Context(), a, s.askPairing(t, k).Code, p.room.ID)
	must(t, err)
	k.id = s.askPairing(t, k).Kiosk
	p.kiosk, p.last, p.share = k, nil, nil
	p.epoch.Ordinal++
	p.epoch.ID, p.token, p.seq = fmt.Sprintf("%032x", 100+p.epoch.Ordinal), "", 0
}

func TestRound_AloneItCountsAlone(t *testing.T) {
	s := newServer(t)
	s.at(t, "2026-06-01 12:00")
	a := s.coordinator(t, "Stichting Een", "a@een.example")
	p := newPartner(t, s, a, 1, 150, 90, 20)
	s.at(t, "2026-10-08 09:00")
	var stand []wire.PoolRoundState
	for range 3 {
		stand = append(stand, standing(s.turn(t, p)))
	}
	if !slices.Equal(stand, []wire.PoolRoundState{wire.PoolRoundReady, wire.PoolRoundShares, wire.PoolRoundDone}) {
		t.Errorf("stands at %q", stand)
	}
}

// The joint round of January has until day 80, and all shares go when it has failed,
// with no kiosk reporting.
func TestRound_FailsAfterItsLastDay(t *testing.T) {
	onBoth(t, func(t *testing.T, s *server) {
		_, rooms := three(t, s)
		s.at(t, "2027-01-08 09:00")
		for range 4 {
			s.all(t, rooms[:1])
			s.all(t, rooms[1:2])
			s.all(t, rooms[2:])
			if len(s.table(t, `SELECT kiosk FROM pool_shares`)) == 2 {
				break
			}
			rooms[0].result, rooms[1].result, rooms[2].result = nil, nil, nil // the teller stays silent
		}
		if held := s.table(t, `SELECT period FROM pool_shares`); len(held) != 2 || held[0] != "2026Q4+2026" {
			t.Fatalf("shares %q", held)
		}
		s.at(t, "2027-03-21 23:00") // day 80
		must(t, s.Tidy(t.Context()))
		if held := s.table(t, `SELECT kiosk FROM pool_shares`); len(held) != 2 {
			t.Errorf("shares on the last day: %q", held)
		}
		s.at(t, "2027-03-22 00:30")
		must(t, s.Tidy(t.Context()))
		if held := s.table(t, `SELECT kiosk FROM pool_shares`); len(held) != 0 {
			t.Errorf("shares after the last day: %q", held)
		}
		for _, p := range rooms {
			if got := s.turn(t, p); standing(got) != wire.PoolRoundFailed || len(p.last.Results) != 0 {
				t.Errorf("stands at %q", standing(got))
			}
		}
	})
}

func TestRound_NothingInVersionOneNorAboveAHundredRooms(t *testing.T) {
	s := newServer(t)
	a, rooms := three(t, s)
	s.all(t, rooms)
	got := s.send(rooms[0].sealRequest(rooms[0].request()))
	if got.status != http.StatusOK || strings.Contains(string(got.body), "pool") {
		t.Errorf("version 1: %d %s", got.status, got.body)
	}
	a1, err := wire.Decode[wire.Answer](got.body)
	must(t, err)
	rooms[0].token = a1.NextToken
	s.at(t, "2026-06-02 12:00")
	for n := byte(10); n < 107; n++ {
		newPartner(t, s, a, n)
	}
	s.at(t, "2026-10-09 09:00")
	if got := s.turn(t, rooms[0]); standing(got) != wire.PoolRoundReady || len(rooms[0].last.Peers) != 99 {
		t.Errorf("a hundred rooms: stands at %q, %d peers", standing(got), len(rooms[0].last.Peers))
	}
	newPartner(t, s, a, 107)
	if got := s.turn(t, rooms[0]); got != nil || len(rooms[0].last.Peers) != 0 {
		t.Errorf("a hundred and one: %+v, %d peers", got, len(rooms[0].last.Peers))
	}
}

// An answer that was lost is given again, whole but for the shares.
func TestRound_TheSameRequestAgainChangesNothing(t *testing.T) {
	s := newServer(t)
	_, rooms := three(t, s)
	for range 3 {
		s.all(t, rooms)
	}
	teller := -1
	for i, p := range rooms {
		r := p.request()
		r.Version, r.Pool = wire.Newest, &wire.PoolRequest{Share: p.share}
		q := p.sealRequest(r)
		first, again := s.send(q), s.send(q)
		a, err := wire.Decode[wire.Answer](first.body)
		must(t, err)
		b, err := wire.Decode[wire.Answer](again.body)
		must(t, err)
		must(t, b.Check(0))
		p.token = a.NextToken
		if !again.signed || b.NextToken != a.NextToken {
			t.Errorf("another answer: %s", again.body)
		}
		if a.Pool.Round != nil && len(a.Pool.Round.Shares) > 0 {
			teller = i
			if b.Pool.Round != nil {
				t.Error("the shares are kept with the answer")
			}
		} else if !bytes.Equal(first.body, again.body) {
			t.Errorf("given again as %s, first %s", again.body, first.body)
		}
	}
	if held := s.table(t, `SELECT kiosk FROM pool_shares`); len(held) != 2 {
		t.Errorf("%d shares", len(held))
	}
	if got := s.turn(t, rooms[max(teller, 0)]); teller >= 0 && len(got.Shares) != 2 {
		t.Errorf("the teller's next answer has %d shares", len(got.Shares))
	}
}
