package central

import (
	"context"
	"crypto/ed25519"
	"time"

	"example.org/inloop/sync/count"
	"example.org/inloop/sync/wire"
)

// Store keeps what a Centre knows. Each method is one transaction: it is
// whole and durable when it returns nil, and has changed nothing when it
// returns an error. What it is asked for by something that nobody can guess
// (a token, a kiosk's id, a signed key) it finds by that; everything else is
// led by the organisation.
type Store interface {
	KioskStore
	PairingStore
	RoomStore
	AccountStore
	SessionStore
	AttemptStore
}

// KioskStore is what an exchange with a kiosk needs.
type KioskStore interface {
	// Key returns the public key of a kiosk that is or was paired, or
	// ErrNotFound. The answer for one id never changes.
	Key(ctx context.Context, kiosk string) (ed25519.PublicKey, error)

	// Exchange calls rule once, with the kiosk's report as it stands, alone among all
	// servers for this kiosk, and keeps the report that rule returns together
	// with what it merged into the ledger. An error of rule undoes both. The
	// report holds its Answer only where its Request is the one given here.
	Exchange(ctx context.Context, kiosk string, request []byte, rule func(Ledger, Report) (Report, error)) error
}

// Ledger is where the cells of one kiosk's room are kept, during one exchange.
type Ledger interface {
	// Merge takes each cell whose revision is above the one held for the same
	// (series, epoch, period, measure, part), and returns the revision held
	// thereafter for each, in order. No two cells may be for the same.
	Merge(series int, cells []wire.Cell) (held []int64, err error)
}

// Report is what the store keeps of a kiosk's exchanges.
type Report struct {
	Kiosk     string        // id
	Revoked   bool          // read only
	Epoch     Epoch         // of this kiosk; zero before its first request
	LastEpoch Epoch         // before that, of the last kiosk in the room with this one's key; read only
	Series    int           // before that, the last of the room, by any kiosk; read only
	Token     string        // that its next request must carry
	Request   []byte        // SHA-256 of the body of the last request that was taken
	Answer    []byte        // to it
	Rev       int64         // highest revision held
	Time      time.Time     // when it last reported
	Trust     int           // of its clock then
	Skew      time.Duration // its clock ahead of ours then
	Health    []wire.Health //
	Forked    time.Time     // when a second holder of its key was last met in this epoch
}

// Epoch is one generation of a room's database at the centre. A series is an unbroken
// row of epochs: a database and what was restored from it. Those go by one key,
// so a kiosk of another key begins the room's next series, and so does one that
// starts anew: its first epoch is not taken for the first of all.
type Epoch struct {
	Series int // from 1; 0 for none
	Epoch  wire.Epoch
	Rev    int64 // highest revision held of the series
}

// PairingStore keeps codes until a coordinator has typed them.
type PairingStore interface {
	// OpenPairing returns what the key of a kiosk is: paired, or shown a code.
	// fresh becomes its code when it has none that is valid at now. Errors:
	// ErrBusy when limit codes are open, ErrTaken when another key has
	// fresh.Code.
	OpenPairing(ctx context.Context, key ed25519.PublicKey, fresh PairCode, limit int, now time.Time) (Pairing, error)

	// Pair makes kiosk the kiosk of a room, by a code that is valid at now, and
	// uses the code up. The room is made when room.ID is 0; else the kiosk that
	// it had is revoked. Errors: ErrCode, ErrTaken, ErrNotFound.
	Pair(ctx context.Context, organisation int64, room Room, kiosk, code string, now time.Time) (Room, error)

	// Unpair revokes the room's kiosk, or returns ErrNotFound.
	Unpair(ctx context.Context, organisation, room int64, now time.Time) error
}

// PairCode is a pairing code without its dash, and when it ends.
type PairCode struct {
	Code    string
	Expires time.Time
}

// Pairing is how far a kiosk's pairing has come: Kiosk and Room are set when it
// is done, Code before.
type Pairing struct {
	Kiosk string
	Room  string
	Code  PairCode
}

// RoomStore answers what may be seen.
type RoomStore interface {
	// Rooms returns the organisation's rooms by name.
	Rooms(ctx context.Context, organisation int64) ([]Room, error)

	// Cells returns the cells of the organisation's rooms, of one or of all
	// where room is 0: those of the days, and those of the longer periods named.
	Cells(ctx context.Context, organisation, room int64, days count.Days, longer []count.Period) ([]RoomCell, error)

	// FirstDay returns the first day that any of the rooms sent, or
	// ErrNotFound.
	FirstDay(ctx context.Context, organisation, room int64) (count.Day, error)

	// Changes returns a number for each organisation with rooms, which grows
	// with every change to what can be seen of it.
	Changes(ctx context.Context) (map[int64]int64, error)
}

// RoomCell is a cell with the room and the series that it belongs to.
type RoomCell struct {
	Room   int64
	Series int
	Cell   wire.Cell
}

// AccountStore keeps accounts and the links by which they begin.
type AccountStore interface {
	// Invite makes organisation and account where they are not there, and a
	// link in the place of an older one. An account of another organisation is
	// ErrTaken.
	Invite(ctx context.Context, organisation, account string, token []byte, now, expires time.Time) error

	// Invited returns the account of a link that is valid at now, or
	// ErrNoInvitation.
	Invited(ctx context.Context, token []byte, now time.Time) (Account, error)

	// Accept sets the password of the link's account, ends the link and all its
	// sessions, and begins one. It returns ErrNoInvitation for a link that does
	// not valid at now.
	Accept(ctx context.Context, token []byte, password string, session []byte, now time.Time) error

	// Account returns an account and its password's hash, "" for none yet, or
	// ErrNotFound.
	Account(ctx context.Context, name string) (Account, string, error)

	// SetPassword sets a new hash, ends all the account's sessions and begins
	// one. An account that is gone is ErrNotFound.
	SetPassword(ctx context.Context, organisation, account int64, password string, session []byte, now time.Time) error

	// RemoveAccount removes an account with its links and sessions, or returns
	// ErrNotFound.
	RemoveAccount(ctx context.Context, name string) error
}

// SessionStore keeps sessions by the hash of their token.
type SessionStore interface {
	// BeginSession begins one, and forgets those of all accounts begun before
	// old. An account that is gone is ErrNotFound.
	BeginSession(ctx context.Context, organisation, account int64, session []byte, now, old time.Time) error

	// Session returns whose it is and its times, or ErrNoSession.
	Session(ctx context.Context, session []byte) (Session, error)

	// TouchSession sets when it was last used.
	TouchSession(ctx context.Context, session []byte, now time.Time) error

	// EndSession ends one; one that has ended is no error.
	EndSession(ctx context.Context, session []byte) error
}

// Session is a coordinator's time since she signed in.
type Session struct {
	Account     Account
	Begun, Used time.Time
}

// AttemptStore counts failed attempts, so that guessing gets slow and stays slow
// through a restart.
type AttemptStore interface {
	// CountAttempt counts one more attempt for key before it is made, unless key has to
	// wait: then it returns for how long and counts nothing. After the n-th
	// attempt key waits for wait(n). Attempts older than a day are forgotten.
	CountAttempt(ctx context.Context, key string, now time.Time, wait func(n int) time.Duration) (time.Duration, error)

	// ResetAttempts forgets the attempts of key: one succeeded.
	ResetAttempts(ctx context.Context, key string) error
}
