package wire

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestRequestCheck(t *testing.T) {
	tests := []struct {
		name   string
		change func(*Request)
		ok     bool
	}{
		{"as it should be", func(*Request) {}, true},
		{"no epoch", func(r *Request) { r.Epoch.Ordinal = 0 }, false},
		{"an epoch of centuries", func(r *Request) { r.Epoch.Ordinal = MaxEpoch + 1 }, false},
		{"half an epoch id", func(r *Request) { r.Epoch.ID = r.Epoch.ID[:16] }, false},
		{"an epoch id in capitals", func(r *Request) { r.Epoch.ID = strings.ToUpper(r.Epoch.ID) }, false},
		{"no seq", func(r *Request) { r.Seq = 0 }, false},
		{"a seq that JSON readers round", func(r *Request) { r.Seq = MaxRev + 1 }, false},
		{"a token", func(r *Request) { r.Token = "YV5ZQ3GUQ7T4BDX2K6WHJM3CAE" }, true},
		{"a short token", func(r *Request) { r.Token = "Ayse" }, false},
		{"a token with a blank", func(r *Request) { r.Token = "Ayse Yilmaz from number 12" }, false},
		{"trust unknown", func(r *Request) { r.Clock.Trust = 4 }, false},
		{"no lights", func(r *Request) { r.Health = []Health{} }, true},
		{"seventeen lights", func(r *Request) { r.Health = slices.Repeat(r.Health, 17) }, false},
		{"a light with its reason", func(r *Request) { r.Health[0] = Health{"reader", "red", "reader.gone"} }, true},
		{"a part unknown", func(r *Request) { r.Health[0].Part = "ayse" }, false},
		{"a colour unknown", func(r *Request) { r.Health[0].Level = "blue" }, false},
		{"lost days in version 1", func(r *Request) { r.Lost = []LostDays{{"2026-11-20", "2026-11-24"}} }, false},
		{"lost days", func(r *Request) { r.Version, r.Lost = 2, []LostDays{{"2026-11-20", "2026-11-24"}} }, true},
		{"lost days the wrong way round", func(r *Request) { r.Version, r.Lost = 2, []LostDays{{"2026-11-24", "2026-11-20"}} }, false},
		{"lost days of no calendar", func(r *Request) { r.Version, r.Lost = 2, []LostDays{{"2026-11-24", "ayse"}} }, false},
		{"lost days again and again", func(r *Request) {
			r.Version, r.Lost = 2, slices.Repeat([]LostDays{{"2026-11-20", "2026-11-24"}}, MaxLost+1)
		}, false},
		{"a checksum in version 1", func(r *Request) { r.Compare = goodChecksum() }, false},
		{"a checksum", func(r *Request) { r.Version, r.Compare = 2, goodChecksum() }, true},
		{"a checksum of an epoch to come", func(r *Request) { r.Version, r.Compare = 2, goodChecksum(); r.Compare.Epoch = 9 }, false},
		{"a checksum of no stretch", func(r *Request) { r.Version, r.Compare = 2, goodChecksum(); r.Compare.Until = "ayse" }, false},
		{"half a checksum", func(r *Request) { r.Version, r.Compare = 2, goodChecksum(); r.Compare.Sum = "00ff" }, false},
		{"a reason unknown", func(r *Request) { r.Health[0].Reason = "ayse.yilmaz" }, false},
		{"undated visits", undated(Undated{"2026-11-20", "2026-11-24", 3}), true},
		{"undated visits of one day", undated(Undated{"2026-11-20", "2026-11-20", 1}), true},
		{"undated visits that nothing bounds", undated(Undated{N: 3}), true},
		{"undated visits in version 1", func(r *Request) { r.Undated = []Undated{{N: 3}} }, false},
		{"no undated visits, said in version 1", func(r *Request) { r.Undated = []Undated{} }, false},
		{"undated visits, none of them", undated(Undated{From: "2026-11-20"}), false},
		{"fewer undated visits than none", undated(Undated{N: -1}), false},
		{"more undated visits than a cell holds", undated(Undated{N: MaxCount + 1}), false},
		{"undated visits of a month", undated(Undated{From: "2026-11", N: 1}), false},
		{"undated visits of no day", undated(Undated{To: "2026-02-30", N: 1}), false},
		{"undated visits that end before they begin", undated(Undated{"2026-11-24", "2026-11-20", 3}), false},
		{"undated visits in seventeen stretches", undated(slices.Repeat([]Undated{{N: 1}}, 17)...), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := Decode[Request]([]byte(goodRequest))
			if err != nil {
				t.Fatal(err)
			}
			tt.change(&r)
			if err := r.Check(); (err == nil) != tt.ok || (err != nil && !errors.Is(err, ErrMalformed)) {
				t.Errorf("Check: %v, want ok %t", err, tt.ok)
			}
		})
	}
}

// undated makes a request tell of undated visits, in the version that can.
func undated(all ...Undated) func(*Request) {
	return func(r *Request) { r.Version, r.Undated = Newest, all }
}

func goodChecksum() *Checksum {
	return &Checksum{Epoch: 1, After: "2026-10", Until: "2026Q4", Sum: ChecksumOf(nil)}
}

// The sum as doc.go tells it, in whatever order the cells come.
func TestChecksumOf(t *testing.T) {
	n := int64(14)
	cells := []Cell{
		{Period: "2026-11-24", Measure: "guests", Part: "ochtend", N: &n, Rev: 871}, {Period: "2026Q3", Measure: "reach_k", Rev: 869},
		{Period: "2026-11-23", Measure: "open", N: &n, Rev: 868},
	}
	sum := sha256.Sum256([]byte("2026-11-23 open  14 868\n2026-11-24 guests ochtend 14 871\n2026Q3 reach_k  - 869\n"))
	if got, want := ChecksumOf(cells), hex.EncodeToString(sum[:8]); got != want {
		t.Errorf("sum %s, want %s", got, want)
	}
}

func TestAnswerCheck(t *testing.T) {
	good := func() Answer {
		return Answer{Version: 1, NextToken: "N4OXR2J5KQ7WZC3TBM6YDLHVAE", Interval: 60, Rev: 9,
			Results: []Result{{Status: StatusAccepted}, {Status: StatusStale, Rev: 4}, {Status: StatusRejected, Code: CodeBadPart}}}
	}
	tests := []struct {
		name   string
		change func(*Answer)
		ok     bool
	}{
		{"as it should be", func(*Answer) {}, true},
		{"another version", func(a *Answer) { a.Version = 3 }, false},
		{"a result too few", func(a *Answer) { a.Results = a.Results[:2] }, false},
		{"a status unknown", func(a *Answer) { a.Results[0].Status = "fine" }, false},
		{"accepted with a code", func(a *Answer) { a.Results[0].Code = CodeBadRev }, false},
		{"stale without a revision", func(a *Answer) { a.Results[1].Rev = 0 }, false},
		{"rejected without a code", func(a *Answer) { a.Results[2].Code = "" }, false},
		{"rejected with a code unknown", func(a *Answer) { a.Results[2].Code = "because" }, false},
		{"no token", func(a *Answer) { a.NextToken = "" }, false},
		{"no interval", func(a *Answer) { a.Interval = 0 }, false},
		{"an interval of a week", func(a *Answer) { a.Interval = 7 * 24 * 3600 }, false},
		{"rules in version 1", func(a *Answer) { a.Rules = "0a1b2c3d" }, false},
		{"rules", func(a *Answer) { a.Version, a.Rules = 2, "0a1b2c3d" }, true},
		{"rules that are a text", func(a *Answer) { a.Version, a.Rules = 2, "of the house" }, false},
		{"a stretch that is held otherwise", func(a *Answer) { a.Version, a.Compared, a.Held = 2, ComparedListed, make([]Cell, 200) }, true},
		{"one that is longer", func(a *Answer) { a.Version, a.Compared, a.Held = 2, ComparedListed, make([]Cell, 201) }, false},
		{"one that is the same", func(a *Answer) { a.Version, a.Compared, a.Held = 2, ComparedSame, make([]Cell, 1) }, false},
		{"compared with a word unknown", func(a *Answer) { a.Version, a.Compared = 2, "nearly" }, false},
		{"a revision below none", func(a *Answer) { a.Rev = -1 }, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := good()
			tt.change(&a)
			if err := a.Check(3); (err == nil) != tt.ok || (err != nil && !errors.Is(err, ErrMalformed)) {
				t.Errorf("Check: %v, want ok %t", err, tt.ok)
			}
		})
	}
}

func TestPairAnswerCheck(t *testing.T) {
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	key := base64.StdEncoding.EncodeToString(make([]byte, ed25519.PublicKeySize))
	waiting := PairAnswer{Version: 1, Time: now, State: PairWaiting, Code: "K7M4-Q2XD", Expires: now.Add(PairCodeLife), ServerKey: key, Interval: 3}
	paired := PairAnswer{Version: 1, Time: now, State: PairPaired, Kiosk: "kiosk_7f3a", Room: "De Vlinder (zaal 2)", ServerKey: key}
	tests := []struct {
		name   string
		from   PairAnswer
		change func(*PairAnswer)
		ok     bool
	}{
		{"waiting", waiting, func(*PairAnswer) {}, true},
		{"paired", paired, func(*PairAnswer) {}, true},
		{"another version", paired, func(a *PairAnswer) { a.Version = 0 }, false},
		{"a state unknown", paired, func(a *PairAnswer) { a.State = "soon" }, false},
		{"half a server key", paired, func(a *PairAnswer) { a.ServerKey = a.ServerKey[:20] }, false},
		{"a server key in two lines", paired, func(a *PairAnswer) { a.ServerKey = a.ServerKey[:20] + "\n" + a.ServerKey[20:] }, false},
		{"no code", waiting, func(a *PairAnswer) { a.Code = "" }, false},
		{"a code that has ended", waiting, func(a *PairAnswer) { a.Expires = now }, false},
		{"a code for a day", waiting, func(a *PairAnswer) { a.Expires = now.Add(24 * time.Hour) }, false},
		{"waiting with an id", waiting, func(a *PairAnswer) { a.Kiosk = "kiosk_7f3a" }, false},
		{"no interval", waiting, func(a *PairAnswer) { a.Interval = 0 }, false},
		{"no id", paired, func(a *PairAnswer) { a.Kiosk = "" }, false},
		{"the id of nobody", paired, func(a *PairAnswer) { a.Kiosk = NoKiosk }, false},
		{"no room", paired, func(a *PairAnswer) { a.Room = "" }, false},
		{"a room of two lines", paired, func(a *PairAnswer) { a.Room = "De\nVlinder" }, false},
		{"a room without end", paired, func(a *PairAnswer) { a.Room = strings.Repeat("a", 81) }, false},
		{"paired with a code", paired, func(a *PairAnswer) { a.Code = "K7M4-Q2XD" }, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := tt.from
			tt.change(&a)
			if err := a.Check(); (err == nil) != tt.ok || (err != nil && !errors.Is(err, ErrMalformed)) {
				t.Errorf("Check: %v, want ok %t", err, tt.ok)
			}
		})
	}
	if err := (PairRequest{Version: 1, PublicKey: key}).Check(); err != nil {
		t.Errorf("a pair request with a key: %v", err)
	}
	if err := (PairRequest{Version: 1, PublicKey: "A6EH"}).Check(); !errors.Is(err, ErrMalformed) {
		t.Errorf("a pair request with a bit of a key: %v, want ErrMalformed", err)
	}
}

func TestRefusalCode_Status(t *testing.T) {
	for code, want := range map[RefusalCode]int{
		RefusalMalformed: 400, RefusalUnsigned: 401, RefusalRevoked: 403, RefusalForked: 409, RefusalTooLarge: 413, RefusalWrongSchema: 426, RefusalBusy: 503, RefusalUnavailable: 500, "": 500,
	} {
		if got := code.Status(); got != want {
			t.Errorf("status of %q is %d, want %d", code, got, want)
		}
	}
}
