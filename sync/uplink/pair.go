package uplink

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"example.org/inloop/sync/wire"
)

// errOtherServer is an answer signed by another key than the first.
var errOtherServer = errors.New("answer of another server than before")

// Code returns what the coordinator has to type to pair this kiosk, "" when
// none is open.
func (u *Uplink) Code() string {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.code == "" || !time.Now().Before(u.codeEnds) {
		return ""
	}
	return u.code
}

// Fingerprint returns the kiosk's fingerprint, which the centre's page shows too.
func (u *Uplink) Fingerprint() string { return u.ownFingerprint }

func (u *Uplink) setCode(code string, ends time.Time) {
	u.mu.Lock()
	changed := code != u.code
	u.code, u.codeEnds = code, ends
	health := u.health
	u.mu.Unlock()
	if changed && u.onHealth != nil {
		u.onHealth(health) // the page that shows it shows the code
	}
}

// pair asks once to be paired, and returns when to go on: at once when it was.
func (u *Uplink) pair(ctx context.Context) time.Duration {
	said, err := u.askToPair(ctx)
	var wait retryError
	switch {
	case ctx.Err() != nil:
		return 0
	case errors.As(err, &wait) && wait.after > 0:
		u.failed(err)
		return wait.after
	case err != nil:
		// Somebody may be standing there with the code's page open: never the
		// long waits of a report.
		return min(u.failed(err), u.timing.Base)
	case said.State == wire.PairPaired:
		u.succeeded()
		u.setCode("", time.Time{})
		u.show("")
		u.log.Info("paired with the centre", "room", said.Room, "kiosk", said.Kiosk)
		return 0
	}
	u.succeeded()
	u.setCode(said.Code, time.Now().Add(said.Expires.Sub(said.Time)))
	u.show(reasonWaiting)
	return time.Duration(said.Interval) * time.Second
}

// retryError is a refusal that says when to come back.
type retryError struct {
	status int
	after  time.Duration
}

func (e retryError) Error() string {
	return fmt.Sprintf("status %d: come back in %s", e.status, e.after)
}

// askToPair is one exchange; once paired, what it learned has been stored.
func (u *Uplink) askToPair(ctx context.Context) (wire.PairAnswer, error) {
	var none wire.PairAnswer
	body, err := json.Marshal(wire.PairRequest{Version: wire.Version, PublicKey: base64.StdEncoding.EncodeToString(u.public)})
	if err != nil {
		return none, fmt.Errorf("encode pair request: %w", err)
	}
	a, err := u.post(ctx, wire.NewEnvelope(wire.PairPath, wire.NoKiosk, u.public), body)
	switch {
	case err != nil:
		return none, err
	case busy(a.status) && u.server != nil && a.signedBy(u.server):
		return none, retryError{a.status, retryAfter(a.header)}
	case a.status != http.StatusOK:
		return none, fmt.Errorf("pairing: status %d", a.status)
	}
	said, err := wire.Decode[wire.PairAnswer](a.body)
	if err != nil {
		return none, fmt.Errorf("pairing: %w", err)
	}
	if err := said.Check(); err != nil {
		return none, fmt.Errorf("pairing: %w", err)
	}
	server, err := said.Key()
	if err != nil {
		return none, fmt.Errorf("pairing: %w", err)
	}
	if !a.signedBy(server) {
		return none, fmt.Errorf("pairing: %w", wire.ErrSignature)
	}
	if err := u.trustServer(server); err != nil {
		return none, err
	}
	if said.State != wire.PairPaired {
		return said, nil
	}
	p := Pairing{Kiosk: said.Kiosk, Room: said.Room, ServerKey: server, URL: u.url.String(), At: u.clock.Now().Wall, Said: said.Time}
	if err := u.store.SetPairing(ctx, p); err != nil {
		return none, fmt.Errorf("store pairing: %w", err)
	}
	return said, nil
}

// trustServer takes the first server's key for the centre's, and no other after it.
func (u *Uplink) trustServer(server ed25519.PublicKey) error {
	if u.server == nil {
		u.server = server
		u.log.Info("met the centre", "server", wire.Fingerprint(server), "kiosk", u.ownFingerprint)
	}
	if !u.server.Equal(server) {
		return fmt.Errorf("%w: fingerprint %s, want %s", errOtherServer, wire.Fingerprint(server), wire.Fingerprint(u.server))
	}
	return nil
}
