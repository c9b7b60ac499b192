package wire

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"slices"

	"example.org/inloop/sync/count"
)

// maxPoolResults is of how many periods the results are told.
const maxPoolResults = 8

// PoolRequest is a kiosk's side of counting together, of version 2. What it holds is
// sent again until an answer shows that it came.
type PoolRequest struct {
	Known  string      `json:"known,omitempty"`  // PoolAnswer.Hash of the lists that it holds, "" for none
	Ready  *PoolReady  `json:"ready,omitempty"`  //
	Share  *PoolShare  `json:"share,omitempty"`  //
	Result *PoolResult `json:"result,omitempty"` // of the teller
}

// PoolReady says that a kiosk will take part in the round of a period.
type PoolReady struct {
	Period    count.PoolPeriod `json:"period"`
	Key       string           `json:"key"`       // X25519, made for this period, hex
	Counts    bool             `json:"counts"`    // false: too few visits by badge; it sends zeros
	Signature string           `json:"signature"` // Ed25519 by the kiosk's key, base64
}

// PoolShare is a member's masked numbers.
type PoolShare struct {
	Period count.PoolPeriod `json:"period"`
	Set    string           `json:"set"`    // hash of the set that it is masked for, hex
	Vector string           `json:"vector"` // 8 bytes a number, hex
	Tag    string           `json:"tag"`    // for the teller, hex
}

// PoolResult is what the teller found, rounded, or withheld.
type PoolResult struct {
	Period    count.PoolPeriod `json:"period"`
	Set       string           `json:"set"`       // hash of the set, hex
	Cells     []PoolCell       `json:"cells"`     // those of Period.Told, in its order
	Reasons   []string         `json:"reasons"`   // for each of Period.Groups "", or too_few when it is withheld
	Signature string           `json:"signature"` // Ed25519 by the teller's key, base64
}

// PoolTooFew is why a group of a result is withheld.
const PoolTooFew = "too_few"

// PoolCell is one number of a result.
type PoolCell struct {
	Period  count.Period  `json:"period"`
	Measure count.Measure `json:"measure"`
	State   string        `json:"state"`       // shown, small (under 8) or withheld
	N       *int64        `json:"n,omitempty"` // with shown only
}

// PoolAnswer is the centre's side of counting together. It comes when the request had a
// PoolRequest.
type PoolAnswer struct {
	Organisation string     `json:"organisation"`    // its id
	Hash         string     `json:"hash"`            // of Peers and Results, hex: PoolHash
	Peers        []PoolPeer `json:"peers,omitempty"` // with Results when the kiosk's hash is another
	Round        *PoolRound `json:"round,omitempty"` // the newest that the kiosk can be in
	Results      []PoolTold `json:"results,omitempty"`
}

// PoolPeer is another paired kiosk of the organisation.
type PoolPeer struct {
	Kiosk    string `json:"kiosk"`
	Room     string `json:"room"`
	Identity string `json:"identity"` // its Ed25519 key, hex
}

// PoolRoundState is how far a round has come.
type PoolRoundState string

// How far a round can have come.
const (
	PoolRoundReady  PoolRoundState = "ready"  // who is ready is gathered
	PoolRoundOpen   PoolRoundState = "open"   // the set is fixed: Members
	PoolRoundShares PoolRoundState = "shares" // all shares are there; for the teller Members and Shares
	PoolRoundDone   PoolRoundState = "done"   // the result is in Results
	PoolRoundFailed PoolRoundState = "failed" // the deadline passed
)

// PoolRound is a round as the centre has it.
type PoolRound struct {
	Period  count.PoolPeriod  `json:"period"`
	State   PoolRoundState    `json:"state"`
	Members []PoolMember      `json:"members,omitempty"` // strictly ascending by identity
	Shares  []PoolMemberShare `json:"shares,omitempty"`
}

// PoolMember is one of a set.
type PoolMember struct {
	Kiosk     string `json:"kiosk"`
	Room      string `json:"room"`
	Identity  string `json:"identity"`
	Key       string `json:"key"` // as in PoolReady, with what it signed
	Counts    bool   `json:"counts"`
	Signature string `json:"signature"`
}

// PoolMemberShare is a share on its way to the teller.
type PoolMemberShare struct {
	Kiosk  string `json:"kiosk"`
	Vector string `json:"vector"`
	Tag    string `json:"tag"`
}

// PoolTold is a result as all kiosks are told it.
type PoolTold struct {
	Result PoolResult   `json:"result"`
	Teller string       `json:"teller"` // its Ed25519 key, hex
	Date   count.Period `json:"date"`   // the day on which the centre got it
	Rooms  int          `json:"rooms"`  // members that count
	Due    int          `json:"due"`    // rooms that were due
}

// PoolHash returns the hash of the two lists: SHA-256, in hex, of the JSON of a list of
// both, as they are sent.
func PoolHash(peers []PoolPeer, results []PoolTold) string {
	if peers == nil {
		peers = []PoolPeer{}
	}
	if results == nil {
		results = []PoolTold{}
	}
	b, err := json.Marshal([]any{peers, results})
	if err != nil {
		panic("wire: " + err.Error()) // texts and numbers, which can all be written
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

var (
	hexKey       = regexp.MustCompile(`^[0-9a-f]{64}$`)
	organisation = regexp.MustCompile(`^[A-Za-z0-9_]{1,64}$`) // not "-", which is a room without a centre
)

// first returns the first of some errors.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func checkPoolPeriod(p count.PoolPeriod) error {
	if err := p.Check(); err != nil {
		return malformed("pool: %v", err)
	}
	return nil
}

func checkHex(what, s string) error {
	if !hexKey.MatchString(s) {
		return malformed("pool: %s: want 32 bytes in hex, lower case", what)
	}
	return nil
}

func checkSignature(s string) error {
	b, err := base64.StdEncoding.Strict().DecodeString(s)
	if err != nil || len(b) != 64 || len(s) != base64.StdEncoding.EncodedLen(64) {
		return malformed("pool: signature: want 64 bytes in standard base64")
	}
	return nil
}

// checkVector checks the masked numbers of a round: one for each item, and one for the
// rounding of each.
func checkVector(p count.PoolPeriod, s string) error {
	b, err := hex.DecodeString(s)
	if want := 8 * 2 * len(p.Items()); err != nil || len(b) != want || hex.EncodeToString(b) != s {
		return malformed("pool: vector: want %d bytes in hex, lower case", want)
	}
	return nil
}

func checkMember(kiosk, room, identity string) error {
	if kiosk == NoKiosk || !kioskPattern.MatchString(kiosk) || !namesRoom(room) {
		return malformed("pool: want a kiosk's id and the room's name")
	}
	return checkHex("identity", identity)
}

// check returns an ErrMalformed unless all that is there is as it should be.
func (p PoolRequest) check() error {
	if p.Known != "" {
		if err := checkHex("known", p.Known); err != nil {
			return err
		}
	}
	if r := p.Ready; r != nil {
		if err := first(checkPoolPeriod(r.Period), checkHex("key", r.Key), checkSignature(r.Signature)); err != nil {
			return err
		}
	}
	if s := p.Share; s != nil {
		if err := first(checkPoolPeriod(s.Period), checkHex("set", s.Set), checkVector(s.Period, s.Vector), checkHex("tag", s.Tag)); err != nil {
			return err
		}
	}
	if p.Result != nil {
		return p.Result.check()
	}
	return nil
}

// check returns an ErrMalformed unless the result has all cells of its period in their
// order, and each group is shown or withheld as a whole, with its reason.
func (r PoolResult) check() error {
	if err := first(checkPoolPeriod(r.Period), checkHex("set", r.Set), checkSignature(r.Signature)); err != nil {
		return err
	}
	told, groups := r.Period.Told(), r.Period.Groups()
	if len(r.Cells) != len(told) || len(r.Reasons) != len(groups) {
		return malformed("pool: result of %s: want %d cells and %d reasons", r.Period, len(told), len(groups))
	}
	for i, c := range r.Cells {
		if (count.PoolItem{Period: c.Period, Measure: c.Measure}) != told[i] {
			return malformed("pool: cell %d: want %s %s", i, told[i].Period, told[i].Measure)
		}
		if err := c.check(); err != nil {
			return err
		}
	}
	at := 0
	for i, g := range groups {
		if !slices.Contains([]string{"", PoolTooFew}, r.Reasons[i]) {
			return malformed("pool: reason %d: want %q or %q", i, "", PoolTooFew)
		}
		for _, c := range r.Cells[at : at+len(g)] {
			if (c.State == poolWithheld) != (r.Reasons[i] == PoolTooFew) {
				return malformed("pool: %s %s is %.20q for the reason %q", c.Period, c.Measure, c.State, r.Reasons[i])
			}
		}
		at += len(g)
	}
	return nil
}

const (
	poolShown    = "shown"
	poolSmall    = "small"
	poolWithheld = "withheld"
)

// check returns an ErrMalformed unless the cell has a number exactly when it is shown.
func (c PoolCell) check() error {
	if !slices.Contains([]string{poolShown, poolSmall, poolWithheld}, c.State) || (c.N != nil) != (c.State == poolShown) {
		return malformed("pool: cell %s: want a number with %q alone", c.Measure, poolShown)
	}
	if c.N != nil && (*c.N < 0 || *c.N > MaxPoolCount) {
		return malformed("pool: cell %s: want 0 to %d", c.Measure, MaxPoolCount)
	}
	return nil
}

// Check returns an ErrMalformed unless all that is there is as it should be.
func (a PoolAnswer) Check() error {
	if !organisation.MatchString(a.Organisation) {
		return malformed("pool: organisation: want 1 to 64 letters, digits and _")
	}
	if err := checkHex("hash", a.Hash); err != nil {
		return err
	}
	if len(a.Results) > maxPoolResults {
		return malformed("pool: %d results: want at most %d", len(a.Results), maxPoolResults)
	}
	for _, p := range a.Peers {
		if err := checkMember(p.Kiosk, p.Room, p.Identity); err != nil {
			return err
		}
	}
	for _, t := range a.Results {
		if err := t.check(); err != nil {
			return err
		}
	}
	if a.Round != nil {
		return a.Round.check()
	}
	return nil
}

func (t PoolTold) check() error {
	if !t.Date.Is(count.PeriodDay) || t.Rooms < 1 || t.Due < t.Rooms || t.Due > MaxPool {
		return malformed("pool: result: want its day, and rooms from 1 to as many as were due")
	}
	return first(checkHex("teller", t.Teller), t.Result.check())
}

func (r PoolRound) check() error {
	if err := checkPoolPeriod(r.Period); err != nil {
		return err
	}
	hasMembers, hasShares := len(r.Members) > 0, len(r.Shares) > 0
	fits := map[PoolRoundState]bool{
		PoolRoundReady:  !hasMembers && !hasShares,
		PoolRoundOpen:   hasMembers && !hasShares,
		PoolRoundShares: hasMembers || !hasShares, // to others than the teller neither
		PoolRoundDone:   !hasMembers && !hasShares,
		PoolRoundFailed: !hasMembers && !hasShares,
	}
	if !fits[r.State] || len(r.Members) > MaxPool || len(r.Shares) > MaxPool {
		return malformed("pool: round %.20q with %d members and %d shares", string(r.State), len(r.Members), len(r.Shares))
	}
	for i, m := range r.Members {
		if err := first(checkMember(m.Kiosk, m.Room, m.Identity), checkHex("key", m.Key), checkSignature(m.Signature)); err != nil {
			return err
		}
		if i > 0 && r.Members[i-1].Identity >= m.Identity {
			return malformed("pool: members: want them strictly ascending by identity")
		}
	}
	for _, s := range r.Shares {
		if s.Kiosk == NoKiosk || !kioskPattern.MatchString(s.Kiosk) {
			return malformed("pool: share: want a kiosk's id")
		}
		if err := first(checkVector(r.Period, s.Vector), checkHex("tag", s.Tag)); err != nil {
			return err
		}
	}
	return nil
}
