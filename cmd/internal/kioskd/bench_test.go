package kioskd

import (
	"context"
	"encoding/binary"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"example.org/inloop/cmd/internal/wiring"
	"example.org/inloop/kiosk"
)

// BenchmarkTapToMessage takes a tap from the desk to the last of 1 and of 50
// open screens, beside the same durable check-in with no screen at all.
func BenchmarkTapToMessage(b *testing.B) {
	for _, screens := range []int{1, 50} {
		b.Run(fmt.Sprintf("screens=%d", screens), func(b *testing.B) {
			r := open(b)
			silent := r.check
			silent.Door, silent.Changed = nobody{}, func() {}
			var heard sync.WaitGroup
			for range screens {
				listen(b, r, &heard)
			}
			card := uint32(0)
			take := func(d *kiosk.TapHandler) time.Duration {
				card++
				began := time.Now()
				if _, err := d.CheckIn(b.Context(), tapOf(b, r, card)); err != nil {
					b.Fatal(err)
				}
				return time.Since(began)
			}
			var shown, bare time.Duration
			for b.Loop() {
				bare += take(&silent)
				heard.Add(screens)
				began := time.Now()
				take(&r.check)
				heard.Wait()
				shown += time.Since(began)
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(shown.Microseconds())/1000/float64(b.N), "ms-tap-to-message")
			b.ReportMetric(float64(bare.Microseconds())/1000/float64(b.N), "ms-check-in-alone")
			b.ReportMetric(float64(shown)/float64(bare), "ratio")
		})
	}
}

type nobody struct{}

func (nobody) Show(kiosk.Greeting) {}

// open runs a room without a reader until the benchmark ends.
func open(b *testing.B) *Daemon {
	b.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	dir := b.TempDir()
	ctx, stop := context.WithCancel(context.Background())
	ready, ended := make(chan *Daemon, 1), make(chan error, 1)
	go func() {
		ended <- Run(ctx, Config{
			Settings: Settings{Data: filepath.Join(dir, "data"), Key: filepath.Join(dir, "key"), Reader: wiring.ReaderNone}, Listener: listener,
			Timetable: kiosk.Timetable{Zone: time.UTC, PartTimes: kiosk.DefaultPartTimes()}, Log: slog.New(slog.DiscardHandler),
			Ready: func(r *Daemon) { ready <- r },
		})
	}()
	b.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			b.Error(err)
		}
	})
	return <-ready
}

// listen opens a screen that says so for every greeting it gets.
func listen(b *testing.B, r *Daemon, heard *sync.WaitGroup) {
	b.Helper()
	address := strings.Replace(r.URL, "http:", "ws:", 1) + "/door/live"
	conn, answer, err := websocket.DefaultDialer.DialContext(b.Context(), address, http.Header{"Origin": {r.URL}})
	if err != nil {
		b.Fatal(err)
	}
	_ = answer.Body.Close()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for last := uint64(0); ; {
			var state struct{ Tap uint64 }
			if err := conn.ReadJSON(&state); err != nil {
				return // the benchmark is over
			}
			// The same greeting may come again, with a light or the clock.
			if state.Tap > last {
				last = state.Tap
				heard.Done()
			}
		}
	}()
	b.Cleanup(func() { _ = conn.Close(); <-ended })
}

// tapOf is a tap of a badge that nobody has tapped before.
func tapOf(b *testing.B, r *Daemon, n uint32) kiosk.Tap {
	b.Helper()
	uid := [7]byte{0x04}
	binary.BigEndian.PutUint32(uid[3:], n)
	card, err := kiosk.NewUID(uid[:])
	if err != nil {
		b.Fatal(err)
	}
	return kiosk.Tap{UID: card, At: r.cfg.Clock.Now()}
}
