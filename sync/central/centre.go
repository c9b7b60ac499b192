package central

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"time"
	_ "time/tzdata" // a server without zone files still knows the rooms' days

	"example.org/inloop/sync/count"
	"example.org/inloop/sync/wire"
)

// Zone is the time zone whose days are counted.
const Zone = "Europe/Amsterdam"

// Config is what a Centre works with.
type Config struct {
	Store    Store
	Key      ed25519.PrivateKey // signs every answer; the same in all servers on one store
	Now      func() time.Time   // nil: time.Now
	Interval time.Duration      // after which a kiosk reports again, news or none; 0: five minutes
	Log      *slog.Logger       // nil: none
	Measures count.Catalogue    // that are taken and shown; empty: count.Standard
}

// Centre holds the centre's rules over a store. It is safe for concurrent use,
// and several Centres may share one store.
type Centre struct {
	store    Store
	key      ed25519.PrivateKey
	now      func() time.Time
	interval time.Duration
	zone     *time.Location
	log      *slog.Logger
	measures count.Catalogue
	changed  broadcast
	hashing  chan struct{} // one place for each password being hashed
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
		store: c.Store, key: c.Key, now: c.Now, interval: c.Interval, zone: zone, log: c.Log, measures: c.Measures,
		hashing: make(chan struct{}, runtime.NumCPU()),
	}
	if o.now == nil {
		o.now = time.Now
	}
	if o.interval == 0 {
		o.interval = 5 * time.Minute
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

func (o *Centre) publicKey() ed25519.PublicKey {
	return o.key.Public().(ed25519.PublicKey) // what Public documents
}
