package kioskd

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"example.org/inloop/devices/sim"
)

// cardLies is how long a card lies on the simulated reader that is tapped.
const cardLies = 500 * time.Millisecond

// bench is the simulated reader as its page handles it: a slot for a chip and a
// field for cards. It is safe for concurrent use.
type bench struct {
	field *sim.Field
	slot  *sim.Slot

	mu    sync.Mutex
	lying map[string]*sim.Card // by UID in hex
}

func newBench(f *sim.Field) *bench {
	return &bench{field: f, slot: sim.NewSlot(f), lying: make(map[string]*sim.Card)}
}

// routes are the addresses under /sim/. Each takes a form and answers 204, or
// 400 for what is none of its own.
func (b *bench) routes(mux *http.ServeMux) {
	mux.HandleFunc("POST /sim/tap", b.tap)
	mux.HandleFunc("POST /sim/lay", b.lay)
	mux.HandleFunc("POST /sim/take", b.take)
	mux.HandleFunc("POST /sim/plug", b.plug)
	mux.HandleFunc("GET /sim/bench", b.state)
}

// tap lays a card down and takes it away again: uid=04A1B2C3D4E5F6, 4, 7 or 10
// bytes in hex. It answers once the card is gone, whatever the kiosk made of it.
func (b *bench) tap(w http.ResponseWriter, req *http.Request) {
	_, card, err := cardOf(w, req)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if err := b.field.Tap(req.Context(), card, cardLies); err != nil {
		return // the client is gone, and the card with it
	}
	w.WriteHeader(http.StatusNoContent)
}

// lay leaves a card on the reader; one that lies there already stays.
func (b *bench) lay(w http.ResponseWriter, req *http.Request) {
	uid, card, err := cardOf(w, req)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.lying[uid] == nil {
		b.lying[uid] = card
		b.field.Lay(card)
	}
	w.WriteHeader(http.StatusNoContent)
}

// take takes a card away that lies there.
func (b *bench) take(w http.ResponseWriter, req *http.Request) {
	uid, _, err := cardOf(w, req)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if card := b.lying[uid]; card != nil {
		delete(b.lying, uid)
		b.field.Take(card)
	}
	w.WriteHeader(http.StatusNoContent)
}

// plug swaps the chip: chip=mfrc522, pn532 or none.
func (b *bench) plug(w http.ResponseWriter, req *http.Request) {
	req.Body = http.MaxBytesReader(w, req.Body, 1<<10)
	chip := sim.Plugged(req.FormValue("chip"))
	if !slices.Contains([]sim.Plugged{sim.PluggedMFRC522, sim.PluggedPN532, sim.PluggedNone}, chip) {
		http.Error(w, "chip: want mfrc522, pn532 or none", http.StatusBadRequest)
		return
	}
	b.slot.Plug(chip)
	w.WriteHeader(http.StatusNoContent)
}

// state tells what is plugged in and what lies there, as JSON.
func (b *bench) state(w http.ResponseWriter, _ *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	lying := []string{}
	for uid := range b.lying {
		lying = append(lying, uid)
	}
	slices.Sort(lying)
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"chip": b.slot.Plugged(), "lying": lying}) // the client is gone, nobody to tell
}

// cardOf makes the card that a form names.
func cardOf(w http.ResponseWriter, req *http.Request) (uid string, card *sim.Card, err error) {
	req.Body = http.MaxBytesReader(w, req.Body, 1<<10)
	uid = strings.ToUpper(strings.NewReplacer(":", "", " ", "").Replace(req.FormValue("uid")))
	raw, err := hex.DecodeString(uid)
	if err == nil {
		card, err = sim.NewCard(raw)
	}
	if err != nil {
		return "", nil, fmt.Errorf("uid: want 4, 7 or 10 bytes in hex, such as 04A1B2C3D4E5F6 (%d characters came)", len(uid))
	}
	return uid, card, nil
}
