package wire

import "net/http"

// Fault is the body of every answer that is not 200.
type Fault struct {
	Error FaultCode `json:"error"`
	Hint  string    `json:"hint"` // what was wrong and what to do, in English, for an operator
}

// FaultCode says what kind of refusal a Fault is.
type FaultCode string

// The refusals, and the HTTP status each goes with.
const (
	FaultMalformed   FaultCode = "malformed"   // 400: no JSON of this schema, an unknown field, a bad value
	FaultUnsigned    FaultCode = "unsigned"    // 401: unknown kiosk or key, or a signature that does not fit
	FaultRevoked     FaultCode = "revoked"     // 403: the kiosk was unpaired
	FaultForked      FaultCode = "forked"      // 409: an old token with another body: two holders of one key
	FaultTooLarge    FaultCode = "too_large"   // 413: body over MaxBody or more than MaxRows cells
	FaultWrongSchema FaultCode = "schema"      // 426: a version that is not spoken here
	FaultBusy        FaultCode = "busy"        // 429 or 503: later, see Retry-After
	FaultUnavailable FaultCode = "unavailable" // 500
)

// Status returns the HTTP status that the refusal goes with, 500 for one that
// this version does not know. Busy is 503; a rate limit may say 429 instead.
func (c FaultCode) Status() int {
	switch c {
	case FaultMalformed:
		return http.StatusBadRequest
	case FaultUnsigned:
		return http.StatusUnauthorized
	case FaultRevoked:
		return http.StatusForbidden
	case FaultForked:
		return http.StatusConflict
	case FaultTooLarge:
		return http.StatusRequestEntityTooLarge
	case FaultWrongSchema:
		return http.StatusUpgradeRequired
	case FaultBusy:
		return http.StatusServiceUnavailable
	default:
		return http.StatusInternalServerError
	}
}
