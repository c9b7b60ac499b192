package uplink

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"example.org/inloop/sync/wire"
)

// ErrURL is returned for a centre's address that cannot be used.
var ErrURL = errors.New("unusable address of the centre")

// parseURL reads the centre's address: scheme and host, nothing else. Over
// plain http numbers could be read and held back on the way, so that is for
// this machine itself only.
func parseURL(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	if err != nil {
		return nil, fmt.Errorf("%w: %q is no URL", ErrURL, s)
	}
	ip := net.ParseIP(u.Hostname())
	loopback := u.Hostname() == "localhost" || ip.IsLoopback()
	switch {
	case u.Host == "" || u.Hostname() == "":
		return nil, fmt.Errorf("%w: %q names no host: want https://host", ErrURL, s)
	case u.Scheme != "https" && (u.Scheme != "http" || !loopback):
		return nil, fmt.Errorf("%w: %s://%s: want https, http only on this machine", ErrURL, u.Scheme, u.Host)
	case u.User != nil || u.RawQuery != "" || u.Fragment != "" || (u.Path != "" && u.Path != "/"):
		return nil, fmt.Errorf("%w: want https://%s and nothing behind it", ErrURL, u.Host)
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host}, nil
}

// newClient returns a client like c that follows no redirect and keeps no
// cookie: a captive portal must look like one.
func newClient(c *http.Client) *http.Client {
	if c == nil {
		c = &http.Client{}
		if t, ok := http.DefaultTransport.(*http.Transport); ok {
			c.Transport = ownTransport(t)
		}
	}
	own := *c
	own.Jar = nil
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &own
}

// ownTransport is one like t for a report every quarter of an hour. The connection
// is not kept so long, because a router on the way would drop it in silence; but TLS
// goes on from the last one, without its certificates.
func ownTransport(t *http.Transport) *http.Transport {
	t = t.Clone()
	t.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12, ClientSessionCache: tls.NewLRUClientSessionCache(1)}
	t.MaxResponseHeaderBytes = 16 << 10 // who knows who answers
	return t
}

// answer is what came back for a request, signed or not.
type answer struct {
	status     int
	header     http.Header
	body       []byte
	request    []byte // the bytes that were signed for the request
	sent, came time.Duration
}

// signedBy tells whether key signed the answer for this very request.
func (a answer) signedBy(key ed25519.PublicKey) bool {
	return wire.VerifyAnswer(key, a.status, a.request, a.body, a.header.Get(wire.HeaderSignature)) == nil
}

// post sends body under envelope, and returns the answer when one came whole
// within the timeout.
func (u *Uplink) post(ctx context.Context, envelope wire.Envelope, body []byte) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, u.timing.Timeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, envelope.Method, u.url.JoinPath(envelope.Path).String(), bytes.NewReader(body))
	if err != nil {
		return answer{}, fmt.Errorf("make request: %w", err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept-Encoding", "identity") // the signature is over the bytes as they come
	r.Header.Set("User-Agent", "inloop-kiosk")
	envelope.Sign(r.Header, u.key, body)
	a := answer{request: envelope.Bytes(body), sent: u.clock.Now().Since}
	resp, err := u.client.Do(r)
	if err != nil {
		return answer{}, err // names method and address
	}
	defer func() { _ = resp.Body.Close() }() // read only
	a.status, a.header = resp.StatusCode, resp.Header
	a.body, err = io.ReadAll(io.LimitReader(resp.Body, wire.MaxAnswer+1))
	if err != nil {
		return answer{}, fmt.Errorf("read answer: %w", err)
	}
	if len(a.body) > wire.MaxAnswer {
		return answer{}, fmt.Errorf("answer of more than %d bytes", wire.MaxAnswer)
	}
	a.came = u.clock.Now().Since
	return a, nil
}
