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
// over this envelope and body, and the nonce has its length.
func (e Envelope) Verify(key ed25519.PublicKey, body []byte, signature string) error {
	if nonce, err := hex.DecodeString(e.Nonce); err != nil || len(nonce) != NonceSize {
		return fmt.Errorf("nonce: want %d hex digits: %w", 2*NonceSize, ErrSignature)
	}
	return verify(key, e.Bytes(body), signature)
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
	sig, err := base64.StdEncoding.DecodeString(signature)
	if err != nil || len(key) != ed25519.PublicKeySize || !ed25519.Verify(key, message, sig) {
		return ErrSignature
	}
	return nil
}
