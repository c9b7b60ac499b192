package kiosk

import (
	"errors"
	"time"

	"example.org/inloop/sync/count"
)

// ErrNotPaired is returned while no coordinator has typed the kiosk's code.
var ErrNotPaired = errors.New("not paired with a centre")

// Pairing is what a kiosk knows of its centre once the two are paired.
type Pairing struct {
	Kiosk     string // the id that the centre gave
	Room      string // the room's name as the coordinator wrote it
	ServerKey []byte // Ed25519, 32 bytes; the only key whose answers count
	URL       string
	At        time.Time
	Said      time.Time // that was signed with it; zero, and not kept, in what is read
}

// Upload is one request on its way: remembered before it leaves and until it
// is answered, because only the very same bytes may be sent again.
type Upload struct {
	Seq    int64   // number of the request in its epoch, from 1
	Nonce  string  // hex
	Body   []byte  // the bytes that were signed
	Counts []Count // what they hold, at the revisions that were sent
}

// AckState is what became of one sent count.
type AckState string

// What can become of a sent count. A stale one counts as taken: the centre
// holds something newer.
const (
	AckTaken   AckState = "taken"
	AckRefused AckState = "refused" // set aside and shown
)

// Ack closes an Upload.
type Ack struct {
	Seq    int64
	States []AckState // one for each of Upload.Counts
	Codes  []string   // why, for those refused
	Token  string     // to be sent with the next request
	Rev    int64      // the highest revision the centre holds: ours goes on above it
	Rules  string     // by which it takes counts, empty when it does not say
	At     time.Time
	Said   time.Time // the time that was signed with it; zero for that of an earlier request
}

// Sending is how the uploads are doing, for the volunteers' page.
type Sending struct {
	Paired  bool
	Code    string    // to be typed by the coordinator, empty when none is open
	Check   string    // the kiosk's fingerprint, shown on both screens while pairing
	Last    time.Time // of the last upload that the centre acknowledged, zero if never
	Waiting int       // cells not yet taken
	Refused int       // cells set aside
	Asks    string    // the reason of the light that a person can end by pairing anew, "" for none
}

// Standing is how far a room stands with its centre, by which it is told who of
// the two was put back from a backup.
type Standing struct {
	Epochs    []Epoch // all that there were, the present one last
	Known     bool    // this centre has answered before
	Held      int64   // the highest revision that it has said it holds
	Seq       int64   // the last request of this epoch that it answered
	Rev       int64   // the highest revision of the room
	Continued bool    // the epoch was not begun by a restoring that the centre has yet to hear of
}

// Stretch is the cells of an epoch in a row of periods, which are ordered as texts.
type Stretch struct {
	Epoch int
	After count.Period // it begins after this one, empty: with the first
	Until count.Period // and ends with this one, empty: with the last
}
