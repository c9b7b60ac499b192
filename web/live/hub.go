package live

import (
	"context"
	"log/slog"
	"net/http"
	"sync"

	"github.com/gorilla/websocket"
)

// maxClients is how many pages may be open at once; the next one gets 503.
const maxClients = 64

// Hub holds the open pages. The zero value is of no use; see [NewHub]. All its
// methods may be called from any goroutine.
type Hub struct {
	log *slog.Logger

	mu      sync.Mutex
	clients map[*client]struct{} // those that get what is published
	open    int                  // places taken, also by pages still on their way in or out
	closed  bool
	done    sync.WaitGroup // one for each place taken
}

// NewHub returns a hub without pages. log hears of pages that were let go
// because they stopped reading.
func NewHub(log *slog.Logger) *Hub {
	return &Hub{log: log, clients: make(map[*client]struct{})}
}

// Serve makes r a websocket and keeps it until the page goes, falls behind or
// the hub is closed. state is called after the page has joined; what it returns,
// the whole state, is the first message that the page gets. It is called again
// every ten seconds, so that a page which has heard nothing for thirty knows that
// the line or the program is dead; nil sends nothing that time. A message published at that very moment may
// follow although the state holds it already, so messages carry a growing number
// and a page passes over older ones.
//
// The refusals, before anything is upgraded: 403 when the Origin is absent or
// not that of the Host, 503 when 64 pages are open or the hub is closed, 400
// when r asks for no websocket.
func (h *Hub) Serve(w http.ResponseWriter, r *http.Request, state func() []byte) {
	if !h.enter() {
		w.Header().Set("Retry-After", "5")
		http.Error(w, "too many pages are open", http.StatusServiceUnavailable)
		return
	}
	defer h.leave()
	upgrader := websocket.Upgrader{CheckOrigin: sameOrigin, HandshakeTimeout: writeWait}
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // Upgrade has answered.
	}
	c := newClient(conn)
	if !h.join(c) {
		c.hangUp()
		_ = conn.Close()
		return
	}
	defer h.drop(c)

	var writer sync.WaitGroup
	writer.Go(func() { c.write(state) })
	c.read()
	c.hangUp()
	writer.Wait()
}

// Publish hands msg to every open page and never waits for one: a page with 8
// messages still to read is let go, and gets the whole state when it comes
// back. The caller must not change msg afterwards.
func (h *Hub) Publish(msg []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for c := range h.clients {
		select {
		case c.queue <- msg:
		default:
			delete(h.clients, c)
			c.hangUp()
			h.log.Warn("page let go: it stopped reading", "open", len(h.clients))
		}
	}
}

// Len is the number of pages that get what is published.
func (h *Hub) Len() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.clients)
}

// Close says goodbye to every page, refuses new ones and waits until the last
// goroutine of the hub has ended. When ctx ends first the connections are cut
// and Close returns the reason.
func (h *Hub) Close(ctx context.Context) error {
	h.mu.Lock()
	h.closed = true
	left := make([]*client, 0, len(h.clients))
	for c := range h.clients {
		left = append(left, c)
		c.hangUp()
	}
	clear(h.clients)
	h.mu.Unlock()

	gone := make(chan struct{})
	go func() {
		h.done.Wait()
		close(gone)
	}()
	select {
	case <-gone:
		return nil
	case <-ctx.Done():
		for _, c := range left {
			_ = c.conn.Close()
		}
		<-gone
		return context.Cause(ctx)
	}
}

// enter takes a place before the upgrade, so that a crowd at the door cannot
// outrun the limit.
func (h *Hub) enter() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed || h.open >= maxClients {
		return false
	}
	h.open++
	h.done.Add(1)
	return true
}

func (h *Hub) leave() {
	h.mu.Lock()
	h.open--
	h.mu.Unlock()
	h.done.Done()
}

func (h *Hub) join(c *client) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return false
	}
	h.clients[c] = struct{}{}
	return true
}

func (h *Hub) drop(c *client) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.clients, c)
}
