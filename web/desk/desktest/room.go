package desktest

import (
	"bytes"
	"context"
	"database/sql"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/auth/authtest"
	"example.org/inloop/kiosk/keyring"
	"example.org/inloop/kiosk/sqlite"
	"example.org/inloop/kiosk/timeline"
	"example.org/inloop/web"
	"example.org/inloop/web/desk"
)

// PIN is the code of every volunteer that a test makes.
const PIN = "135792"

// Clock is a clock that a test sets: a Tuesday afternoon at first.
type Clock struct {
	mu sync.Mutex
	m  kiosk.Moment
}

// Now is the moment that the test has set.
func (c *Clock) Now() kiosk.Moment {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.m
}

// Pass moves the clock on.
func (c *Clock) Pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.m.Wall, c.m.Since = c.m.Wall.Add(d), c.m.Since+d
}

// Reboot switches the machine off for a while, and on with a wall clock that is
// wrong by so much.
func (c *Clock) Reboot(off, wrong time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.m = kiosk.Moment{Wall: c.m.Wall.Add(off + wrong), Boot: c.m.Boot + "+", Since: time.Minute}
}

// Set sets the wall clock right, or wrong, by so much.
func (c *Clock) Set(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.m.Wall = c.m.Wall.Add(by)
}

// Fixture is a desk over a real store, with one volunteer who has a badge and PIN.
type Fixture struct {
	Clock     *Clock
	Store     *sqlite.Store
	Desk      *desk.Desk
	Server    *httptest.Server
	Volunteer int64         // the number of the volunteer
	Log       *bytes.Buffer // all that the desk logged
	Changes   int           // how often the desk said that something was kept
	Line      *Line         // between the browser and the desk

	t       testing.TB
	dir     string // of the data
	keys    keyring.Keys
	conf    desk.Config
	handler atomic.Pointer[http.Handler]
}

// Open makes a room over files of its own and closes it when t ends. Each change
// may alter what the desk is made of.
func Open(t testing.TB, change ...func(*desk.Config)) *Fixture {
	t.Helper()
	ctx := t.Context()
	zone, err := time.LoadLocation("Europe/Amsterdam")
	must(t, err)
	r := &Fixture{t: t, Log: &bytes.Buffer{}}
	r.Clock = &Clock{m: kiosk.Moment{Wall: time.Date(2026, 11, 24, 14, 5, 0, 0, zone), Boot: "boot-1", Since: time.Hour}}
	week := map[time.Weekday][]kiosk.OpeningHours{}
	for d := time.Sunday; d <= time.Saturday; d++ {
		week[d] = []kiosk.OpeningHours{{From: 9 * 60, Until: 17 * 60}}
	}
	times := kiosk.Timetable{Zone: zone, Week: week, PartTimes: kiosk.DefaultPartTimes()}
	keys, err := keyring.Load(filepath.Join(t.TempDir(), "room.key"))
	must(t, err)
	r.dir, r.keys = filepath.Join(t.TempDir(), "data"), keys
	r.Store, err = sqlite.Open(ctx, sqlite.Config{
		Dir: r.dir, Keys: keys, Clock: r.Clock, Timetable: times, Capacity: 3,
		Log: slog.New(slog.DiscardHandler), HashPIN: authtest.Hash,
	})
	must(t, err)
	t.Cleanup(func() { _ = r.Store.Close() })

	words, err := web.NewTranslations()
	must(t, err)
	conf := desk.Config{
		Store: desk.StoreOf(r.Store), Translations: words, Clock: r.Clock, Timetable: times,
		Log:     slog.New(slog.NewTextHandler(&lockedWriter{w: r.Log}, nil)),
		Changed: func() { r.Changes++ },
	}
	for _, c := range change {
		c(&conf)
	}
	r.conf, r.Line = conf, &Line{}
	r.begin()
	mux := http.NewServeMux()
	mux.Handle("/assets/", web.Assets())
	mux.HandleFunc("/door", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `<!doctype html><title>door</title><body data-face="door">`)
	})
	pages := r.Line.over(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) { (*r.handler.Load()).ServeHTTP(w, q) }))
	mux.Handle("/desk", pages)
	mux.Handle("/desk/", pages)
	r.Server = httptest.NewServer(mux)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 2*time.Minute)
		defer cancel()
		must(t, r.Desk.Close(ctx))
		r.Server.Close()
	})
	r.Volunteer = r.Engage("Gerda", 1)
	return r
}

func (r *Fixture) begin() {
	r.Desk = desk.New(r.conf)
	h := r.Desk.Handler()
	r.handler.Store(&h)
}

// Restart ends the desk and begins another one over the same store, as the end of
// the program does: sessions and badges that waited are gone.
func (r *Fixture) Restart() {
	r.t.Helper()
	old := r.Desk
	r.begin()
	must(r.t, old.Close(context.WithoutCancel(r.t.Context())))
}

// Engage makes a volunteer with a badge and a PIN.
func (r *Fixture) Engage(name string, badge byte) int64 {
	r.t.Helper()
	ctx := r.t.Context()
	code, err := r.Store.AddVolunteer(ctx, name)
	must(r.t, err)
	no, err := r.Store.CheckCode(ctx, code)
	must(r.t, err)
	must(r.t, r.Store.AssignVolunteerBadge(ctx, no, r.Tap(badge), no))
	must(r.t, r.Store.SetPIN(ctx, no, code, PIN))
	return no
}

// Tap lays an unknown badge on the reader and returns its number at the desk.
func (r *Fixture) Tap(badge byte) int64 {
	r.t.Helper()
	r.Lay(badge)
	r.Clock.Pass(time.Second)
	v, err := r.Store.View(r.t.Context())
	must(r.t, err)
	for _, b := range v.Badges {
		if r.Clock.Now().Wall.Sub(b.Last) < 2*time.Second {
			return b.No
		}
	}
	r.t.Fatal("the tapped badge is not in the list")
	return 0
}

// Lay lays a badge on the reader. A badge that the desk asked for goes to the desk.
func (r *Fixture) Lay(badge byte) kiosk.Receipt {
	r.t.Helper()
	uid, err := kiosk.NewUID([]byte{0x04, badge, 1, 2, 3, 4, 5})
	must(r.t, err)
	tap := kiosk.Tap{UID: uid, At: r.Clock.Now()}
	if r.Desk != nil && r.Desk.TakeTap(r.t.Context(), tap) {
		return kiosk.Receipt{}
	}
	receipt, err := r.Store.CheckIn(r.t.Context(), tap)
	must(r.t, err)
	return receipt
}

// Resident makes a person without a badge.
func (r *Fixture) Resident(name, sign string) int64 {
	r.t.Helper()
	no, err := r.Store.Enrol(r.t.Context(), r.Volunteer, kiosk.Enrolment{
		Resident: kiosk.Resident{Name: name, Sign: kiosk.Sign(sign), Language: "nl"},
	})
	must(r.t, err)
	return no
}

// Twins makes two people whom old lists call almost the same, as they were kept before
// labels were compared as people read them.
func (r *Fixture) Twins(one, two string) (people [2]int64) {
	r.t.Helper()
	ctx := r.t.Context()
	db, err := sql.Open("sqlite3", sqlite.Path(r.dir)+"?_busy_timeout=5000")
	must(r.t, err)
	defer db.Close() //nolint:errcheck // all is committed
	for i, label := range []string{one, two} {
		people[i] = r.Resident("", kiosk.Pictures()[20+i]+".blue")
		sealed, err := r.keys.SealText(label, "person", "label", people[i])
		must(r.t, err)
		_, err = db.ExecContext(ctx, `UPDATE person SET label = ?2, label_mac = ?3 WHERE no = ?1`, people[i], sealed, r.keys.Label(label))
		must(r.t, err)
	}
	_, err = db.ExecContext(ctx, `INSERT INTO twin (person, other) VALUES (?2, ?1)`, people[0], people[1])
	must(r.t, err)
	return people
}

// Undated lets two residents and a guest come on a clock that stands where the
// machine was switched off three days before, and then the network tell the time.
func (r *Fixture) Undated() {
	r.t.Helper()
	ctx := r.t.Context()
	must(r.t, r.Store.Anchor(ctx, r.Clock.Now(), 500, timeline.SourceNTP))
	r.Clock.Reboot(72*time.Hour, -72*time.Hour)
	must(r.t, r.Store.CheckInByHand(ctx, r.Volunteer, r.Resident("Yildiz van Nergens", "bell.green")))
	must(r.t, r.Store.CheckInByHand(ctx, r.Volunteer, r.Resident("", "boat.blue")))
	r.Clock.Pass(time.Minute)
	must(r.t, r.Store.AddGuest(ctx, r.Volunteer, kiosk.BandTeen))
	r.Clock.Pass(time.Minute)
	r.Clock.Reboot(20*time.Hour, 0)
	r.Clock.Set(72 * time.Hour)
	must(r.t, r.Store.Anchor(ctx, r.Clock.Now(), 500, timeline.SourceNTP))
	must(r.t, r.Store.Tick(ctx))
}

// View is the day as the store has it.
func (r *Fixture) View() kiosk.View {
	r.t.Helper()
	v, err := r.Store.View(r.t.Context())
	must(r.t, err)
	return v
}

// lockedWriter lets the handlers of a server share one buffer.
type lockedWriter struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *lockedWriter) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
