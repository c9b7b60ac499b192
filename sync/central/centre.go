package central

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"time"
	_ "time/tzdata" // a server without zone files still knows the rooms' days

	"example.org/inloop/sync/count"
	"example.org/inloop/sync/wire"
)

// Zone is the time zone whose days are counted.
const Zone = "Europe/Amsterdam"

// Store keeps what a Centre knows: all that its rules need, each told beside its
// rule. Each method is one transaction: it is whole and durable when it returns
// nil, and has changed nothing when it returns an error. What it is asked for by something that nobody can guess
// (a token, a kiosk's id, a signed key) it finds by that; everything else is
// led by the organisation.
type Store interface {
	KioskStore
	PairingStore
	RoomStore
	CellStore
	ChangeStore
	InvitationStore
	AccountStore
	SessionStore
	AttemptStore
	FunderStore
	RoundStore
	ReleaseStore
}

// Config is what a Centre works with.
type Config struct {
	Store    Store
	Key      ed25519.PrivateKey // signs every answer; the same in all servers on one store
	Now      func() time.Time   // nil: time.Now
	Interval time.Duration      // after which a kiosk reports again, news or none; 0: a quarter of an hour
	Log      *slog.Logger       // nil: none
	Measures count.Catalogue    // that are taken and shown; empty: count.Standard

	// HashPassword makes what is kept of a password; nil: argon2id at OWASP's cost.
	HashPassword func(password string) (string, error)
}

// Centre holds the centre's rules over a store. It is safe for concurrent use,
// and several Centres may share one store.
type Centre struct {
	kiosks      KioskStore
	pairings    PairingStore
	rooms       RoomStore
	cells       CellStore
	changes     ChangeStore
	invitations InvitationStore
	accounts    AccountStore
	sessions    SessionStore
	attempts    AttemptStore
	funders     FunderStore
	rounds      RoundStore
	releases    ReleaseStore
	key         ed25519.PrivateKey
	now         func() time.Time
	interval    time.Duration
	zone        *time.Location
	log         *slog.Logger
	measures    count.Catalogue
	changed     broadcast
	hash        func(password string) (string, error)
	hashing     chan struct{} // one place for each password being hashed
}

// New returns a Centre. It fails when the store is missing or the key has a
// wrong size.
func New(c Config) (*Centre, error) {
	if c.Store == nil {
		return nil, errors.New("centre without a store")
	}
	if len(c.Key) != ed25519.PrivateKeySize {
		return nil, fmt.Errorf("server key: %d bytes, want %d", len(c.Key), ed25519.PrivateKeySize)
	}
	if c.Interval < 0 || c.Interval > wire.MaxInterval*time.Second {
		return nil, fmt.Errorf("interval %s: want up to %s", c.Interval, wire.MaxInterval*time.Second)
	}
	zone, err := time.LoadLocation(Zone)
	if err != nil {
		return nil, fmt.Errorf("load time zone: %w", err)
	}
	o := &Centre{
		kiosks: c.Store, pairings: c.Store, rooms: c.Store, cells: c.Store, changes: c.Store,
		invitations: c.Store, accounts: c.Store, sessions: c.Store, attempts: c.Store, funders: c.Store, rounds: c.Store, releases: c.Store,
		key: c.Key, now: c.Now, interval: c.Interval, zone: zone, log: c.Log, measures: c.Measures,
		hash: c.HashPassword, hashing: make(chan struct{}, runtime.NumCPU()),
	}
	if o.now == nil {
		o.now = time.Now
	}
	if o.hash == nil {
		o.hash = argonHash
	}
	if o.interval == 0 {
		o.interval = 15 * time.Minute
	}
	if o.measures.Empty() {
		o.measures = count.Standard()
	}
	if o.log == nil {
		o.log = slog.New(slog.DiscardHandler)
	}
	return o, nil
}

// Measures returns the catalogue of what is taken and shown.
func (o *Centre) Measures() count.Catalogue { return o.measures }

// Fingerprint names the centre's key as kiosks show it.
func (o *Centre) Fingerprint() string {
	return wire.Fingerprint(o.publicKey())
}

// SignAnswer sets on h the centre's signature of an answer to a request.
func (o *Centre) SignAnswer(h http.Header, status int, request, body []byte) {
	wire.SignAnswer(h, o.key, status, request, body)
}

func (o *Centre) publicKey() ed25519.PublicKey {
	return o.key.Public().(ed25519.PublicKey) // what Public documents
}
