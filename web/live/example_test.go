package live_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/gorilla/websocket"

	"example.org/inloop/web/live"
)

// A page that opens a socket gets the whole state first, and after that every
// message as it is published.
func ExampleHub() {
	hub := live.NewHub(slog.New(slog.DiscardHandler))
	joined := make(chan struct{})
	mux := http.NewServeMux()
	mux.HandleFunc("GET /live", func(w http.ResponseWriter, r *http.Request) {
		hub.Serve(w, r, func() []byte {
			close(joined) // the page is in: what is published now reaches it
			return []byte(`{"in":3}`)
		})
	})
	server := httptest.NewServer(live.Headers(live.Guard([]string{"127.0.0.1"}, mux)))
	defer server.Close()

	// In a page this is assets/live.js.
	page, _, err := websocket.DefaultDialer.Dial(strings.Replace(server.URL, "http", "ws", 1)+"/live",
		http.Header{"Origin": {server.URL}})
	if err != nil {
		fmt.Println(err)
		return
	}
	<-joined
	hub.Publish([]byte(`{"in":4}`))
	for range 2 {
		_, message, err := page.ReadMessage()
		fmt.Println(string(message), err)
	}
	fmt.Println(hub.Close(context.Background()))
	// Output:
	// {"in":3} <nil>
	// {"in":4} <nil>
	// <nil>
}
