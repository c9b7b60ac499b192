package uplink

import (
	"crypto/ed25519"
	"encoding/json"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"example.org/inloop/sync/wire"
)

// pairer answers pairing requests until a coordinator types the code.
type pairer struct {
	t      *testing.T
	signer ed25519.PrivateKey
	named  ed25519.PrivateKey // whose key the answer carries
	typed  atomic.Bool
	then   http.Handler // what follows once paired
	asked  atomic.Int64
	code   string
}

func (p *pairer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != wire.PairPath {
		p.then.ServeHTTP(w, r)
		return
	}
	p.asked.Add(1)
	body := make([]byte, r.ContentLength)
	_, _ = r.Body.Read(body)
	request, err := wire.Decode[wire.PairRequest](body)
	if err != nil {
		p.t.Error(err)
	}
	k, err := request.Key()
	if err != nil {
		p.t.Error(err)
	}
	envelope := wire.EnvelopeOf(r)
	if err := envelope.Verify(k, body, r.Header.Get(wire.HeaderSignature)); err != nil || envelope.Kiosk != wire.NoKiosk {
		p.t.Errorf("pair request of %q: %v", envelope.Kiosk, err)
	}
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC) // not the kiosk's
	a := wire.PairAnswer{Version: 1, Time: now, ServerKey: encodeKey(p.named)}
	if p.typed.Load() {
		a.State, a.Kiosk, a.Room = wire.PairPaired, "kiosk_1", "De Vlinder"
	} else {
		a.State, a.Code, a.Expires, a.Interval = wire.PairWaiting, p.code, now.Add(wire.PairCodeLife), 3
	}
	said, _ := json.Marshal(a)
	answerWith(w, r, body, p.signer, http.StatusOK, said)
}

func unpaired() *memoryStore {
	b := paired()
	b.pairing = nil
	return b
}

func TestPair_FromCodeToFirstReport(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, b := newCentre(t), unpaired()
		b.tap(someDay)
		p := &pairer{t: t, signer: serverKey, named: serverKey, then: c, code: "K7M4-Q2XD"}
		var lights []wire.Health
		u := link(t, b, p, func(cfg *Config) { cfg.OnHealth = func(l wire.Health) { lights = append(lights, l) } })
		stop := run(t, u)
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if u.Code() != "K7M4-Q2XD" || u.Fingerprint() != wire.Fingerprint(public(kioskKey)) || u.Health().Reason != reasonWaiting {
			t.Errorf("code %q, check %q, light %+v", u.Code(), u.Fingerprint(), u.Health())
		}
		if n := p.asked.Load(); n != 4 {
			t.Errorf("asked %d times in 10 s, want 4", n)
		}
		p.typed.Store(true)
		time.Sleep(4 * time.Second)
		synctest.Wait()
		if b.pairing == nil || b.pairing.Kiosk != "kiosk_1" || b.pairing.Room != "De Vlinder" ||
			!b.pairing.ServerKey.Equal(public(serverKey)) || b.pairing.URL != "http://localhost" {
			t.Fatalf("pairing %+v", b.pairing)
		}
		if u.Code() != "" || c.total() != 1 || u.Health().Level != "green" {
			t.Errorf("code %q, %d at the centre, light %+v", u.Code(), c.total(), u.Health())
		}
		stop()
		if len(lights) < 2 || lights[0].Reason != reasonWaiting || lights[len(lights)-1].Level != "green" {
			t.Errorf("lights told: %+v", lights)
		}
	})
}

func TestPair_OnlyTheFirstServerIsTrusted(t *testing.T) {
	b := unpaired()
	p := &pairer{t: t, signer: serverKey, named: serverKey, code: "K7M4-Q2XD"}
	u := link(t, b, p)
	if wait := u.pair(t.Context()); wait != 3*time.Second {
		t.Fatalf("wait %s, want 3s", wait)
	}
	p.typed.Store(true)
	p.signer, p.named = key(9), key(9) // another, in good order
	u.pair(t.Context())
	if b.pairing != nil {
		t.Error("paired with another server than the first")
	}
	p.signer, p.named = key(9), serverKey // another, under the first one's name
	u.pair(t.Context())
	if b.pairing != nil {
		t.Error("paired by an answer that the first server did not sign")
	}
	p.signer = serverKey
	if wait := u.pair(t.Context()); wait != 0 || b.pairing == nil {
		t.Errorf("wait %s, pairing %v: want to be paired with the first", wait, b.pairing)
	}
}

func TestPair_CodeEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &pairer{t: t, signer: serverKey, named: serverKey, code: "K7M4-Q2XD"}
		u := link(t, unpaired(), p)
		u.pair(t.Context())
		time.Sleep(wire.PairCodeLife - time.Second)
		if u.Code() == "" {
			t.Error("the code ended early")
		}
		time.Sleep(time.Second)
		if got := u.Code(); got != "" {
			t.Errorf("code %q after its end", got)
		}
	})
}

func TestPair_FailuresNeverWaitLong(t *testing.T) {
	u := link(t, unpaired(), http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }))
	for range 30 {
		if wait := u.pair(t.Context()); wait <= 0 || wait > 30*time.Second {
			t.Fatalf("wait %s, want at most 30s", wait)
		}
	}
}
