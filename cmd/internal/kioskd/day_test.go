package kioskd

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"example.org/inloop/cmd/internal/wiring"
	"example.org/inloop/devices/clock"
	"example.org/inloop/devices/sim"
	"example.org/inloop/devices/sim/simtest"
	"example.org/inloop/kiosk"
)

// pipes is a listener without a network, which a synctest bubble can wait for.
type pipes struct {
	calls chan net.Conn
	close func()
	ended chan struct{}
}

func newPipes() *pipes {
	p := &pipes{calls: make(chan net.Conn), ended: make(chan struct{})}
	p.close = sync.OnceFunc(func() { close(p.ended) })
	return p
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.calls:
		return c, nil
	case <-p.ended:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { p.close(); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8080} }

func (p *pipes) dial(context.Context, string, string) (net.Conn, error) {
	theirs, ours := net.Pipe()
	select {
	case p.calls <- ours:
		return theirs, nil
	case <-p.ended:
		return nil, net.ErrClosed
	}
}

// A room with fifty screens and a tap every ten minutes holds as much after a day
// as after its first tenth. A plain test lasts half an hour of simulated time, and
// with INLOOP_SOAK_POLLS set a day; what it then holds is in the log of the test,
// with the fifty screens, which are in the same process.
func TestSoak_ADayWithFiftyScreens(t *testing.T) {
	const screens, every = 50, 10 * time.Minute
	lasts := 30 * time.Minute
	if os.Getenv("INLOOP_SOAK_POLLS") != "" {
		lasts = 24 * time.Hour
	}
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		listener, field := newPipes(), sim.NewField()
		ctx, stop := context.WithCancel(t.Context())
		ready, ended := make(chan *Daemon, 1), make(chan error, 1)
		go func() {
			ended <- Run(ctx, Config{
				Settings: Settings{Data: filepath.Join(dir, "data"), Key: filepath.Join(dir, "key"), Reader: wiring.ReaderSim},
				Listener: listener, Clock: bubbleClock{time.Now()}, Field: field, Log: slog.New(slog.DiscardHandler),
				Wiring:    wiring.Config{Clock: clock.System{}},
				Timetable: kiosk.Timetable{Zone: time.UTC, PartTimes: kiosk.DefaultPartTimes()},
				Ready:     func(r *Daemon) { ready <- r },
			})
		}()
		r := <-ready
		var pages sync.WaitGroup
		defer pages.Wait()
		defer func() {
			stop()
			if err := <-ended; err != nil {
				t.Error(err)
			}
		}()
		dialer := websocket.Dialer{NetDialContext: listener.dial}
		for range screens {
			conn, answer, err := dialer.DialContext(ctx, strings.Replace(r.URL, "http:", "ws:", 1)+"/door/live", http.Header{"Origin": {r.URL}})
			if err != nil {
				t.Fatal(err)
			}
			_ = answer.Body.Close()
			pages.Go(func() {
				defer conn.Close()
				for {
					if _, _, err := conn.NextReader(); err != nil {
						return
					}
				}
			})
		}
		var early, late held
		for i := range int(lasts / every) {
			if i == int(lasts/every/10) {
				early = holds(t)
			}
			uid := simtest.Card(t, "04010203"+strconv.FormatInt(int64(0x100000+i%40), 16))
			if err := field.Tap(ctx, uid, 500*time.Millisecond); err != nil {
				t.Fatal(err)
			}
			simtest.Pause(every)
		}
		late = holds(t)
		t.Logf("%v with %d screens: %+v after a tenth, %+v at the end", lasts, screens, early, late)
		if late.goroutines > early.goroutines+2 || late.heap > early.heap+4 {
			t.Errorf("grew from %+v to %+v", early, late)
		}
	})
}

// held is what a process holds: goroutines, its heap and its memory in MB.
type held struct {
	goroutines     int
	heap, resident float64
}

func holds(t *testing.T) held {
	t.Helper()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Skip("no /proc:", err)
	}
	h := held{goroutines: runtime.NumGoroutine(), heap: float64(m.HeapAlloc) / (1 << 20)}
	if _, rest, ok := bytes.Cut(status, []byte("VmRSS:")); ok {
		kb, err := strconv.Atoi(string(bytes.Fields(rest)[0]))
		if err != nil {
			t.Fatal(err)
		}
		h.resident = float64(kb) / 1024
	}
	return h
}
