package uplink

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"example.org/inloop/sync/wire"
	"example.org/inloop/sync/wire/leak"
)

var (
	names = []string{"Ayşe Yıldız", "Fatima el Amrani", "Willemijn", "سميرة بنعلي"}
	cards = [][]byte{
		{0x04, 0xa1, 0xb2, 0xc3, 0xd4, 0xe5, 0xf6}, {0x9b, 0x1c, 0x77, 0x5e}, {0x04, 0x1d, 0x52, 0x83, 0x94, 0xa5, 0xb6, 0xc7, 0xd8, 0xe9}, {0x71, 0x33, 0x0e, 0xc4},
	}
)

// hidden returns what no traffic may hold, by what it is called.
func hidden() map[string][]byte {
	secrets := map[string][]byte{}
	for i, n := range names {
		secrets[n] = []byte(n)
		for _, word := range strings.Fields(n) {
			if len(word) > 4 { // shorter ones are anywhere by chance
				secrets[word] = []byte(word)
			}
		}
		secrets[fmt.Sprintf("card %d", i+1)] = cards[i]
	}
	return secrets
}

// TestTraffic_HoldsNoNameAndNoCard hands the uplink names and cards wherever it
// takes text, pairs it with a real centre, lets it report all day, and finds
// none of them in the bytes that crossed the network.
func TestTraffic_HoldsNoNameAndNoCard(t *testing.T) {
	secrets := hidden()

	o, b := openCentre(t), unpaired()
	o.pair(t, b)
	record := &leak.Recorder{Network: o.server.Client().Transport}
	u := o.link(t, b, record)
	said := 0
	u.allHealth = func() []wire.Health {
		said++
		return []wire.Health{
			{Part: names[said%len(names)], Level: "green"},
			{Part: "reader", Level: "orange", Reason: names[said%len(names)]},
			{Part: "store", Level: names[0], Reason: fmt.Sprintf("%x", cards[said%len(cards)])},
		}
	}
	for range 60 {
		b.tap(today())
		if got := u.step(t.Context()); got.failed != nil {
			t.Fatal(got.failed)
		}
	}
	if err := u.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	traffic := record.Bytes()
	if n := bytes.Count(traffic, []byte(`"badge_visits"`)); n != 60 {
		t.Errorf("%d counts in the record, want 60: not all was recorded", n)
	}
	for _, found := range leak.Find(traffic, secrets) {
		t.Errorf("%s crossed the network", found)
	}
	// The search itself can find: what did cross, as a name would.
	if len(leak.Find(traffic, map[string][]byte{"kiosk": []byte(b.pairing.Kiosk)})) == 0 {
		t.Error("the search does not find what is there")
	}
}
