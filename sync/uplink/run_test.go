package uplink

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"example.org/inloop/sync/count"
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
			u.Wake()
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
		u.Wake()
		time.Sleep(time.Hour)
		synctest.Wait()
		if later := c.times[tried:]; len(later) < 4 || later[2].Sub(later[0]) > 2*time.Minute {
			t.Errorf("%d tries in the first hour of another outage, at %v", len(later), later)
		}
		stop()
		t.Logf("%d tries in %s", tried, time.Since(start))
	})
}

func TestRun_ReportsEachIntervalAndSoonerWithNews(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, b := newCentre(t), paired()
		u := link(t, b, c)
		stop := run(t, u)
		time.Sleep(301 * time.Second)
		synctest.Wait()
		if n := c.asked(); n != 2 {
			t.Fatalf("%d reports in 301 s without news, want 2", n)
		}
		for range 20 { // a busy quarter of a minute
			b.tap(someDay)
			u.Wake()
			time.Sleep(100 * time.Millisecond)
		}
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if n := c.asked(); n != 3 || c.total() != 20 {
			t.Errorf("%d reports and %d visits, want 3 and 20", n, c.total())
		}
		stop()
	})
}

func TestRun_RetryAfter(t *testing.T) {
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
		for _, tt := range tests {
			c, b := newCentre(t), paired()
			c.play(func(w http.ResponseWriter, _ *http.Request, _ []byte) bool {
				w.Header().Set("Date", date.Format(http.TimeFormat))
				w.Header().Set("Retry-After", tt.header)
				w.WriteHeader(status)
				return true
			})
			o := link(t, b, c).step(t.Context())
			if tt.want != 0 && o.wait != tt.want || tt.want == 0 && (o.wait <= 0 || o.wait > 30*time.Second+1) {
				t.Errorf("%d with Retry-After %q: wait %s, want %s", status, tt.header, o.wait, tt.want)
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
