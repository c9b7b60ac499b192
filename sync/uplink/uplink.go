package uplink

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"sync"
	"time"

	"example.org/inloop/sync/wire"
)

// Config is what an Uplink works with. Store, Key, URL and Clock are needed.
type Config struct {
	Store  Store
	Key    ed25519.PrivateKey // the kiosk's
	URL    string             // of the centre: https://host, http only on loopback
	Client *http.Client       // nil: one of its own; redirects and cookies are off in either
	Clock  Clock
	Health func() []wire.Health // how the kiosk is doing, to be told to the centre
	Trust  func() int           // how sure the clock is, as wire.ClockReading
	// Anchor takes a time that the centre has signed: the moment's wall clock
	// is right to within errMS. nil: nobody wants it.
	Anchor func(ctx context.Context, at Moment, errMS int64, source string) error
	// Addresses returns those by which this machine can be reached. While nothing
	// goes through, a new one has it tried at once. nil: nobody looks.
	Addresses func() []netip.Addr
	// Pools is the room's part in counting together with others. nil: it has none.
	Pools Pools
	// OnHealth is told when Light or Code have changed. It must not block.
	OnHealth func(wire.Health)
	Log      *slog.Logger // nil: none
	Timing   Timing
}

// Clock reads the kiosk's clocks.
type Clock interface {
	Now() Moment
}

// Moment is one reading of the kiosk's clocks.
type Moment struct {
	Wall  time.Time
	Boot  string        // id of the running boot
	Since time.Duration // since it began, suspend included
}

// Uplink sends a room's counts. Its methods may be called at the same time.
type Uplink struct {
	store          Store
	key            ed25519.PrivateKey
	public         ed25519.PublicKey
	ownFingerprint string
	url            *url.URL
	client         *http.Client
	clock          Clock
	allHealth      func() []wire.Health
	trust          func() int
	anchor         func(context.Context, Moment, int64, string) error
	onHealth       func(wire.Health)
	addresses      func() []netip.Addr
	pools          Pools
	log            *slog.Logger
	timing         Timing
	grid           grid
	woken          chan struct{}
	again          chan struct{} // a person has said how to go on

	turn    chan struct{}     // held by the one that is exchanging; guards what follows
	backoff backoff           //
	server  ed25519.PublicKey // the first met while pairing
	batch   int               // counts in the next request
	suspect *wire.Cell        // refused alone; at fault if a request without it is taken
	stopped string            // why nothing is sent any more
	resume  string            // the centre's word that the next request is to hold
	resumes int               // how often in a row the centre asked who was put back
	rival   Told              // how far the centre had come when it said that another holder of the key goes on
	old     time.Time         // when the centre said that it speaks version 1; zero for never
	// stretches are what is still to be compared with the centre's cells, the next first.
	stretches []wire.Checksum
	lit       map[string]tappedLight // by part
	ruled     bool                   // the centre says by which rules it takes counts
	due       time.Time              // the hour of the centre in which was looked for counts whose day has come
	offered   time.Time              // when what an older centre did not know was last offered; zero since the start

	// Of the goroutine that runs Run.
	reached []netip.Addr // the machine's addresses when the last exchange began
	urgent  time.Time    // when Wake last brought a report forward

	mu       sync.Mutex // guards what follows
	health   wire.Health
	code     string
	codeEnds time.Time
}

// New returns an Uplink, or ErrURL for an address that cannot be used.
func New(c Config) (*Uplink, error) {
	address, err := parseURL(c.URL)
	if err != nil {
		return nil, err
	}
	if c.Store == nil || c.Clock == nil || len(c.Key) != ed25519.PrivateKeySize {
		return nil, errors.New("uplink: want a store, a clock and an Ed25519 key")
	}
	public := c.Key.Public().(ed25519.PublicKey) // as its documentation says
	u := &Uplink{
		store: c.Store, key: c.Key, public: public, ownFingerprint: wire.Fingerprint(public), url: address, client: newClient(c.Client),
		clock: c.Clock, allHealth: c.Health, trust: c.Trust, anchor: c.Anchor, onHealth: c.OnHealth, addresses: c.Addresses, pools: c.Pools, log: c.Log, timing: c.Timing.withDefaults(),
		woken: make(chan struct{}, 1), again: make(chan struct{}, 1), turn: make(chan struct{}, 1), batch: wire.MaxRows,
		health: wire.Health{Part: "sync", Level: "green"}, lit: map[string]tappedLight{},
	}
	if u.log == nil {
		u.log = slog.New(slog.DiscardHandler)
	}
	u.backoff = backoff{base: u.timing.Base, limit: u.timing.Cap}
	u.grid = newGrid(u.timing.Grid, public)
	return u, nil
}

// Wake has the kiosk report soon, for what may go at once: a light that turned
// red, or what a person asked for. A tap never calls it: traffic would tell of it.
// It never blocks, and it does not shorten the wait after a failure.
func (u *Uplink) Wake() {
	select {
	case u.woken <- struct{}{}:
	default:
	}
}

// Run pairs and sends until ctx ends, and then returns nil. It is called once.
func (u *Uplink) Run(ctx context.Context) error {
	for {
		next := u.step(ctx)
		if next.stop != "" {
			select {
			case <-ctx.Done():
			case <-u.again:
				continue
			}
		}
		if !u.sleep(ctx, next) {
			u.client.CloseIdleConnections()
			return nil
		}
	}
}

// step does one exchange, for pairing or with counts.
func (u *Uplink) step(ctx context.Context) outcome {
	if !u.lock(ctx) {
		return outcome{}
	}
	defer u.unlock()
	if u.stopped != "" {
		return outcome{stop: u.stopped}
	}
	u.beginStep()
	p, err := u.store.Pairing(ctx)
	switch {
	case errors.Is(err, ErrNotPaired):
		if u.backoff.failures == 0 {
			u.show(reasonWaiting)
		}
		wait := u.pair(ctx)
		return outcome{wait: wait, early: u.backoff.failures == 0}
	case err != nil:
		return outcome{wait: u.failed(fmt.Errorf("read pairing: %w", err))}
	}
	if err := u.offerAgain(ctx); err != nil {
		return outcome{wait: u.failed(err)}
	}
	o := u.report(ctx, p)
	switch {
	case ctx.Err() != nil:
	case o.stop != "":
		u.halt(o)
	case o.failed != nil:
		if wait := u.failed(o.failed); o.wait == 0 {
			o.wait = wait
		}
	default:
		u.succeeded()
	}
	return o
}

// halt sends no more until a person has said how to go on, or the program starts
// again.
func (u *Uplink) halt(o outcome) {
	u.stopped = o.stop
	u.show(o.stop)
	u.log.Error("sending stopped", "reason", o.stop, "err", o.failed)
}

// beginStep forgets what the exchange that begins will have told, and notes from
// which network it leaves.
func (u *Uplink) beginStep() {
	select {
	case <-u.woken:
	default:
	}
	if u.addresses != nil {
		u.reached = u.addresses()
	}
}

// lock waits for the turn to exchange; false when ctx ended before.
func (u *Uplink) lock(ctx context.Context) bool {
	select {
	case u.turn <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

func (u *Uplink) unlock() { <-u.turn }

// failed counts a failure and returns how long to wait. It is logged when it
// is the first in a row; a reason that tells more than "offline" stays.
func (u *Uplink) failed(err error) time.Duration {
	if u.backoff.failures == 0 {
		u.log.Warn("the centre cannot be reached: all is kept and sent later", "err", err)
	}
	wait := u.backoff.next()
	if u.backoff.lasts() >= u.timing.OfflineAfter {
		u.showOffline()
	}
	return wait
}

func (u *Uplink) succeeded() {
	if u.backoff.failures > 0 {
		u.log.Info("the centre is there again", "failures", u.backoff.failures)
	}
	u.backoff.reset()
}

// Flush sends what is unsent, within ctx: for the end of the program, after
// Run. Without anything to send, and for a kiosk that is not paired, it does
// nothing. An error means that what was left still waits.
func (u *Uplink) Flush(ctx context.Context) error {
	if !u.lock(ctx) {
		return fmt.Errorf("last upload: %w", ctx.Err())
	}
	defer u.unlock()
	p, err := u.store.Pairing(ctx)
	if errors.Is(err, ErrNotPaired) || u.stopped != "" {
		return nil
	}
	if err != nil {
		return fmt.Errorf("last upload: read pairing: %w", err)
	}
	defer u.client.CloseIdleConnections()
	for {
		if _, err := u.store.Release(ctx); err != nil {
			return fmt.Errorf("last upload: %w", err)
		}
		if rest, err := u.hasUnsent(ctx); err != nil || !rest && u.resume == "" {
			return err
		}
		o := u.report(ctx, p)
		if o.stop != "" {
			u.halt(o)
		}
		if o.failed != nil {
			return fmt.Errorf("last upload: %w", o.failed)
		}
	}
}

// hasUnsent tells whether there is anything to send.
func (u *Uplink) hasUnsent(ctx context.Context) (bool, error) {
	_, err := u.store.Pending(ctx)
	if err == nil {
		return true, nil
	}
	if !errors.Is(err, ErrNoUpload) {
		return false, fmt.Errorf("read pending upload: %w", err)
	}
	unsent, err := u.unsent(ctx, 1)
	return len(unsent) > 0, err
}
