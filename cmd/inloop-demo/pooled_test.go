package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alexedwards/argon2id"

	"example.org/inloop/cmd/internal/kioskd"
	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/keyring"
	"example.org/inloop/kiosk/sqlite"
	"example.org/inloop/sync/central"
	"example.org/inloop/sync/central/api"
	"example.org/inloop/sync/central/sqlstore"
	"example.org/inloop/sync/central/sqlstore/pgtest"
	"example.org/inloop/sync/disclose"
	"example.org/inloop/sync/uplink"
	"example.org/inloop/sync/wire"
)

// bubbleBegan is when the clock of a bubble starts, and setAt what all of ours show then.
var (
	bubbleBegan = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	setAt       = time.Date(2026, 6, 15, 10, 0, 0, 0, time.UTC)
)

func bubbleNow() time.Time { return time.Now().Add(setAt.Sub(bubbleBegan)) }

// bubbleClock is a kiosk's clock in a bubble.
type bubbleClock struct{}

func (bubbleClock) Now() kiosk.Moment {
	return kiosk.Moment{Wall: bubbleNow(), Boot: "boot", Since: time.Since(bubbleBegan)}
}

// township is an organisation's centre and rooms in one bubble: real stores, real lines
// and the real centre, with no socket between.
type township struct {
	t       *testing.T
	centre  *central.Centre
	api     http.Handler
	account central.Account
	halls   []*hall
	mu      sync.Mutex
	bodies  []string // of all requests to /v1/sync
	senders []string // by their keys
}

// RoundTrip carries a request to the centre.
func (w *township) RoundTrip(r *http.Request) (*http.Response, error) {
	var body bytes.Buffer
	if _, err := body.ReadFrom(r.Body); err != nil {
		return nil, err
	}
	w.mu.Lock()
	w.bodies, w.senders = append(w.bodies, body.String()), append(w.senders, r.Header.Get("Inloop-Key"))
	w.mu.Unlock()
	in := httptest.NewRequest(r.Method, r.URL.String(), &body)
	in.Header = r.Header
	out := httptest.NewRecorder()
	w.api.ServeHTTP(out, in)
	return out.Result(), nil
}

// said tells whether some request held a text.
func (w *township) said(text string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, b := range w.bodies {
		if strings.Contains(b, text) {
			return true
		}
	}
	return false
}

// hall is one of the rooms.
type hall struct {
	*sqlite.Store
	keys keyring.Keys
	key  string // file
	line *uplink.Uplink
}

func newTownship(t *testing.T, dsn string, rooms int) *township {
	t.Helper()
	w := &township{t: t}
	store, err := sqlstore.Open(t.Context(), dsn)
	w.must(err)
	t.Cleanup(func() { _ = store.Close() })
	quick := func(password string) (string, error) {
		return argon2id.CreateHash(password, &argon2id.Params{Memory: 8, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32})
	}
	w.centre, err = central.New(central.Config{Store: store, Key: ed25519.NewKeyFromSeed(make([]byte, 32)), Now: bubbleNow, HashPassword: quick})
	w.must(err)
	w.api = api.New(w.centre, nil)
	const password = "een lange zin als sleutel"
	link, err := w.centre.NewInvitation(t.Context(), "Buurthuizen", "anna@example.org")
	w.must(err)
	session, err := w.centre.Accept(t.Context(), link, password)
	w.must(err)
	w.account, err = w.centre.Session(t.Context(), session)
	w.must(err)
	for i := range rooms {
		w.halls = append(w.halls, w.open(i))
	}
	return w
}

func (w *township) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *township) open(i int) *hall {
	w.t.Helper()
	dir := w.t.TempDir()
	h := &hall{key: filepath.Join(dir, "key")}
	seed := sha256.Sum256([]byte{byte(i)}) // a room of another town has the same key
	w.must(os.WriteFile(h.key, seed[:], 0o600))
	var err error
	h.keys, err = keyring.Load(h.key)
	w.must(err)
	zone, err := time.LoadLocation("Europe/Amsterdam")
	w.must(err)
	hours := []kiosk.OpeningHours{{From: 9 * 60, Until: 17 * 60}}
	h.Store, err = sqlite.Open(w.t.Context(), sqlite.Config{
		Dir: filepath.Join(dir, "data"), Keys: h.keys, Clock: bubbleClock{},
		Timetable: kiosk.Timetable{Zone: zone, Week: map[time.Weekday][]kiosk.OpeningHours{time.Monday: hours, time.Thursday: hours}},
	})
	w.must(err)
	w.t.Cleanup(func() { _ = h.Close() })
	h.line, err = kioskd.NewUplink(h.Store, bubbleClock{}, uplink.Config{
		Key: h.keys.Signing(), URL: "https://centre.example", Client: &http.Client{Transport: w}, Log: slog.New(slog.DiscardHandler),
		Trust: func() int { return int(h.Trust()) },
		Anchor: func(ctx context.Context, at uplink.Moment, errMS int64, source string) error {
			return h.Anchor(ctx, kiosk.Moment(at), errMS, source)
		},
		Timing: uplink.Timing{Grid: 6 * time.Hour},
	})
	w.must(err)
	return h
}

// report lets some rooms report for a time, each a minute after the one before, so that
// it is no matter of chance which is heard first.
func (w *township) report(d time.Duration, halls ...*hall) {
	w.t.Helper()
	ctx, stop := context.WithCancel(w.t.Context())
	var running sync.WaitGroup
	for _, h := range halls {
		running.Go(func() { _ = h.line.Run(ctx) })
		time.Sleep(time.Minute)
	}
	time.Sleep(d)
	synctest.Wait()
	stop()
	running.Wait()
}

// pair pairs all rooms.
func (w *township) pair() {
	w.t.Helper()
	ctx, stop := context.WithCancel(w.t.Context())
	var running sync.WaitGroup
	for i, h := range w.halls {
		running.Go(func() { _ = h.line.Run(ctx) })
		for h.line.Code() == "" {
			time.Sleep(time.Second)
		}
		_, _, err := w.centre.Pair(ctx, w.account, h.line.Code(), fmt.Sprintf("Kamer %c", 'A'+i))
		w.must(err)
	}
	time.Sleep(24 * time.Hour)
	synctest.Wait()
	stop()
	running.Wait()
}

// until lets the days go by, with what each brings to the rooms.
func (w *township) until(day string) {
	w.t.Helper()
	to, err := time.Parse(time.DateTime, day+" 10:00:00")
	w.must(err)
	for bubbleNow().Before(to) {
		time.Sleep(min(24*time.Hour, to.Sub(bubbleNow())))
		for _, h := range w.halls {
			w.must(h.Tick(w.t.Context()))
		}
	}
}

// visitors lets people come for the first time, of whom some answer.
func (w *township) visitors(i, all, few, enough int) {
	w.t.Helper()
	h, ctx := w.halls[i], w.t.Context()
	for n := range all {
		sum := sha256.Sum256(fmt.Appendf(nil, "%d %d", i, n))
		sum[0] = 4
		uid, err := kiosk.NewUID(sum[:7])
		w.must(err)
		_, err = h.CheckIn(ctx, kiosk.Tap{UID: uid, At: bubbleClock{}.Now()})
		w.must(err)
		view, err := h.View(ctx)
		w.must(err)
		person, err := h.Enrol(ctx, 0, kiosk.Enrolment{Badge: view.Badges[0].No, Resident: kiosk.Resident{Name: fmt.Sprintf("Bewoner %d", n), Language: "nl"}})
		w.must(err)
		in := kiosk.Intake{Consent: true, Family: kiosk.ContactNever, Friends: kiosk.ContactMonthly, Neighbours: kiosk.ContactLessOften}
		switch {
		case n < few:
		case n < few+enough:
			in.Friends = kiosk.ContactWeekly
		default:
			continue
		}
		w.must(h.Intake(ctx, person, in))
	}
}

// told returns the newest figure that a room shows.
func (h *hall) told(t *testing.T) kiosk.PooledPeriod {
	t.Helper()
	view, err := h.Pooled(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(view.Periods) == 0 {
		return kiosk.PooledPeriod{}
	}
	return view.Periods[0]
}

func engines(t *testing.T) map[string]string {
	t.Helper()
	return map[string]string{"SQLite": filepath.Join(t.TempDir(), "central.db"), "PostgreSQL": ""}
}

// A quarter of three rooms, from the people who came to the figure that each of them
// shows, over the real centre.
func TestPooled_ThreeRoomsCountAQuarter(t *testing.T) {
	for name, dsn := range engines(t) {
		t.Run(name, func(t *testing.T) {
			whole(t)
			if name == "PostgreSQL" {
				var cluster pgtest.Cluster
				t.Cleanup(func() { _ = cluster.Stop() })
				dsn = cluster.Database(t)
			}
			synctest.Test(t, func(t *testing.T) {
				w := newTownship(t, dsn, 3)
				w.pair()
				w.until("2026-07-06")
				w.visitors(0, 24, 6, 9)
				w.visitors(1, 18, 3, 8)
				w.visitors(2, 21, 4, 12)
				w.until("2026-10-07")
				w.report(20*time.Hour, w.halls...)
				if w.said(`"ready"`) {
					t.Error("a room was ready before day 8")
				}
				w.until("2026-10-09")
				w.report(48*time.Hour, w.halls...)

				// 63 persons, 42 answers, 13 with few contacts.
				var first kiosk.PooledPeriod
				for i, h := range w.halls {
					told := h.told(t)
					if told.State != kiosk.PooledStateTold || told.Period != "2026Q3" || told.Rooms != 3 || told.Due != 3 || len(told.Figures) != 3 {
						t.Fatalf("room %d shows %+v", i, told)
					}
					for j, exact := range []int64{63, 42, 13} {
						if n := told.Figures[j].N; told.Figures[j].State != string(disclose.DisclosureShown) || n%5 != 0 || n < exact-4 || n > exact+4 {
							t.Errorf("room %d shows %+v for %d", i, told.Figures[j], exact)
						}
					}
					if i == 0 {
						first = told
					} else if fmt.Sprint(told.Figures) != fmt.Sprint(first.Figures) {
						t.Errorf("room %d shows %v, another %v", i, told.Figures, first.Figures)
					}
					if _, err := os.Stat(h.key + ".pool-2026Q3"); !os.IsNotExist(err) {
						t.Errorf("room %d: the period's key is still there (%v)", i, err)
					}
					if h.line.Health().Reason != "" {
						t.Errorf("room %d: light %v", i, h.line.Health())
					}
				}
				w.nothingMoves(first)
				w.noCells()
			})
		})
	}
}

// nothingMoves: answers, late paper and months change nothing of what was told, and no
// room gives a second share.
func (w *township) nothingMoves(first kiosk.PooledPeriod) {
	w.t.Helper()
	shares := w.shares()
	h, ctx := w.halls[0], w.t.Context()
	people, err := h.View(ctx)
	w.must(err)
	_ = people
	w.must(h.Intake(ctx, 1, kiosk.Intake{Consent: false}))
	w.must(h.Intake(ctx, 2, kiosk.Intake{Consent: true, Family: kiosk.ContactDaily}))
	w.until("2026-11-20")
	w.report(48*time.Hour, w.halls...)
	if told := h.told(w.t); fmt.Sprint(told) != fmt.Sprint(first) {
		w.t.Errorf("what was told moved: %v, was %v", told, first)
	}
	if again := w.shares(); again != shares {
		w.t.Errorf("%d different shares were sent, then %d", shares, again)
	}
}

// noCells: no request held a cell of what people answered, in any version.
func (w *township) noCells() {
	w.t.Helper()
	cells := 0
	for _, b := range w.bodies {
		r, err := wire.Decode[wire.Request]([]byte(b))
		if err != nil {
			continue
		}
		for _, c := range r.Cells {
			if cells++; strings.HasPrefix(string(c.Measure), "reach_") {
				w.t.Fatalf("a request has %v", c)
			}
		}
	}
	if cells == 0 {
		w.t.Error("no request had a cell: the test sees nothing")
	}
}

// A year's round: the fourth quarter and the year at once, with the slips of each room.
func TestPooled_AYearWithItsSlips(t *testing.T) {
	whole(t)
	dsn := engines(t)["SQLite"]
	synctest.Test(t, func(t *testing.T) {
		w := newTownship(t, dsn, 2)
		w.pair()
		w.until("2026-11-02")
		w.visitors(0, 24, 8, 9)
		w.visitors(1, 22, 5, 12)
		for _, h := range w.halls {
			w.must(h.TypeSlips(t.Context(), 0, 2026, kiosk.SlipTotals{Slips: 30, OutsideYes: 16, OutsideNo: 13, HelpYes: 3, HelpNo: 20, Rooms1: 20, Rooms2: 8, Rooms3: 2}))
		}
		w.until("2027-01-08")
		w.report(48*time.Hour, w.halls...)
		told := w.halls[0].told(t)
		if told.Period != "2026Q4+2026" || told.State != kiosk.PooledStateTold || len(told.Figures) != 20 {
			t.Fatalf("told %+v", told)
		}
		shown := map[string]int64{}
		for _, f := range told.Figures {
			if f.State == string(disclose.DisclosureShown) {
				shown[string(f.Period)+" "+string(f.Measure)] = f.N
			}
		}
		for of, exact := range map[string]int64{
			"2026Q4 reach_n": 46, "2026Q4 reach_k": 13, "2026 reach_n": 46, "2026 reach_a": 34, "2026 slip_outside_base": 58, "2026 slip_outside_yes": 32,
		} {
			if n, told := shown[of]; !told || n < exact-4 || n > exact+4 {
				t.Errorf("%s is told as %d (%t), exact %d", of, n, told, exact)
			}
		}
		if n, told := shown["2026 slip_help_base"]; told {
			t.Errorf("six who can ask for help are told as of %d", n)
		}
		if n := shown["2026 persons_estimate"]; n != 40 { // 46 (40 + 8 + 4/3) / 60 = 37.8
			t.Errorf("%d persons by estimate, want 40", n)
		}
		if err := w.halls[0].TypeSlips(t.Context(), 0, 2026, kiosk.SlipTotals{}); err == nil {
			t.Error("slips of a settled year are typed")
		}
	})
}

// A room that nobody here knows is set aside: this room has no part, its light says so and
// it counts on; the others are told without it, and so is it.
func TestPooled_ARoomSetAside(t *testing.T) {
	whole(t)
	dsn := engines(t)["SQLite"]
	synctest.Test(t, func(t *testing.T) {
		w := newTownship(t, dsn, 3)
		w.pair()
		w.until("2026-07-06")
		w.visitors(0, 24, 8, 12)
		w.visitors(1, 24, 8, 12)
		w.visitors(2, 5, 2, 3)
		w.until("2026-08-10")
		w.report(24*time.Hour, w.halls...)
		view, err := w.halls[2].Pooled(t.Context())
		w.must(err)
		if len(view.Rooms) != 2 || len(view.Newcomer) != 0 {
			t.Fatalf("it knows %+v", view)
		}
		w.must(w.halls[2].SetRoomAside(t.Context(), view.Rooms[0].ID, true))
		w.until("2026-10-09")
		w.report(24*time.Hour, w.halls...)
		if reason := w.halls[2].line.Health(); reason.Reason != "sync.pool" || reason.Level != "orange" {
			t.Errorf("light %+v", reason)
		}
		w.until("2026-10-15")
		w.report(48*time.Hour, w.halls...)
		for i, h := range w.halls {
			if told := h.told(t); told.State != kiosk.PooledStateTold || told.Rooms != 2 || told.Due != 3 {
				t.Errorf("room %d: %+v", i, told)
			}
		}

	})
}

// shares is how many different shares were sent.
func (w *township) shares() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	seen := map[string]bool{}
	for _, b := range w.bodies {
		r, err := wire.Decode[wire.Request]([]byte(b))
		if err == nil && r.Pool != nil && r.Pool.Share != nil {
			seen[r.Pool.Share.Set+r.Pool.Share.Vector] = true
		}
	}
	return len(seen)
}
