package wire

import (
	"crypto/ed25519"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestVerify(t *testing.T) {
	public, private, _ := ed25519.GenerateKey(nil)
	other, foreign, _ := ed25519.GenerateKey(nil)
	body := []byte(`{"version":1}`)
	envelope := NewEnvelope(SyncPath, "kiosk_7f3a", public)
	tests := []struct {
		name   string
		key    ed25519.PublicKey
		signer ed25519.PrivateKey
		change func(e *Envelope, body *[]byte, signature *string)
		ok     bool
	}{
		{name: "as it was signed", ok: true},
		{name: "with another's key", signer: foreign},
		{name: "for another's key", key: other},
		{name: "body changed", change: func(_ *Envelope, b *[]byte, _ *string) { *b = []byte(`{"version":2}`) }},
		{name: "body longer by a line end", change: func(_ *Envelope, b *[]byte, _ *string) { *b = append(*b, '\n') }},
		{name: "of another kiosk", change: func(e *Envelope, _ *[]byte, _ *string) { e.Kiosk = "kiosk_0000" }},
		{name: "to another path", change: func(e *Envelope, _ *[]byte, _ *string) { e.Path = PairPath }},
		{name: "by another method", change: func(e *Envelope, _ *[]byte, _ *string) { e.Method = http.MethodPut }},
		{name: "with another nonce", change: func(e *Envelope, _ *[]byte, _ *string) { e.Nonce = strings.Repeat("0", 32) }},
		{name: "nonce in capitals", change: func(e *Envelope, _ *[]byte, _ *string) { e.Nonce = strings.Repeat("A", 32) }},
		{name: "no nonce", change: func(e *Envelope, _ *[]byte, _ *string) { e.Nonce = "" }},
		{name: "no id", change: func(e *Envelope, _ *[]byte, _ *string) { e.Kiosk = "" }},
		{name: "an id of two lines", change: func(e *Envelope, _ *[]byte, _ *string) { e.Kiosk = "kiosk\n7f3a" }},
		{name: "another key named", change: func(e *Envelope, _ *[]byte, _ *string) { e.Key = Fingerprint(other) }},
		{name: "no signature", change: func(_ *Envelope, _ *[]byte, s *string) { *s = "" }},
		{name: "no base64", change: func(_ *Envelope, _ *[]byte, s *string) { *s = "?" + (*s)[1:] }},
		{name: "half a signature", change: func(_ *Envelope, _ *[]byte, s *string) { *s = (*s)[:44] }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.key == nil {
				tt.key = public
			}
			if tt.signer == nil {
				tt.signer = private
			}
			h := http.Header{}
			envelope.Sign(h, tt.signer, body)
			r := httptest.NewRequest(http.MethodPost, SyncPath, nil)
			r.Header = h
			got, b, signature := EnvelopeOf(r), append([]byte(nil), body...), h.Get(HeaderSignature)
			if tt.change != nil {
				tt.change(&got, &b, &signature)
			}
			if err := got.Verify(tt.key, b, signature); (err == nil) != tt.ok || (err != nil && !errors.Is(err, ErrSignature)) {
				t.Errorf("Verify: %v, want ok %t", err, tt.ok)
			}
		})
	}
}

func TestVerifyAnswer_FitsOneRequestOnly(t *testing.T) {
	public, private, _ := ed25519.GenerateKey(nil)
	request, body := []byte("request"), []byte(`{"version":1}`)
	h := http.Header{}
	SignAnswer(h, private, 200, request, body)
	signature := h.Get(HeaderSignature)
	if err := VerifyAnswer(public, 200, request, body, signature); err != nil {
		t.Fatalf("VerifyAnswer: %v", err)
	}
	for name, err := range map[string]error{
		"of another request": VerifyAnswer(public, 200, []byte("another"), body, signature),
		"of another status":  VerifyAnswer(public, 403, request, body, signature),
		"of another body":    VerifyAnswer(public, 200, request, []byte(`{}`), signature),
		"of no key":          VerifyAnswer(nil, 200, request, body, signature),
	} {
		if !errors.Is(err, ErrSignature) {
			t.Errorf("answer %s: %v, want ErrSignature", name, err)
		}
	}
}

func TestNewEnvelope_NonceIsFresh(t *testing.T) {
	key := make(ed25519.PublicKey, ed25519.PublicKeySize)
	a, b := NewEnvelope(SyncPath, "k", key), NewEnvelope(SyncPath, "k", key)
	if a.Nonce == b.Nonce || a.Check() != nil || b.Check() != nil {
		t.Errorf("nonces %q and %q: want two, each well formed", a.Nonce, b.Nonce)
	}
}
