package kioskd

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/net/netutil"

	"example.org/inloop/cmd/internal/health"
	"example.org/inloop/cmd/internal/wiring"
	"example.org/inloop/devices/signal"
	"example.org/inloop/devices/sim"
	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/rescue"
	"example.org/inloop/kiosk/sqlite"
	"example.org/inloop/kiosk/sqlite/dbfile"
	"example.org/inloop/sync/uplink"
	"example.org/inloop/web"
	"example.org/inloop/web/desk"
	"example.org/inloop/web/live"
	"example.org/inloop/web/screen"
)

// lastWords is how long what is under way may take once the room is to stop:
// the tap in hand, one last upload, the goodbyes to open pages.
const lastWords = 5 * time.Second

// maxConnections bounds what the pages of one room can hold open.
const maxConnections = 256

// Daemon is a running kiosk.
type Daemon struct {
	URL   string        // address of its pages
	Store *sqlite.Store // open from the moment that Config.Ready is called

	cfg           Config                 // as at the start
	current       atomic.Pointer[Config] // with what was taken anew since
	renewing      sync.Mutex             // held while it changes, and while a store comes
	fitted        *Config                // by which the store goes
	ready         sync.Once              // for Config.Ready
	aboutSettings atomic.Pointer[string] // why the desk tells of them, "" or nil for not
	translations  *web.Translations
	screen        *screen.Screen
	board         *health.Board
	desk          atomic.Pointer[desk.Desk]     // nil until the store is open
	uplink        atomic.Pointer[uplink.Uplink] // nil without a centre
	reds          reds
	heard         centreClock
	signals       *signal.Player // light and buzzer, where they are wired
	panel         *sim.Panel     // of the simulated reader, nil with a real one
	taking        sync.RWMutex   // held by a tap to its end, and by who changes what follows
	check         kiosk.TapHandler
	open          bool                          // there is a store that taps are kept in
	again         chan struct{}                 // somebody at the desk said that the room begins once more
	mended        atomic.Pointer[rescue.Mended] // what is to be told of the store, nil for nothing
	noBackup      bool                          // the last nightly backup failed
	urgent        chan struct{}                 // a write failed: look after the store now
	failures      atomic.Int64                  // of the store, in a row
	opened        atomic.Pointer[sqlite.Store]  // the same, for who asks the time before it is open
	vouches       string                        // who vouched for the clock last
	started       time.Time                     // when the boot began, by that clock
	stirred       atomic.Int64                  // time since boot of the reader's start or the last tap
}

// Run runs a room until ctx ends, and returns nil then. The page comes first,
// so that every later fault can be said on it; what is missing is looked for
// again for ever. It returns an error only where going on would be wrong: on
// settings that cannot be, sqlite.ErrLocked when another kiosk runs on the same
// folder, and sqlite.ErrUnsafe when the database would not keep what it takes.
func Run(ctx context.Context, cfg Config) error {
	defer cfg.Listener.Close()
	if err := cfg.Check(); err != nil {
		return err
	}
	if err := cfg.complete(); err != nil {
		return err
	}
	r, err := newDaemon(cfg)
	if err != nil {
		return err
	}
	return r.serve(ctx)
}

// newDaemon makes one with its door, its signals and its lights; its store, and
// what needs that, come while it runs.
func newDaemon(cfg Config) (*Daemon, error) {
	translations, err := web.NewTranslations()
	if err != nil {
		return nil, fmt.Errorf("texts: %w", err)
	}
	r := &Daemon{URL: "http://" + cfg.Listener.Addr().String(), cfg: cfg, translations: translations, urgent: make(chan struct{}, 1), again: make(chan struct{}, 1)}
	now := func() time.Time { return roomClock{r}.Now().Wall }
	if r.screen, err = screen.New(screen.Config{Translations: translations, Log: cfg.Log, Now: now}); err != nil {
		return nil, err
	}
	r.screen.SetIdle(idle(cfg))
	if cfg.neverOpen() {
		r.warnHours()
	}
	if cfg.Reader == wiring.ReaderSim {
		r.panel = sim.NewPanel(cfg.Field)
		r.cfg.Wiring = wiring.Config{Port: r.panel.Open, Clock: cfg.Wiring.Clock}
	}
	r.signals = signal.New(wiring.Pin(r.cfg.Wiring.LED, cfg.Log), wiring.Pin(r.cfg.Wiring.Buzzer, cfg.Log), cfg.Log)
	r.board = health.NewBoard(r.lightsChanged)
	r.board.Set("store", kiosk.LevelOrange, "store.starting")
	r.board.Set("reader", kiosk.LevelOrange, "reader.starting")
	r.board.Set("clock", kiosk.LevelOrange, "clock.unsure") // until something proves it
	return r, nil
}

// serve serves the pages while the kiosk works, and for its last words.
func (r *Daemon) serve(ctx context.Context) error {
	// A second context, so that pages outlive the work that they show.
	work, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	served := make(chan error, 1)
	server := live.NewServer(r.routes(), r.cfg.Log)
	go func() {
		err := server.Serve(netutil.LimitListener(r.cfg.Listener, maxConnections))
		stop(err) // without pages there is no kiosk
		served <- err
	}()
	err := r.work(work)

	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWords)
	defer cancel()
	err = errors.Join(err, r.closePages(last), server.Shutdown(last))
	if s := <-served; !errors.Is(s, http.ErrServerClosed) {
		err = errors.Join(err, fmt.Errorf("serve pages: %w", s))
	}
	return err
}

// errOpenAnew ends the work on a store that is not the one it was: gone, replaced or
// damaged.
var errOpenAnew = errors.New("the store has to be opened anew")

// work lets the reader run until ctx ends, and the room on whatever store there is:
// while there is none, each tap is told so.
func (r *Daemon) work(ctx context.Context) error {
	signals, stopSignals := context.WithCancel(context.WithoutCancel(ctx))
	defer stopSignals()
	var readers, others sync.WaitGroup
	others.Go(func() {
		if err := r.signals.Run(signals); err != nil {
			r.cfg.Log.Error("signals", "err", err)
		}
	})
	if r.cfg.Reload != nil {
		others.Go(func() { r.renew(signals) })
	}
	// The reader stops first: no tap may begin that nobody will finish.
	reading, stopReading := context.WithCancel(ctx)
	defer func() { stopReading(); readers.Wait(); stopSignals(); others.Wait() }()
	read := sync.OnceFunc(func() { readers.Go(func() { r.read(reading) }) })
	for {
		store, err := r.openStore(ctx, read)
		if err != nil || store == nil {
			return err
		}
		if err := r.workOn(ctx, store, read, readers.Wait); !errors.Is(err, errOpenAnew) {
			return err
		}
	}
}

// workOn lets everything run that needs the store, until ctx ends, or the store has to
// be opened anew. It waits for the reader then, or for the tap in hand.
func (r *Daemon) workOn(ctx context.Context, store *sqlite.Store, read, readerEnds func()) (err error) {
	r.Store = store
	r.storeCame(ctx, store)
	defer func() {
		r.opened.Store(nil)
		if closing := store.Close(); !errors.Is(err, errOpenAnew) {
			err = errors.Join(err, closing)
		}
	}()
	if err := r.startUplink(); err != nil {
		return err
	}
	r.openDesk(store)
	upkeep, stopUpkeep := context.WithCancelCause(context.WithoutCancel(ctx))
	defer stopUpkeep(nil)
	var others sync.WaitGroup
	r.takeTaps(kiosk.TapHandler{Store: store, Door: door{r}, Clock: r.cfg.Clock, Volunteer: r.volunteerTapped, Changed: r.changed}, true)
	r.storeIs(ctx, "open it", nil) // not before: a green light says that a tap is kept
	read()
	others.Go(func() { stopUpkeep(r.keep(upkeep)) })
	if r.uplink.Load() != nil {
		others.Go(func() { r.send(upkeep) })
	}
	r.cfg.Log.Info("room is open", "url", r.URL, "reader", string(r.cfg.Reader))
	r.ready.Do(func() {
		if r.cfg.Ready != nil {
			r.cfg.Ready(r)
		}
	})
	select {
	case <-ctx.Done():
		readerEnds()
		stopUpkeep(nil)
		others.Wait()
		r.flush(ctx)
		return nil
	case <-upkeep.Done():
		r.takeTaps(kiosk.TapHandler{}, false)
		if !r.board.Is("store", kiosk.LevelRed) { // the tap in hand was kept after the fault
			r.board.Set("store", kiosk.LevelRed, "store.starting")
		}
		others.Wait()
		r.closeDesk(ctx)
		return context.Cause(upkeep)
	}
}

// takeTaps says by what taps are taken from now on, and whether there is a store
// behind it. The tap in hand comes to its end before.
func (r *Daemon) takeTaps(h kiosk.TapHandler, open bool) {
	r.taking.Lock()
	defer r.taking.Unlock()
	r.check, r.open = h, open
}

func (r *Daemon) openDesk(store *sqlite.Store) {
	cfg := desk.Config{
		Store: desk.StoreOf(store), Translations: r.translations, Log: r.cfg.Log, Clock: roomClock{r}, Timetable: r.cfg.Timetable,
		Taker:  sticks{r},
		Health: r.deskHealth, Confirm: r.confirmClock, SeenMended: r.seenMended, OtherTime: r.otherTime, ConfirmOther: r.confirmOther,
	}
	// That nothing was saved, as the desk says, is told by the light too.
	cfg.Failed = func(err error) {
		if dbfile.Hinders(err) {
			r.storeIs(context.Background(), "keep what was done at the desk", err)
		}
	}
	if r.uplink.Load() != nil {
		cfg.Pairing = sending{r}
	}
	if r.cfg.OneScreen {
		cfg.Door = "/door"
	}
	r.desk.Store(desk.New(cfg))
}

// closeDesk puts the page in the desk's place that says what is the matter.
func (r *Daemon) closeDesk(ctx context.Context) {
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWords)
	defer cancel()
	if d := r.desk.Swap(nil); d != nil {
		if err := d.Close(within); err != nil {
			r.cfg.Log.Warn("closing the desk", "err", err)
		}
	}
	r.uplink.Store(nil)
}

// changed shows what is new. It never blocks. It does not send: that has its own
// hours, so that traffic tells nothing of taps.
func (r *Daemon) changed() {
	if d := r.desk.Load(); d != nil {
		d.Changed()
	}
}

// lightsChanged shows how the parts are doing on both faces, and tells the centre
// at once of one that turned red.
func (r *Daemon) lightsChanged(all []kiosk.Health) {
	r.screen.SetLights(all)
	r.changed()
	if u := r.uplink.Load(); r.reds.turned(all) && u != nil {
		u.Wake()
	}
}

func (r *Daemon) volunteerTapped(volunteer int64) {
	if d := r.desk.Load(); d != nil {
		d.Tapped(volunteer)
	}
	if r.cfg.OneScreen {
		r.screen.Navigate("/desk")
	}
}

// door is the door screen, with the light and the buzzer beside it. Where it is the desk's screen too, a resident's
// greeting goes before a volunteer's names; but an unknown badge is there to
// be enrolled, by the volunteer who stands at the desk.
type door struct{ *Daemon }

func (d door) Show(g kiosk.Greeting) {
	d.screen.Show(g)
	d.signals.Show(g)
	if desk := d.desk.Load(); desk != nil && d.cfg.OneScreen && g.Kind != kiosk.GreetingUnknownBadge {
		desk.HideNames()
	}
}

func (r *Daemon) closePages(ctx context.Context) error {
	err := r.screen.Close(ctx)
	if d := r.desk.Load(); d != nil {
		err = errors.Join(err, d.Close(ctx))
	}
	return err
}

// loopback tells whether the pages can be reached from this machine only.
func loopback(a net.Addr) bool {
	t, ok := a.(*net.TCPAddr)
	return ok && t.IP.IsLoopback()
}
