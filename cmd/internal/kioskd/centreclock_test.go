package kioskd

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"example.org/inloop/cmd/internal/health"
	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/keyring"
	"example.org/inloop/kiosk/sqlite"
	"example.org/inloop/kiosk/timeline"
	"example.org/inloop/sync/uplink"
	"example.org/inloop/sync/wire"
)

var centreKey = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{2}, ed25519.SeedSize))

// clockedCentre takes everything, by a clock that is off. It has no sockets, for
// tests in a synctest bubble.
type clockedCentre struct {
	t     *testing.T
	mu    sync.Mutex // of off
	off   time.Duration
	asked int
}

// runOff has its clock run off from now on.
func (c *clockedCentre) runOff(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.off = by
}

func (c *clockedCentre) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.off)
}

func (c *clockedCentre) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	request, bad := wire.Decode[wire.Request](body)
	if err := errors.Join(err, bad); err != nil {
		c.t.Error(err)
		return nil, err
	}
	c.asked++
	time.Sleep(100 * time.Millisecond) // a network's way there and back
	a := wire.Answer{Version: wire.Version, Time: c.now().UTC(), Results: []wire.Result{}, Interval: 900, NextToken: fmt.Sprintf("token-%016d", c.asked)}
	for range request.Cells {
		a.Results = append(a.Results, wire.Result{Status: wire.StatusAccepted})
	}
	said, err := json.Marshal(a)
	if err != nil {
		return nil, err
	}
	w := httptest.NewRecorder()
	wire.SignAnswer(w.Header(), centreKey, http.StatusOK, wire.EnvelopeOf(r).Bytes(body), said)
	_, _ = w.Write(said)
	return w.Result(), nil
}

// bubbleClock reads the bubble's clock.
type bubbleClock struct{ booted time.Time }

func (c bubbleClock) Now() kiosk.Moment {
	return kiosk.Moment{Wall: time.Now(), Boot: "boot 1", Since: time.Since(c.booted)}
}

// clockedRoom is a paired room that looks after its clock, with its centre.
func clockedRoom(t *testing.T, centre *clockedCentre, witness Witness, do func(*Daemon)) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ctx := t.Context()
	keys, err := keyring.Load(filepath.Join(t.TempDir(), "key"))
	must(err)
	clock := bubbleClock{time.Now().Add(-time.Hour)}
	tt := kiosk.Timetable{Zone: time.UTC, PartTimes: kiosk.DefaultPartTimes()}
	store, err := sqlite.Open(ctx, sqlite.Config{Dir: t.TempDir(), Keys: keys, Clock: clock, Timetable: tt})
	must(err)
	defer func() { must(store.Close()) }()
	must(store.SetPairing(ctx, kiosk.Pairing{Kiosk: "kiosk_1", Room: "De Vlinder", ServerKey: centreKey.Public().(ed25519.PublicKey), At: time.Now()}))
	must(store.Tick(ctx))
	r := &Daemon{Store: store, cfg: Config{Clock: clock, Witness: witness, Timetable: tt, Log: slog.New(slog.DiscardHandler)}}
	r.board = health.NewBoard(func([]kiosk.Health) {})
	line, err := NewUplink(store, clock, uplink.Config{
		Key: keys.Signing(), URL: "http://localhost", Client: &http.Client{Transport: centre}, Anchor: r.anchor,
	})
	must(err)
	r.uplink.Store(line)
	r.askWitness(ctx)
	running, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- line.Run(running) }()
	do(r)
	stop()
	must(<-ended)
}

// light is the clock's.
func (r *Daemon) light() string {
	for _, h := range r.board.All() {
		if h.Part == "clock" {
			return string(h.Level) + " " + h.Reason
		}
	}
	return ""
}

// wrongBy is how far the room's time is from the bubble's.
func (r *Daemon) wrongBy() time.Duration {
	return time.Until(r.Store.BestTime(r.cfg.Clock.Now())).Abs()
}

// A centre whose clock is three days off from the first answer on, or jumps so in
// between, moves nothing; the light says so until it is right again.
func TestCentreClock_OneWordOfThreeDaysIsNotFollowed(t *testing.T) {
	for _, off := range []time.Duration{3 * 24 * time.Hour, -3 * 24 * time.Hour, 6 * time.Minute} {
		for _, early := range []bool{true, false} {
			synctest.Test(t, func(t *testing.T) {
				centre := &clockedCentre{t: t}
				if early {
					centre.runOff(off)
				}
				clockedRoom(t, centre, nil, func(r *Daemon) {
					time.Sleep(time.Second)
					synctest.Wait()
					if !early {
						if got := r.light(); got != "green " {
							t.Fatalf("the light is %s while all agree", got)
						}
						centre.runOff(off)
					}
					time.Sleep(16 * time.Minute)
					synctest.Wait()
					if got := r.light(); r.wrongBy() > time.Second || got != "orange clock.unsure" {
						t.Errorf("off by %s: the room is %s wrong, the light %s", off, r.wrongBy(), got)
					}
					time.Sleep(3 * time.Hour)
					synctest.Wait()
					if _, ask := r.otherTime(); r.wrongBy() > time.Second || !ask {
						t.Errorf("off by %s for hours: the room is %s wrong, a volunteer is asked: %t", off, r.wrongBy(), ask)
					}
					centre.runOff(0)
					time.Sleep(16 * time.Minute)
					synctest.Wait()
					if got := r.light(); r.wrongBy() > time.Second || got != "green " {
						t.Errorf("right again: the room is %s wrong, the light %s", r.wrongBy(), got)
					}
				})
			})
		}
	}
}

// The second answer comes soon, and a volunteer's yes moves the room.
func TestCentreClock_TwoAnswersAndAVolunteer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const off = 20 * time.Hour // a machine that woke up with yesterday's time
		centre := &clockedCentre{t: t, off: off}
		clockedRoom(t, centre, nil, func(r *Daemon) {
			if err := r.confirmOther(t.Context()); !errors.Is(err, kiosk.ErrAlready) {
				t.Errorf("an answer to no question: %v", err)
			}
			time.Sleep(15 * time.Second)
			synctest.Wait()
			at, ask := r.otherTime()
			if !ask || at.Sub(time.Now().Add(off)).Abs() > time.Second {
				t.Fatalf("asked %t about %s", ask, at)
			}
			if err := r.confirmOther(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := r.light(); (r.wrongBy()-off).Abs() > time.Second || got != "green " {
				t.Errorf("after the yes: %s from the machine's clock, the light %s", r.wrongBy(), got)
			}
			time.Sleep(time.Hour)
			synctest.Wait()
			if got := r.light(); (r.wrongBy()-off).Abs() > time.Second || got != "green " {
				t.Errorf("an hour later: %s from the machine's clock, the light %s", r.wrongBy(), got)
			}
		})
	})
}

// Where the network keeps the clock, or a volunteer said that it is right, nobody
// is asked about another, and the light tells that the centre's is the wrong one.
func TestCentreClock_TheRoomIsSure(t *testing.T) {
	ntp := func(kiosk.Moment) string { return timeline.SourceNTP }
	for _, witness := range []Witness{ntp, nil} {
		synctest.Test(t, func(t *testing.T) {
			centre := &clockedCentre{t: t, off: 3 * 24 * time.Hour}
			clockedRoom(t, centre, witness, func(r *Daemon) {
				time.Sleep(15 * time.Second)
				synctest.Wait()
				if witness == nil {
					if err := r.confirmClock(t.Context(), r.cfg.Clock.Now()); err != nil {
						t.Fatal(err)
					}
				}
				time.Sleep(time.Hour)
				synctest.Wait()
				if _, ask := r.otherTime(); ask || r.wrongBy() > time.Second || r.light() != "orange clock.centre" {
					t.Errorf("asked %t, the room is %s wrong, the light %s", ask, r.wrongBy(), r.light())
				}
				for _, h := range healthOf(r.board.All()) {
					if h.Reason != "" && !slices.Contains(wire.Reasons(wire.Newest), h.Reason) {
						t.Errorf("%s crosses the wire, which has no such word", h.Reason)
					}
				}
			})
		})
	}
}
