package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.org/inloop/cmd/internal/centrald"
	"example.org/inloop/cmd/internal/kioskd"
	"example.org/inloop/cmd/internal/wiring"
	"example.org/inloop/kiosk"
	"example.org/inloop/sync/count"
	"example.org/inloop/sync/wire/leak"
)

// patience is how long a test waits for what it expects; it fails by it, and is
// never slower for it.
const patience = 8 * time.Minute

// tape keeps every byte that a room and its centre say to each other.
type tape struct {
	mu   sync.Mutex
	said bytes.Buffer
	n    int
}

func (r *tape) write(b []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.said.Write(b)
	r.n++
}

// between is a proxy to the centre that keeps all on tape: lines, headers and
// bodies, both ways.
func between(t *testing.T, centre string, r *tape) string {
	t.Helper()
	to, err := url.Parse(centre)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(to)
	proxy.ModifyResponse = func(answer *http.Response) error {
		dump, err := httputil.DumpResponse(answer, true)
		r.write(dump)
		return err
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		dump, err := httputil.DumpRequest(req, true)
		if err != nil {
			t.Error(err)
		}
		r.write(dump)
		req.Host = to.Host
		proxy.ServeHTTP(w, req)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// whole skips a test of a whole program with -short, which wants quick ones.
func whole(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: runs a whole program")
	}
}

// background runs a program until the test ends, and fails the test when the
// program does.
func background(t *testing.T, ready <-chan struct{}, run func(context.Context) error) {
	t.Helper()
	whole(t)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("program: %v", err)
		}
	})
	select {
	case <-ready:
	case err := <-ended:
		ended <- err
		t.Fatalf("program ended early: %v", err)
	case <-time.After(patience):
		t.Fatalf("program did not come up within %s", patience)
	}
}

// until waits for a condition.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatalf("not within %s: %s", patience, what)
		}
	}
}

// handClock goes on by itself from ten o'clock of the day, and is put forward.
type handClock struct {
	began, from time.Time
	ahead       atomic.Int64
}

func newHandClock(zone *time.Location) *handClock {
	now := time.Now()
	return &handClock{began: now, from: count.DayOf(now, zone).At(10*60, zone)}
}

// Now is the moment by it.
func (c *handClock) Now() kiosk.Moment {
	since := time.Since(c.began) + time.Duration(c.ahead.Load())
	return kiosk.Moment{Wall: c.from.Add(since), Boot: "of the test", Since: time.Hour + since}
}

// pairOf is a room and its centre, paired, with all that they say on tape. The
// room's data and key lie in dir. It is ten o'clock there until the clock is put forward.
func pairOf(t *testing.T) (r *kioskd.Daemon, recorded *tape, dir string) {
	t.Helper()
	r, recorded, dir, _ = pairBy(t)
	return r, recorded, dir
}

func pairBy(t *testing.T) (r *kioskd.Daemon, recorded *tape, dir string, clock *handClock) {
	t.Helper()
	dir = t.TempDir()
	log := slog.New(slog.DiscardHandler)
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	clock = newHandClock(zone)
	d := &demo{dir: dir, out: io.Discard, log: log, zone: zone, secrets: secrets{Password: newPassword()}}
	ready := make(chan struct{})
	background(t, ready, func(ctx context.Context) error {
		return centrald.Run(ctx, centrald.Config{Settings: centrald.Settings{DB: filepath.Join(dir, "central.db"), Key: filepath.Join(dir, "central.key")},
			Listener: listen(t), Log: log, Now: func() time.Time { return clock.Now().Wall },
			Ready: func(o *centrald.Daemon) { d.centre = o; close(ready) }})
	})
	token, err := d.centre.Central.NewInvitation(t.Context(), organisation, coordinator)
	if err != nil {
		t.Fatal(err)
	}
	session, err := d.centre.Central.Accept(t.Context(), token, d.secrets.Password)
	if err != nil {
		t.Fatal(err)
	}
	if d.account, err = d.centre.Central.Session(t.Context(), session); err != nil {
		t.Fatal(err)
	}
	recorded = &tape{}
	open := make(chan struct{})
	background(t, open, func(ctx context.Context) error {
		return kioskd.Run(ctx, kioskd.Config{
			Settings: kioskd.Settings{
				Room: firstRoom, Data: filepath.Join(dir, "data"), Key: filepath.Join(dir, "key"), Reader: wiring.ReaderSim,
				Central: between(t, d.centre.URL, recorded),
			},
			Grid: time.Second, Listener: listen(t), Timetable: timetable(zone, time.Now()), Log: log, Clock: clock,
			Ready: func(r *kioskd.Daemon) { d.room = r; close(open) }})
	})
	if err := d.pair(t.Context(), d.room.Store, d.room.Code, firstRoom); err != nil {
		t.Fatal(err)
	}
	return d.room, recorded, dir, clock
}

// TestTraffic_NoNameAndNoCard records all that leaves a room on a day on which
// people with names were enrolled, tapped and erased, and finds neither name
// nor card in it, however they may be written.
func TestTraffic_NoNameAndNoCard(t *testing.T) {
	r, recorded, _, clock := pairBy(t)
	ctx := t.Context()
	names := []string{"Wilhelmina Zonderling", "Çiğdem Yıldızoğlu", "فاطمة الزهراء"}
	var cards []kiosk.UID
	for i, name := range names {
		uid := cardOf(77, i)
		cards = append(cards, uid)
		tapCard(t, r, uid)
		view, err := r.Store.View(ctx)
		if err != nil {
			t.Fatal(err)
		}
		sign, err := kiosk.NewSign(kiosk.Pictures()[i], "red")
		if err != nil {
			t.Fatal(err)
		}
		if len(view.Badges) != 1 {
			t.Fatalf("%d new badges, want the one that was tapped", len(view.Badges))
		}
		if _, err := r.Store.Enrol(ctx, 0, kiosk.Enrolment{Badge: view.Badges[0].No, Resident: kiosk.Resident{Sign: sign, Name: name, OnScreen: true, Language: "nl"}}); err != nil {
			t.Fatal(err)
		}
		if err := r.Store.AddGuest(ctx, 0, kiosk.BandAdult); err != nil {
			t.Fatal(err)
		}
	}
	clock.ahead.Store(int64(2*time.Hour + time.Minute)) // the morning has ended
	until(t, "everything is sent", func() bool {
		s, err := r.Store.Sending(ctx)
		recorded.mu.Lock()
		defer recorded.mu.Unlock()
		return err == nil && s.Paired && s.Waiting == 0 && !s.Last.IsZero() && bytes.Contains(recorded.said.Bytes(), []byte("badge_visits"))
	})
	recorded.mu.Lock()
	defer recorded.mu.Unlock()
	said := recorded.said.Bytes()
	if recorded.n < 4 || !bytes.Contains(said, []byte("badge_visits")) {
		t.Fatalf("%d messages on tape and no visit among them: nothing was proven", recorded.n)
	}
	secrets := map[string][]byte{}
	for i, name := range names {
		secrets[fmt.Sprintf("name %d", i)] = []byte(name)
		for n, word := range strings.Fields(name) {
			secrets[fmt.Sprintf("name %d, word %d", i, n)] = []byte(word)
		}
	}
	for i, uid := range cards {
		secrets[fmt.Sprintf("card %d", i)] = uid.Bytes()
	}
	for _, found := range leak.Find(said, secrets) {
		t.Errorf("%s left the room", found)
	}
	if len(leak.Find(append(said, "x="+url.QueryEscape(names[1])...), secrets)) == 0 {
		t.Error("a name put there on purpose is not found: the search finds nothing")
	}
}

// tapCard lays a card on the simulated reader, through the page's own address.
func tapCard(t *testing.T, r *kioskd.Daemon, uid kiosk.UID) {
	t.Helper()
	before := receipts(t, r)
	answer, err := http.PostForm(r.URL+"/sim/tap", url.Values{"uid": {hexOf(uid)}})
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusNoContent {
		t.Fatalf("tap: status %d", answer.StatusCode)
	}
	until(t, "the tap is written down", func() bool { return receipts(t, r) > before })
}

// receipts is how much the room has written down today.
func receipts(t *testing.T, r *kioskd.Daemon) int {
	t.Helper()
	v, err := r.Store.View(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return len(v.Badges) + v.Visits + v.In
}
