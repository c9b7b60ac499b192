package uplink

import (
	"bytes"
	"fmt"
	"testing"

	"example.org/inloop/kiosk"
	"example.org/inloop/sync/wire/leak"
)

// TestTraffic_HoldsNoNameAndNoCard hands the uplink names and cards wherever it
// takes text, pairs it with a real centre, lets it report all day, and finds
// none of them in the bytes that crossed the network.
func TestTraffic_HoldsNoNameAndNoCard(t *testing.T) {
	names := []string{"Ayşe Yıldız", "Fatima el Amrani", "Willemijn", "سميرة بنعلي"}
	cards := [][]byte{{0x04, 0xa1, 0xb2, 0xc3, 0xd4, 0xe5, 0xf6}, {0x9b, 0x1c, 0x77, 0x5e}, {4, 1, 2, 3, 4, 5, 6, 7, 8, 9}}
	secrets := map[string][]byte{}
	for _, n := range names {
		secrets[n] = []byte(n)
	}
	for i, c := range cards {
		secrets[fmt.Sprintf("card %d", i+1)] = c
	}

	o, b := openOffice(t), unpaired()
	o.pair(t, b)
	record := &leak.Recorder{Network: o.server.Client().Transport}
	u := o.link(t, b, record)
	said := 0
	u.lights = func() []kiosk.Light {
		said++
		return []kiosk.Light{
			{Part: names[said%len(names)], Colour: kiosk.Green},
			{Part: "reader", Colour: kiosk.Orange, Reason: names[said%len(names)]},
			{Part: "store", Colour: kiosk.Colour(names[0]), Reason: fmt.Sprintf("%x", cards[said%len(cards)])},
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
