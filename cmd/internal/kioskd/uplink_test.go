package kioskd_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"example.org/inloop/cmd/internal/kioskd"
	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/keyring"
	"example.org/inloop/kiosk/sqlite"
	"example.org/inloop/sync/central"
	"example.org/inloop/sync/central/api"
	"example.org/inloop/sync/central/sqlstore"
	"example.org/inloop/sync/count"
	"example.org/inloop/sync/uplink"
	"example.org/inloop/sync/wire"
	"example.org/inloop/sync/wire/leak"
)

var serverKey = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{2}, ed25519.SeedSize))

// wristwatch is a clock that is set by hand; a centre that has answered may look at it
// still.
type wristwatch struct {
	mu  sync.Mutex
	now kiosk.Moment
}

func (w *wristwatch) Now() kiosk.Moment {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *wristwatch) set(m kiosk.Moment) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = m
}

func (w *wristwatch) pass(d time.Duration) {
	m := w.Now()
	m.Wall, m.Since = m.Wall.Add(d), m.Since+d
	w.set(m)
}

// newRoom opens a room's store that is open all day.
func newRoom(t *testing.T, clock kiosk.Clock) (*sqlite.Store, ed25519.PrivateKey) {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Amsterdam")
	must(t, err)
	keys, err := keyring.Load(filepath.Join(t.TempDir(), "key"))
	must(t, err)
	week := map[time.Weekday][]kiosk.OpeningHours{}
	for d := range time.Weekday(7) {
		week[d] = []kiosk.OpeningHours{{From: 9 * 60, Until: 22 * 60}}
	}
	store, err := sqlite.Open(t.Context(), sqlite.Config{
		Dir: t.TempDir(), Keys: keys, Clock: clock, Timetable: kiosk.Timetable{Zone: zone, PartTimes: kiosk.DefaultPartTimes(), Week: week},
	})
	must(t, err)
	return store, keys.Signing()
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// oldCentre takes every measure but one, which it does not know yet. It has no
// sockets, for tests in a synctest bubble.
type oldCentre struct {
	t       *testing.T
	unknown count.Measure
	token   int
	offered []time.Time // when that measure came
	took    int64       // of it
	refused map[wire.Cell]bool
}

// RoundTrip answers one request.
func (c *oldCentre) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	must(c.t, err)
	request, err := wire.Decode[wire.Request](body)
	must(c.t, err)
	a := wire.Answer{Version: wire.Version, Time: time.Now().UTC(), Results: []wire.Result{}, Interval: 3600}
	for _, cell := range request.Cells {
		result := wire.Result{Status: wire.StatusAccepted}
		somebody := cell.Measure == "guests_65" && *cell.N > 0
		if somebody {
			c.offered = append(c.offered, time.Now())
		}
		if cell.Measure == c.unknown {
			result = wire.Result{Status: wire.StatusRejected, Code: wire.CodeBadMeasure}
			c.refused[wire.Cell{Period: cell.Period, Part: cell.Part}] = true
		} else if somebody {
			c.took = *cell.N
		}
		a.Results, a.Rev = append(a.Results, result), max(a.Rev, cell.Rev)
	}
	c.token++
	a.NextToken = fmt.Sprintf("token-%016d", c.token)
	said, err := json.Marshal(a)
	must(c.t, err)
	w := httptest.NewRecorder()
	wire.SignAnswer(w.Header(), serverKey, http.StatusOK, wire.EnvelopeOf(r).Bytes(body), said)
	_, _ = w.Write(said)
	return w.Result(), nil
}

// systemClock reads the bubble's clock.
type systemClock struct{ booted time.Time }

func (c systemClock) Now() kiosk.Moment {
	return kiosk.Moment{Wall: time.Now(), Boot: "boot 1", Since: time.Since(c.booted)}
}

// A count that an older centre does not know is offered at the start and once a
// day, through restarts, until the centre has been upgraded; no person has to
// pair anew.
func TestUplink_OffersAgainWhatAnOlderCentreRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, key := newRoom(t, systemClock{time.Now().Add(-time.Hour)})
		defer func() { must(t, store.Close()) }()
		must(t, store.SetPairing(t.Context(), kiosk.Pairing{Kiosk: "kiosk_1", Room: "De Vlinder", ServerKey: serverKey.Public().(ed25519.PublicKey), At: time.Now()}))
		must(t, store.AddGuest(t.Context(), 0, kiosk.BandElder))
		time.Sleep(23 * time.Hour) // all of the day has ended
		must(t, store.Tick(t.Context()))
		centre := &oldCentre{t: t, unknown: count.MeasureGuestsElder, refused: map[wire.Cell]bool{}}
		run := func(d time.Duration) {
			line, err := kioskd.NewUplink(store, systemClock{time.Now().Add(-time.Hour)}, uplink.Config{
				Key: key, URL: "http://localhost", Client: &http.Client{Transport: centre},
			})
			must(t, err)
			ctx, stop := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			go func() { ended <- line.Run(ctx) }()
			time.Sleep(d)
			synctest.Wait()
			stop()
			must(t, <-ended)
		}
		run(3*24*time.Hour + time.Hour)
		if n := len(centre.offered); n != 4 {
			t.Fatalf("offered %d times in three days, want at the start and once a day", n)
		}
		for i, at := range centre.offered[1:] {
			if gap := at.Sub(centre.offered[i]); gap < 24*time.Hour || gap > 26*time.Hour {
				t.Errorf("offer %d came after %s, want a day", i+2, gap)
			}
		}
		if s, err := store.Sending(t.Context()); err != nil || s.Refused != len(centre.refused) || s.Refused < 3 || s.Waiting != 0 {
			t.Errorf("%+v, %v; want one set aside of each part of the day, %d", s, err, len(centre.refused))
		}
		run(time.Hour)
		if n := len(centre.offered); n != 5 || centre.took != 0 {
			t.Errorf("offered %d times, want once more after a restart", n)
		}
		centre.unknown = ""
		run(24*time.Hour + 2*time.Hour)
		if s, err := store.Sending(t.Context()); err != nil || s.Refused != 0 || s.Waiting != 0 || centre.took != 1 || len(centre.offered) != 6 {
			t.Errorf("%+v, %v, offered %d times; want it taken once", s, err, len(centre.offered))
		}
	})
}

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

// pair pairs the kiosk as a coordinator would.
func pair(t *testing.T, u *uplink.Uplink, rules *central.Centre, account central.Account) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- u.Run(ctx) }()
	defer func() {
		stop()
		must(t, <-ended)
	}()
	tick, deadline := time.NewTicker(5*time.Millisecond), time.NewTimer(5*time.Minute)
	defer tick.Stop()
	defer deadline.Stop()
	typed := false
	for u.Health().Reason != "" || !typed {
		if code := u.Code(); code != "" && !typed {
			_, _, err := rules.Pair(t.Context(), account, code, "De Vlinder")
			must(t, err)
			typed = true
		}
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatal("the kiosk is not paired")
		}
	}
}

// openCentre opens a real centre with its coordinator; now is its clock, nil for the
// machine's.
func openCentre(t *testing.T, now func() time.Time) (*sqlstore.Store, *central.Centre, central.Account) {
	t.Helper()
	held, err := sqlstore.Open(t.Context(), filepath.Join(t.TempDir(), "central.db"))
	must(t, err)
	t.Cleanup(func() { must(t, held.Close()) })
	rules, err := central.New(central.Config{Store: held, Key: serverKey, Now: now})
	must(t, err)
	link, err := rules.NewInvitation(t.Context(), "Stichting Voorbeeld", "coordinator@example.org")
	must(t, err)
	session, err := rules.Accept(t.Context(), link, "four plain words together")
	must(t, err)
	account, err := rules.Session(t.Context(), session)
	must(t, err)
	return held, rules, account
}

// A day of which visits wait for a date is never told as received, from the first
// report that tells that it has ended until a volunteer has dated them.
func TestUplink_ADayThatMayLackVisitsIsNotReceived(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Amsterdam")
	must(t, err)
	first := count.Date(2026, 11, 20)
	watch := &wristwatch{now: kiosk.Moment{Wall: first.At(9*60, zone), Boot: "friday", Since: time.Hour}}
	truth := watch.Now().Wall
	_, rules, account := openCentre(t, func() time.Time { return truth })
	server := httptest.NewServer(api.New(rules, nil))
	defer server.Close()
	store, key := newRoom(t, watch)
	defer func() { must(t, store.Close()) }()
	must(t, store.Anchor(t.Context(), watch.Now(), 500, "ntp"))
	u, err := kioskd.NewUplink(store, watch, uplink.Config{Key: key, URL: server.URL, Client: server.Client()})
	must(t, err)
	pair(t, u, rules, account)
	guest := func() {
		t.Helper()
		must(t, store.AddGuest(t.Context(), 0, kiosk.BandAdult))
	}
	guest()
	must(t, store.Tick(t.Context()))
	must(t, u.Flush(t.Context()))

	// Off until Monday, when its clock goes on where it stopped; on Tuesday it knows.
	watch.set(kiosk.Moment{Wall: watch.Now().Wall, Boot: "monday", Since: time.Minute})
	guest()
	guest()
	truth = count.Date(2026, 11, 24).At(9*60, zone)
	watch.set(kiosk.Moment{Wall: truth, Boot: "tuesday", Since: time.Minute})
	must(t, store.Anchor(t.Context(), watch.Now(), 500, "ntp"))
	must(t, store.Tick(t.Context()))
	must(t, u.Flush(t.Context()))
	look := func() (states []central.DayState, undated int64) {
		t.Helper()
		v, err := rules.Overview(t.Context(), account, "2026-11")
		must(t, err)
		for _, d := range v.Total.Days[19:23] {
			states = append(states, d.State)
		}
		return states, v.Total.Undated
	}
	may := central.DayUndated
	if states, n := look(); n != 2 || !slices.Equal(states, []central.DayState{may, may, may, may}) {
		t.Errorf("Friday to Monday are %v, %d wait; want none whole, and 2", states, n)
	}
	groups, err := store.Undated(t.Context())
	must(t, err)
	must(t, store.DateVisits(t.Context(), 0, groups[0].VisitSpan, kiosk.VisitDay{Day: first + 3, Part: count.PartMorning}))
	watch.pass(4 * time.Hour) // it is told when the morning has ended
	truth = watch.Now().Wall
	must(t, u.Flush(t.Context()))
	whole := central.DayReceived
	if states, n := look(); n != 0 || !slices.Equal(states, []central.DayState{whole, whole, whole, whole}) {
		t.Errorf("dated, Friday to Monday are %v, %d wait; want all whole", states, n)
	}
}

// TestTraffic_OfARealRoomsDay runs a day in a real room, on its real store and
// with a real centre: residents with names and badges, enrolled, tapped in and
// out, erased; a guest, a volunteer. No name and no card crosses the network,
// and the visits that do are those of the room.
func TestTraffic_OfARealRoomsDay(t *testing.T) {
	ctx := t.Context()
	zone, err := time.LoadLocation("Europe/Amsterdam")
	must(t, err)
	today := count.DayOf(time.Now(), time.UTC)
	watch := &wristwatch{now: kiosk.Moment{Wall: today.At(10*60, zone), Boot: "boot 1", Since: time.Hour}}
	store, key := newRoom(t, watch)
	defer func() { must(t, store.Close()) }()

	held, rules, account := openCentre(t, nil)
	server := httptest.NewServer(api.New(rules, nil))
	defer server.Close()
	record := &leak.Recorder{Network: server.Client().Transport}
	u, err := kioskd.NewUplink(store, watch, uplink.Config{
		Key: key, URL: server.URL, Client: &http.Client{Transport: record}, Trust: func() int { return int(store.Trust()) },
	})
	must(t, err)
	pair(t, u, rules, account)

	send := func() {
		t.Helper()
		must(t, store.Tick(ctx))
		must(t, u.Flush(ctx))
	}
	tap := func(card []byte) {
		t.Helper()
		uid, err := kiosk.NewUID(card)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := store.CheckIn(ctx, kiosk.Tap{UID: uid, At: watch.Now()}); err != nil {
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
	view, err := store.View(ctx) // who is erased stays in the numbers of the day
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Erase(ctx, 1, last); err != nil {
		t.Fatal(err)
	}
	watch.pass(4 * time.Hour) // the room is closed
	send()

	traffic := record.Bytes()
	for _, found := range leak.Find(traffic, hidden()) {
		t.Errorf("%s crossed the network", found)
	}
	if n := bytes.Count(traffic, []byte(`"badge_visits"`)); n != len(count.Parts()) {
		t.Errorf("%d counts of visits in the record, want one for each part of the day", n)
	}
	cells, err := held.Cells(ctx, account.Organisation, 0, count.Days{First: today, Last: today}, nil)
	if err != nil {
		t.Fatal(err)
	}
	sum := int64(0)
	for _, c := range cells {
		if c.Cell.Measure == count.MeasureBadgeVisits || c.Cell.Measure == count.MeasureGuests {
			sum += *c.Cell.N
		}
	}
	if sum != int64(view.Visits) || sum == 0 {
		t.Errorf("%d visits at the centre, %d in the room", sum, view.Visits)
	}
}
