package wire_test

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"net/http"

	"example.org/inloop/sync/wire"
)

// A kiosk signs a request, and the centre verifies it with the key that it knows
// the kiosk by. A body that was changed on the way does not fit.
func ExampleEnvelope_Sign() {
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, ed25519.SeedSize))
	public := key.Public().(ed25519.PublicKey)
	body := []byte(`{"version":1}`)

	sent := http.Request{Method: http.MethodPost, Header: http.Header{}}
	envelope := wire.NewEnvelope(wire.SyncPath, "kiosk_7f3a", public)
	envelope.Sign(sent.Header, key, body)

	signature := sent.Header.Get(wire.HeaderSignature)
	fmt.Println(envelope.Verify(public, body, signature))
	fmt.Println(envelope.Verify(public, []byte(`{"version":2}`), signature))
	// Output:
	// <nil>
	// signature does not fit
}
