package wire

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/inloop/sync/count"
)

var (
	someHex       = strings.Repeat("0f", 32)
	otherHex      = strings.Repeat("1f", 32)
	someSignature = base64.StdEncoding.EncodeToString(make([]byte, 64))
)

// someResult is a result of a period as a teller would send it, all of it shown.
func someResult(p count.PoolPeriod) PoolResult {
	r := PoolResult{Period: p, Set: someHex, Signature: someSignature, Reasons: make([]string, len(p.Groups()))}
	for i, item := range p.Told() {
		r.Cells = append(r.Cells, PoolCell{Period: item.Period, Measure: item.Measure, State: "shown", N: number(int64(200 - 5*i))})
	}
	return r
}

func somePoolRequest() PoolRequest {
	const p = count.PoolPeriod("2026Q4+2026")
	r := someResult(p)
	return PoolRequest{
		Known:  someHex,
		Ready:  &PoolReady{Period: p, Key: someHex, Counts: true, Signature: someSignature},
		Share:  &PoolShare{Period: p, Set: someHex, Vector: strings.Repeat("00", 8*48), Tag: someHex},
		Result: &r,
	}
}

func somePoolAnswer() PoolAnswer {
	const p = count.PoolPeriod("2026Q4+2026")
	return PoolAnswer{
		Organisation: "12", Hash: someHex,
		Peers: []PoolPeer{{Kiosk: "kiosk_b", Room: "Zuid", Identity: someHex}},
		Round: &PoolRound{
			Period: p, State: PoolRoundShares,
			Members: []PoolMember{
				{Kiosk: "kiosk_a", Room: "Noord", Identity: someHex, Key: someHex, Counts: true, Signature: someSignature},
				{Kiosk: "kiosk_b", Room: "Zuid", Identity: otherHex, Key: otherHex, Signature: someSignature},
			},
			Shares: []PoolMemberShare{{Kiosk: "kiosk_b", Vector: strings.Repeat("00", 8*48), Tag: someHex}},
		},
		Results: []PoolTold{{Result: someResult("2026Q3"), Teller: otherHex, Date: "2026-10-09", Rooms: 2, Due: 3}},
	}
}

func goodPool(t *testing.T) string {
	t.Helper()
	b, err := json.Marshal(somePoolRequest())
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestPool_WrittenAndReadAgain(t *testing.T) {
	request, answer := somePoolRequest(), somePoolAnswer()
	for _, v := range []any{request, answer} {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		var again any
		switch v.(type) {
		case PoolRequest:
			again, err = Decode[PoolRequest](b)
		default:
			again, err = Decode[PoolAnswer](b)
		}
		if err != nil {
			t.Fatal(err)
		}
		if b2, _ := json.Marshal(again); string(b2) != string(b) {
			t.Errorf("read and written again:\n%s\nwant\n%s", b2, b)
		}
	}
	if err := request.check(); err != nil {
		t.Error(err)
	}
	if err := answer.Check(); err != nil {
		t.Error(err)
	}
}

func TestDecode_TrueAndFalse(t *testing.T) {
	for body, want := range map[string]bool{`{"v":true}`: true, `{"v": false }`: false} {
		got, err := Decode[struct {
			V bool `json:"v"`
		}]([]byte(body))
		if err != nil || got.V != want {
			t.Errorf("%s: %v, %v", body, got.V, err)
		}
	}
	for _, body := range []string{`{"v":null}`, `{"v":1}`, `{"v":"true"}`, `{"v":True}`, `{}`} {
		if _, err := Decode[struct {
			V bool `json:"v"`
		}]([]byte(body)); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", body, err)
		}
	}
}

func TestPoolRequest_Refused(t *testing.T) {
	for name, change := range map[string]func(*PoolRequest){
		"half a hash":                        func(p *PoolRequest) { p.Known = p.Known[:32] },
		"a fourth quarter alone":             func(p *PoolRequest) { p.Ready.Period = "2026Q4" },
		"a key in capitals":                  func(p *PoolRequest) { p.Ready.Key = strings.ToUpper(p.Ready.Key) },
		"a signature with a line's end":      func(p *PoolRequest) { p.Ready.Signature += "\n" },
		"a share of another length":          func(p *PoolRequest) { p.Share.Period = "2026Q3" },
		"a share that is no hex":             func(p *PoolRequest) { p.Share.Vector = strings.Repeat("zz", 8*48) },
		"a tag too short":                    func(p *PoolRequest) { p.Share.Tag = "00" },
		"no set":                             func(p *PoolRequest) { p.Result.Set = "" },
		"a cell less":                        func(p *PoolRequest) { p.Result.Cells = p.Result.Cells[1:] },
		"cells in another order":             func(p *PoolRequest) { slices.Reverse(p.Result.Cells[:2]) },
		"a reason less":                      func(p *PoolRequest) { p.Result.Reasons = p.Result.Reasons[1:] },
		"a reason of its own":                func(p *PoolRequest) { p.Result.Reasons[0] = "ayse" },
		"too few, and shown":                 func(p *PoolRequest) { p.Result.Reasons[1] = PoolTooFew },
		"withheld, and no reason":            func(p *PoolRequest) { p.Result.Cells[0] = PoolCell{"2026Q4", "reach_n", "withheld", nil} },
		"small, and a number":                func(p *PoolRequest) { p.Result.Cells[12].State = "small" },
		"shown, and no number":               func(p *PoolRequest) { p.Result.Cells[12].N = nil },
		"fewer than none":                    func(p *PoolRequest) { p.Result.Cells[12].N = number(-5) },
		"more than the world has":            func(p *PoolRequest) { p.Result.Cells[12].N = number(MaxPoolCount + 1) },
		"a state that is none":               func(p *PoolRequest) { p.Result.Cells[12].State = "ayse" },
		"a quarter's cell in the year's":     func(p *PoolRequest) { p.Result.Cells[3].Period = "2026Q4" },
		"a result signed by nobody":          func(p *PoolRequest) { p.Result.Signature = "" },
		"a signature of 63 bytes and a half": func(p *PoolRequest) { p.Result.Signature = p.Result.Signature[:84] + "====" },
	} {
		p := somePoolRequest()
		change(&p)
		if err := p.check(); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPoolAnswer_Refused(t *testing.T) {
	for name, change := range map[string]func(*PoolAnswer){
		"the organisation of a room alone":  func(a *PoolAnswer) { a.Organisation = "-" },
		"an organisation with a line's end": func(a *PoolAnswer) { a.Organisation = "12\n" },
		"no hash":                           func(a *PoolAnswer) { a.Hash = "" },
		"a peer without an id":              func(a *PoolAnswer) { a.Peers[0].Kiosk = NoKiosk },
		"a room with a tab in it":           func(a *PoolAnswer) { a.Peers[0].Room = "Zu\tid" },
		"a key too short":                   func(a *PoolAnswer) { a.Peers[0].Identity = "00" },
		"a state that is none":              func(a *PoolAnswer) { a.Round.State = "ayse" },
		"shares in an open round":           func(a *PoolAnswer) { a.Round.State = PoolRoundOpen },
		"members of a round that is done":   func(a *PoolAnswer) { a.Round.State, a.Round.Shares = PoolRoundDone, nil },
		"shares and no members":             func(a *PoolAnswer) { a.Round.Members = nil },
		"members in another order":          func(a *PoolAnswer) { slices.Reverse(a.Round.Members) },
		"a member twice":                    func(a *PoolAnswer) { a.Round.Members[1] = a.Round.Members[0] },
		"a share of another length":         func(a *PoolAnswer) { a.Round.Shares[0].Vector = "00" },
		"a share of nobody":                 func(a *PoolAnswer) { a.Round.Shares[0].Kiosk = "" },
		"101 members":                       func(a *PoolAnswer) { a.Round.Members = make([]PoolMember, 101) },
		"nine results":                      func(a *PoolAnswer) { a.Results = slices.Repeat(a.Results, 9) },
		"a result of no day":                func(a *PoolAnswer) { a.Results[0].Date = "2026-10" },
		"more rooms than were due":          func(a *PoolAnswer) { a.Results[0].Rooms = 4 },
		"no rooms":                          func(a *PoolAnswer) { a.Results[0].Rooms = 0 },
		"no teller":                         func(a *PoolAnswer) { a.Results[0].Teller = "" },
	} {
		a := somePoolAnswer()
		change(&a)
		if err := a.Check(); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPool_OfVersionTwoAlone(t *testing.T) {
	r, err := Decode[Request]([]byte(goodRequest))
	if err != nil {
		t.Fatal(err)
	}
	r.Pool = &PoolRequest{}
	if err := r.Check(); !errors.Is(err, ErrMalformed) {
		t.Errorf("in version 1: %v", err)
	}
	r.Version = Newest
	if err := r.Check(); err != nil {
		t.Error(err)
	}
	pool := somePoolAnswer()
	a := Answer{Version: 1, Results: []Result{}, NextToken: "N4OXR2J5KQ7WZC3TBM6YDLHVAE", Interval: 300, Pool: &pool}
	if err := a.Check(0); !errors.Is(err, ErrMalformed) {
		t.Errorf("in version 1: %v", err)
	}
	if a.Version = Newest; a.Check(0) != nil {
		t.Error(a.Check(0))
	}
	if pool.Hash = "ayse"; !errors.Is(a.Check(0), ErrMalformed) {
		t.Error("an answer with a bad pool is taken")
	}
}

// A hundred rooms, a year, and lists that the kiosk does not know: the largest answer
// there is.
func TestPool_TheLargestFitsAnAnswer(t *testing.T) {
	const p = count.PoolPeriod("2026Q4+2026")
	hash := func(i int) string { return fmt.Sprintf("%064x", i) }
	a := Answer{Version: Newest, Time: time.Date(2027, 1, 9, 12, 0, 0, 999999999, time.UTC), NextToken: strings.Repeat("x", 64), Interval: MaxInterval, Rules: "0123456789abcdef"}
	pool := &PoolAnswer{Organisation: strings.Repeat("9", 20), Hash: hash(1), Round: &PoolRound{Period: p, State: PoolRoundShares}}
	kiosk := strings.Repeat("k", 32)
	room := strings.Repeat("ş", 80)
	for i := range MaxPool {
		pool.Round.Members = append(pool.Round.Members, PoolMember{Kiosk: kiosk, Room: room, Identity: hash(i), Key: hash(i), Counts: true, Signature: someSignature})
		if i > 0 {
			pool.Peers = append(pool.Peers, PoolPeer{Kiosk: kiosk, Room: room, Identity: hash(i)})
			pool.Round.Shares = append(pool.Round.Shares, PoolMemberShare{Kiosk: kiosk, Vector: strings.Repeat("ff", 8*48), Tag: hash(i)})
		}
	}
	for range maxPoolResults {
		pool.Results = append(pool.Results, PoolTold{Result: someResult(p), Teller: hash(1), Date: "2027-01-09", Rooms: 100, Due: 100})
	}
	a.Pool = pool
	for range MaxRows {
		a.Results = append(a.Results, Result{Status: StatusStale, Rev: MaxRev})
	}
	if err := a.Check(MaxRows); err != nil {
		t.Error(err)
	}
	b, err := json.Marshal(a)
	if err != nil || len(b) > MaxAnswer {
		t.Errorf("%d bytes, %v: want at most %d", len(b), err, MaxAnswer)
	}
	t.Logf("%d of %d bytes", len(b), MaxAnswer)
}

func TestPoolHash_OfTheListsAsTheyAreSent(t *testing.T) {
	a := somePoolAnswer()
	if PoolHash(nil, nil) != PoolHash([]PoolPeer{}, []PoolTold{}) || PoolHash(a.Peers, nil) == PoolHash(nil, nil) || PoolHash(nil, a.Results) == PoolHash(nil, nil) {
		t.Error("the hash does not go by what the lists hold")
	}
	// sha256sum of [[],[]]
	if got, want := PoolHash(nil, nil), "643d5437104296e21d906ecb15b2c96a"; got[:32] != want {
		t.Errorf("hash of nothing %s, want %s", got, want)
	}
}
