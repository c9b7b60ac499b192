package live

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// patience is how long a test waits for what comes. It is reached only by what
// never comes, however busy the machine is.
const patience = time.Minute

// serve runs a hub whose pages get "state" when they connect.
func serve(t *testing.T) (*Hub, string) {
	t.Helper()
	hub := NewHub(slog.New(slog.DiscardHandler))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hub.Serve(w, r, func() []byte { return []byte("state") })
	}))
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := hub.Close(ctx); err != nil {
			t.Errorf("close: %v", err)
		}
		server.Close()
	})
	return hub, strings.TrimPrefix(server.URL, "http://")
}

func dial(t *testing.T, addr, origin string) (*websocket.Conn, int, error) {
	t.Helper()
	h := http.Header{}
	if origin != "" {
		h.Set("Origin", origin)
	}
	conn, resp, err := websocket.DefaultDialer.Dial("ws://"+addr, h)
	code := 0
	if resp != nil {
		code = resp.StatusCode
		_ = resp.Body.Close()
	}
	if conn != nil {
		t.Cleanup(func() { _ = conn.Close() })
	}
	return conn, code, err
}

func join(t *testing.T, addr string) *websocket.Conn {
	t.Helper()
	conn, code, err := dial(t, addr, "http://"+addr)
	if err != nil {
		t.Fatalf("dial: %d %v", code, err)
	}
	if got := read(t, conn); got != "state" {
		t.Fatalf("first message %q, want the whole state", got)
	}
	return conn
}

func read(t *testing.T, conn *websocket.Conn) string {
	t.Helper()
	if err := conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	_, msg, err := conn.ReadMessage()
	if err != nil {
		t.Fatalf("read: %v", err)
	}
	return string(msg)
}

// until waits for a condition that other goroutines bring about.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	end := time.After(patience)
	look := time.NewTicker(2 * time.Millisecond)
	defer look.Stop()
	for !ok() {
		select {
		case <-look.C:
		case <-end:
			t.Fatalf("waited %s for %s", patience, what)
		}
	}
}

func TestHub_WantsTheOriginOfItsHost(t *testing.T) {
	hub, addr := serve(t)
	for _, origin := range []string{
		"", "null", "http://evil.example", "http://127.0.0.1:1", "http://" + addr + ".evil.example", "::",
	} {
		if _, code, err := dial(t, addr, origin); err == nil || code != http.StatusForbidden {
			t.Errorf("origin %q: got %d %v, want 403", origin, code, err)
		}
	}
	if hub.Len() != 0 {
		t.Errorf("%d pages after refusals only", hub.Len())
	}
}

func TestHub_RefusesWhatIsNoWebsocket(t *testing.T) {
	_, addr := serve(t)
	resp, err := http.Get("http://" + addr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusBadRequest {
		t.Errorf("a plain GET: got %d, want 400", resp.StatusCode)
	}
}

func TestHub_WholeStateThenEveryMessageInOrder(t *testing.T) {
	hub, addr := serve(t)
	a, b := join(t, addr), join(t, addr)
	for _, want := range []string{"one", "two", "three"} {
		hub.Publish([]byte(want))
		for _, c := range []*websocket.Conn{a, b} {
			if got := read(t, c); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		}
	}
}

func TestHub_APageThatGoesIsForgotten(t *testing.T) {
	hub, addr := serve(t)
	a := join(t, addr)
	join(t, addr)
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	until(t, "the page to be forgotten", func() bool { return hub.Len() == 1 })
}

func TestHub_APageThatStopsReadingHarmsNobody(t *testing.T) {
	hub, addr := serve(t)
	good := join(t, addr)
	join(t, addr) // never reads again
	big := make([]byte, 1<<20)
	for i := range big {
		big[i] = 'x'
	}
	// Past what the network itself takes in, the queue fills; the good page gets
	// each message before the next one leaves.
	for range 40 {
		start := time.Now()
		hub.Publish(big)
		if d := time.Since(start); d >= writeWait {
			t.Fatalf("publish took %v: it waited for a page", d)
		}
		if got := read(t, good); len(got) != len(big) {
			t.Fatalf("the good page got %d bytes", len(got))
		}
	}
	until(t, "the stuck page to be let go", func() bool { return hub.Len() == 1 })
	hub.Publish([]byte("still here"))
	if got := read(t, good); got != "still here" {
		t.Errorf("the good page got %q", got)
	}
}

func TestHub_The65thPageIsRefused(t *testing.T) {
	hub, addr := serve(t)
	var last *websocket.Conn
	for range 64 {
		last = join(t, addr)
	}
	if _, code, err := dial(t, addr, "http://"+addr); err == nil || code != http.StatusServiceUnavailable {
		t.Fatalf("page 65: got %d %v, want 503", code, err)
	}
	if hub.Len() != 64 {
		t.Errorf("%d pages, want 64", hub.Len())
	}
	_ = last.Close()
	until(t, "room for another page", func() bool {
		conn, _, err := dial(t, addr, "http://"+addr)
		return err == nil && conn != nil
	})
}

func TestHub_APageThatSendsTooMuchIsLetGo(t *testing.T) {
	hub, addr := serve(t)
	c := join(t, addr)
	if err := c.WriteMessage(websocket.TextMessage, make([]byte, 10<<20)); err != nil {
		t.Logf("write: %v", err) // it may be cut while we still write
	}
	until(t, "the page to be let go", func() bool { return hub.Len() == 0 })
}

func TestHub_GarbageForFramesIsLetGo(t *testing.T) {
	hub, addr := serve(t)
	c := join(t, addr)
	if _, err := c.NetConn().Write([]byte("\xff\xff\xff\xffGET / HTTP/1.1\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	until(t, "the page to be let go", func() bool { return hub.Len() == 0 })
}

func TestHub_CloseSaysGoodbyeAndLeavesNoGoroutine(t *testing.T) {
	hub, addr := serve(t)
	var pages []*websocket.Conn
	for range 5 {
		pages = append(pages, join(t, addr))
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := hub.Close(ctx); err != nil {
		t.Fatalf("close: %v", err)
	}
	if left := goroutines("live.(*client)"); left != 0 {
		t.Errorf("%d goroutines of the hub are left", left)
	}
	for _, p := range pages {
		_, _, err := p.ReadMessage()
		if !websocket.IsCloseError(err, websocket.CloseGoingAway) {
			t.Errorf("a page heard %v, want going away", err)
		}
	}
	if _, code, err := dial(t, addr, "http://"+addr); err == nil || code != http.StatusServiceUnavailable {
		t.Errorf("after close: got %d %v, want 503", code, err)
	}
	hub.Publish([]byte("to nobody")) // must not panic
	if err := hub.Close(ctx); err != nil {
		t.Errorf("second close: %v", err)
	}
}

func TestHub_CloseDoesNotWaitForeverForAStuckPage(t *testing.T) {
	hub, addr := serve(t)
	join(t, addr)
	for range 8 {
		hub.Publish(make([]byte, 4<<20))
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	reason := errors.New("time is up")
	cancel(reason)
	if err := hub.Close(ctx); err != nil && !errors.Is(err, reason) {
		t.Errorf("close: %v", err)
	}
	if left := goroutines("live.(*client)"); left != 0 {
		t.Errorf("%d goroutines of the hub are left", left)
	}
}

// goroutines counts those that stand in a function of that name.
func goroutines(name string) int {
	buf := make([]byte, 1<<20)
	n := 0
	for _, stack := range strings.Split(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
		if strings.Contains(stack, name) {
			n++
		}
	}
	return n
}

// A page on the same machine must hear of a tap within a frame.
func BenchmarkPublish(b *testing.B) {
	for _, pages := range []int{1, 50} {
		b.Run(fmt.Sprintf("pages=%d", pages), func(b *testing.B) {
			hub := NewHub(slog.New(slog.DiscardHandler))
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				hub.Serve(w, r, func() []byte { return nil })
			}))
			defer server.Close()
			addr := server.Listener.Addr().(*net.TCPAddr).String()
			conns := make([]*websocket.Conn, pages)
			for i := range conns {
				c, resp, err := websocket.DefaultDialer.Dial("ws://"+addr, http.Header{"Origin": {"http://" + addr}})
				if err != nil {
					b.Fatal(err)
				}
				_ = resp.Body.Close()
				conns[i] = c
				if _, _, err := c.ReadMessage(); err != nil {
					b.Fatal(err)
				}
			}
			msg := make([]byte, 4096)
			b.ResetTimer()
			for b.Loop() {
				hub.Publish(msg)
				for _, c := range conns {
					if _, _, err := c.ReadMessage(); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.StopTimer()
			if err := hub.Close(context.Background()); err != nil {
				b.Fatal(err)
			}
		})
	}
}
