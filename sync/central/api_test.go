package central_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/inloop/sync/central"
	"example.org/inloop/sync/count"
	"example.org/inloop/sync/wire"
)

func TestSync_CellByCell(t *testing.T) {
	s := newServer(t)
	k := newKiosk(1)
	s.pair(t, k, s.coordinator(t, "Stichting Een", "a@een.example"), "Laak")
	one := k.cell("2026-11-24", count.MeasureBadgeVisits, count.PartMorning, 4)
	s.report(t, k, one, k.cell("2026-11-23", count.MeasureGuests, count.PartEvening, 1))
	newer, older := one, one
	newer.Rev, older.Rev = 50, 40
	rows := []struct {
		what string
		cell wire.Cell
		want wire.Result
	}{
		{"the same again", one, wire.Result{Status: wire.StatusStale, Rev: 50}}, // the row below is in the same request
		{"newer", newer, wire.Result{Status: wire.StatusAccepted}},
		{"older than one beside it", older, wire.Result{Status: wire.StatusStale, Rev: 50}},
		{"tomorrow", k.cell("2026-11-25", count.MeasureGuests, count.PartMorning, 1), wire.Result{Status: wire.StatusAccepted}},
		{"the day after", k.cell("2026-11-26", count.MeasureGuests, count.PartMorning, 1), wire.Result{Status: wire.StatusRejected, Code: wire.CodeFuture}},
		{"next quarter", k.cell("2027Q1", count.MeasureUnique, count.PartNone, 1), wire.Result{Status: wire.StatusRejected, Code: wire.CodeFuture}},
		{"a free period", k.cell("2026-W48", count.MeasureGuests, count.PartMorning, 1), wire.Result{Status: wire.StatusRejected, Code: wire.CodeBadPeriod}},
		{"persons of a day", k.cell("2026-11-24", count.MeasureUnique, count.PartNone, 1), wire.Result{Status: wire.StatusRejected, Code: wire.CodeBadPeriod}},
		{"no such measure", k.cell("2026-11-24", "names", count.PartMorning, 1), wire.Result{Status: wire.StatusRejected, Code: wire.CodeBadMeasure}},
		{"too many", k.cell("2026-11-24", count.MeasureGuests, count.PartMorning, wire.MaxCount+1), wire.Result{Status: wire.StatusRejected, Code: wire.CodeBadCount}},
		{"withdrawn visits", k.withdrawn("2026-11-24", count.MeasureOpen), wire.Result{Status: wire.StatusRejected, Code: wire.CodeBadCount}},
		{"withdrawn reach", k.withdrawn("2026Q3", count.MeasureReachN), wire.Result{Status: wire.StatusAccepted}},
	}
	var cells []wire.Cell
	for _, r := range rows {
		cells = append(cells, r.cell)
	}
	a := s.report(t, k, cells...)
	for i, r := range rows {
		if a.Results[i] != r.want {
			t.Errorf("%s: %+v, want %+v", r.what, a.Results[i], r.want)
		}
	}
	if a.Rev != 50 || !a.Time.Equal(tuesday) {
		t.Errorf("answer's rev %d at %s, want 50 at %s", a.Rev, a.Time, tuesday)
	}
}

// The answers of hostile or broken clients: a clear refusal, signed once the
// request's own signature was found to fit, and nothing changed.
func TestAPI_Refusals(t *testing.T) {
	s := newServer(t)
	a := s.coordinator(t, "Stichting Een", "a@een.example")
	k, other := newKiosk(1), newKiosk(2)
	s.pair(t, k, a, "Laak")
	s.pair(t, other, s.coordinator(t, "Stichting Twee", "b@twee.example"), "Elders")
	s.report(t, k, k.cell("2026-11-24", count.MeasureBadgeVisits, count.PartMorning, 4))
	good := func() []byte {
		return k.sealRequest(k.request(k.cell("2026-11-24", count.MeasureBadgeVisits, count.PartMorning, 99))).body
	}
	change := func(old, new string) []byte {
		b := bytes.Replace(good(), []byte(old), []byte(new), 1)
		if bytes.Equal(b, good()) {
			t.Fatalf("%q is not in a request", old)
		}
		return b
	}
	with := func(q sealed, name, value string) sealed {
		q.header.Set(name, value)
		return q
	}
	line := func(q sealed, method, path string) sealed {
		q.envelope.Method, q.envelope.Path = method, path
		return q
	}
	asKiosk := func(id string, k kiosk) sealed { k.id = id; return k.seal(wire.SyncPath, good()) }
	forged := k.seal(wire.SyncPath, good())
	forged.body = bytes.Replace(forged.body, []byte(`"n":99`), []byte(`"n":98`), 1)
	tooMany := k.request()
	for range wire.MaxRows + 1 {
		tooMany.Cells = append(tooMany.Cells, k.cell("2026-11-24", count.MeasureBadgeVisits, count.PartMorning, 99))
	}
	oldEpoch := k.request()
	oldEpoch.Epoch.ID = strings.Repeat("ab", 16)
	newEpochWithToken := k.request()
	newEpochWithToken.Epoch = wire.Epoch{Ordinal: 2, ID: strings.Repeat("cd", 16)}
	noToken := k.request()
	noToken.Token = ""
	oldToken := k.request()
	oldToken.Token = "abcdefghijklmnopqrstuv"
	huge := bytes.Repeat([]byte("x"), 10<<20)
	pairKey := base64.StdEncoding.EncodeToString(k.public())

	for _, tt := range []struct {
		what   string
		q      sealed
		status int
		fault  wire.RefusalCode
		signed bool
	}{
		{"a forged body", forged, 401, wire.RefusalUnsigned, false},
		{"another's key", asKiosk(k.id, *other), 401, wire.RefusalUnsigned, false},
		{"another's id", asKiosk(other.id, *k), 401, wire.RefusalUnsigned, false},
		{"no kiosk of ours", asKiosk("kABC", *k), 401, wire.RefusalUnsigned, false},
		{"not paired", asKiosk("-", *k), 401, wire.RefusalUnsigned, false},
		{"no signature", with(k.seal(wire.SyncPath, good()), wire.HeaderSignature, ""), 401, wire.RefusalUnsigned, false},
		{"garbage for a signature", with(k.seal(wire.SyncPath, good()), wire.HeaderSignature, "%%%"), 401, wire.RefusalUnsigned, false},
		{"another nonce", with(k.seal(wire.SyncPath, good()), wire.HeaderNonce, strings.Repeat("0", 32)), 401, wire.RefusalUnsigned, false},
		{"a signature of another path", line(k.seal(wire.PairPath, good()), "POST", wire.SyncPath), 401, wire.RefusalUnsigned, false},
		{"no JSON", k.seal(wire.SyncPath, []byte("\x00\xff{")), 400, wire.RefusalMalformed, true},
		{"nothing", k.seal(wire.SyncPath, nil), 400, wire.RefusalMalformed, true},
		{"null", k.seal(wire.SyncPath, []byte("null")), 400, wire.RefusalMalformed, true},
		{"an unknown field", k.seal(wire.SyncPath, change(`"seq":`, `"name":"Fatma","seq":`)), 400, wire.RefusalMalformed, true},
		{"an unknown field in a cell", k.seal(wire.SyncPath, change(`"rev":`, `"uid":"04a1","rev":`)), 400, wire.RefusalMalformed, true},
		{"two values", k.seal(wire.SyncPath, append(good(), "{}"...)), 400, wire.RefusalMalformed, true},
		{"a light with a text", k.seal(wire.SyncPath, change(`"green"`, `"green","reason":"fatma"`)), 400, wire.RefusalMalformed, true},
		{"no epoch", k.seal(wire.SyncPath, change(`"ordinal":1`, `"ordinal":0`)), 400, wire.RefusalMalformed, true},
		{"another version", k.seal(wire.SyncPath, change(`"version":1`, `"version":3,"colour":"blue"`)), 426, wire.RefusalWrongSchema, true},
		{"too many cells", k.sealRequest(tooMany), 413, wire.RefusalTooLarge, true},
		{"10 MB", k.seal(wire.SyncPath, huge), 413, wire.RefusalTooLarge, false},
		{"an epoch of the same number", k.sealRequest(oldEpoch), 409, wire.RefusalForked, true},
		{"a new epoch with a token", k.sealRequest(newEpochWithToken), 409, wire.RefusalForked, true},
		{"no token", k.sealRequest(noToken), 409, wire.RefusalForked, true},
		{"an old token with another body", k.sealRequest(oldToken), 409, wire.RefusalForked, true},
		{"another path", line(k.seal("/v1/names", good()), "POST", "/v1/names"), 404, wire.RefusalMalformed, false},
		{"another method", line(k.seal(wire.SyncPath, good()), "GET", wire.SyncPath), 405, wire.RefusalMalformed, false},
		{"a packed body", with(k.seal(wire.SyncPath, good()), "Content-Encoding", "gzip"), 415, wire.RefusalMalformed, false},
		{"pairing with an id", k.seal(wire.PairPath, fmt.Appendf(nil, `{"version":1,"public_key":%q}`, pairKey)), 401, wire.RefusalUnsigned, false},
		{"pairing another's key", other.pairRequestFor(pairKey), 401, wire.RefusalUnsigned, false},
		{"pairing without a key", other.pairRequestFor(""), 401, wire.RefusalUnsigned, false},
		{"pairing with an unknown field", newKiosk(3).pairRequestWith(`,"name":"x"`), 400, wire.RefusalMalformed, true},
		{"pairing in another version", newKiosk(3).pairRequestWith(`,"version":7`), 426, wire.RefusalWrongSchema, true},
	} {
		got := s.send(tt.q)
		if got.status != tt.status || got.fault() != tt.fault {
			t.Errorf("%s: %d %s, want %d %s: %s", tt.what, got.status, got.fault(), tt.status, tt.fault, got.body)
		}
		if got.signed != tt.signed || got.signature != "" && !tt.signed {
			t.Errorf("%s: signed %v by %q, want %v", tt.what, got.signed, got.signature, tt.signed)
		}
		if got.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: the answer may be cached", tt.what)
		}
	}
	// Neither this kiosk nor another was harmed, and nothing was taken.
	if r := s.report(t, k).Results; len(r) != 0 {
		t.Errorf("results %v for no cells", r)
	}
	s.report(t, other, other.cell("2026-11-24", count.MeasureBadgeVisits, count.PartMorning, 1))
	v, err := s.Overview(t.Context(), a, "")
	must(t, err)
	if n := v.Total.Today.Now.Total(); n != 4 {
		t.Errorf("%d visits today, want the 4 that were sent well", n)
	}
	if v.Rooms[0].Room.Kiosk.Forked.IsZero() {
		t.Error("the forks are not shown to the coordinator")
	}
}

func (k *kiosk) pairRequestFor(key string) sealed {
	was := k.id
	k.id = wire.NoKiosk
	defer func() { k.id = was }()
	return k.seal(wire.PairPath, fmt.Appendf(nil, `{"version":1,"public_key":%q}`, key))
}

func (k *kiosk) pairRequestWith(more string) sealed {
	q := k.pairRequest()
	return k.seal(wire.PairPath, append(bytes.TrimSuffix(q.body, []byte("}")), more+"}"...))
}

// A body that is too long is not read to its end.
func TestAPI_StopsReading(t *testing.T) {
	s := newServer(t)
	for _, length := range []int64{10 << 20, -1} {
		body := &counter{left: 10 << 20}
		r := httptest.NewRequest(http.MethodPost, wire.SyncPath, body)
		r.ContentLength = length
		w := httptest.NewRecorder()
		s.api.ServeHTTP(w, r)
		if w.Code != http.StatusRequestEntityTooLarge || body.read > 2*wire.MaxBody {
			t.Errorf("length %d: status %d after %d bytes were read", length, w.Code, body.read)
		}
	}
}

// Strangers who send their bodies slowly, or never, take no kiosk's place.
func TestAPI_SlowStrangersShutNobodyOut(t *testing.T) {
	s := newServer(t)
	k := newKiosk(1)
	s.pair(t, k, s.coordinator(t, "Stichting Een", "a@een.example"), "Laak")
	const strangers = 300
	begun, end := make(chan struct{}, 2*strangers), make(chan struct{})
	var crowd sync.WaitGroup
	for range strangers {
		crowd.Go(func() {
			r := httptest.NewRequest(http.MethodPost, wire.SyncPath, &slow{begun: begun, end: end})
			r.ContentLength = wire.MaxBody
			s.api.ServeHTTP(httptest.NewRecorder(), r)
			begun <- struct{}{} // also when it was sent away unread
		})
	}
	for range strangers {
		<-begun
	}
	s.report(t, k, k.cell("2026-11-24", count.MeasureBadgeVisits, count.PartMorning, 4))
	close(end)
	crowd.Wait()
}

// slow is a body that never comes.
type slow struct {
	begun chan<- struct{}
	end   <-chan struct{}
	once  sync.Once
}

func (b *slow) Read([]byte) (int, error) {
	b.once.Do(func() { b.begun <- struct{}{} })
	<-b.end
	return 0, io.ErrUnexpectedEOF
}

type counter struct{ left, read int }

func (c *counter) Read(p []byte) (int, error) {
	n := min(len(p), c.left)
	c.left -= n
	c.read += n
	return n, nil
}

func TestSync_ReplayGetsTheFirstAnswer(t *testing.T) {
	s := newServer(t)
	k := newKiosk(1)
	s.pair(t, k, s.coordinator(t, "Stichting Een", "a@een.example"), "Laak")
	q := k.sealRequest(k.request(k.cell("2026-11-24", count.MeasureBadgeVisits, count.PartMorning, 4)))
	first := s.send(q)
	s.clock.add(time.Hour)
	for name, server := range map[string]*server{"the same server": s, "another server": replica(t, s.dsn, s.clock)} {
		again := server.send(q)
		if again.status != 200 || !bytes.Equal(again.body, first.body) || again.signature != first.signature {
			t.Errorf("%s: %d %s\nwant the first answer %s", name, again.status, again.body, first.body)
		}
	}
	var answer wire.Answer
	must(t, json.Unmarshal(first.body, &answer))
	resealed := k.seal(wire.SyncPath, q.body)
	if got := s.send(resealed); got.status != 200 || !got.signed || !bytes.Equal(got.body, first.body) || got.signature == first.signature {
		t.Errorf("the same body signed anew: %d %s, signed %v; want the first answer, signed for this request", got.status, got.body, got.signed)
	}
	k.token = answer.NextToken
	s.report(t, k, k.cell("2026-11-24", count.MeasureBadgeVisits, count.PartMorning, 5))
	if got := s.send(q); got.status != 409 || got.fault() != wire.RefusalForked {
		t.Errorf("a replay after the next request: %d %s, want 409", got.status, got.body)
	}
	s.report(t, k) // and the kiosk goes on
}

func TestSync_RevokedAtOnceEverywhere(t *testing.T) {
	s := newServer(t)
	a := s.coordinator(t, "Stichting Een", "a@een.example")
	k := newKiosk(1)
	room := s.pair(t, k, a, "Laak")
	other := replica(t, s.dsn, s.clock)
	other.report(t, k)
	q := k.sealRequest(k.request())
	must(t, s.Unpair(t.Context(), a, room.ID))
	for _, server := range []*server{s, other} {
		if got := server.send(q); got.status != 403 || got.fault() != wire.RefusalRevoked || !got.signed {
			t.Errorf("revoked: %d %s, signed %v", got.status, got.body, got.signed)
		}
	}
	if p := s.askPairing(t, k); p.State != wire.PairWaiting {
		t.Errorf("a revoked kiosk that asks again is %s, want %s", p.State, wire.PairWaiting)
	}
}

// A restored backup goes on in its series, a kiosk that starts anew begins
// another: in both cases the class A visits of all add up once.
func TestSync_RestoredAndReplacedKiosks(t *testing.T) {
	s := newServer(t)
	a := s.coordinator(t, "Stichting Een", "a@een.example")
	k := newKiosk(1)
	room := s.pair(t, k, a, "Laak")
	monday := k.cell("2026-11-23", count.MeasureBadgeVisits, count.PartMorning, 4)
	s.report(t, k, monday, k.cell("2026-11-24", count.MeasureBadgeVisits, count.PartMorning, 2))

	must(t, s.Unpair(t.Context(), a, room.ID))
	restored := newKiosk(1) // the backup on a new card: its key goes with it
	restored.epoch, restored.rev = wire.Epoch{Ordinal: 2, ID: strings.Repeat("ee", 16)}, 1
	_, _, err := s.PairRoom(t.Context(), a, s.askPairing(t, restored).Code, room.ID)
	must(t, err)
	restored.id = s.askPairing(t, restored).Kiosk
	if got := s.report(t, restored, monday); got.Rev != 2 || got.Results[0].Status != wire.StatusAccepted {
		t.Errorf("restored: rev %d, %v; want the 2 that the room's first kiosk reached, and what is held already taken", got.Rev, got.Results)
	}
	restored.rev = 2
	s.report(t, restored, restored.cell("2026-11-24", count.MeasureBadgeVisits, count.PartAfternoon, 3))

	fresh := newKiosk(3) // another kiosk, which knows nothing of all that
	_, _, err = s.PairRoom(t.Context(), a, s.askPairing(t, fresh).Code, room.ID)
	must(t, err)
	fresh.id = s.askPairing(t, fresh).Kiosk
	if got := s.report(t, fresh, fresh.cell("2026-11-24", count.MeasureBadgeVisits, count.PartMorning, 1)); got.Rev != 1 || got.Results[0].Status != wire.StatusAccepted {
		t.Errorf("replaced: rev %d, %v; want an epoch of its own", got.Rev, got.Results)
	}
	v, err := s.Overview(t.Context(), a, "")
	must(t, err)
	if today, week := v.Total.Today.Now.Total(), v.Total.Week.Now.Total(); today != 2+3+1 || week != 4+2+3+1 {
		t.Errorf("today %d and this week %d, want 6 and 10", today, week)
	}
}

// A kiosk that has had two epochs elsewhere replaces one that has had one, and
// is replaced by it again. Neither writes over what the other counted, however
// high its revisions are, and what is sent again is counted once.
func TestSync_KiosksThatTakeTurnsKeepTheirCounts(t *testing.T) {
	s := newServer(t)
	a := s.coordinator(t, "Stichting Een", "a@een.example")
	first, moved := newKiosk(1), newKiosk(2)
	room := s.pair(t, first, a, "Laak")
	held := first.cell("2026-11-24", count.MeasureBadgeVisits, count.PartMorning, 4)
	s.report(t, first, held)
	turn := func(k *kiosk, ordinal int, cells ...wire.Cell) {
		t.Helper()
		_, _, err := s.PairRoom(t.Context(), a, s.askPairing(t, k).Code, room.ID)
		must(t, err)
		k.id, k.token = s.askPairing(t, k).Kiosk, ""
		k.epoch = wire.Epoch{Ordinal: ordinal, ID: fmt.Sprintf("%032x", 100*ordinal+int(k.key[0]))}
		s.report(t, k, cells...)
	}
	moved.rev = 500
	early := moved.cell("2026-11-24", count.MeasureBadgeVisits, count.PartMorning, 7)
	turn(moved, 3, early)
	turn(first, 4, held, first.cell("2026-11-24", count.MeasureBadgeVisits, count.PartAfternoon, 1))
	turn(moved, 5, early)
	v, err := s.Overview(t.Context(), a, "")
	must(t, err)
	if got := v.Total.Today.Now.Total(); got != 4+7+1 {
		t.Errorf("%d visits today, want the 5 of one kiosk and the 7 of the other", got)
	}
}

// Whatever is lost, doubled or late on the way, the totals come out the same.
func TestSync_AnyOrderSameTotals(t *testing.T) {
	s := newServer(t)
	a := s.coordinator(t, "Stichting Een", "a@een.example")
	for seed := range uint64(8) {
		rng := rand.New(rand.NewPCG(seed, 2026))
		k := newKiosk(byte(seed + 1))
		room := s.pair(t, k, a, fmt.Sprintf("Laak %d", seed))
		newest, sent := map[string]wire.Cell{}, []wire.Cell{}
		for range 120 {
			day := tuesday.AddDate(0, 0, -rng.IntN(6)).Format(time.DateOnly)
			c := k.cell(count.Period(day), []count.Measure{count.MeasureBadgeVisits, count.MeasureGuests}[rng.IntN(2)], count.Parts()[rng.IntN(3)], rng.Int64N(30))
			sent, newest[fmt.Sprint(c.Period, c.Measure, c.Part)] = append(sent, c), c
		}
		var last []wire.Cell // what the kiosk holds: it keeps sending until acknowledged
		for _, c := range newest {
			last = append(last, c)
		}
		for range 20 {
			var batch []wire.Cell
			for range 1 + rng.IntN(20) {
				batch = append(batch, sent[rng.IntN(len(sent))])
			}
			r := k.request(batch...)
			q := k.sealRequest(r)
			if rng.IntN(4) == 0 {
				continue // lost on the way there: nothing arrived
			}
			got := s.send(q)
			for range rng.IntN(3) { // answers lost: the very same again
				if again := s.send(q); !reflect.DeepEqual(again.body, got.body) {
					t.Fatalf("seed %d: a replay got another answer", seed)
				}
			}
			var answer wire.Answer
			must(t, json.Unmarshal(got.body, &answer))
			k.token = answer.NextToken
		}
		s.report(t, k, last...)
		want := int64(0)
		for _, c := range last {
			want += *c.N
		}
		v, err := s.RoomOverview(t.Context(), a, room.ID, "")
		must(t, err)
		if got := v.Total.Visits.Total(); got != want {
			t.Errorf("seed %d: %d visits, want %d", seed, got, want)
		}
	}
}

func TestPairing_AskedAgainAndAgain(t *testing.T) {
	s := newServer(t)
	a := s.coordinator(t, "Stichting Een", "a@een.example")
	k := newKiosk(1)
	first := s.askPairing(t, k)
	s.clock.add(wire.PairCodeLife - time.Second)
	if again := s.askPairing(t, k); again.Code != first.Code {
		t.Errorf("code %s became %s while it was shown", first.Code, again.Code)
	}
	s.clock.add(2 * time.Second)
	if later := s.askPairing(t, k); later.Code == first.Code {
		t.Error("a code lives longer than ten minutes")
	}
	room := s.pair(t, k, a, "Laak")
	if p := s.askPairing(t, k); p.State != wire.PairPaired || p.Room != "Laak" || p.Kiosk == "" {
		t.Errorf("paired: %+v", p)
	}
	rooms, err := s.Rooms(t.Context(), a)
	must(t, err)
	if !slices.ContainsFunc(rooms, func(r central.Room) bool { return r.ID == room.ID && r.Kiosk.ID == k.id }) {
		t.Errorf("rooms %+v without the one that was paired", rooms)
	}
}

func FuzzAPI(f *testing.F) {
	s := newServer(f)
	k := newKiosk(1)
	s.pair(f, k, s.coordinator(f, "Stichting Een", "a@een.example"), "Laak")
	f.Add(k.sealRequest(k.request(k.cell("2026-11-24", count.MeasureBadgeVisits, count.PartMorning, 4))).body, true, true)
	f.Add(k.pairRequest().body, false, true)
	f.Add([]byte(`{"version":1,"cells":[null]}`), true, false)
	f.Fuzz(func(t *testing.T, body []byte, sync, sign bool) {
		path := wire.PairPath
		id := k.id
		if sync {
			path = wire.SyncPath
		} else {
			k.id = wire.NoKiosk
		}
		q := k.seal(path, body)
		k.id = id
		if !sign {
			q.header.Set(wire.HeaderSignature, "AAAA")
		}
		got := s.send(q)
		known := []int{200, 400, 401, 409, 413, 426, 429}
		if !slices.Contains(known, got.status) {
			t.Errorf("status %d for %q: %s", got.status, body, got.body)
		}
		if !sign && got.status != 401 && got.status != 413 {
			t.Errorf("status %d without a signature", got.status)
		}
		if len(body) <= wire.MaxBody && got.signed != (got.status != 401) {
			t.Errorf("status %d, signed %v", got.status, got.signed)
		}
	})
}
