package uplink

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"example.org/inloop/sync/wire"
)

// hostileProxy stands between a kiosk and its centre, and answers in the centre's
// place while it has something to say.
type hostileProxy struct {
	centre http.Handler

	mu    sync.Mutex
	says  reply // nil: the way is clear
	asked []time.Time
}

func (p *hostileProxy) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	p.asked = append(p.asked, time.Now())
	says := p.says
	p.mu.Unlock()
	if says != nil {
		return says(r, body), nil
	}
	w := httptest.NewRecorder()
	again := r.Clone(r.Context())
	again.Body = io.NopCloser(bytes.NewReader(body))
	p.centre.ServeHTTP(w, again)
	return w.Result(), nil
}

// play has the proxy answer from now on, nil for no longer.
func (p *hostileProxy) play(says reply) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.says = says
}

func (p *hostileProxy) times() []time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.asked)
}

// drip is a body that gives a byte after each while, until the request ends.
type drip struct {
	ctx   context.Context
	every time.Duration
}

func (d drip) Read(p []byte) (int, error) {
	select {
	case <-d.ctx.Done():
		return 0, d.ctx.Err()
	case <-time.After(d.every):
		p[0] = ' '
		return 1, nil
	}
}

// reply is what somebody on the way answers to a request and its body.
type reply func(*http.Request, []byte) *http.Response

// stranger makes an answer with headers, of somebody who is not the centre.
func stranger(status int, header ...string) reply {
	return func(r *http.Request, body []byte) *http.Response {
		w := httptest.NewRecorder()
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		// Signed too, but by nobody whom the kiosk knows.
		answerWith(w, r, body, key(66), status, refuse(wire.RefusalRevoked))
		return w.Result()
	}
}

func hostileAnswers() map[string]reply {
	all := map[string]reply{
		"503 for six hours":   stranger(503, "Retry-After", "21600"),
		"429 for six hours":   stranger(429, "Retry-After", "21600"),
		"200 for six hours":   stranger(200, "Retry-After", "21600"),
		"503 until next year": stranger(503, "Date", "Sat, 01 Jan 2000 00:00:00 GMT", "Retry-After", "Mon, 01 Jan 2001 00:00:00 GMT"),
		"301":                 stranger(301, "Location", "https://elsewhere.example/v1/sync", "Retry-After", "21600"),
		"307":                 stranger(307, "Location", "/v1/sync"),
		"511":                 stranger(511, "Retry-After", "21600"),
		"slow body": func(r *http.Request, _ []byte) *http.Response {
			return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Request: r, Body: io.NopCloser(drip{ctx: r.Context(), every: 10 * time.Second})}
		},
		"endless body": func(r *http.Request, _ []byte) *http.Response {
			return &http.Response{StatusCode: http.StatusServiceUnavailable, Header: http.Header{}, Request: r, Body: io.NopCloser(drip{ctx: r.Context(), every: 200 * time.Millisecond})}
		},
	}
	for _, status := range []int{400, 401, 403, 404, 409, 413, 426, 500, 502} {
		all[http.StatusText(status)] = stranger(status, "Retry-After", "21600")
	}
	return all
}

// Whatever somebody on the way says, the kiosk tries at least once an hour, its
// light says that nothing goes through, nothing is lost, and what was counted
// arrives when the way is clear.
func TestHostile_NobodyButTheCentreKeepsAKioskSilent(t *testing.T) {
	for name, says := range hostileAnswers() {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, b := newCentre(t), paired()
				p := &hostileProxy{centre: c}
				u := link(t, b, nil, func(cfg *Config) { cfg.Client = &http.Client{Transport: p} })
				stop := run(t, u)
				time.Sleep(time.Hour)
				synctest.Wait()
				if got := u.Health(); got.Level != "green" {
					t.Fatalf("light %+v while all is well", got)
				}
				b.tap(someDay)
				p.play(says)
				began := len(p.times())
				time.Sleep(gridStep + 6*time.Minute) // the report was due, and some
				synctest.Wait()
				if got := u.Health(); got.Level != "orange" {
					t.Errorf("light %+v although a report is overdue", got)
				}
				time.Sleep(12 * time.Hour)
				synctest.Wait()
				tries := p.times()[began-1:]
				for i, at := range tries[1:] {
					if gap := at.Sub(tries[i]); gap > time.Hour+u.timing.Timeout+time.Second {
						t.Errorf("silent for %s", gap)
					}
				}
				first := slices.IndexFunc(tries, func(at time.Time) bool { return at.Sub(tries[1]) > 11*time.Minute })
				if first < 5 { // half a minute at most, then a minute, two, four
					t.Errorf("%d tries in the first minutes", first)
				}
				if n := len(tries); n < 12 || n > 80 {
					t.Errorf("%d tries in twelve hours", n)
				}
				p.play(nil)
				time.Sleep(time.Hour + time.Second)
				synctest.Wait()
				if got := u.Health(); got.Level != "green" || c.total() != 1 {
					t.Errorf("when the way is clear: light %+v, %d at the centre", got, c.total())
				}
				stop()
			})
		})
	}
}

// The same answers to a kiosk that is not paired yet: somebody stands there with
// the code's page open, so it never waits longer than half a minute.
func TestHostile_PairingIsNotKeptWaiting(t *testing.T) {
	for name, says := range hostileAnswers() {
		synctest.Test(t, func(t *testing.T) {
			p := &hostileProxy{says: says}
			u := link(t, unpaired(), nil, func(cfg *Config) { cfg.Client = &http.Client{Transport: p} })
			stop := run(t, u)
			time.Sleep(2 * time.Hour)
			synctest.Wait()
			tries := p.times()
			if n := len(tries); n < 100 {
				t.Errorf("%s: asked %d times in two hours", name, n)
			}
			for i, at := range tries[1:] {
				if gap := at.Sub(tries[i]); gap > 30*time.Second+u.timing.Timeout+time.Second {
					t.Errorf("%s: waits %s", name, gap)
				}
			}
			if got := u.Health(); got.Reason != reasonOffline {
				t.Errorf("%s: light %+v", name, got)
			}
			stop()
		})
	}
}

// The centre's own word is followed, and its light says meanwhile that nothing
// goes through.
func TestHostile_TheCentreItselfMayAskForRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, b := newCentre(t), paired()
		c.play(func(w http.ResponseWriter, r *http.Request, body []byte) bool {
			w.Header().Set("Retry-After", "7200")
			answerWith(w, r, body, serverKey, 503, refuse(wire.RefusalBusy))
			return true
		})
		place := &places{at: []string{"192.0.2.1"}}
		u := link(t, b, c, func(cfg *Config) { cfg.Addresses = place.now })
		stop := run(t, u)
		time.Sleep(10 * time.Minute)
		place.move("192.0.2.2")
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		if got := u.Health(); got.Reason != reasonOffline {
			t.Errorf("light %+v after twenty minutes of rest", got)
		}
		time.Sleep(90 * time.Minute)
		synctest.Wait()
		if n := c.asked(); n != 1 {
			t.Errorf("%d requests before the rest was over", n)
		}
		c.play(nil)
		time.Sleep(20 * time.Minute)
		synctest.Wait()
		if n := c.asked(); n < 2 || u.Health().Level != "green" {
			t.Errorf("%d requests after the rest, light %+v", n, u.Health())
		}
		stop()
	})
}

// places are the addresses of a machine that is carried about.
type places struct {
	mu    sync.Mutex
	at    []string
	looks int
}

func (p *places) move(to ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.at = to
}

func (p *places) looked() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.looks
}

func (p *places) now() (all []netip.Addr) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.looks++
	for _, a := range p.at {
		all = append(all, netip.MustParseAddr(a))
	}
	return all
}

// A cable that is plugged in, or a hall with another network, is tried within
// seconds, also after hours of failures; an address that stays or goes is no news.
func TestNetwork_NewAddressIsTriedAtOnce(t *testing.T) {
	for name, tt := range map[string]struct{ before, after []string }{
		"link up":        {nil, []string{"192.0.2.7"}},
		"other network":  {[]string{"192.0.2.7"}, []string{"198.51.100.9"}},
		"one more":       {[]string{"192.0.2.7"}, []string{"192.0.2.7", "2001:db8::7"}},
		"away and again": {[]string{"192.0.2.7"}, []string{"192.0.2.7"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, b := newCentre(t), paired()
				p := &hostileProxy{centre: c}
				p.play(stranger(503, "Retry-After", "21600"))
				place := &places{at: tt.before}
				u := link(t, b, nil, func(cfg *Config) {
					cfg.Client, cfg.Addresses = &http.Client{Transport: p}, place.now
				})
				stop := run(t, u)
				time.Sleep(9 * time.Hour)
				synctest.Wait()
				if name == "away and again" {
					place.move()
					time.Sleep(2 * lookEvery)
				}
				p.play(nil)
				place.move(tt.after...)
				tried := len(p.times())
				time.Sleep(2 * lookEvery)
				synctest.Wait()
				if n := len(p.times()) - tried; n != 1 || u.Health().Level != "green" {
					t.Errorf("%d requests within %s of the new address, light %+v", n, 2*lookEvery, u.Health())
				}
				looks := place.looked()
				time.Sleep(3 * gridStep)
				synctest.Wait()
				if n := place.looked() - looks; n > 4 {
					t.Errorf("looked at the addresses %d times while all is well", n)
				}
				stop()
			})
		})
	}
}
