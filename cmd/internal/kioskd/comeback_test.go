package kioskd_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
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
)

// story is a room and its centre, each of which can be put back to what it was:
// real stores on real files, and HTTP between them.
type story struct {
	t       *testing.T
	watch   *wristwatch
	keys    keyring.Keys
	dir     string // the room's data
	file    string // the centre's database
	store   *sqlite.Store
	held    *sqlstore.Store
	rules   *central.Centre
	account central.Account
	room    central.Room
	server  *httptest.Server
	handler *atomic.Pointer[http.Handler]
	link    *uplink.Uplink
	client  *http.Client

	measures count.Catalogue // that the centre knows; empty for all
	behind   *atomic.Int64   // nanoseconds of the centre's clock, of the room's
}

// newStory pairs a room with a centre at ten o'clock of 24 November 2026.
func newStory(t *testing.T) *story {
	t.Helper()
	return newStoryOn(t, filepath.Join(t.TempDir(), "central", "central.db"))
}

// newStoryOn is newStory with the centre's database at a path or an address.
func newStoryOn(t *testing.T, file string) *story {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Amsterdam")
	must(t, err)
	dir := t.TempDir()
	s := &story{
		t: t, watch: &wristwatch{now: kiosk.Moment{Wall: count.Date(2026, 11, 24).At(10*60, zone), Boot: "boot 1", Since: time.Hour}},
		dir: filepath.Join(dir, "data"), file: file, client: &http.Client{}, handler: &atomic.Pointer[http.Handler]{}, behind: &atomic.Int64{},
	}
	s.keys, err = keyring.Load(filepath.Join(dir, "key"))
	must(t, err)
	if filepath.IsAbs(s.file) {
		must(t, os.MkdirAll(filepath.Dir(s.file), 0o700))
	}
	s.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (*s.handler.Load()).ServeHTTP(w, r) }))
	t.Cleanup(s.server.Close)
	s.openCentre()
	t.Cleanup(func() { must(t, s.held.Close()) })
	s.signUp()
	s.openRoom()
	t.Cleanup(func() { _ = s.store.Close() })
	s.pair()
	return s
}

// signUp gives the centre its coordinator.
func (s *story) signUp() {
	s.t.Helper()
	ctx := s.t.Context()
	link, err := s.rules.NewInvitation(ctx, "Stichting Voorbeeld", "coordinator@example.org")
	must(s.t, err)
	session, err := s.rules.Accept(ctx, link, "four plain words together")
	must(s.t, err)
	s.account, err = s.rules.Session(ctx, session)
	must(s.t, err)
}

func (s *story) openCentre() {
	s.t.Helper()
	var err error
	s.held, err = sqlstore.Open(s.t.Context(), s.file)
	must(s.t, err)
	s.rules, err = central.New(central.Config{Store: s.held, Key: serverKey, Measures: s.measures, Now: func() time.Time { return s.watch.Now().Wall.Add(-time.Duration(s.behind.Load())) }})
	must(s.t, err)
	var h http.Handler = api.New(s.rules, nil)
	s.handler.Store(&h)
}

func (s *story) openRoom() {
	s.t.Helper()
	var err error
	s.store, err = sqlite.Open(s.t.Context(), s.config())
	must(s.t, err)
	s.newLink()
}

func (s *story) config() sqlite.Config {
	week := map[time.Weekday][]kiosk.OpeningHours{}
	for d := range time.Weekday(7) {
		week[d] = []kiosk.OpeningHours{{From: 9 * 60, Until: 22 * 60}}
	}
	return sqlite.Config{
		Dir: s.dir, Keys: s.keys, Clock: s.watch,
		Timetable: kiosk.Timetable{Zone: s.watch.Now().Wall.Location(), PartTimes: kiosk.DefaultPartTimes(), Week: week},
	}
}

// newLink is the program started again.
func (s *story) newLink() {
	s.t.Helper()
	var err error
	s.link, err = kioskd.NewUplink(s.store, s.watch, uplink.Config{Key: s.keys.Signing(), URL: s.server.URL, Client: s.client})
	must(s.t, err)
}

// run lets the line run until done.
func (s *story) run(what string, done func() bool) {
	s.t.Helper()
	ctx, stop := context.WithCancel(s.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.link.Run(ctx) }()
	defer func() {
		stop()
		must(s.t, <-ended)
	}()
	tick, deadline := time.NewTicker(2*time.Millisecond), time.NewTimer(time.Minute)
	defer tick.Stop()
	defer deadline.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-deadline.C:
			s.t.Fatalf("%s: not within a minute; the line is %+v", what, s.link.Health())
		}
	}
}

// pair pairs the room as a coordinator does: a new room, or the one that it was.
func (s *story) pair() {
	s.t.Helper()
	typed := ""
	s.run("pairing", func() bool {
		if code := s.link.Code(); code != "" && code != typed {
			typed = code
			s.typeCode(code)
		}
		_, err := s.store.Pairing(s.t.Context())
		return err == nil
	})
}

// typeCode does what the coordinator does with a code. One that a line still shows
// from before it ran is unknown: the next one is the line's.
func (s *story) typeCode(code string) {
	s.t.Helper()
	ctx, room, err := s.t.Context(), s.room, error(nil)
	if s.room.ID == 0 {
		room, _, err = s.rules.Pair(ctx, s.account, code, "De Vlinder")
	} else {
		_, _, err = s.rules.PairRoom(ctx, s.account, code, s.room.ID)
	}
	if errors.Is(err, central.ErrPairCode) {
		return
	}
	must(s.t, err)
	s.room = room
}

// send has all that was counted taken by the centre, once the part of the day has ended.
func (s *story) send() {
	s.t.Helper()
	tt := s.config().Timetable
	for was := tt.Ended(s.watch.Now().Wall, count.NoDay); tt.Ended(s.watch.Now().Wall, count.NoDay) == was; {
		s.watch.pass(time.Minute)
	}
	s.sendNow()
}

// sendNow has taken what has ended already.
func (s *story) sendNow() {
	s.t.Helper()
	must(s.t, s.store.Tick(s.t.Context()))
	must(s.t, s.link.Flush(s.t.Context()))
}

// come counts n guests.
func (s *story) come(n int) {
	s.t.Helper()
	for range n {
		must(s.t, s.store.AddGuest(s.t.Context(), 0, kiosk.BandAdult))
		s.watch.pass(time.Minute)
	}
}

// at sets the clock to an hour of a day of November 2026.
func (s *story) at(day, hour int) {
	s.t.Helper()
	s.watch.pass(count.Date(2026, 11, day).At(count.ClockTime(60*hour), s.watch.Now().Wall.Location()).Sub(s.watch.Now().Wall))
}

// image copies a room's or a centre's folder; back puts it back.
func (s *story) image(dir string) string {
	s.t.Helper()
	to := filepath.Join(s.t.TempDir(), "image")
	must(s.t, os.CopyFS(to, os.DirFS(dir)))
	return to
}

func (s *story) imageOfRoom() string {
	s.t.Helper()
	must(s.t, s.store.Close())
	defer s.openRoom()
	return s.image(s.dir)
}

// roomBack puts an image of the room's card back.
func (s *story) roomBack(image string) {
	s.t.Helper()
	must(s.t, s.store.Close())
	must(s.t, os.RemoveAll(s.dir))
	must(s.t, os.CopyFS(s.dir, os.DirFS(image)))
	s.openRoom()
}

func (s *story) imageOfCentre() string {
	s.t.Helper()
	must(s.t, s.held.Close())
	defer s.openCentre()
	return s.image(filepath.Dir(s.file))
}

func (s *story) centreBack(image string) {
	s.t.Helper()
	must(s.t, s.held.Close())
	must(s.t, os.RemoveAll(filepath.Dir(s.file)))
	if image != "" {
		must(s.t, os.CopyFS(filepath.Dir(s.file), os.DirFS(image)))
	} else {
		must(s.t, os.Mkdir(filepath.Dir(s.file), 0o700))
	}
	s.openCentre()
}

// holds fails unless the centre holds these visits of the days of November, as
// "24:13 25:2".
func (s *story) holds(want string) {
	s.t.Helper()
	cells, err := s.held.Cells(s.t.Context(), s.account.Organisation, 0, count.Days{First: count.Date(2026, 11, 1), Last: count.Date(2026, 11, 30)}, nil)
	must(s.t, err)
	days := map[string]int64{}
	for _, c := range cells {
		if (c.Cell.Measure == count.MeasureBadgeVisits || c.Cell.Measure == count.MeasureGuests) && *c.Cell.N > 0 {
			days[string(c.Cell.Period[8:])] += *c.Cell.N
		}
	}
	var got []string
	for d := 1; d <= 30; d++ {
		if n := days[fmt.Sprintf("%02d", d)]; n > 0 {
			got = append(got, fmt.Sprintf("%d:%d", d, n))
		}
	}
	if strings.Join(got, " ") != want {
		s.t.Errorf("the centre holds %q, want %q", strings.Join(got, " "), want)
	}
}

// unmarked fails when the coordinator is told of a second box.
func (s *story) unmarked() {
	s.t.Helper()
	rooms, err := s.rules.Rooms(s.t.Context(), s.account)
	must(s.t, err)
	for _, r := range rooms {
		if !r.Kiosk.Forked.IsZero() {
			s.t.Error("the coordinator is told of a second kiosk")
		}
	}
}

func (s *story) epoch() int {
	s.t.Helper()
	e, err := s.store.Epoch(s.t.Context())
	must(s.t, err)
	return e.Ordinal
}

// d. The image of a card is put back: what was counted since then is counted beside
// what the centre has, and nothing is taken for held that it never got.
func TestComesBack_CardPutBack(t *testing.T) {
	s := newStory(t)
	s.come(5)
	s.send()
	image := s.imageOfRoom()
	s.come(3)
	s.send()
	s.at(25, 10)
	s.come(2)
	s.send()
	s.at(27, 10)
	s.holds("24:8 25:2")

	s.roomBack(image)
	must(t, s.store.Tick(t.Context()))
	s.come(4)
	s.send()
	s.holds("24:8 25:2 27:4")
	if e := s.epoch(); e != 2 {
		t.Errorf("epoch %d, want a second one", e)
	}
	s.come(1)
	s.at(28, 10)
	s.send()
	s.holds("24:8 25:2 27:5")
	s.unmarked()
}

// d. The same on the day of the image, and what the image had not sent yet was sent
// by the card that went on.
func TestComesBack_CardPutBackOnTheSameDay(t *testing.T) {
	s := newStory(t)
	s.come(5)
	s.send()
	s.come(2) // not sent when the image is made
	image := s.imageOfRoom()
	s.come(3)
	s.send()
	s.roomBack(image)
	s.come(4)
	s.send()
	s.holds("24:14")
	s.unmarked()
}

// a. The centre is put back from a backup: the room sends all that it lost, in the
// same epoch.
func TestComesBack_CentrePutBack(t *testing.T) {
	s := newStory(t)
	s.come(5)
	s.send()
	image := s.imageOfCentre()
	s.come(3)
	s.send()
	s.at(25, 10)
	s.come(2)
	s.send()
	s.holds("24:8 25:2")
	s.centreBack(image)
	s.holds("24:5")
	s.come(1)
	s.send()
	s.holds("24:8 25:3")
	if e := s.epoch(); e != 1 {
		t.Errorf("epoch %d, want the same as before", e)
	}
	s.unmarked()
}

// tape keeps the requests that pass, and can play them again.
type tape struct {
	bodies  [][]byte
	headers []http.Header
}

// RoundTrip keeps the request.
func (p *tape) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	if r.URL.Path == wire.SyncPath {
		p.bodies, p.headers = append(p.bodies, body), append(p.headers, r.Header.Clone())
	}
	return http.DefaultTransport.RoundTrip(r)
}

// again plays the i-th request of the room once more.
func (p *tape) again(t *testing.T, url string, i int) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+wire.SyncPath, bytes.NewReader(p.bodies[i]))
	must(t, err)
	r.Header = p.headers[i]
	resp, err := http.DefaultClient.Do(r)
	must(t, err)
	must(t, resp.Body.Close())
	return resp.StatusCode
}

// f. A late copy of any old request changes nothing and marks nothing, and the room
// goes on as if nobody had sent one.
func TestComesBack_LateCopies(t *testing.T) {
	s := newStory(t)
	kept := &tape{}
	s.client.Transport = kept
	s.newLink()
	for range 4 {
		s.come(1)
		s.send()
	}
	if len(kept.bodies) < 4 {
		t.Fatalf("%d requests on the tape", len(kept.bodies))
	}
	for i := range kept.bodies {
		if status := kept.again(t, s.server.URL, i); status != http.StatusConflict && i < len(kept.bodies)-1 {
			t.Errorf("copy %d of %d: status %d, want it refused", i+1, len(kept.bodies), status)
		}
	}
	s.unmarked()
	s.holds("24:4")
	s.come(1)
	s.send()
	for i := range kept.bodies {
		if status := kept.again(t, s.server.URL, i); status != http.StatusConflict && i < len(kept.bodies)-1 {
			t.Errorf("copy %d of %d: status %d, want it refused", i+1, len(kept.bodies), status)
		}
	}
	s.holds("24:4 25:1")
	s.unmarked()
	if e := s.epoch(); e != 1 || s.link.Health().Level != "green" {
		t.Errorf("epoch %d, line %+v; want nothing changed", e, s.link.Health())
	}
}

// f. Two boxes with one key that both live: the one that is left behind is told so,
// the coordinator too, and nothing that was held is lost.
func TestComesBack_TwoLivingBoxes(t *testing.T) {
	s := newStory(t)
	s.come(5)
	s.send()
	image := s.imageOfRoom()
	s.come(3)
	s.send()

	clone := *s
	clone.dir = filepath.Join(t.TempDir(), "clone")
	must(t, os.CopyFS(clone.dir, os.DirFS(image)))
	clone.openRoom()
	defer func() { must(t, clone.store.Close()) }()
	clone.come(2)
	clone.send()
	s.holds("24:10")
	s.unmarked()

	s.come(1)
	must(t, s.store.Tick(t.Context()))
	if err := s.link.Flush(t.Context()); err == nil {
		t.Error("the box that was left behind goes on as if it were alone")
	}
	rooms, err := s.rules.Rooms(t.Context(), s.account)
	must(t, err)
	if rooms[0].Kiosk.Forked.IsZero() {
		t.Error("the coordinator is not told of the second box")
	}
	s.holds("24:10")
}

// again is the volunteer's one touch, and the coordinator's ordinary pairing.
func (s *story) again(asks string) {
	s.t.Helper()
	s.run("the volunteers' page asks about "+asks, func() bool { return s.link.Asks() == asks })
	must(s.t, s.link.PairAnew(s.t.Context()))
}

// b. The centre is wiped: after one touch and the ordinary pairing all is there
// again, in the same epoch.
func TestComesBack_CentreWiped(t *testing.T) {
	s := newStory(t)
	s.come(5)
	s.send()
	s.at(25, 10)
	s.come(2)
	s.send()
	s.centreBack("")
	s.signUp()
	s.room = central.Room{}
	s.come(1)
	s.again("sync.unknown")
	s.pair()
	s.send()
	s.holds("24:5 25:3")
	if e := s.epoch(); e != 1 {
		t.Errorf("epoch %d, want the same as before", e)
	}
	s.unmarked()
}

// c. The kiosk is revoked and paired again with its room.
func TestComesBack_RevokedAndPairedAgain(t *testing.T) {
	s := newStory(t)
	s.come(5)
	s.send()
	must(t, s.rules.Unpair(t.Context(), s.account, s.room.ID))
	s.come(2)
	s.again("sync.revoked")
	s.pair()
	s.send()
	s.holds("24:7")
	if e := s.epoch(); e != 1 {
		t.Errorf("epoch %d, want the same as before", e)
	}
	s.unmarked()
}

// c. A card that was put back, revoked and paired again: what it counted since is
// not taken for held.
func TestComesBack_CardPutBackAndPairedAgain(t *testing.T) {
	s := newStory(t)
	s.come(5)
	s.send()
	image := s.imageOfRoom()
	s.come(3)
	s.send()
	must(t, s.rules.Unpair(t.Context(), s.account, s.room.ID))
	s.roomBack(image)
	s.come(4)
	s.again("sync.revoked")
	s.pair()
	s.send()
	s.holds("24:12")
}

// f. The person who stands at the box that was left behind says that it goes on:
// then the other one is told.
func TestComesBack_APersonSaysWhichBoxGoesOn(t *testing.T) {
	s := newStory(t)
	s.come(5)
	s.send()
	clone := *s
	clone.dir = filepath.Join(t.TempDir(), "clone")
	must(t, s.store.Close())
	must(t, os.CopyFS(clone.dir, os.DirFS(s.dir)))
	s.openRoom()
	s.come(3)
	s.send()
	clone.openRoom()
	defer func() { must(t, clone.store.Close()) }()
	clone.come(2)
	clone.send()
	s.come(1)
	s.again("sync.forked")
	s.send()
	s.holds("24:11")
	clone.come(1)
	clone.run("the other box is told", func() bool { return clone.link.Asks() != "" })
}

// told is what the centre knows of days of which visits may be missing.
func (s *story) told(want ...string) {
	s.t.Helper()
	rooms, err := s.rules.Rooms(s.t.Context(), s.account)
	must(s.t, err)
	var got []string
	for _, l := range rooms[0].Lost {
		got = append(got, string(l.From)+" to "+string(l.To))
	}
	if !slices.Equal(got, want) || rooms[0].LostUntold {
		s.t.Errorf("visits may be missing of %q, want %q", got, want)
	}
}

// "At least" is told where something was lost, and by that very days; pairing anew
// and a centre that was put back lose nothing.
func TestComesBack_TellsWhatWasLostAndNothingElse(t *testing.T) {
	s := newStory(t)
	s.come(5)
	s.send()
	s.told()
	image := s.imageOfRoom()
	centre := s.imageOfCentre()
	s.come(1)
	s.send()
	s.centreBack(centre)
	s.come(1)
	s.send()
	must(t, s.rules.Unpair(t.Context(), s.account, s.room.ID))
	s.come(2)
	s.again("sync.revoked")
	s.pair()
	s.send()
	s.told()
	s.at(26, 10)
	s.roomBack(image)
	s.come(1)
	s.again("sync.revoked") // the image knows an older pairing
	s.pair()
	s.send()
	s.told("2026-11-24 to 2026-11-26")
}

// f. Over a life in which both sides are put back, and longer than the centre
// remembers, somebody plays copies of all that was ever sent, in any order. Nothing
// changes by it, nobody is marked, and no copy is taken.
func TestComesBack_CopiesOfAWholeLife(t *testing.T) {
	s := newStory(t)
	kept := &tape{}
	s.client.Transport = kept
	s.newLink()
	rnd := rand.New(rand.NewPCG(1, 2))
	var room, centre string
	want := 0
	for i := range 42 {
		switch i {
		case 4:
			room = s.imageOfRoom()
		case 12:
			s.roomBack(room)
		case 20:
			centre = s.imageOfCentre()
		case 26:
			s.centreBack(centre)
		}
		s.come(1)
		want++
		s.send()
		for range 3 {
			at := rnd.IntN(len(kept.bodies))
			if status := kept.again(t, s.server.URL, at); status == http.StatusOK && at < len(kept.bodies)-1 {
				t.Fatalf("step %d: a copy of request %d of %d is taken", i, at+1, len(kept.bodies))
			}
		}
	}
	if n := s.centreReading(`SELECT sum(n) FROM cells WHERE measure = 'guests'`); n != int64(want) {
		t.Errorf("the centre holds %d visits, want %d", n, want)
	}
	s.unmarked()
	if e := s.epoch(); e != 2 || s.link.Health().Level != "green" {
		t.Errorf("epoch %d, line %+v; want the one that the room's image began", e, s.link.Health())
	}
}

// e. A backup of today is put back on an open day: ten came, three of them since the
// backup, and those three tap again. It is ten, and not 13: when the part of the day in
// which they came has gone to the centre, and when it was still to go.
func TestComesBack_BackupPutBackOnAnOpenDay(t *testing.T) {
	t.Run("told", func(t *testing.T) { backOnAnOpenDay(t, 21, true) })
	t.Run("still to be told", func(t *testing.T) { backOnAnOpenDay(t, 10, false) })
}

func backOnAnOpenDay(t *testing.T, hour int, told bool) {
	s := newStory(t)
	tap := func(person byte) {
		t.Helper()
		uid, err := kiosk.NewUID([]byte{4, person, 1, 2, 3, 4, 5})
		must(t, err)
		s.watch.pass(time.Minute)
		_, err = s.store.CheckIn(t.Context(), kiosk.Tap{UID: uid, At: s.watch.Now()})
		must(t, err)
	}
	for person := range byte(10) {
		tap(person)
		v, err := s.store.View(t.Context())
		must(t, err)
		_, err = s.store.Enrol(t.Context(), 0, kiosk.Enrolment{Badge: v.Badges[0].No, Resident: kiosk.Resident{Language: "nl"}})
		must(t, err)
	}
	s.send()
	s.at(25, 9)
	s.sendNow()
	s.at(25, hour)
	for person := range byte(7) {
		tap(person)
	}
	file := filepath.Join(t.TempDir(), "room.backup")
	must(t, s.store.Backup(t.Context(), file))
	for person := range byte(3) {
		tap(7 + person)
	}
	if told {
		s.send()
		s.holds("24:10 25:10")
	}

	must(t, s.store.Close())
	_, err := sqlite.Restore(t.Context(), s.config(), file)
	must(t, err)
	s.openRoom()
	for person := range byte(3) {
		tap(7 + person)
	}
	s.send()
	s.holds("24:10 25:10")
	s.at(26, 9)
	s.send()
	s.holds("24:10 25:10")
	s.told("2026-11-25 to 2026-11-25")
	s.unmarked()
}
