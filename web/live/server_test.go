package live_test

import (
	"io"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"example.org/inloop/web/live"
)

// listener hands out one connection that is already there, and then waits to be
// closed.
type listener struct {
	conns chan net.Conn
	net.Listener
}

func (l *listener) Accept() (net.Conn, error) {
	c, open := <-l.conns
	if !open {
		return nil, net.ErrClosed
	}
	return c, nil
}
func (*listener) Close() error   { return nil }
func (*listener) Addr() net.Addr { return &net.TCPAddr{} }

// TestNewServer_SlowClient says half a request and nothing more: the server
// hangs up instead of holding the connection for it.
func TestNewServer_SlowClient(t *testing.T) {
	for _, c := range []struct {
		name, said string
		within     time.Duration
	}{
		{"in the header", "GET / HTTP/1.1\r\nHost: room\r\n", 5 * time.Second},
		{"in the body", "POST / HTTP/1.1\r\nHost: room\r\nContent-Length: 9\r\n\r\nhalf", 10 * time.Second},
		{"between requests", "GET / HTTP/1.1\r\nHost: room\r\n\r\n", 60 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ours, theirs := net.Pipe()
				l := &listener{conns: make(chan net.Conn, 1)}
				l.conns <- ours
				server := live.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
					_, _ = io.Copy(io.Discard, r.Body)
				}), slog.New(slog.DiscardHandler))
				served := make(chan error, 1)
				go func() { served <- server.Serve(l) }()

				start := time.Now()
				go func() { _, _ = io.WriteString(theirs, c.said) }()
				_, _ = io.Copy(io.Discard, theirs) // until the server hangs up
				if got := time.Since(start); got < c.within || got > c.within+time.Second {
					t.Errorf("held for %s, want %s", got, c.within)
				}
				close(l.conns)
				<-served
			})
		})
	}
}
