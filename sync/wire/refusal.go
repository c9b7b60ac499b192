package wire

import "net/http"

// Refusal is the body of every answer that is not 200.
type Refusal struct {
	Error RefusalCode `json:"error"`
	Hint  string      `json:"hint"` // what was wrong and what to do, in English, for an operator

	// Of version 2, with RefusalForked: how far the centre has come with this kiosk.
	Resume string `json:"resume,omitempty"` // to be sent in Request.Resume; empty when a person must say who goes on
	Behind int    `json:"behind,omitempty"` // 1 when the token is that of who was left behind as another began anew
	Epoch  *Epoch `json:"epoch,omitempty"`  // the last that it knows, nil for none
	Seq    int64  `json:"seq,omitempty"`    // of the last request it took in that epoch
	Rev    int64  `json:"rev,omitempty"`    // the highest revision it holds
}

// RefusalCode says what kind of refusal a Refusal is.
type RefusalCode string

// The refusals, and the HTTP status each goes with.
const (
	RefusalMalformed   RefusalCode = "malformed"   // 400: no JSON of this schema, an unknown field, a bad value
	RefusalUnsigned    RefusalCode = "unsigned"    // 401: unknown kiosk or key, or a signature that does not fit
	RefusalRevoked     RefusalCode = "revoked"     // 403: the kiosk was unpaired
	RefusalForked      RefusalCode = "forked"      // 409: an old token with another body: two holders of one key
	RefusalTooLarge    RefusalCode = "too_large"   // 413: body over MaxBody or more than MaxRows cells
	RefusalWrongSchema RefusalCode = "schema"      // 426: a version that is not spoken here
	RefusalBusy        RefusalCode = "busy"        // 429 or 503: later, see Retry-After
	RefusalUnavailable RefusalCode = "unavailable" // 500
)

// Status returns the HTTP status that the refusal goes with, 500 for one that
// this version does not know. Busy is 503; a rate limit may say 429 instead.
func (c RefusalCode) Status() int {
	switch c {
	case RefusalMalformed:
		return http.StatusBadRequest
	case RefusalUnsigned:
		return http.StatusUnauthorized
	case RefusalRevoked:
		return http.StatusForbidden
	case RefusalForked:
		return http.StatusConflict
	case RefusalTooLarge:
		return http.StatusRequestEntityTooLarge
	case RefusalWrongSchema:
		return http.StatusUpgradeRequired
	case RefusalBusy:
		return http.StatusServiceUnavailable
	default:
		return http.StatusInternalServerError
	}
}
