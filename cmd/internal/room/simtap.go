package room

import (
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"time"

	"example.org/inloop/devices/sim"
)

// cardLies is how long a simulated card lies on the reader.
const cardLies = 500 * time.Millisecond

// simTap lays a card on the simulated reader and takes it away again: a form
// with uid=04A1B2C3D4E5F6, 4, 7 or 10 bytes in hex. It answers 204 once the
// card is gone, whatever the kiosk made of it, and 400 for what is no UID.
func (r *Room) simTap(w http.ResponseWriter, req *http.Request) {
	req.Body = http.MaxBytesReader(w, req.Body, 1<<10)
	text := strings.NewReplacer(":", "", " ", "").Replace(req.FormValue("uid"))
	uid, err := hex.DecodeString(text)
	var card *sim.Card
	if err == nil {
		card, err = sim.NewCard(uid)
	}
	if err != nil {
		http.Error(w, fmt.Sprintf("uid: want 4, 7 or 10 bytes in hex, such as 04A1B2C3D4E5F6 (%d characters came)", len(text)), http.StatusBadRequest)
		return
	}
	if err := r.cfg.Field.Tap(req.Context(), card, cardLies); err != nil {
		return // the client is gone, and the card with it
	}
	w.WriteHeader(http.StatusNoContent)
}
