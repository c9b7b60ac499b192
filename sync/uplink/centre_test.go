package uplink

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.org/inloop/sync/central"
	"example.org/inloop/sync/central/api"
	"example.org/inloop/sync/central/sqlstore"
	"example.org/inloop/sync/count"
)

// realCentre is the real centre, on SQLite and behind TLS.
type realCentre struct {
	*central.Centre
	store   *sqlstore.Store
	server  *httptest.Server
	account central.Account
}

func openCentre(t *testing.T) realCentre {
	t.Helper()
	ctx := t.Context()
	store, err := sqlstore.Open(ctx, filepath.Join(t.TempDir(), "central.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	o, err := central.New(central.Config{Store: store, Key: serverKey})
	if err != nil {
		t.Fatal(err)
	}
	invitation, err := o.NewInvitation(ctx, "Stichting Voorbeeld", "coordinator@example.org")
	if err != nil {
		t.Fatal(err)
	}
	session, err := o.Accept(ctx, invitation, "four plain words together")
	if err != nil {
		t.Fatal(err)
	}
	account, err := o.Session(ctx, session)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(api.New(o, nil))
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // it tells of handshakes that a test breaks off
	s.StartTLS()
	t.Cleanup(s.Close)
	return realCentre{o, store, s, account}
}

// link returns an Uplink of b to the centre over a network.
func (o realCentre) link(t *testing.T, b Store, network http.RoundTripper) *Uplink {
	t.Helper()
	return link(t, b, nil, func(c *Config) {
		c.URL, c.Client = o.server.URL, &http.Client{Transport: network}
		c.Timing = Timing{Timeout: longEnough}
	})
}

// pair pairs the kiosk of b as a coordinator would.
func (o realCentre) pair(t *testing.T, b Store) central.Room {
	t.Helper()
	u := o.link(t, b, o.server.Client().Transport)
	if o := u.step(t.Context()); o.failed != nil || u.Code() == "" {
		t.Fatalf("no code: %v", o.failed)
	}
	room, fingerprint, err := o.Pair(t.Context(), o.account, u.Code(), "De Vlinder")
	if err != nil {
		t.Fatal(err)
	}
	if fingerprint != u.Fingerprint() {
		t.Errorf("the centre shows %s, the kiosk %s", fingerprint, u.Fingerprint())
	}
	u.step(t.Context())
	if _, err := b.Pairing(t.Context()); err != nil {
		t.Fatal(err)
	}
	return room
}

// visits sums what the centre holds of 60 days up to tomorrow.
func (o realCentre) visits(t *testing.T) (n int64) {
	t.Helper()
	cells, err := o.store.Cells(t.Context(), o.account.Organisation, 0, count.Days{First: today() - 60, Last: today() + 1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cells {
		n += *c.Cell.N
	}
	return n
}

func today() count.Day { return count.DayOf(time.Now(), time.UTC) }

// poorNetwork loses requests, loses answers, and lets portals answer.
type poorNetwork struct {
	good   http.RoundTripper
	chance *rand.Rand
	meant  func() // called while a request is on its way
}

func (n *poorNetwork) RoundTrip(r *http.Request) (*http.Response, error) {
	n.meant()
	kind := n.chance.IntN(10)
	if kind == 0 {
		return nil, errors.New("no route")
	}
	if kind == 1 {
		return portal(r), nil
	}
	resp, err := n.good.RoundTrip(r)
	if err != nil || kind > 4 {
		return resp, err
	}
	if err := resp.Body.Close(); err != nil { // committed at the centre, lost on the way back
		return nil, err
	}
	switch kind {
	case 2:
		return nil, io.ErrUnexpectedEOF
	case 3:
		return portal(r), nil
	}
	resp.Body = io.NopCloser(strings.NewReader(`{"version":1,"ti`))
	return resp, nil
}

func portal(r *http.Request) *http.Response {
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"text/html"}}, Request: r,
		Body: io.NopCloser(strings.NewReader("<html>please log in")),
	}
}

// TestCentre_PoorNetworkLosesAndDoublesNothing sends taps of 50 days over
// networks that fail half of the time, with crashes, and compares the sums.
func TestCentre_PoorNetworkLosesAndDoublesNothing(t *testing.T) {
	o, b := openCentre(t), unpaired()
	o.pair(t, b)
	chance := rand.New(rand.NewPCG(7, 7))
	taps := int64(0)
	tap := func() {
		b.tap(today() - count.Day(chance.IntN(50)))
		taps++
	}
	network := &poorNetwork{good: o.server.Client().Transport, chance: chance, meant: func() {
		if chance.IntN(3) == 0 {
			tap()
		}
	}}
	u := o.link(t, b, network)
	for range 400 {
		tap()
		switch chance.IntN(12) {
		case 0:
			u = o.link(t, b, network) // as after a crash
		case 1, 2, 3, 4:
			if got := u.step(t.Context()); got.stop != "" {
				t.Fatalf("stopped: %+v", got)
			}
		}
	}
	u = o.link(t, b, o.server.Client().Transport)
	if err := u.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := o.visits(t); got != taps || len(b.aside) != 0 {
		t.Errorf("%d visits at the centre, %d aside; want %d and none", got, len(b.aside), taps)
	}
}

func TestCentre_UnpairedStops(t *testing.T) {
	o, b := openCentre(t), unpaired()
	room := o.pair(t, b)
	u := o.link(t, b, o.server.Client().Transport)
	b.tap(today())
	if got := u.step(t.Context()); got.failed != nil {
		t.Fatal(got.failed)
	}
	if err := o.Unpair(t.Context(), o.account, room.ID); err != nil {
		t.Fatal(err)
	}
	b.tap(today())
	if got := u.step(t.Context()); got.stop != reasonRevoked {
		t.Errorf("outcome %+v, want %s", got, reasonRevoked)
	}
	if got := o.visits(t); got != 1 {
		t.Errorf("%d visits, want the one from before", got)
	}
}

func TestCentre_SecondHolderOfAKeyIsFound(t *testing.T) {
	o, b := openCentre(t), unpaired()
	o.pair(t, b)
	clone := paired()
	clone.pairing = b.pairing
	network := o.server.Client().Transport
	b.tap(today())
	if got := o.link(t, b, network).step(t.Context()); got.failed != nil {
		t.Fatal(got.failed)
	}
	clone.tap(today())
	clone.tap(today())
	for other := o.link(t, clone, network); clone.token == ""; {
		if got := other.step(t.Context()); got.failed != nil {
			t.Fatal(got.failed) // it may be the one that lives
		}
	}
	first := o.link(t, b, network)
	if got := first.step(t.Context()); got.stop != "" || got.failed != nil {
		t.Errorf("outcome %+v, want it asked whether it lives too", got)
	}
	if got := first.step(t.Context()); got.stop != reasonForked {
		t.Errorf("outcome %+v, want %s", got, reasonForked)
	}
}

func TestCentre_CertificateOfAnotherIsNoCentre(t *testing.T) {
	o, b := openCentre(t), paired()
	b.tap(today())
	strangers := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: x509.NewCertPool()}}
	defer strangers.CloseIdleConnections()
	u := o.link(t, b, strangers)
	var unknown x509.UnknownAuthorityError
	if got := u.step(t.Context()); !errors.As(got.failed, &unknown) {
		t.Errorf("failed: %v, want an unknown authority", got.failed)
	}
	if b.pending == nil {
		t.Error("nothing is kept to be sent again")
	}
}
