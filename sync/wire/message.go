package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"time"
)

// Paths of the two exchanges, both POST.
const (
	SyncPath = "/v1/sync"
	PairPath = "/v1/pair"
)

// Request is what a kiosk sends: cells that the server has not acknowledged,
// and how the kiosk is doing. No field can hold a name, a card or a text.
type Request struct {
	Version int     `json:"version"` // schema, 1
	Epoch   Epoch   `json:"epoch"`   // the epoch that the room counts in now
	Seq     int64   `json:"seq"`     // number of this request within the epoch, from 1
	Token   string  `json:"token"`   // next_token of the last answer, "" for an epoch's first request
	Clock   Clock   `json:"clock"`   //
	Lights  []Light `json:"lights"`  // how each part of the kiosk is doing
	Cells   []Cell  `json:"cells"`   // at most MaxRows, may be none
}

// Epoch names one life of a room's database; a restored backup begins another.
type Epoch struct {
	Ordinal int    `json:"ordinal"` // from 1
	ID      string `json:"id"`      // EpochIDSize random bytes, hex
}

// Clock is the kiosk's time as it stood when the request was made.
type Clock struct {
	Time  time.Time `json:"time"`  // RFC 3339, UTC
	Trust int       `json:"trust"` // 0 unknown, 1 bounded, 2 anchored, 3 confirmed by hand
}

// Light is how one part of the kiosk is doing.
type Light struct {
	Part   string `json:"part"`             // reader, store, clock, disk, sync
	Colour string `json:"colour"`           // green, orange, red
	Reason string `json:"reason,omitempty"` // a key such as reader.gone
}

// Status is what became of one cell.
type Status string

// What can become of a cell.
const (
	Accepted Status = "accepted" // taken, or already held at this very revision
	Stale    Status = "stale"    // a newer revision is held: Result.Rev
	Rejected Status = "rejected" // never to be sent again as it is: Result.Code
)

// Result is the answer to the cell at the same place in the request.
type Result struct {
	Status Status `json:"status"`
	Rev    int64  `json:"rev,omitempty"`
	Code   Code   `json:"code,omitempty"`
}

// Answer is what the server says to a Request that it could read.
type Answer struct {
	Version   int       `json:"version"`
	Time      time.Time `json:"time"`       // the server's time, an anchor for the kiosk's clock
	Results   []Result  `json:"results"`    // one for each cell, in the request's order
	Rev       int64     `json:"rev"`        // the highest revision held from this kiosk, any epoch
	NextToken string    `json:"next_token"` // to be sent with the next request
	Interval  int       `json:"interval"`   // seconds after which the kiosk may report again
}

// PairRequest asks to be paired; it is sent again every few seconds until a
// coordinator has typed the code.
type PairRequest struct {
	Version   int    `json:"version"`
	PublicKey string `json:"public_key"` // the kiosk's Ed25519 key, 32 bytes, standard base64
}

// PairState is how far a pairing has come.
type PairState string

// How far a pairing can have come.
const (
	Waiting PairState = "waiting" // show Code until the coordinator has typed it
	Paired  PairState = "paired"  // Kiosk and Room are set
)

// PairAnswer is the server's answer to a PairRequest.
type PairAnswer struct {
	Version   int       `json:"version"`
	Time      time.Time `json:"time"`
	State     PairState `json:"state"`
	Code      string    `json:"code,omitempty"`    // as K7M4-Q2XD
	Expires   time.Time `json:"expires,omitzero"`  // of the code
	Kiosk     string    `json:"kiosk,omitempty"`   // the id to be sent from now on
	Room      string    `json:"room,omitempty"`    // the room's name as the coordinator wrote it
	ServerKey string    `json:"server_key"`        // Ed25519, 32 bytes, standard base64
	Interval  int       `json:"interval,omitzero"` // seconds after which to ask again
}

// Fault is the body of every answer that is not 200.
type Fault struct {
	Error FaultCode `json:"error"`
	Hint  string    `json:"hint"` // what was wrong and what to do, in English, for an operator
}

// FaultCode says what kind of refusal a Fault is.
type FaultCode string

// The refusals, and the HTTP status each goes with.
const (
	Malformed   FaultCode = "malformed"   // 400: no JSON of this schema, an unknown field, a bad value
	Unsigned    FaultCode = "unsigned"    // 401: unknown kiosk or key, or a signature that does not fit
	Revoked     FaultCode = "revoked"     // 403: the kiosk was unpaired
	Forked      FaultCode = "forked"      // 409: an old token with another body: two holders of one key
	TooLarge    FaultCode = "too_large"   // 413: body over MaxBody or more than MaxRows cells
	WrongSchema FaultCode = "schema"      // 426: a version that is not spoken here
	Busy        FaultCode = "busy"        // 429 or 503: later, see Retry-After
	Broken      FaultCode = "unavailable" // 500
)

// ErrMalformed is returned for a body that is not of this schema.
var ErrMalformed = errors.New("malformed message")

// Decode reads exactly one JSON value of type T from b; an unknown field, a
// second value or a wrong type is ErrMalformed.
func Decode[T any](b []byte) (T, error) {
	var v T
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		return v, fmt.Errorf("%w: %v", ErrMalformed, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return v, fmt.Errorf("%w: more than one value", ErrMalformed)
	}
	return v, nil
}

var (
	epochIDPattern = regexp.MustCompile(`^[0-9a-f]{32}$`)
	wordPattern    = regexp.MustCompile(`^[a-z_.]{0,40}$`)
	tokenPattern   = regexp.MustCompile(`^[A-Za-z0-9_-]{0,64}$`)
)

// Check returns an ErrMalformed when the request's own fields are out of
// bounds. Cells are judged one by one, with Cell.Check: a bad one is refused
// alone.
func (r Request) Check() error {
	bad := func(format string, a ...any) error {
		return fmt.Errorf("%w: %s", ErrMalformed, fmt.Sprintf(format, a...))
	}
	switch {
	case r.Epoch.Ordinal < 1 || r.Epoch.Ordinal > 1_000_000:
		return bad("epoch ordinal %d: want from 1", r.Epoch.Ordinal)
	case !epochIDPattern.MatchString(r.Epoch.ID):
		return bad("epoch id: want %d hex digits", 2*EpochIDSize)
	case r.Seq < 1:
		return bad("seq %d: want from 1", r.Seq)
	case !tokenPattern.MatchString(r.Token):
		return bad("token: not one of ours")
	case r.Clock.Trust < 0 || r.Clock.Trust > 3:
		return bad("clock trust %d: want 0 to 3", r.Clock.Trust)
	case len(r.Lights) > 16:
		return bad("%d lights: want at most 16", len(r.Lights))
	}
	for _, l := range r.Lights {
		if !wordPattern.MatchString(l.Part) || !wordPattern.MatchString(l.Reason) || (l.Colour != "green" && l.Colour != "orange" && l.Colour != "red") {
			return bad("light: want a part, one of three colours and a reason's key")
		}
	}
	return nil
}
