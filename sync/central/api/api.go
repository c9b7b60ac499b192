package api

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"example.org/inloop/sync/central"
	"example.org/inloop/sync/wire"
)

// How busy the API may get, and how long a kiosk should then stay away.
const (
	maxInFlight = 256
	retryAfter  = 30 * time.Second
	maxExchange = 25 * time.Second // of one request: the kiosk gives up after 30
)

// API is what kiosks talk to: POSTs to wire.SyncPath and wire.PairPath. Nothing
// in a request is trusted before its signature fits; every answer to one whose
// signature fits is signed with the centre's key, refusals too.
type API struct {
	centre *central.Centre
	log    *slog.Logger
	places chan struct{} // one for each request being answered
}

var _ http.Handler = (*API)(nil)

// New returns the handler of both paths. Mount it at "/v1/". log may be nil.
func New(c *central.Centre, log *slog.Logger) *API {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &API{centre: c, log: log, places: make(chan struct{}, maxInFlight)}
}

// ServeHTTP answers one request.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	ctx, cancel := context.WithTimeout(r.Context(), maxExchange)
	defer cancel()
	switch r.URL.Path {
	case wire.SyncPath:
		a.answer(ctx, w, r, a.sync)
	case wire.PairPath:
		a.answer(ctx, w, r, a.pair)
	default:
		a.write(w, refuseHTTP(http.StatusNotFound, "no such path: want "+wire.SyncPath+" or "+wire.PairPath), nil)
	}
}

// reply is an answer before it is signed.
type reply struct {
	status int
	body   []byte
}

// answer reads the request, lets reply answer it, and writes the answer, signed.
func (a *API) answer(ctx context.Context, w http.ResponseWriter, r *http.Request, reply func(context.Context, signedRequest) (reply, error)) {
	body, err := readBody(w, r)
	if err != nil {
		a.fail(w, err, nil)
		return
	}
	// Only now: a body that comes slowly takes nobody's place.
	select {
	case a.places <- struct{}{}:
		defer func() { <-a.places }()
	default:
		a.write(w, refuse(wire.RefusalBusy, "too many requests at once: come back later"), nil)
		return
	}
	q := signedRequest{envelope: wire.EnvelopeOf(r), signature: r.Header.Get(wire.HeaderSignature), body: body}
	q.lines = q.envelope.Bytes(body)
	s, err := reply(ctx, q)
	if err != nil {
		a.fail(w, err, q.lines)
		return
	}
	a.centre.SignAnswer(w.Header(), s.status, q.lines, s.body)
	w.WriteHeader(s.status)
	_, _ = w.Write(s.body) // a client that is gone asks again
}

// readBody returns at most wire.MaxBody bytes, or a refusal.
func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		return nil, refuseHTTP(http.StatusMethodNotAllowed, "want POST")
	}
	if e := r.Header.Get("Content-Encoding"); e != "" && e != "identity" {
		return nil, refuseHTTP(http.StatusUnsupportedMediaType, "send the body as it is, without Content-Encoding")
	}
	tooLarge := refuse(wire.RefusalTooLarge, fmt.Sprintf("body: want at most %d bytes", wire.MaxBody))
	if r.ContentLength > wire.MaxBody {
		w.Header().Set("Connection", "close") // so that what follows is not read
		return nil, tooLarge
	}
	var body bytes.Buffer
	body.Grow(int(max(r.ContentLength, 0)) + bytes.MinRead)
	_, err := body.ReadFrom(http.MaxBytesReader(w, r.Body, wire.MaxBody))
	if over := (*http.MaxBytesError)(nil); errors.As(err, &over) {
		return nil, tooLarge
	}
	if err != nil {
		return nil, refuse(wire.RefusalMalformed, "body ended early")
	}
	return body.Bytes(), nil
}

// fail writes err as a fault. What is no refusal is a fault of ours: it is
// logged, and the kiosk hears only that it should come back.
func (a *API) fail(w http.ResponseWriter, err error, request []byte) {
	f := (*refusal)(nil)
	if !errors.As(err, &f) {
		a.log.Error("cannot answer a kiosk", "err", err)
		f = refuse(wire.RefusalUnavailable, "the server cannot answer now: come back later")
	}
	a.write(w, f, request)
}

// write writes a refusal, signed unless request is nil or was not verified.
func (a *API) write(w http.ResponseWriter, f *refusal, request []byte) {
	body, err := json.Marshal(f.fault)
	if err != nil { // two strings: cannot happen
		a.log.Error("cannot encode a fault", "err", err)
	}
	h := w.Header()
	if f.status == http.StatusServiceUnavailable || f.status == http.StatusTooManyRequests {
		h.Set("Retry-After", strconv.Itoa(int(retryAfter.Seconds())))
	}
	if request != nil && f.fault.Error != wire.RefusalUnsigned {
		a.centre.SignAnswer(h, f.status, request, body)
	}
	w.WriteHeader(f.status)
	_, _ = w.Write(body) // a client that is gone asks again
}

// signedRequest is a request as it came, not yet verified.
type signedRequest struct {
	envelope  wire.Envelope
	lines     []byte // that the signature is over
	signature string
	body      []byte
}

// verify returns a refusal unless key signed the request.
func (q signedRequest) verify(key ed25519.PublicKey) error {
	if err := q.envelope.Verify(key, q.body, q.signature); err != nil {
		return refuse(wire.RefusalUnsigned, err.Error()+": pair this kiosk again")
	}
	return nil
}

// hash is the hash of the body, by which a request that comes again is known.
func (q signedRequest) hash() []byte {
	sum := sha256.Sum256(q.body)
	return sum[:]
}

// decode reads the body of a verified request, or returns a refusal. A body of
// another version is refused for that, whatever else is wrong with it.
func decode[T interface{ Check() error }](body []byte, newest int, versionOf func(T) int) (T, error) {
	spoken := func(version int) bool { return wire.Version <= version && version <= newest }
	v, err := wire.Decode[T](body)
	if err == nil && spoken(versionOf(v)) {
		if err = v.Check(); err == nil {
			return v, nil
		}
	}
	if version, e := wire.VersionOf(body); e == nil && !spoken(version) {
		return v, refuse(wire.RefusalWrongSchema, fmt.Sprintf("version %d is not spoken here: want %d to %d", version, wire.Version, newest))
	}
	return v, refuse(wire.RefusalMalformed, err.Error())
}

// sync answers a kiosk's report. It is checked in the order that package wire
// tells: size, signature, version, body, revocation, token.
func (a *API) sync(ctx context.Context, q signedRequest) (reply, error) {
	key, err := a.centre.KioskKey(ctx, q.envelope.Kiosk)
	if errors.Is(err, central.ErrNotFound) {
		return reply{}, refuse(wire.RefusalUnsigned, "no such kiosk: pair it")
	}
	if err != nil {
		return reply{}, err
	}
	if err := q.verify(key); err != nil {
		return reply{}, err
	}
	r, err := decode(q.body, wire.Newest, func(r wire.Request) int { return r.Version })
	if err != nil {
		return reply{}, err
	}
	if len(r.Cells) > wire.MaxRows {
		return reply{}, refuse(wire.RefusalTooLarge, fmt.Sprintf("%d cells: want at most %d", len(r.Cells), wire.MaxRows))
	}
	body, err := a.centre.Exchange(ctx, q.envelope.Kiosk, r, q.hash())
	fork := (*central.ForkError)(nil)
	switch {
	case errors.Is(err, central.ErrRevoked):
		return reply{}, refuse(wire.RefusalRevoked, "this kiosk was unpaired: go on counting, and call the coordinator")
	case errors.As(err, &fork):
		return reply{}, refuseFork(r.Version, fork)
	case errors.Is(err, central.ErrOverloaded):
		return reply{}, errTooBusy
	case err != nil:
		return reply{}, err
	}
	return reply{http.StatusOK, body}, nil
}

// pair answers a kiosk that asks to be paired. It signs with the key that it
// names: whoever holds a key may ask for a code.
func (a *API) pair(ctx context.Context, q signedRequest) (reply, error) {
	// The key is in the body, so this much of it is read before it is verified.
	var head struct {
		PublicKey string `json:"public_key"`
	}
	_ = json.Unmarshal(q.body, &head) // what is no JSON holds no key
	key, err := wire.PairRequest{PublicKey: head.PublicKey}.Key()
	if err != nil {
		return reply{}, refuse(wire.RefusalUnsigned, err.Error())
	}
	if q.envelope.Kiosk != wire.NoKiosk {
		return reply{}, refuse(wire.RefusalUnsigned, fmt.Sprintf("%s: want %q before pairing", wire.HeaderKiosk, wire.NoKiosk))
	}
	if err := q.verify(key); err != nil {
		return reply{}, err
	}
	if _, err := decode(q.body, wire.Version, func(r wire.PairRequest) int { return r.Version }); err != nil {
		return reply{}, err
	}
	answer, err := a.centre.AnswerPairing(ctx, key)
	if errors.Is(err, central.ErrBusy) {
		f := refuse(wire.RefusalBusy, "too many kiosks wait to be paired: come back later")
		f.status = http.StatusTooManyRequests
		return reply{}, f
	}
	if errors.Is(err, central.ErrOverloaded) {
		return reply{}, errTooBusy
	}
	if err != nil {
		return reply{}, err
	}
	return encode(answer)
}

func encode(answer any) (reply, error) {
	body, err := json.Marshal(answer)
	if err != nil {
		return reply{}, fmt.Errorf("encode answer: %w", err)
	}
	return reply{http.StatusOK, body}, nil
}
