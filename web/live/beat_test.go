package live

import (
	"errors"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
)

// pipes listens for connections that stay in this process, so that their time is
// the bubble's.
type pipes chan net.Conn

func (p pipes) Accept() (net.Conn, error) {
	c, ok := <-p
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}

func (p pipes) Close() error   { close(p); return nil }
func (p pipes) Addr() net.Addr { return &net.TCPAddr{} }

// A page that nobody tells anything hears the whole state every ten seconds, as it
// is then, so that thirty seconds of silence are a dead line.
func TestHub_Beats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hub, line := NewHub(slog.New(slog.DiscardHandler)), make(pipes)
		state := "one"
		server := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			hub.Serve(w, r, func() []byte { return []byte(state) })
		})}
		go func() { _ = server.Serve(line) }()
		dialer := websocket.Dialer{NetDial: func(string, string) (net.Conn, error) {
			here, there := net.Pipe()
			line <- there
			return here, nil
		}}
		conn, res, err := dialer.Dial("ws://room/live", http.Header{"Origin": {"http://room"}})
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		began := time.Now()
		for i, want := range []string{"one", "two", "two"} {
			_, got, err := conn.ReadMessage()
			if err != nil || string(got) != want {
				t.Errorf("message %d is %q, %v; want %q", i+1, got, err, want)
			}
			if at, due := time.Since(began), time.Duration(i)*10*time.Second; at != due {
				t.Errorf("message %d came after %v, want %v", i+1, at, due)
			}
			state = "two"
		}
		_ = conn.Close()
		if err := errors.Join(hub.Close(t.Context()), server.Close()); err != nil {
			t.Error(err)
		}
	})
}
