package uplink

import (
	"context"
	"crypto/ed25519"
	"errors"
	"time"

	"example.org/inloop/sync/wire"
)

// What a Store says it has not.
var (
	// ErrNotPaired is returned while no coordinator has typed the kiosk's code.
	ErrNotPaired = errors.New("not paired with a centre")
	// ErrNoUpload is returned when no request is on its way.
	ErrNoUpload = errors.New("no request on its way")
)

// Store is what uplink needs of the room's store. Each method is one
// transaction.
type Store interface {
	Pairings
	Cells
	Dates
	Aside
	Heads
	Uploads
	Comebacks
	Comparisons
}

// Pairings keeps what the room knows of its centre.
type Pairings interface {
	// Pairing returns it, or ErrNotPaired.
	Pairing(ctx context.Context) (Pairing, error)
	SetPairing(ctx context.Context, p Pairing) error
	// ForgetPairing ends it; the epoch and all counts stay. ErrNotPaired.
	ForgetPairing(ctx context.Context) error
}

// Pairing is what a kiosk knows of its centre once the two are paired.
type Pairing struct {
	Kiosk     string // the id that the centre gave
	Room      string // the room's name as the coordinator wrote it
	ServerKey ed25519.PublicKey
	URL       string
	At        time.Time
	Said      time.Time // that was signed with it; not kept
}

// Cells tells what the centre has not taken yet.
type Cells interface {
	// Release lets go what has ended since the last time, and tells whether anything
	// has: parts of days, days, and longer periods. What it does follows from the
	// timetable and the clock, and never from a tap. Nothing that it has not released is
	// unsent.
	Release(ctx context.Context) (further bool, err error)
	// Unsent returns up to max cells that are neither taken at their revision
	// nor set aside at it.
	Unsent(ctx context.Context, max int) ([]wire.Cell, error)
	// Waiting tells how many cells are unsent and how many are set aside.
	Waiting(ctx context.Context) (unsent, aside int, err error)
}

// Dates tells which visits are in no cell yet, or in one of a wrong day.
type Dates interface {
	// Lost returns up to max times that days were lost, the last ones.
	Lost(ctx context.Context, max int) ([]wire.LostDays, error)
	// Undated returns up to max stretches of visits that wait for a date, as it was at
	// the last Release that went further.
	Undated(ctx context.Context, max int) ([]wire.Undated, error)
}

// Aside keeps the cells that the centre does not take from holding up the others.
type Aside interface {
	// SetAside keeps a cell from being sent again at this revision.
	SetAside(ctx context.Context, c wire.Cell, code wire.Code) error
	// OfferAgain has the cells that were set aside with code sent once more.
	OfferAgain(ctx context.Context, code wire.Code) error
	// OfferDue has those sent once more whose period was refused as still to come and
	// is not any more, by the centre's time.
	OfferDue(ctx context.Context, now time.Time) error
}

// Heads tells what stands at the head of the next request.
type Heads interface {
	Epoch(ctx context.Context) (wire.Epoch, error)
	Token(ctx context.Context) (string, error)
	NextSeq(ctx context.Context) (int64, error)
}

// Uploads remembers the one request that is on its way.
type Uploads interface {
	// Begin remembers a request that is about to leave.
	Begin(ctx context.Context, u Upload) error
	// Pending returns the request that was begun and not acknowledged, or
	// ErrNoUpload.
	Pending(ctx context.Context) (Upload, error)
	// Acknowledge closes it: its cells are taken at the revisions that were sent. With
	// other rules than before, what was refused by those is to be sent once more. gap
	// tells that this answer is of a day of which nothing could be released before.
	Acknowledge(ctx context.Context, a Ack) (gap bool, err error)
	// Requeue forgets it, because it was refused whole: its cells stay unsent.
	Requeue(ctx context.Context) error
}

// Upload is one request on its way: remembered before it leaves and until it is
// answered, because only the very same bytes may be sent again.
type Upload struct {
	Seq   int64  // number of the request in its epoch, from 1
	Nonce string // hex
	Body  []byte // the bytes that were signed
	Cells []wire.Cell
}

// Ack is the centre's signed answer to an Upload.
type Ack struct {
	Seq     int64
	Results []wire.Result // one for each of the Upload's cells
	Token   string        // to be sent with the next request
	Rev     int64         // the highest revision the centre holds: ours goes on above it
	Rules   string        // by which it takes cells, empty when it does not say
	At      time.Time
	Said    time.Time // the time that was signed with it; zero for that of an earlier request
}
