package uplink

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/keyring"
	"example.org/inloop/kiosk/sqlite"
	"example.org/inloop/sync/count"
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

// wristwatch is a clock that is set by hand.
type wristwatch struct{ now kiosk.Moment }

func (w *wristwatch) Now() kiosk.Moment { return w.now }

func (w *wristwatch) pass(d time.Duration) {
	w.now.Wall, w.now.Since = w.now.Wall.Add(d), w.now.Since+d
}

// TestTraffic_OfARealRoomsDay runs a day in a real room, on its real store and
// with a real centre: residents with names and badges, enrolled, tapped in and
// out, erased; a guest, a volunteer. No name and no card crosses the network,
// and the visits that do are those of the room.
func TestTraffic_OfARealRoomsDay(t *testing.T) {
	ctx := t.Context()
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	watch := &wristwatch{kiosk.Moment{Wall: today().At(10*60, zone), Boot: "boot 1", Since: time.Hour}}
	keys, err := keyring.Load(filepath.Join(t.TempDir(), "key"))
	if err != nil {
		t.Fatal(err)
	}
	week := map[time.Weekday][]kiosk.OpeningHours{}
	for d := range time.Weekday(7) {
		week[d] = []kiosk.OpeningHours{{From: 9 * 60, Until: 22 * 60}}
	}
	store, err := sqlite.Open(ctx, sqlite.Config{
		Dir: t.TempDir(), Keys: keys, Clock: watch, Timetable: kiosk.Timetable{Zone: zone, PartTimes: kiosk.DefaultPartTimes(), Week: week},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})

	o := openCentre(t)
	record := &leak.Recorder{Network: o.server.Client().Transport}
	u := o.link(t, store, record)
	u.trust, u.clock = store.Trust, watch
	o.server.Client().Transport = record
	o.pair(t, store)

	send := func() {
		t.Helper()
		if err := store.Tick(ctx); err != nil {
			t.Fatal(err)
		}
		if got := u.step(ctx); got.failed != nil {
			t.Fatal(got.failed)
		}
	}
	tap := func(card []byte) {
		t.Helper()
		uid, err := kiosk.NewUID(card)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := store.CheckIn(ctx, kiosk.Tap{UID: uid, At: watch.now}); err != nil {
			t.Fatal(err)
		}
		watch.pass(time.Minute)
	}
	if _, err := store.AddVolunteer(ctx, names[0]); err != nil {
		t.Fatal(err)
	}
	var last int64
	for i, card := range cards {
		tap(card) // unknown
		view, err := store.View(ctx)
		if err != nil || len(view.Badges) != 1 {
			t.Fatalf("%d unknown badges, %v; want 1", len(view.Badges), err)
		}
		last, err = store.Enrol(ctx, 1, kiosk.Enrolment{Badge: view.Badges[0].No, Resident: kiosk.Resident{Name: names[i], OnScreen: true, Language: "tr"}})
		if err != nil {
			t.Fatal(err)
		}
		send()
	}
	if err := store.AddGuest(ctx, 1, kiosk.BandAdult); err != nil {
		t.Fatal(err)
	}
	for range 3 { // the afternoon and the evening
		watch.pass(3 * time.Hour)
		for _, card := range cards {
			tap(card)
			send()
		}
	}
	if err := store.Erase(ctx, 1, last); err != nil {
		t.Fatal(err)
	}
	send()
	if err := u.Flush(ctx); err != nil {
		t.Fatal(err)
	}

	traffic := record.Bytes()
	for _, found := range leak.Find(traffic, hidden()) {
		t.Errorf("%s crossed the network", found)
	}
	if n := bytes.Count(traffic, []byte(`"badge_visits"`)); n < len(cards) {
		t.Errorf("%d counts of visits in the record: not all was recorded", n)
	}
	view, err := store.View(ctx)
	if err != nil {
		t.Fatal(err)
	}
	cells, err := o.store.Cells(ctx, o.account.Organisation, 0, count.Days{First: today(), Last: today()}, nil)
	if err != nil {
		t.Fatal(err)
	}
	held := int64(0)
	for _, c := range cells {
		if c.Cell.Measure == count.MeasureBadgeVisits || c.Cell.Measure == count.MeasureGuests {
			held += *c.Cell.N
		}
	}
	if held != int64(view.Visits) || held == 0 {
		t.Errorf("%d visits at the centre, %d in the room", held, view.Visits)
	}
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
	u.allHealth = func() []kiosk.Health {
		said++
		return []kiosk.Health{
			{Part: names[said%len(names)], Level: kiosk.LevelGreen},
			{Part: "reader", Level: kiosk.LevelOrange, Reason: names[said%len(names)]},
			{Part: "store", Level: kiosk.Level(names[0]), Reason: fmt.Sprintf("%x", cards[said%len(cards)])},
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
