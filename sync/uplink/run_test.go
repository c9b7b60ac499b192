package uplink

import (
	"context"
	"crypto/sha256"
	"errors"
	"math/big"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"example.org/inloop/sync/count"
	"example.org/inloop/sync/wire"
)

func TestRun_BacksOffAndComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, b := newCentre(t), paired()
		b.tap(someDay)
		var down atomic.Bool
		down.Store(true)
		c.play(func(w http.ResponseWriter, _ *http.Request, _ []byte) bool {
			if down.Load() {
				w.WriteHeader(http.StatusInternalServerError)
			}
			return down.Load()
		})
		u := link(t, b, c)
		stop := run(t, u)
		start := time.Now()
		time.Sleep(30 * 24 * time.Hour)
		synctest.Wait()
		// Full jitter under a bound of an hour: about one try each half hour.
		if n := c.asked(); n < 720 || n > 2200 {
			t.Errorf("%d tries in 30 days, want about 1440", n)
		}
		for i, at := range c.times[1:] {
			bound := min(30*time.Second<<min(i, 20), time.Hour)
			if gap := at.Sub(c.times[i]); gap > bound+time.Second {
				t.Errorf("wait %d took %s, want at most %s", i, gap, bound)
			}
		}
		if got := u.Health(); got.Reason != reasonOffline {
			t.Errorf("light %+v, want %s", got, reasonOffline)
		}
		// 30 days of taps are 30 rows: one request and then no more to send.
		for d := range count.Day(30) {
			for range 40 {
				b.tap(someDay + d)
			}
		}
		tried := c.asked()
		down.Store(false)
		time.Sleep(2 * time.Hour)
		synctest.Wait()
		if c.total() != 1201 {
			t.Errorf("%d at the centre, want 1201", c.total())
		}
		sent := 0
		for _, body := range c.got[tried:] {
			sent += strings.Count(string(body), "badge_visits")
		}
		if sent > 32 {
			t.Errorf("%d rows sent for 30 days, want 31", sent)
		}
		if got := u.Health(); got.Level != "green" {
			t.Errorf("light %+v, want green", got)
		}
		// The waits of another outage begin anew.
		down.Store(true)
		tried = c.asked()
		b.tap(someDay + 40)
		time.Sleep(time.Hour + 15*time.Minute)
		synctest.Wait()
		if later := c.times[tried:]; len(later) < 4 || later[2].Sub(later[0]) > 2*time.Minute {
			t.Errorf("%d tries in the first hour of another outage, at %v", len(later), later)
		}
		stop()
		t.Logf("%d tries in %s", tried, time.Since(start))
	})
}

// onGrid tells whether a request came at a point of the kiosk's own grid.
func onGrid(at time.Time) bool {
	sum := sha256.Sum256(public(kioskKey))
	offset := new(big.Int).Mod(new(big.Int).SetBytes(sum[:]), big.NewInt(900)).Int64()
	return at.Unix()%900 == offset
}

// Whatever happens in the room and whatever a centre of version 1 asks for, the
// requests after the first come at the same moments of the day.
func TestRun_ReportsOnItsGridNewsOrNone(t *testing.T) {
	for _, interval := range []int{1, 300, 900} {
		for _, busy := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				c, b := newCentre(t), paired()
				c.interval = interval
				stop := run(t, link(t, b, c))
				for range 24 * 60 {
					if busy {
						b.tap(someDay)
					}
					time.Sleep(time.Minute)
				}
				synctest.Wait()
				if n := c.asked(); n != 1+24*4 {
					t.Errorf("interval %d, busy %t: %d reports in a day, want one at the start and 96", interval, busy, n)
				}
				for _, at := range c.times[1:] {
					if !onGrid(at) {
						t.Errorf("interval %d, busy %t: a report at %s is off the grid", interval, busy, at.Format(time.TimeOnly))
					}
				}
				if busy && c.total() < 24*60-15 {
					t.Errorf("%d visits at the centre", c.total())
				}
				stop()
			})
		}
	}
}

func TestRun_LongerIntervalIsWholeSteps(t *testing.T) {
	for interval, step := range map[int]time.Duration{901: 30 * time.Minute, 1800: 30 * time.Minute, 3600: time.Hour, 86400: 24 * time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			c, b := newCentre(t), paired()
			c.interval = interval
			stop := run(t, link(t, b, c))
			time.Sleep(4*24*time.Hour + time.Hour)
			synctest.Wait()
			for i, at := range c.times[1:] {
				if !onGrid(at) || i > 0 && at.Sub(c.times[i]) != step {
					t.Errorf("interval %d: a report at %s, after %s; want %s, on the grid", interval, at, at.Sub(c.times[i]), step)
				}
			}
			stop()
		})
	}
}

// Two rooms of one centre have points of their own.
func TestGrid_EachRoomHasItsOwnOffset(t *testing.T) {
	seen := map[time.Duration]bool{}
	for seed := range byte(50) {
		offset := newGrid(gridStep, public(key(seed))).offset
		if offset < 0 || offset >= gridStep || offset%time.Second != 0 {
			t.Errorf("offset %s: want whole seconds below %s", offset, gridStep)
		}
		seen[offset] = true
	}
	if len(seen) < 40 {
		t.Errorf("%d different offsets for 50 rooms", len(seen))
	}
}

func TestGrid_PointIsNotTakenTwice(t *testing.T) {
	g := grid{15 * time.Minute, 400 * time.Second}
	noon := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for now, want := range map[time.Duration]time.Duration{
		0:                 400 * time.Second, // at 12:06:40, as the house's example has it
		399 * time.Second: 901 * time.Second, // a slow timer's report was meant for the point that follows
		400 * time.Second: 900 * time.Second,
		401 * time.Second: 899 * time.Second,
	} {
		if got := g.wait(noon.Add(now), time.Second); got != want {
			t.Errorf("%s after noon: wait %s, want %s", now, got, want)
		}
	}
}

// A light that turned red goes at once, one that turns again and again does not
// make a stream.
func TestRun_WakeGoesAtOnceButNotAgainAndAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, b := newCentre(t), paired()
		u := link(t, b, c)
		stop := run(t, u)
		time.Sleep(16 * time.Minute)
		synctest.Wait()
		before := c.asked()
		u.Wake()
		time.Sleep(11 * time.Second)
		synctest.Wait()
		if n := c.asked() - before; n != 1 {
			t.Fatalf("%d reports within 11 s, want 1", n)
		}
		for range 600 {
			u.Wake()
			time.Sleep(time.Second)
		}
		synctest.Wait()
		if n := c.asked() - before; n < 8 || n > 13 {
			t.Errorf("%d reports in ten minutes of waking, want one a minute", n)
		}
		stop()
	})
}

// More than one request holds goes at once, over as many as it takes.
func TestRun_BacklogGoesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, b := newCentre(t), paired()
		for d := range count.Day(900) {
			b.tap(someDay - d)
		}
		stop := run(t, link(t, b, c))
		time.Sleep(time.Second)
		synctest.Wait()
		if c.total() != 900 || c.asked() != 5 {
			t.Errorf("%d of 900 after a second, in %d requests; want all, in 5", c.total(), c.asked())
		}
		stop()
	})
}

func TestRun_RetryAfterOfTheCentre(t *testing.T) {
	date := time.Date(2026, 11, 24, 13, 0, 0, 0, time.UTC)
	tests := []struct {
		header string
		want   time.Duration // 0: backs off
	}{
		{"120", 2 * time.Minute},
		{"1", minRetryAfter},
		{"0", minRetryAfter},
		{"999999", maxRetryAfter},
		{"99999999999999999999", 0},
		{"-5", 0},
		{"soon", 0},
		{"", 0},
		{date.Add(5 * time.Minute).Format(http.TimeFormat), 5 * time.Minute},
		{date.Add(-5 * time.Minute).Format(http.TimeFormat), minRetryAfter},
		{date.AddDate(50, 0, 0).Format(http.TimeFormat), maxRetryAfter},
	}
	for _, status := range []int{http.StatusTooManyRequests, http.StatusServiceUnavailable} {
		for _, signed := range []bool{true, false} {
			for _, tt := range tests {
				c, b := newCentre(t), paired()
				c.play(func(w http.ResponseWriter, r *http.Request, body []byte) bool {
					w.Header().Set("Date", date.Format(http.TimeFormat))
					w.Header().Set("Retry-After", tt.header)
					k := serverKey
					if !signed {
						k = key(9)
					}
					answerWith(w, r, body, k, status, refuse(wire.RefusalBusy))
					return true
				})
				want := tt.want
				if !signed { // anybody on the way may say so
					want = 0
				}
				o := link(t, b, c).step(t.Context())
				if want != 0 && o.wait != want || want == 0 && (o.wait <= 0 || o.wait > 30*time.Second+1) {
					t.Errorf("%d with Retry-After %q, signed %t: wait %s, want %s", status, tt.header, signed, o.wait, want)
				}
			}
		}
	}
}

func TestRun_StopsAtOnceAndKeepsWhatWasOnItsWay(t *testing.T) {
	c, b := newCentre(t), paired()
	b.tap(someDay)
	reached := make(chan struct{})
	u := link(t, b, nil, func(cfg *Config) { cfg.Client = &http.Client{Transport: hanging{reached}} })
	stop := run(t, u)
	<-reached
	stop()
	if b.pending == nil {
		t.Fatal("the upload on its way was forgotten")
	}
	u = link(t, b, c)
	if err := u.Flush(t.Context()); err != nil || c.total() != 1 {
		t.Errorf("flush: %v, %d at the centre", err, c.total())
	}
	if err := u.Flush(t.Context()); err != nil || c.asked() != 1 {
		t.Errorf("flush with nothing to send: %v, asked %d times", err, c.asked())
	}
}

// hanging is a network that never answers.
type hanging struct{ reached chan struct{} }

func (h hanging) RoundTrip(r *http.Request) (*http.Response, error) {
	close(h.reached)
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func TestFlush_EndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := paired()
		b.tap(someDay)
		u := link(t, b, nil, func(cfg *Config) { cfg.Client = &http.Client{Transport: hanging{make(chan struct{})}} })
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		if err := u.Flush(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Flush: %v, want DeadlineExceeded", err)
		}
	})
}

func TestNew_URL(t *testing.T) {
	for url, ok := range map[string]bool{
		"https://centre.example": true, "https://centre.example/": true, "https://centre.example:8443": true,
		"http://localhost:8080": true, "http://127.0.0.1:8080": true, "http://[::1]:8080": true,
		"http://centre.example": false, "http://192.168.1.5": false, "http://localhost.example": false, "http://127.0.0.1.example": false,
		"": false, "centre.example": false, "ftp://localhost": false, "https://": false, "https://:8443": false, "http://%": false,
		"https://a:b@centre.example": false, "https://centre.example/inloop": false, "https://centre.example?x=1": false, "https://centre.example#x": false,
	} {
		_, err := New(Config{Store: paired(), Key: kioskKey, Clock: clock{}, URL: url})
		if (err == nil) != ok || (err != nil && !errors.Is(err, ErrURL)) {
			t.Errorf("New with %q: %v, want ok %t", url, err, ok)
		}
		if err != nil && strings.Contains(err.Error(), "a:b") {
			t.Errorf("the error gives a password away: %v", err)
		}
	}
	if _, err := New(Config{URL: "https://centre.example"}); err == nil {
		t.Error("New without a store, a clock and a key: want an error")
	}
}
