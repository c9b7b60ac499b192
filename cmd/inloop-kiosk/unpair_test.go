package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.org/inloop/cmd/internal/kioskd"
	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/keyring"
	"example.org/inloop/kiosk/sqlite"
	"example.org/inloop/sync/central"
	"example.org/inloop/sync/central/api"
	"example.org/inloop/sync/central/sqlstore"
	"example.org/inloop/sync/count"
	"example.org/inloop/sync/uplink"
)

// town is a real centre with one coordinator.
type town struct {
	*central.Centre
	url     string
	account central.Account
	watch   *watchOfTheTown
}

// watchOfTheTown is the clock of the centre and of all boxes. It goes on by itself, from
// ten o'clock of the next day, so that what the command has noted by the machine's clock is
// past, and is put forward.
type watchOfTheTown struct {
	mu          sync.Mutex
	began, from time.Time
	ahead       time.Duration
}

var townWeek = func() map[time.Weekday][]kiosk.OpeningHours {
	week := map[time.Weekday][]kiosk.OpeningHours{}
	for d := range time.Weekday(7) {
		week[d] = []kiosk.OpeningHours{{From: 9 * 60, Until: 22 * 60}}
	}
	return week
}

// Now is the moment by it.
func (w *watchOfTheTown) Now() kiosk.Moment {
	w.mu.Lock()
	defer w.mu.Unlock()
	since := time.Since(w.began) + w.ahead
	return kiosk.Moment{Wall: w.from.Add(since), Boot: "of the town", Since: time.Hour + since}
}

// endPart puts it forward until a part of the day has ended.
func (w *watchOfTheTown) endPart(tt kiosk.Timetable) {
	for was := tt.Ended(w.Now().Wall, count.NoDay); tt.Ended(w.Now().Wall, count.NoDay) == was; {
		w.mu.Lock()
		w.ahead += time.Minute
		w.mu.Unlock()
	}
}

func newTown(t *testing.T) town {
	t.Helper()
	ctx := t.Context()
	store, err := sqlstore.Open(ctx, filepath.Join(t.TempDir(), "central.db"))
	must(t, err)
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	keys, err := keyring.Load(filepath.Join(t.TempDir(), "key"))
	must(t, err)
	zone, err := time.LoadLocation("Europe/Amsterdam")
	must(t, err)
	watch := &watchOfTheTown{began: time.Now(), from: (count.DayOf(time.Now(), zone) + 1).At(10*60, zone)}
	rules, err := central.New(central.Config{Store: store, Key: keys.Signing(), Now: func() time.Time { return watch.Now().Wall }})
	must(t, err)
	link, err := rules.NewInvitation(ctx, "Stichting Voorbeeld", "coordinator@example.org")
	must(t, err)
	session, err := rules.Accept(ctx, link, "four plain words together")
	must(t, err)
	account, err := rules.Session(ctx, session)
	must(t, err)
	server := httptest.NewServer(api.New(rules, nil))
	t.Cleanup(server.Close)
	return town{rules, server.URL, account, watch}
}

// visits is what the coordinator sees of all days, over all rooms.
func (c town) visits(t *testing.T) (n int64) {
	t.Helper()
	v, err := c.Overview(t.Context(), c.account, "")
	must(t, err)
	for _, d := range v.Total.Days {
		n += d.Visits.Total()
	}
	return n
}

// box is a kiosk's data folder and its key.
type box struct{ data, key string }

// with opens the folder as the kiosk does, with its line to the centre.
func (b box) with(t *testing.T, c town, do func(*sqlite.Store, *uplink.Uplink)) {
	t.Helper()
	keys, err := keyring.Load(b.key)
	must(t, err)
	zone, err := time.LoadLocation("Europe/Amsterdam")
	must(t, err)
	store, err := sqlite.Open(t.Context(), sqlite.Config{
		Dir: b.data, Keys: keys, Clock: c.watch, Timetable: kiosk.Timetable{Zone: zone, PartTimes: kiosk.DefaultPartTimes(), Week: townWeek()},
	})
	must(t, err)
	defer func() { must(t, store.Close()) }()
	way := &way{}
	line, err := kioskd.NewUplink(store, c.watch, uplink.Config{
		Key: keys.Signing(), URL: c.url, Log: slog.New(slog.DiscardHandler),
		Timing: uplink.Timing{Gather: time.Millisecond, Grid: 50 * time.Millisecond},
		Client: &http.Client{Transport: way},
	})
	must(t, err)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- line.Run(ctx) }()
	defer func() {
		// What is on its way has been answered and kept before it ends, so that a
		// life has no half report that the next one would repeat.
		way.closed.Store(true)
		until(t, "the line has come to rest", func() bool {
			_, err := store.Pending(t.Context())
			return err != nil || way.refused.Load() || slices.Contains([]string{"sync.revoked", "sync.forked"}, line.Health().Reason)
		})
		stop()
		must(t, <-ended)
	}()
	do(store, line)
}

// way is the way to the centre, which a test closes.
type way struct{ closed, refused atomic.Bool }

func (w *way) RoundTrip(r *http.Request) (*http.Response, error) {
	if w.closed.Load() {
		w.refused.Store(true)
		return nil, errors.New("the way is closed")
	}
	return http.DefaultTransport.RoundTrip(r)
}

func guests(t *testing.T, s *sqlite.Store, n int) {
	t.Helper()
	for range n {
		must(t, s.AddGuest(t.Context(), 0, kiosk.BandAdult))
	}
}

// sent lets a part of the day end, and waits until the centre holds n visits.
func (c town) sent(t *testing.T, s *sqlite.Store, line *uplink.Uplink, n int64) {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Amsterdam")
	must(t, err)
	c.watch.endPart(kiosk.Timetable{Zone: zone, PartTimes: kiosk.DefaultPartTimes(), Week: townWeek()})
	must(t, s.Tick(t.Context()))
	line.Wake()
	until(t, "all is sent", func() bool {
		now, err := s.Sending(t.Context())
		must(t, err)
		return now.Paired && now.Waiting == 0 && c.visits(t) == n
	})
}

func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline, tick := time.NewTimer(patience), time.NewTicker(5*time.Millisecond)
	defer deadline.Stop()
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatalf("not within %s: %s", patience, what)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// unpair runs the command on the box, as an operator does.
func (b box) unpair(t *testing.T) (string, error) {
	t.Helper()
	var out, errs bytes.Buffer
	err := run(t.Context(), []string{"--data", b.data, "--key", b.key, "unpair"}, &out, &errs)
	return out.String(), err
}

// pairedBox is a box that has told the centre of three guests.
func pairedBox(t *testing.T, c town) (box, central.Room) {
	t.Helper()
	b := box{filepath.Join(t.TempDir(), "data"), filepath.Join(t.TempDir(), "key")}
	var paired central.Room
	b.with(t, c, func(s *sqlite.Store, line *uplink.Uplink) {
		guests(t, s, 3)
		until(t, "a code is shown", func() bool { return line.Code() != "" })
		var err error
		paired, _, err = c.Pair(t.Context(), c.account, line.Code(), "De Vlinder")
		must(t, err)
		c.sent(t, s, line, 3)
	})
	return b, paired
}

// A room that was unpaired is paired again by its new code: it goes on, and
// neither what the centre held nor what it missed is counted twice.
func TestUnpair_RoomIsPairedAgainAndGoesOn(t *testing.T) {
	c := newTown(t)
	b, paired := pairedBox(t, c)
	must(t, c.Unpair(t.Context(), c.account, paired.ID))
	b.with(t, c, func(s *sqlite.Store, line *uplink.Uplink) {
		guests(t, s, 2)
		until(t, "the kiosk hears of it", func() bool { return line.Health().Reason == "sync.revoked" })
		if _, err := b.unpair(t); !errors.Is(err, sqlite.ErrLocked) {
			t.Errorf("unpair while the kiosk runs: %v, want ErrLocked", err)
		}
	})
	out, err := b.unpair(t)
	must(t, err)
	if !strings.Contains(out, "De Vlinder") || !strings.Contains(out, c.url) {
		t.Errorf("unpair says %q, want which room it was, and where", out)
	}
	for i := range 2 { // the second time without having been unpaired at the centre
		b.with(t, c, func(s *sqlite.Store, line *uplink.Uplink) {
			guests(t, s, 1)
			if rooms, err := c.Rooms(t.Context(), c.account); err != nil || len(rooms) != 1 {
				t.Fatalf("rooms %+v, %v", rooms, err)
			} else if rooms[0].Kiosk.ID == "" {
				until(t, "a code is shown", func() bool { return line.Code() != "" })
				again, _, err := c.PairRoom(t.Context(), c.account, line.Code(), paired.ID)
				must(t, err)
				if again.Kiosk.ID == paired.Kiosk.ID {
					t.Error("the revoked id is in use again")
				}
			}
			c.sent(t, s, line, int64(6+i))
		})
		_, err = b.unpair(t)
		must(t, err)
	}
	if got := c.visits(t); got != 3+2+1+1 {
		t.Errorf("%d visits at the centre, want 7: those of before, of meanwhile and of each life after", got)
	}
	if _, err := b.unpair(t); !errors.Is(err, kiosk.ErrNotPaired) {
		t.Errorf("unpaired twice: %v, want ErrNotPaired", err)
	}
}

// A copy of the data folder that ran elsewhere has spent the token. The kiosk
// goes on by itself, as one that was put back from a backup. The coordinator is
// told of two holders of one key when the copy reports once more, which stops.
func TestUnpair_ACopyThatLivesStops(t *testing.T) {
	c := newTown(t)
	b, _ := pairedBox(t, c)
	copied := box{filepath.Join(t.TempDir(), "copy"), b.key}
	must(t, os.CopyFS(copied.data, os.DirFS(b.data)))
	double := func() bool {
		rooms, err := c.Rooms(t.Context(), c.account)
		must(t, err)
		return !rooms[0].Kiosk.Forked.IsZero()
	}
	copied.with(t, c, func(s *sqlite.Store, line *uplink.Uplink) {
		guests(t, s, 1)
		c.sent(t, s, line, 4)
	})
	b.with(t, c, func(s *sqlite.Store, line *uplink.Uplink) {
		guests(t, s, 2)
		c.sent(t, s, line, 6)
	})
	if double() {
		t.Error("the coordinator is told of a double key, though one may have been put back")
	}
	copied.with(t, c, func(_ *sqlite.Store, line *uplink.Uplink) {
		until(t, "the copy hears of it", func() bool { return line.Health().Reason == "sync.forked" })
	})
	if !double() {
		t.Error("the coordinator is not told of the double key")
	}
	b.with(t, c, func(s *sqlite.Store, line *uplink.Uplink) {
		guests(t, s, 1)
		c.sent(t, s, line, 7)
	})
	if got := c.visits(t); got != 3+1+2+1 {
		t.Errorf("%d visits at the centre, want all 7", got)
	}
}
