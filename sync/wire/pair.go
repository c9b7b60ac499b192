package wire

import (
	"crypto/ed25519"
	"encoding/base64"
	"regexp"
	"time"
	"unicode"
	"unicode/utf8"
)

// PairPath is where a PairRequest is posted.
const PairPath = "/v1/pair"

// NoKiosk is what a kiosk that has no id yet sends in HeaderKiosk.
const NoKiosk = "-"

// PairRequest asks to be paired; it is sent again every few seconds until a
// coordinator has typed the code. It is signed by the very key it carries.
type PairRequest struct {
	Version   int    `json:"version"`
	PublicKey string `json:"public_key"` // the kiosk's Ed25519 key, 32 bytes, standard base64
}

// Key returns the kiosk's public key, or an ErrMalformed.
func (r PairRequest) Key() (ed25519.PublicKey, error) { return parseKey(r.PublicKey) }

// Check returns an ErrMalformed unless the request carries a key.
func (r PairRequest) Check() error {
	_, err := r.Key()
	return err
}

// PairState is how far a pairing has come.
type PairState string

// How far a pairing can have come.
const (
	PairWaiting PairState = "waiting" // show Code until the coordinator has typed it
	PairPaired  PairState = "paired"  // Kiosk and Room are set
)

// PairAnswer is the centre's answer to a PairRequest, signed by the key it
// carries.
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

var (
	pairCodePattern = regexp.MustCompile(`^[0-9A-Z]{4}-[0-9A-Z]{4}$`)
	kioskPattern    = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
)

// roomLetters is how long a room's name may be.
const roomLetters = 80

// namesRoom tells whether a name is one of a room: letters, marks, digits, signs and
// blanks. As a pattern that counts to eighty it was three megabytes at each start.
func namesRoom(name string) bool {
	for _, r := range name {
		if r != ' ' && !unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S) {
			return false
		}
	}
	n := utf8.RuneCountInString(name)
	return 1 <= n && n <= roomLetters
}

// Key returns the centre's public key, or an ErrMalformed.
func (a PairAnswer) Key() (ed25519.PublicKey, error) { return parseKey(a.ServerKey) }

// Check returns an ErrMalformed unless the answer holds what its state needs,
// and nothing of the other.
func (a PairAnswer) Check() error {
	if a.Version != Version {
		return malformed("answer of version %d: want %d", a.Version, Version)
	}
	if _, err := a.Key(); err != nil {
		return err
	}
	switch a.State {
	case PairWaiting:
		switch {
		case !pairCodePattern.MatchString(a.Code):
			return malformed("code: want two groups of four letters and digits")
		case !a.Expires.After(a.Time) || a.Expires.Sub(a.Time) > PairCodeLife:
			return malformed("code expires in %s: want up to %s", a.Expires.Sub(a.Time), PairCodeLife)
		case a.Interval < 1 || a.Interval > 60:
			return malformed("interval %d: want 1 to 60 seconds", a.Interval)
		case a.Kiosk != "" || a.Room != "":
			return malformed("waiting, with an id or a room")
		}
	case PairPaired:
		switch {
		case a.Kiosk == NoKiosk || !kioskPattern.MatchString(a.Kiosk):
			return malformed("kiosk id: want 1 to 64 letters, digits, - and _")
		case !namesRoom(a.Room):
			return malformed("room: want 1 to 80 printable characters")
		case a.Code != "" || !a.Expires.IsZero():
			return malformed("paired, with a code")
		case a.Interval < 0 || a.Interval > 60:
			return malformed("interval %d: want at most 60 seconds", a.Interval)
		}
	default:
		return malformed("state: want %q or %q", PairWaiting, PairPaired)
	}
	return nil
}

// parseKey reads an Ed25519 public key in standard base64.
func parseKey(s string) (ed25519.PublicKey, error) {
	key, err := base64.StdEncoding.Strict().DecodeString(s)
	if err != nil || len(key) != ed25519.PublicKeySize || len(s) != base64.StdEncoding.EncodedLen(ed25519.PublicKeySize) {
		return nil, malformed("public key: want %d bytes in standard base64", ed25519.PublicKeySize)
	}
	return key, nil
}
