package uplink

import (
	"bytes"
	"cmp"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"example.org/inloop/sync/count"
	"example.org/inloop/sync/wire"
)

func key(seed byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))
}

func public(k ed25519.PrivateKey) ed25519.PublicKey { return k.Public().(ed25519.PublicKey) }

var kioskKey, serverKey = key(1), key(2)

// clock is the wall clock and the time since a boot long ago.
type clock struct{}

var booted = time.Now().Add(-time.Hour)

func (clock) Now() Moment {
	return Moment{Wall: time.Now(), Boot: "boot", Since: time.Since(booted)}
}

// memoryStore is a Store in memory.
type memoryStore struct {
	mu      sync.Mutex
	pairing *Pairing
	counts  map[wire.Cell]wire.Cell // by the cell without n and rev
	done    map[wire.Cell]int64     // the revision that needs no sending
	aside   map[wire.Cell]wire.Code
	undated []wire.Undated
	pending *Upload
	token   string
	rev     int64
	seq     int64
	heldRev int64 // what the centre said that it holds
	ended   bool  // a part of a day has, since the last Release
	gap     bool  // each answer is of a day far from the one before
	full    error // of Begin, when the disk takes nothing more
}

var _ Store = (*memoryStore)(nil)

func paired() *memoryStore {
	return &memoryStore{
		pairing: &Pairing{Kiosk: "kiosk_1", Room: "De Vlinder", ServerKey: public(serverKey)},
		counts:  map[wire.Cell]wire.Cell{}, done: map[wire.Cell]int64{}, aside: map[wire.Cell]wire.Code{},
	}
}

// addressOf is what a cell replaces an older revision of.
func addressOf(c wire.Cell) wire.Cell {
	return wire.Cell{Epoch: c.Epoch, Period: c.Period, Measure: c.Measure, Part: c.Part}
}

// tap counts one more visit on a day.
func (b *memoryStore) tap(day count.Day) {
	b.add(wire.Cell{Epoch: 1, Period: day.Period(), Measure: count.MeasureBadgeVisits, Part: count.PartAfternoon})
}

// add counts one more in a cell.
func (b *memoryStore) add(cell wire.Cell) {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := int64(1)
	if c, ok := b.counts[cell]; ok {
		n = *c.N + 1
	}
	b.rev++
	c := cell
	c.N, c.Rev = &n, b.rev
	b.counts[cell] = c
}

func (b *memoryStore) Pairing(context.Context) (Pairing, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.pairing == nil {
		return Pairing{}, ErrNotPaired
	}
	return *b.pairing, nil
}

func (b *memoryStore) SetPairing(_ context.Context, p Pairing) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.pairing = &p
	return nil
}

func (b *memoryStore) ForgetPairing(context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.pairing, b.token, b.pending = nil, "", nil
	return nil
}

func (b *memoryStore) Unsent(_ context.Context, max int) ([]wire.Cell, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []wire.Cell
	for cell, c := range b.counts {
		if c.Rev > b.done[cell] {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b wire.Cell) int { return cmp.Compare(a.Rev, b.Rev) })
	return out[:min(max, len(out))], nil
}

func (b *memoryStore) Lost(context.Context, int) ([]wire.LostDays, error) { return nil, nil }

func (b *memoryStore) Undated(context.Context, int) ([]wire.Undated, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.undated, nil
}

func (b *memoryStore) SetAside(_ context.Context, c wire.Cell, code wire.Code) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.done[addressOf(c)], b.aside[addressOf(c)] = c.Rev, code
	return nil
}

func (b *memoryStore) OfferAgain(_ context.Context, code wire.Code) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for cell, why := range b.aside {
		if why == code {
			delete(b.aside, cell)
			delete(b.done, cell)
		}
	}
	return nil
}

func (b *memoryStore) OfferDue(context.Context, time.Time) error { return nil }

func (b *memoryStore) Waiting(ctx context.Context) (unsent, aside int, err error) {
	all, err := b.Unsent(ctx, 1<<30)
	return len(all), len(b.aside), err
}

func (b *memoryStore) Epoch(context.Context) (wire.Epoch, error) {
	return wire.Epoch{Ordinal: 1, ID: "00000000000000000000000000000000"}, nil
}
func (b *memoryStore) Token(context.Context) (string, error)  { return b.token, nil }
func (b *memoryStore) NextSeq(context.Context) (int64, error) { return b.seq + 1, nil }

func (b *memoryStore) Begin(_ context.Context, u Upload) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.full != nil {
		return b.full
	}
	b.pending, b.seq = &u, u.Seq
	return nil
}

func (b *memoryStore) Pending(context.Context) (Upload, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.pending == nil {
		return Upload{}, ErrNoUpload
	}
	return *b.pending, nil
}

// Release has nothing to do: all that is counted here has ended.
func (b *memoryStore) Release(context.Context) (bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	ended := b.ended
	b.ended = false
	return ended, nil
}

func (b *memoryStore) Acknowledge(_ context.Context, a Ack) (bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i, c := range b.pending.Cells {
		b.done[addressOf(c)] = c.Rev
		if a.Results[i].Status == wire.StatusRejected {
			b.aside[addressOf(c)] = a.Results[i].Code
		}
	}
	b.pending, b.token, b.rev, b.heldRev = nil, a.Token, max(b.rev, a.Rev), a.Rev
	return b.gap, nil
}

func (b *memoryStore) Standing(context.Context) (Progress, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e, _ := b.Epoch(context.Background())
	return Progress{Epochs: []wire.Epoch{e}, Known: b.token != "", Held: b.heldRev, Rev: b.rev, Continued: true}, nil
}

func (b *memoryStore) CentreBack(_ context.Context, rev int64) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for cell, done := range b.done {
		if done > rev {
			delete(b.done, cell)
		}
	}
	b.pending, b.heldRev = nil, rev
	return nil
}

func (b *memoryStore) KioskBack(context.Context, Told) error { b.pending = nil; return nil }
func (b *memoryStore) TakeOver(context.Context, Told) error  { b.pending = nil; return nil }

// A store in memory compares nothing: what is compared lies in rows.
func (b *memoryStore) Stretches(context.Context, time.Time) ([]wire.Checksum, error) { return nil, nil }
func (b *memoryStore) Narrow(context.Context, wire.Checksum) ([]wire.Checksum, error) {
	return nil, nil
}
func (b *memoryStore) Believed(context.Context, wire.Checksum) ([]wire.Cell, error)  { return nil, nil }
func (b *memoryStore) Mend(context.Context, wire.Checksum, []wire.Cell) (int, error) { return 0, nil }
func (b *memoryStore) Compared(context.Context, time.Time) error                     { return nil }

func (b *memoryStore) Requeue(context.Context) error { b.pending = nil; return nil }

// fakeCentre is a server that holds cells.
type fakeCentre struct {
	t        *testing.T
	interval int

	mu     sync.Mutex
	before fault
	held   map[wire.Cell]int64 // n, by the cell without n and rev
	revs   map[wire.Cell]int64
	token  string
	last   []byte // body of the last request taken
	said   []byte
	got    [][]byte // every body that came
	times  []time.Time
	lamps  []wire.Health
}

// fault may answer in the centre's place, and then returns true.
type fault func(w http.ResponseWriter, r *http.Request, body []byte) (answered bool)

// play has the centre play a fault from now on, nil for none.
func (c *fakeCentre) play(f fault) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.before = f
}

func newCentre(t *testing.T) *fakeCentre {
	return &fakeCentre{t: t, interval: 300, held: map[wire.Cell]int64{}, revs: map[wire.Cell]int64{}}
}

func (c *fakeCentre) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	c.mu.Lock()
	c.got, c.times = append(c.got, body), append(c.times, time.Now())
	before := c.before
	c.mu.Unlock()
	if before != nil && before(w, r, body) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := wire.EnvelopeOf(r).Verify(public(kioskKey), body, r.Header.Get(wire.HeaderSignature)); err != nil {
		c.t.Errorf("request: %v", err)
	}
	status, said := c.take(body)
	answerWith(w, r, body, serverKey, status, said)
}

func (c *fakeCentre) take(body []byte) (int, []byte) {
	if bytes.Equal(body, c.last) {
		return http.StatusOK, c.said
	}
	req, err := wire.Decode[wire.Request](body)
	if err == nil {
		err = req.Check()
	}
	if err != nil {
		c.t.Errorf("request: %v", err)
	}
	if req.Token != c.token {
		c.t.Errorf("token %q, want %q: the centre would see a fork", req.Token, c.token)
		return http.StatusConflict, refuse(wire.RefusalForked)
	}
	results, top := make([]wire.Result, len(req.Cells)), int64(0)
	for i, cell := range req.Cells {
		if bad := (*wire.CellError)(nil); errors.As(cell.Check(count.Standard(), req.Epoch.Ordinal), &bad) {
			results[i] = wire.Result{Status: wire.StatusRejected, Code: bad.Code}
			continue
		}
		at := wire.Cell{Epoch: cell.Epoch, Period: cell.Period, Measure: cell.Measure, Part: cell.Part}
		if results[i] = (wire.Result{Status: wire.StatusAccepted}); cell.Rev > c.revs[at] {
			c.held[at], c.revs[at] = *cell.N, cell.Rev
		}
		top = max(top, cell.Rev)
	}
	c.token, c.last, c.lamps = wire.NewEnvelope("", "", nil).Nonce, body, req.Health
	c.said, _ = json.Marshal(wire.Answer{Version: 1, Time: time.Now().UTC(), Results: results, Rev: top, NextToken: c.token, Interval: c.interval})
	return http.StatusOK, c.said
}

func (c *fakeCentre) total() (n int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, v := range c.held {
		n += v
	}
	return n
}

func (c *fakeCentre) asked() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.got)
}

func refuse(code wire.RefusalCode) []byte {
	b, _ := json.Marshal(wire.Refusal{Error: code, Hint: "so says the test"})
	return b
}

func answerWith(w http.ResponseWriter, r *http.Request, request []byte, k ed25519.PrivateKey, status int, body []byte) {
	wire.SignAnswer(w.Header(), k, status, wire.EnvelopeOf(r).Bytes(request), body)
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

// direct is a network without sockets, for tests in a synctest bubble.
type direct struct{ http.Handler }

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return w.Result(), nil
}

// longEnough bounds an exchange over a real socket. A test gets there only when
// it has failed, however slow the machine is.
const longEnough = 5 * time.Minute

// link returns an Uplink of a store to a handler.
func link(t *testing.T, b Store, h http.Handler, change ...func(*Config)) *Uplink {
	t.Helper()
	c := Config{Store: b, Key: kioskKey, URL: "http://localhost", Client: &http.Client{Transport: direct{h}}, Clock: clock{}}
	for _, f := range change {
		f(&c)
	}
	u, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// run runs u until the returned function is called.
func run(t *testing.T, u *Uplink) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- u.Run(ctx) }()
	return func() {
		t.Helper()
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	}
}

const someDay = count.Day(20781) // 2026-11-24

func encodeKey(k ed25519.PrivateKey) string { return base64.StdEncoding.EncodeToString(public(k)) }
