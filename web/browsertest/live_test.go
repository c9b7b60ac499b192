package browsertest_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/gorilla/websocket"

	"example.org/inloop/web"
	"example.org/inloop/web/browser"
)

// A page whose time runs a hundred times as fast, and which writes down what it is
// told of its connection.
const livePage = `<!doctype html><title>x</title>
<script>
const real = window.setTimeout;
window.setTimeout = (done, wait) => real(done, wait / 100);
window.told = [];
</script>
<script type="module">
import { live } from "/assets/live.js";
live("/live", (message) => window.told.push(message.n), (stands) => window.told.push(stands));
</script>`

// A line that dies without a goodbye, and then a program that is stopped and takes
// connections without a word, are told after half a minute of silence; when it goes
// on the page is told so.
func TestLive_ADeadLineAndAStoppedProgram(t *testing.T) {
	b := browser.Start(t)
	var upgrader websocket.Upgrader
	var connections atomic.Int64
	goOn := make(chan struct{})
	mux := http.NewServeMux()
	mux.Handle("/assets/", web.Assets())
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, livePage)
	})
	mux.HandleFunc("/live", func(w http.ResponseWriter, r *http.Request) {
		n := connections.Add(1)
		if n > 1 {
			<-goOn // the second one on are taken, and not answered
		}
		conn, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			return // the page has given it up
		}
		defer conn.Close()
		_ = conn.WriteJSON(map[string]int64{"n": min(n, 2)})
		<-r.Context().Done()
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	p := b.Page(t, 800, 480)
	p.Expect("favicon.ico")
	p.Expect("WebSocket") // those that were not answered
	p.Open(server.URL)
	p.Wait(`window.told.join() === "true,1,false"`)
	for connections.Load() < 3 {
		p.Wait(`window.told.join() === "true,1,false" || window.told.join() === "true,1,false,false"`)
	}
	close(goOn)
	p.Wait(`window.told.slice(-2).join() === "true,2"`)
	if told := browser.Eval[string](p, `window.told.slice(0, 3).join()`); told != "true,1,false" {
		t.Errorf("the page was told %s", told)
	}
	server.CloseClientConnections()
}
