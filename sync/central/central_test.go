package central_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"

	"example.org/inloop/sync/central"
	"example.org/inloop/sync/central/api"
	"example.org/inloop/sync/central/sqlstore"
	"example.org/inloop/sync/count"
	"example.org/inloop/sync/wire"
)

// tuesday is when most tests play: ISO week 48 and the fourth quarter of 2026.
var tuesday = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

var serverKey = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{200}, ed25519.SeedSize))

// clock is a time that a test sets.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// server is a centre on a real SQLite file, with its API.
type server struct {
	*central.Centre
	api   http.Handler
	clock *clock
	dsn   string
}

func newServer(t testing.TB) *server {
	t.Helper()
	return replica(t, filepath.Join(t.TempDir(), "central.db"), &clock{now: tuesday})
}

// replica is another server on the same store.
func replica(t testing.TB, dsn string, c *clock) *server {
	t.Helper()
	store, err := sqlstore.Open(t.Context(), dsn)
	must(t, err)
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	o, err := central.New(central.Config{Store: store, Key: serverKey, Now: c.Now, HashPassword: quickHash})
	must(t, err)
	return &server{o, api.New(o, nil), c, dsn}
}

// quickHash keeps a password at the lowest cost there is, which the tests then
// need not wait for.
func quickHash(password string) (string, error) {
	return argon2id.CreateHash(password, &argon2id.Params{Memory: 8, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32})
}

const password = "een lange zin als sleutel"

// coordinator invites, accepts and signs in.
func (s *server) coordinator(t testing.TB, organisation, name string) central.Account {
	t.Helper()
	link, err := s.NewInvitation(t.Context(), organisation, name)
	must(t, err)
	session, err := s.Accept(t.Context(), link, password)
	must(t, err)
	a, err := s.Session(t.Context(), session)
	must(t, err)
	return a
}

// kiosk is a kiosk's side of the protocol, as hand-written as a stranger's.
type kiosk struct {
	key   ed25519.PrivateKey
	id    string
	epoch wire.Epoch
	token string
	seq   int64
	rev   int64
}

func newKiosk(n byte) *kiosk {
	return &kiosk{
		key: ed25519.NewKeyFromSeed(bytes.Repeat([]byte{n}, ed25519.SeedSize)), id: wire.NoKiosk,
		epoch: wire.Epoch{Ordinal: 1, ID: fmt.Sprintf("%032x", n)},
	}
}

func (k *kiosk) public() ed25519.PublicKey { return k.key.Public().(ed25519.PublicKey) }

// sealed is a signed request, ready to be sent as often as one likes.
type sealed struct {
	envelope wire.Envelope
	body     []byte
	header   http.Header
}

func (k *kiosk) seal(path string, body []byte) sealed {
	q := sealed{wire.NewEnvelope(path, k.id, k.public()), body, http.Header{}}
	q.envelope.Sign(q.header, k.key, body)
	return q
}

// answer is what came back: raw, and its signature checked.
type answer struct {
	status    int
	body      []byte
	signature string
	signed    bool
	header    http.Header
}

func (s *server) send(q sealed) answer {
	r := httptest.NewRequest(q.envelope.Method, q.envelope.Path, bytes.NewReader(q.body))
	r.Header = q.header.Clone()
	w := httptest.NewRecorder()
	s.api.ServeHTTP(w, r)
	return read(q, w.Result())
}

func read(q sealed, r *http.Response) answer {
	body, _ := io.ReadAll(r.Body) // a recorder's body does not fail
	signature := r.Header.Get(wire.HeaderSignature)
	err := wire.VerifyAnswer(serverKey.Public().(ed25519.PublicKey), r.StatusCode, q.envelope.Bytes(q.body), body, signature)
	return answer{r.StatusCode, body, signature, err == nil, r.Header}
}

func (a answer) fault() wire.RefusalCode {
	var f wire.Refusal
	if json.Unmarshal(a.body, &f) != nil {
		return "no fault"
	}
	return f.Error
}

// pairRequest asks who the kiosk is.
func (k *kiosk) pairRequest() sealed {
	was := k.id
	k.id = wire.NoKiosk
	defer func() { k.id = was }()
	return k.seal(wire.PairPath, fmt.Appendf(nil, `{"version":1,"public_key":%q}`, base64.StdEncoding.EncodeToString(k.public())))
}

func (s *server) askPairing(t testing.TB, k *kiosk) wire.PairAnswer {
	t.Helper()
	a := s.send(k.pairRequest())
	if a.status != http.StatusOK || !a.signed {
		t.Fatalf("pair: status %d, signed %v: %s", a.status, a.signed, a.body)
	}
	p, err := wire.Decode[wire.PairAnswer](a.body)
	must(t, err)
	must(t, p.Check())
	return p
}

// pair pairs a kiosk to a new room.
func (s *server) pair(t testing.TB, k *kiosk, a central.Account, room string) central.Room {
	t.Helper()
	r, fingerprint, err := s.Pair(t.Context(), a, s.askPairing(t, k).Code, room)
	must(t, err)
	if fingerprint != wire.Fingerprint(k.public()) {
		t.Fatalf("fingerprint %s of another key", fingerprint)
	}
	k.id = s.askPairing(t, k).Kiosk
	return r
}

// request is a report with cells, as it would be sent next.
func (k *kiosk) request(cells ...wire.Cell) wire.Request {
	k.seq++
	if cells == nil {
		cells = []wire.Cell{}
	}
	return wire.Request{
		Version: 1, Epoch: k.epoch, Seq: k.seq, Token: k.token, Clock: wire.ClockReading{Time: tuesday, Trust: 2},
		Health: []wire.Health{{Part: "reader", Level: "green"}}, Cells: cells,
	}
}

func (k *kiosk) sealRequest(r wire.Request) sealed {
	body, err := json.Marshal(r)
	if err != nil {
		panic(err) // our own types
	}
	return k.seal(wire.SyncPath, body)
}

// report sends cells and takes the answer in.
func (s *server) report(t testing.TB, k *kiosk, cells ...wire.Cell) wire.Answer {
	t.Helper()
	got := s.send(k.sealRequest(k.request(cells...)))
	if got.status != http.StatusOK || !got.signed {
		t.Fatalf("sync: status %d, signed %v: %s", got.status, got.signed, got.body)
	}
	a, err := wire.Decode[wire.Answer](got.body)
	must(t, err)
	must(t, a.Check(len(cells)))
	k.token = a.NextToken
	return a
}

// cell counts up the kiosk's revisions.
func (k *kiosk) cell(period count.Period, m count.Measure, part count.Part, n int64) wire.Cell {
	k.rev++
	return wire.Cell{Epoch: k.epoch.Ordinal, Period: period, Measure: m, Part: part, N: &n, Rev: k.rev}
}

func (k *kiosk) withdrawn(period count.Period, m count.Measure) wire.Cell {
	c := k.cell(period, m, count.PartNone, 0)
	c.N = nil
	return c
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
