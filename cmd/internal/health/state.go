package health

import (
	"encoding/json"
	"net/http"

	"example.org/inloop/kiosk"
)

// State is the answer of GET /healthz.
type State struct {
	Colour kiosk.Level    `json:"colour"` // the worst of the parts
	Parts  []kiosk.Health `json:"parts"`
}

// ServeHTTP answers GET /healthz: how each part is doing. It is 200 also when a part is red: the
// daemon is alive, and what it says is the answer.
func (b *Board) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	all := b.All()
	h := State{Colour: worst(all), Parts: all}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(h) // the client is gone, nobody to tell
}
