package desk

import (
	"context"
	"fmt"
	"hash/maphash"
	"html/template"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/web"
	"example.org/inloop/web/live"
)

// sweepEvery is how often ended sessions and stale keypads are cleared away.
const sweepEvery = 5 * time.Second

// Store is what the pages ask of the room's store, a part for each page and
// declared beside it. One value may be all of them.
type Store struct {
	Day        DayViewer
	Visits     VisitKeeper
	Guests     GuestCounter
	Actions    Undoer
	Paper      PaperWriter
	Residents  ResidentLister
	Profiles   ProfileKeeper
	Own        OwnReader
	Shown      BadgeShower
	Answers    AnswerKeeper
	Badges     BadgeGiver
	Volunteers VolunteerKeeper
	PINs       PINKeeper
	Dates      VisitDater
	Lists      ListKeeper
	Twins      TwinKeeper
	Pool       kiosk.PoolKeeper
	Room       DayKeeper
	Slips      SlipKeeper
}

// StoreOf is a store of which one value is every part.
func StoreOf(all interface {
	DayViewer
	VisitKeeper
	GuestCounter
	Undoer
	PaperWriter
	ResidentLister
	ProfileKeeper
	OwnReader
	BadgeShower
	AnswerKeeper
	BadgeGiver
	VolunteerKeeper
	PINKeeper
	VisitDater
	ListKeeper
	TwinKeeper
	kiosk.PoolKeeper
	DayKeeper
	SlipKeeper
},
) Store {
	return Store{
		Day: all, Visits: all, Guests: all, Actions: all, Paper: all, Residents: all, Profiles: all, Own: all, Shown: all,
		Answers: all, Badges: all, Volunteers: all, PINs: all, Dates: all, Lists: all, Twins: all, Pool: all,
		Room: all, Slips: all,
	}
}

// Config is what a desk is made of.
type Config struct {
	Store        Store
	Translations *web.Translations
	Log          *slog.Logger
	Clock        kiosk.Clock
	Confirm      func(context.Context, kiosk.Moment) error // a volunteer says that it is this time; nil: nobody is asked
	Timetable    kiosk.Timetable                           // zone, and the parts of the day for the paper list

	// OtherTime is the time at the centre when that is another than here and a
	// volunteer is to say whether it is right, which ConfirmOther is told. nil: never.
	OtherTime    func() (time.Time, bool)
	ConfirmOther func(context.Context) error

	// SeenMended is told that a volunteer has seen what was told of a mended store.
	// nil: nobody is asked.
	SeenMended func(context.Context) error

	// Failed is told of every error that the page has no words for but that nothing was
	// saved, so that the store's light says the same. May be nil.
	Failed func(error)
	// Changed is told after every action that was kept, so that others may show
	// it. It must not block. May be nil.
	Changed func()
	// Taker writes onto memory sticks. May be nil: then there never is one.
	Taker Taker
	// Pairing may be nil: then the page says nothing of sending.
	Pairing Pairer
	// Health is how the parts of the kiosk are doing at this moment. May be nil.
	Health func() []kiosk.Health
	// Door is the path of the door screen when hall and desk share one screen:
	// a page that nobody uses goes back there, and so does every page when a
	// resident taps. Empty when the desk has a screen of its own.
	Door string
	// Hosts are the names that this page answers to; empty means the loopback
	// names alone. A name that is not loopback's gets 403 all the same.
	Hosts []string
}

// Desk serves the volunteers' pages. Its methods may be called from any
// goroutine.
type Desk struct {
	cfg      Config
	hub      *live.Hub
	sessions *sessions
	views    map[string]*template.Template
	routes   []route
	handler  http.Handler
	changes  atomic.Int64

	asks asks

	lines lineBook

	mu  sync.Mutex
	own *ownAsk // what waits for a resident's own badge, nil when nothing does

	stop context.CancelFunc
	done sync.WaitGroup
}

// New returns a desk that serves at once. Its one goroutine ends with
// [Desk.Close].
func New(c Config) *Desk {
	if c.Timetable.Zone == nil {
		c.Timetable.Zone = time.UTC
	}
	if c.Hosts == nil {
		c.Hosts = loopbackNames()
	}
	d := &Desk{cfg: c, hub: live.NewHub(c.Log), sessions: newSessions(c.Clock), views: views(), asks: asks{clock: c.Clock}, lines: lineBook{seed: maphash.MakeSeed()}}
	d.changes.Store(rand.Int64N(1 << 40)) // other than before a restart
	d.routes = d.list()
	mux := http.NewServeMux()
	for _, rt := range d.routes {
		mux.Handle(rt.pattern, d.serve(rt))
	}
	d.handler = live.Headers(d.localOnly(live.Guard(c.Hosts, mux)))

	ctx, cancel := context.WithCancel(context.Background())
	d.stop = cancel
	d.done.Go(func() { d.sweep(ctx) })
	return d
}

// Handler answers everything under /desk.
func (d *Desk) Handler() http.Handler { return d.handler }

// Tapped opens the keypad for the volunteer whose badge was laid on the reader.
// A newcomer who is choosing a PIN has shown their badge by it. It never blocks.
func (d *Desk) Tapped(volunteer int64) {
	d.sessions.showBadge(volunteer)
	d.asks.tapped(volunteer)
	d.Changed()
}

// Changed tells every open page to ask for itself again. It never blocks.
func (d *Desk) Changed() { d.hub.Publish(d.state(d.changes.Add(1))) }

// HideNames ends every session and closes the keypad, because a resident needs the
// screen: names are gone until a volunteer taps again, who then goes on where they
// were. A newcomer on the way to a PIN goes on, since that page holds no name.
func (d *Desk) HideNames() {
	d.asks.forget(func(ask) bool { return true })
	ended := d.sessions.interrupt()
	if d.cfg.Door != "" {
		d.hub.Publish(fmt.Appendf(nil, `{"changed":%d,"cover":true}`, d.changes.Add(1)))
	} else if ended {
		d.Changed()
	}
}

// Close says goodbye to every page and waits for all that the desk started, or
// until ctx ends.
func (d *Desk) Close(ctx context.Context) error {
	d.stop()
	d.done.Wait()
	d.sessions.endAll()
	if err := d.hub.Close(ctx); err != nil {
		return fmt.Errorf("close desk: %w", err)
	}
	return nil
}

// announce tells of an action once it is committed.
func (d *Desk) announce() {
	d.Changed()
	if d.cfg.Changed != nil {
		d.cfg.Changed()
	}
}

// state is the message on the socket: a growing number, and what time it is here
// where that is known, of which a page says that it is so old when the line dies.
func (d *Desk) state(n int64) []byte {
	if d.seeking() {
		return fmt.Appendf(nil, `{"changed":%d}`, n)
	}
	return fmt.Appendf(nil, `{"changed":%d,"at":%q}`, n, d.cfg.Translations.In(web.DefaultLanguage).Clock(d.now()))
}

// sweep ends what has run out, so that names leave a page that nobody touches.
func (d *Desk) sweep(ctx context.Context) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if d.clear() {
				d.Changed()
			}
		}
	}
}

// clear drops sessions and keypads that are over and tells whether any was.
func (d *Desk) clear() bool {
	gone := d.sessions.sweep()
	gone = d.clearOwn() || gone
	return d.asks.sweep() || gone
}
