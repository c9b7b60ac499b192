package uplink

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"example.org/inloop/sync/count"
	"example.org/inloop/sync/wire"
)

// comparingStore is a store that has much to compare, always.
type comparingStore struct {
	*memoryStore
	mended, done int
}

func (b *comparingStore) Stretches(context.Context, time.Time) ([]wire.Checksum, error) {
	return []wire.Checksum{{Epoch: 1}}, nil
}

func (b *comparingStore) Narrow(_ context.Context, d wire.Checksum) ([]wire.Checksum, error) {
	middle := d.After + "0"
	return []wire.Checksum{{Epoch: 1, After: d.After, Until: middle}, {Epoch: 1, After: middle, Until: d.Until}}, nil
}

func (b *comparingStore) Mend(_ context.Context, _ wire.Checksum, held []wire.Cell) (int, error) {
	b.mended++
	return len(held), nil
}

func (b *comparingStore) Compared(context.Context, time.Time) error { b.done++; return nil }

// comparing answers each request as one who compared, signed by key.
func comparing(key ed25519.PrivateKey, word string, held ...wire.Cell) fault {
	return func(w http.ResponseWriter, r *http.Request, body []byte) bool {
		req, err := wire.Decode[wire.Request](body)
		if err != nil {
			return false
		}
		results := make([]wire.Result, len(req.Cells))
		for i := range results {
			results[i].Status = wire.StatusAccepted
		}
		said, _ := json.Marshal(wire.Answer{
			Version: 2, Time: time.Now().UTC(), Results: results, NextToken: wire.NewEnvelope("", "", nil).Nonce, Interval: 900,
			Rules: "0a1b", Compared: word, Held: held,
		})
		answerWith(w, r, body, key, http.StatusOK, said)
		return true
	}
}

// Nobody but the centre has anything sent again.
func TestCompare_OnlyTheCentreIsBelieved(t *testing.T) {
	n := int64(7)
	cell := wire.Cell{Epoch: 1, Period: someDay.Period(), Measure: count.MeasureOpen, N: &n, Rev: 1}
	for name, tt := range map[string]struct {
		key  ed25519.PrivateKey
		want int
	}{"the centre": {serverKey, 1}, "a stranger": {key(66), 0}} {
		b, c := &comparingStore{memoryStore: paired()}, newCentre(t)
		c.play(comparing(tt.key, wire.ComparedListed, cell))
		u := link(t, b, c)
		u.step(t.Context())
		if b.mended != tt.want || b.done != tt.want {
			t.Errorf("%s: mended %d times, done %d times; want %d", name, b.mended, b.done, tt.want)
		}
	}
}

// A centre that finds a difference everywhere makes no request more than the grid's.
func TestCompare_MakesNoRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, c := &comparingStore{memoryStore: paired()}, newCentre(t)
		c.play(comparing(serverKey, wire.ComparedDiffers))
		stop := run(t, link(t, b, c))
		time.Sleep(24 * time.Hour)
		synctest.Wait()
		if n := c.asked(); n < 96 || n > 97 {
			t.Errorf("%d requests in a day, want one at the start and 96", n)
		}
		stop()
	})
}

// To a centre of version 1 no checksum is sent.
func TestCompare_NotWithAnOlderCentre(t *testing.T) {
	b, c := &comparingStore{memoryStore: paired()}, newCentre(t)
	u := link(t, b, c)
	u.old = time.Now()
	if got := u.step(t.Context()); got.failed != nil || c.asked() != 1 {
		t.Fatalf("outcome %+v after %d requests", got, c.asked())
	}
	if r, err := wire.Decode[wire.Request](c.got[0]); err != nil || r.Version != wire.Version || r.Compare != nil {
		t.Errorf("request %+v, %v", r, err)
	}
}
