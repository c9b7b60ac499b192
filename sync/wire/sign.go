package wire

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"regexp"
)

// Header names of a request and of its answer.
const (
	HeaderKiosk     = "Inloop-Kiosk"     // the id from pairing, "-" before
	HeaderKey       = "Inloop-Key"       // Fingerprint of the kiosk's public key
	HeaderNonce     = "Inloop-Nonce"     // NonceSize random bytes, hex
	HeaderSignature = "Inloop-Signature" // Ed25519, 64 bytes, standard base64
)

// ErrSignature is returned when a signature does not fit what it came with.
var ErrSignature = errors.New("signature does not fit")

// Fingerprint is the first 8 bytes of the SHA-256 of a public key, in hex: how
// people and headers name it.
func Fingerprint(key ed25519.PublicKey) string {
	sum := sha256.Sum256(key)
	return hex.EncodeToString(sum[:8])
}

// Envelope is what a request's signature covers beside its body.
type Envelope struct {
	Method string
	Path   string
	Kiosk  string
	Key    string
	Nonce  string
}

// NewEnvelope returns the envelope of a POST to path with a fresh nonce.
func NewEnvelope(path, kiosk string, key ed25519.PublicKey) Envelope {
	var nonce [NonceSize]byte
	_, _ = rand.Read(nonce[:]) // crypto/rand never fails (Go 1.24)
	return Envelope{http.MethodPost, path, kiosk, Fingerprint(key), hex.EncodeToString(nonce[:])}
}

// EnvelopeOf reads the envelope of a received request from its line and headers.
func EnvelopeOf(r *http.Request) Envelope {
	return Envelope{r.Method, r.URL.Path, r.Header.Get(HeaderKiosk), r.Header.Get(HeaderKey), r.Header.Get(HeaderNonce)}
}

// Bytes returns what is signed for a request with this body: seven lines, each
// ended by a newline.
func (e Envelope) Bytes(body []byte) []byte {
	sum := sha256.Sum256(body)
	var b bytes.Buffer
	for _, line := range []string{"inloop-request-1", e.Method, e.Path, e.Kiosk, e.Key, e.Nonce, hex.EncodeToString(sum[:])} {
		b.WriteString(line)
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// Sign sets the four headers on h for a request with this body.
func (e Envelope) Sign(h http.Header, key ed25519.PrivateKey, body []byte) {
	h.Set(HeaderKiosk, e.Kiosk)
	h.Set(HeaderKey, e.Key)
	h.Set(HeaderNonce, e.Nonce)
	h.Set(HeaderSignature, base64.StdEncoding.EncodeToString(ed25519.Sign(key, e.Bytes(body))))
}

// Verify returns ErrSignature unless the request's signature was made by key
// over this envelope and body, and the envelope's headers are as Check wants.
func (e Envelope) Verify(key ed25519.PublicKey, body []byte, signature string) error {
	if err := e.Check(); err != nil {
		return err
	}
	if e.Key != Fingerprint(key) {
		return fmt.Errorf("%s: of another key: %w", HeaderKey, ErrSignature)
	}
	return verify(key, e.Bytes(body), signature)
}

var (
	nonceHeader = regexp.MustCompile(`^[0-9a-f]{32}$`)
	keyHeader   = regexp.MustCompile(`^[0-9a-f]{16}$`)
)

// Check returns ErrSignature unless the three signed headers are within their
// bounds. None can hold a line's end, so no two envelopes have the same bytes.
func (e Envelope) Check() error {
	switch {
	case !nonceHeader.MatchString(e.Nonce):
		return fmt.Errorf("%s: want %d hex digits, lower case: %w", HeaderNonce, 2*NonceSize, ErrSignature)
	case !keyHeader.MatchString(e.Key):
		return fmt.Errorf("%s: want 16 hex digits, lower case: %w", HeaderKey, ErrSignature)
	case !kioskPattern.MatchString(e.Kiosk):
		return fmt.Errorf("%s: want %q or the id from pairing: %w", HeaderKiosk, NoKiosk, ErrSignature)
	}
	return nil
}

// AnswerBytes returns what is signed for an answer: four lines, each ended by
// a newline. The request's hash is over Envelope.Bytes, so an answer fits one
// request only.
func AnswerBytes(status int, request, body []byte) []byte {
	asked, said := sha256.Sum256(request), sha256.Sum256(body)
	return fmt.Appendf(nil, "inloop-answer-1\n%d\n%x\n%x\n", status, asked, said)
}

// SignAnswer sets the signature header on h for an answer.
func SignAnswer(h http.Header, key ed25519.PrivateKey, status int, request, body []byte) {
	h.Set(HeaderSignature, base64.StdEncoding.EncodeToString(ed25519.Sign(key, AnswerBytes(status, request, body))))
}

// VerifyAnswer returns ErrSignature unless the answer was signed by the
// server's key for exactly this request.
func VerifyAnswer(key ed25519.PublicKey, status int, request, body []byte, signature string) error {
	return verify(key, AnswerBytes(status, request, body), signature)
}

func verify(key ed25519.PublicKey, message []byte, signature string) error {
	sig, err := base64.StdEncoding.Strict().DecodeString(signature)
	if err != nil || len(key) != ed25519.PublicKeySize || !ed25519.Verify(key, message, sig) {
		return ErrSignature
	}
	return nil
}
