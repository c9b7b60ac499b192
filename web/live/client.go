package live

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

const (
	queueLen  = 8                // messages a page may be behind
	readLimit = 512              // bytes; our pages send nothing at all
	writeWait = 2 * time.Second  // for one message to leave
	beatEvery = 10 * time.Second // so that either side sees that the other is dead: a page after 30 s
	pongWait  = 30 * time.Second // three beats
)

// client is one open page: a queue, a writer that empties it and a reader that
// hears the page go.
type client struct {
	conn  *websocket.Conn
	queue chan []byte
	quit  chan struct{} // closed once, by hangUp
	once  sync.Once
}

func newClient(conn *websocket.Conn) *client {
	return &client{conn: conn, queue: make(chan []byte, queueLen), quit: make(chan struct{})}
}

// hangUp tells the writer to end; it never blocks and may be called twice.
func (c *client) hangUp() { c.once.Do(func() { close(c.quit) }) }

// write sends the state and then the queue, and the state again with every beat,
// until somebody hangs up or the page does not take a message in time. It owns the
// connection's end: closing it is what stops the reader.
func (c *client) write(state func() []byte) {
	defer func() { _ = c.conn.Close() }()
	beat := time.NewTicker(beatEvery)
	defer beat.Stop()

	if !c.send(state()) {
		return
	}
	for {
		select {
		case msg := <-c.queue:
			if !c.send(msg) {
				return
			}
		case <-beat.C:
			// A page's script hears no ping, and answers no message.
			if c.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeWait)) != nil {
				return
			}
			if msg := state(); msg != nil && !c.send(msg) {
				return
			}
		case <-c.quit:
			bye := websocket.FormatCloseMessage(websocket.CloseGoingAway, "")
			_ = c.conn.WriteControl(websocket.CloseMessage, bye, time.Now().Add(writeWait))
			return
		}
	}
}

func (c *client) send(msg []byte) bool {
	if err := c.conn.SetWriteDeadline(time.Now().Add(writeWait)); err != nil {
		return false
	}
	return c.conn.WriteMessage(websocket.TextMessage, msg) == nil
}

// read throws away what the page sends, which is nothing but pongs, and returns
// when the connection ends. Without a reader neither pongs nor goodbyes would
// be seen.
func (c *client) read() {
	c.conn.SetReadLimit(readLimit)
	alive := func(string) error { return c.conn.SetReadDeadline(time.Now().Add(pongWait)) }
	c.conn.SetPongHandler(alive)
	if alive("") != nil {
		return
	}
	for {
		if _, _, err := c.conn.NextReader(); err != nil {
			return
		}
	}
}

// sameOrigin wants an Origin, and wants it to be the Host that was asked for
// (OWASP ASVS 5, 4.4.2). gorilla's own check lets an absent one pass.
func sameOrigin(r *http.Request) bool {
	origin, err := url.Parse(r.Header.Get("Origin"))
	if err != nil || origin.Host == "" {
		return false
	}
	return strings.EqualFold(origin.Host, r.Host)
}
