package central

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"example.org/inloop/sync/wire"
)

// ForkError is an ErrForked: the request fits neither the token that was given
// last nor the request that spent it. What it says of the centre lets the kiosk
// find out which of the two has come back from an earlier time.
type ForkError struct {
	Resume string     // with which a kiosk that lives may go on; "" when a person must say who does
	Behind bool       // the token is that of who was left behind when another holder of the key began anew
	Epoch  wire.Epoch // the last epoch known, zero for none
	Seq    int64      // of the last request taken in it
	Rev    int64      // the highest revision held
}

func (e *ForkError) Error() string {
	return fmt.Sprintf("%s (known: epoch %d, request %d, revision %d)", ErrForked, e.Epoch.Ordinal, e.Seq, e.Rev)
}

// Unwrap returns ErrForked.
func (e *ForkError) Unwrap() error { return ErrForked }

// SpentTokens is which body spent each of a kiosk's last tokens: eight bytes of the
// SHA-256 of either, the oldest first. By it a late copy of an old request is told
// from a second holder of the key.
type SpentTokens []byte

// Half a mark is a token's, half a body's.
const (
	markSize    = 16
	historySize = 32 * markSize
)

// tokenMark marks a token of an epoch: the first of each is "".
func tokenMark(epoch wire.Epoch, token string) []byte {
	sum := sha256.Sum256([]byte(epoch.ID + " " + token))
	return sum[:markSize/2]
}

// spent returns the History with one more token that a body has spent.
func (h SpentTokens) spent(epoch wire.Epoch, token string, body []byte) SpentTokens {
	h = append(bytes.Clone(h), tokenMark(epoch, token)...)
	h = append(h, body[:markSize/2]...)
	return h[max(0, len(h)-historySize):]
}

// find returns the body that spent a token, nil when that is not remembered.
func (h SpentTokens) find(epoch wire.Epoch, token string) (body []byte) {
	want := tokenMark(epoch, token)
	for ; len(h) >= markSize; h = h[markSize:] {
		if bytes.Equal(h[:markSize/2], want) {
			body = h[markSize/2 : markSize]
		}
	}
	return body
}

// challenge is what only a kiosk that lives can send back: nobody knew it before
// the present token was given, and it ends with it. All servers on one store make
// the same one.
func challenge(key ed25519.PrivateKey, kiosk, token string) string {
	sum := sha256.Sum256(ed25519.Sign(key, []byte("inloop-resume-1\n"+kiosk+"\n"+token+"\n")))
	return hex.EncodeToString(sum[:16])
}

// resumed returns the epoch that a kiosk goes on in after it has answered the
// challenge: the present one, when the centre had come back from a backup, or a
// new one, when the kiosk had. It is proven that two live holders of the key take
// turns when this one holds the token after which another one has begun anew.
func (t *exchange) resumed(was Report) (_ Epoch, ok bool) {
	epoch, here := t.request.Epoch, was.Epoch
	switch {
	case t.request.Resume != challenge(t.key, was.Kiosk, was.Token):
		return Epoch{}, false
	case t.request.Token != "" && t.request.Token == was.Former:
		t.proven = true
		return Epoch{}, false
	case here.Series == 0:
		return t.first(was), true
	case epoch == here.Epoch:
		return here, true
	}
	return Epoch{Series: here.Series, Epoch: epoch, Rev: here.Rev}, epoch.Ordinal > here.Ordinal
}

// refuse answers a request that does not fit, and marks the kiosk only where two
// live holders of its key are proven: in version 2 by both having answered, in
// version 1 by two bodies with one token, which no kiosk ever sends. A late copy
// of an old request changes nothing.
func (t *exchange) refuse(was Report) Report {
	t.refusal = &ForkError{Epoch: was.Epoch.Epoch, Seq: was.Seq, Rev: was.Epoch.Rev}
	t.refusal.Behind = t.request.Token != "" && t.request.Token == was.Former
	spent := was.Past.find(t.request.Epoch, t.request.Token)
	late := bytes.Equal(spent, t.hash[:markSize/2])
	switch {
	case t.proven, t.request.Version == wire.Version && spent != nil && !late:
		was.Forked = t.now
	case t.request.Version > wire.Version && !late:
		t.refusal.Resume = challenge(t.key, was.Kiosk, was.Token)
	}
	return was
}
