package sim

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"periph.io/x/conn/v3/spi"
)

// cardLies is how long a card lies on the simulated reader that is tapped.
const cardLies = 500 * time.Millisecond

// Panel is the simulated reader as a web page handles it: a slot for a chip and
// a field for cards. It is safe for concurrent use.
type Panel struct {
	field *Field
	slot  *Slot

	mu    sync.Mutex
	lying map[string]*Card // by UID in hex
}

// NewPanel returns the panel of a field, with an MFRC522 plugged in.
func NewPanel(f *Field) *Panel {
	return &Panel{field: f, slot: NewSlot(f), lying: make(map[string]*Card)}
}

// Open opens the port of what is plugged in.
func (p *Panel) Open() (spi.PortCloser, error) { return p.slot.Open() }

// Routes adds the addresses under /sim/. Each takes a form and answers 204, or
// 400 for one that it cannot read.
func (p *Panel) Routes(mux *http.ServeMux) {
	mux.HandleFunc("POST /sim/tap", card(p.tap))
	mux.HandleFunc("POST /sim/lay", card(p.lay))
	mux.HandleFunc("POST /sim/take", card(p.take))
	mux.HandleFunc("POST /sim/plug", p.plug)
	mux.HandleFunc("GET /sim/bench", p.state)
}

// card reads which card a form names, uid=04A1B2C3D4E5F6 in 4, 7 or 10 bytes of
// hex, and answers when do is done with it.
func card(do func(ctx context.Context, uid string, c *Card)) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		uid, c, err := cardOf(w, req)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		do(req.Context(), uid, c)
		w.WriteHeader(http.StatusNoContent)
	}
}

// tap lays a card down and takes it away again, whatever the kiosk made of it.
func (p *Panel) tap(ctx context.Context, _ string, c *Card) {
	_ = p.field.Tap(ctx, c, cardLies) // fails when the client is gone, and the card with it
}

// lay leaves a card on the reader; one that lies there already stays.
func (p *Panel) lay(_ context.Context, uid string, c *Card) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.lying[uid] == nil {
		p.lying[uid] = c
		p.field.Lay(c)
	}
}

// take takes a card away that lies there.
func (p *Panel) take(_ context.Context, uid string, _ *Card) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c := p.lying[uid]; c != nil {
		delete(p.lying, uid)
		p.field.Take(c)
	}
}

// plug swaps the chip: chip=mfrc522, pn532 or none.
func (p *Panel) plug(w http.ResponseWriter, req *http.Request) {
	req.Body = http.MaxBytesReader(w, req.Body, 1<<10)
	chip := Plugged(req.FormValue("chip"))
	if !slices.Contains([]Plugged{PluggedMFRC522, PluggedPN532, PluggedNone}, chip) {
		http.Error(w, "chip: want mfrc522, pn532 or none", http.StatusBadRequest)
		return
	}
	p.slot.Plug(chip)
	w.WriteHeader(http.StatusNoContent)
}

// state tells what is plugged in and what lies there, as JSON.
func (p *Panel) state(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	lying := slices.AppendSeq([]string{}, maps.Keys(p.lying)) // never null
	slices.Sort(lying)
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"chip": p.slot.Plugged(), "lying": lying}) // the client is gone, nobody to tell
}

// cardOf makes the card that a form names.
func cardOf(w http.ResponseWriter, req *http.Request) (uid string, card *Card, err error) {
	req.Body = http.MaxBytesReader(w, req.Body, 1<<10)
	uid = strings.ToUpper(strings.NewReplacer(":", "", " ", "").Replace(req.FormValue("uid")))
	raw, err := hex.DecodeString(uid)
	if err == nil {
		card, err = NewCard(raw)
	}
	if err != nil {
		return "", nil, fmt.Errorf("uid: want 4, 7 or 10 bytes in hex, such as 04A1B2C3D4E5F6 (%d characters came)", len(uid))
	}
	return uid, card, nil
}
