package dashboardtest

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"

	"example.org/inloop/sync/central"
	"example.org/inloop/sync/central/api"
	"example.org/inloop/sync/central/sqlstore"
	"example.org/inloop/sync/count"
	"example.org/inloop/sync/wire"
	"example.org/inloop/web"
	"example.org/inloop/web/dashboard"
)

// Fixture is a real central over SQLite with the site in front of it, and a
// clock that the test sets.
type Fixture struct {
	Central *central.Centre
	Site    *dashboard.Site

	t      testing.TB
	api    http.Handler
	clock  atomic.Pointer[time.Time]
	kiosks byte
}

// Now is a Tuesday afternoon in the rooms' zone.
var Now = time.Date(2026, 11, 24, 13, 10, 0, 0, time.UTC)

// Open makes a centre over files of its own and closes it when t ends.
func Open(t testing.TB) *Fixture {
	t.Helper()
	texts, err := web.NewTranslations()
	if err != nil {
		t.Fatal(err)
	}
	return OpenWith(t, count.Standard(), texts)
}

// OpenWith is Open with other measures and texts.
func OpenWith(t testing.TB, measures count.Catalogue, texts *web.Translations) *Fixture {
	t.Helper()
	o := &Fixture{t: t}
	o.Set(Now)
	store, err := sqlstore.Open(t.Context(), filepath.Join(t.TempDir(), "central.db"))
	o.Must(err)
	t.Cleanup(func() { o.Must(store.Close()) })
	log := slog.New(slog.DiscardHandler)
	o.Central, err = central.New(central.Config{
		Store: store, Key: key(0), Log: log, Measures: measures, Now: func() time.Time { return *o.clock.Load() },
		HashPassword: quickHash,
	})
	o.Must(err)
	o.api = api.New(o.Central, log)
	o.Site, err = dashboard.New(dashboard.Config{
		Central: o.Central, Translations: texts, Log: log, Hosts: []string{"127.0.0.1", "example.com"},
	})
	o.Must(err)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
		defer cancel()
		o.Must(o.Site.Close(ctx))
	})
	return o
}

// quickHash keeps a password at the lowest cost there is: the pages are not about
// it, and under the race detector a look at a real one is a quarter of a second.
func quickHash(password string) (string, error) {
	return argon2id.CreateHash(password, &argon2id.Params{Memory: 8, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32})
}

// SecureSite is the site as it stands behind a proxy that ends https.
func (o *Fixture) SecureSite() *dashboard.Site {
	o.t.Helper()
	translations, err := web.NewTranslations()
	o.Must(err)
	site, err := dashboard.New(dashboard.Config{
		Central: o.Central, Translations: translations, Log: slog.New(slog.DiscardHandler), Secure: true, Hosts: []string{"example.com"},
	})
	o.Must(err)
	o.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
		defer cancel()
		o.Must(site.Close(ctx))
	})
	return site
}

// Set sets the clock.
func (o *Fixture) Set(now time.Time) { o.clock.Store(&now) }

// Must ends the test when err is not nil.
func (o *Fixture) Must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

func key(n byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(append(make([]byte, ed25519.SeedSize-1), n))
}

// Password is that of every coordinator whom a test makes.
const Password = "een lange zin voor de test"

// Visitor is somebody with a browser: signed in, or not.
type Visitor struct {
	*Fixture
	Session string
	Account central.Account
}

// Coordinator signs a new account of an organisation in.
func (o *Fixture) Coordinator(organisation, name string) *Visitor {
	o.t.Helper()
	link, err := o.Central.NewInvitation(o.t.Context(), organisation, name)
	o.Must(err)
	v := &Visitor{Fixture: o}
	v.Session, err = o.Central.Accept(o.t.Context(), link, Password)
	o.Must(err)
	v.Account, err = o.Central.Session(o.t.Context(), v.Session)
	o.Must(err)
	return v
}

// Again signs the visitor in anew: no session lasts the days that a test lets pass.
func (v *Visitor) Again() {
	v.t.Helper()
	var err error
	v.Session, err = v.Central.SignIn(v.t.Context(), v.Account.Name, Password, "")
	v.Must(err)
}

// Reader signs in who reads for a new funder of the coordinator's organisation, which
// sees the whole or not, and some rooms.
func (v *Visitor) Reader(funder, name string, whole bool, rooms ...int64) (reader *Visitor, id int64) {
	v.t.Helper()
	id, err := v.Central.SaveFunder(v.t.Context(), v.Account, central.Funder{Name: funder, Contract: "2026-001", Whole: whole, Rooms: rooms})
	v.Must(err)
	link, err := v.Central.InviteReader(v.t.Context(), v.Account, id, name)
	v.Must(err)
	reader = &Visitor{Fixture: v.Fixture}
	reader.Session, err = v.Central.AcceptReader(v.t.Context(), link, Password, "")
	v.Must(err)
	reader.Account, err = v.Central.Session(v.t.Context(), reader.Session)
	v.Must(err)
	return reader, id
}

// Nobody is a visitor who is not signed in.
func (o *Fixture) Nobody() *Visitor { return &Visitor{Fixture: o} }

// Ask sends a request as a browser would and returns the answer, redirects and
// all. form is "" for none.
func (v *Visitor) Ask(method, target, form string) *httptest.ResponseRecorder {
	v.t.Helper()
	r := httptest.NewRequest(method, target, bytes.NewBufferString(form))
	if form != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if v.Session != "" {
		r.AddCookie(&http.Cookie{Name: "inloop", Value: v.Session})
	}
	w := httptest.NewRecorder()
	v.Site.ServeHTTP(w, r)
	return w
}

// Page returns a page that must be there.
func (v *Visitor) Page(target string) string {
	v.t.Helper()
	w := v.Ask(http.MethodGet, target, "")
	if w.Code != http.StatusOK {
		v.t.Fatalf("GET %s: %d\n%s", target, w.Code, w.Body)
	}
	return w.Body.String()
}

// FakeKiosk is a room's kiosk as central sees it: a key and the last token.
type FakeKiosk struct {
	*Fixture
	Room    central.Room
	Lost    []wire.LostDays // days of which visits may be missing, told with every report; nil in version 1
	Undated []wire.Undated  // visits that wait for a date, told with every report; nil in version 1
	key     ed25519.PrivateKey
	token   string
	seq     int64
	rev     int64
}

// NewKiosk makes a new kiosk and has it ask for a code.
func (o *Fixture) NewKiosk() (*FakeKiosk, string) {
	o.t.Helper()
	o.kiosks++
	k := &FakeKiosk{Fixture: o, key: key(o.kiosks)}
	public := k.key.Public().(ed25519.PublicKey)
	answer := exchange[wire.PairAnswer](k, wire.PairPath, wire.NoKiosk, wire.PairRequest{Version: wire.Version, PublicKey: base64.StdEncoding.EncodeToString(public)})
	return k, answer.Code
}

// NewRoom pairs a new room with a new kiosk.
func (v *Visitor) NewRoom(name string) *FakeKiosk {
	v.t.Helper()
	k, code := v.NewKiosk()
	var err error
	k.Room, _, err = v.Central.Pair(v.t.Context(), v.Account, code, name)
	v.Must(err)
	return k
}

// Path is the address of the page about the kiosk's room.
func (k *FakeKiosk) Path() string { return fmt.Sprintf("/rooms/%d", k.Room.ID) }

// Report sends cells, and lights when any are given.
func (k *FakeKiosk) Report(cells []wire.Cell, lights ...wire.Health) {
	k.t.Helper()
	if lights == nil {
		lights = []wire.Health{{Part: "reader", Level: "green"}, {Part: "store", Level: "green"}, {Part: "clock", Level: "green"}}
	}
	for first := true; first || len(cells) > 0; first = false {
		batch := cells[:min(len(cells), wire.MaxRows)]
		cells = cells[len(batch):]
		k.seq++
		version := wire.Version
		if k.Undated != nil || k.Lost != nil {
			version = wire.Newest
		}
		answer := exchange[wire.Answer](k, wire.SyncPath, k.Room.Kiosk.ID, wire.Request{
			Version: version, Undated: k.Undated, Lost: k.Lost, Epoch: wire.Epoch{Ordinal: 1, ID: fmt.Sprintf("%032d", k.Room.ID)}, Seq: k.seq, Token: k.token,
			Clock: wire.ClockReading{Time: *k.clock.Load(), Trust: 2}, Health: lights, Cells: append([]wire.Cell{}, batch...),
		})
		k.token = answer.NextToken
		for i, r := range answer.Results {
			if r.Status != wire.StatusAccepted {
				k.t.Fatalf("cell %+v: %+v", batch[i], r)
			}
		}
	}
}

// exchange signs a message, sends it to central and reads the answer.
func exchange[T any](k *FakeKiosk, path, id string, message any) T {
	k.t.Helper()
	body, err := json.Marshal(message)
	k.Must(err)
	r := httptest.NewRequest(http.MethodPost, path, bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	wire.NewEnvelope(path, id, k.key.Public().(ed25519.PublicKey)).Sign(r.Header, k.key, body)
	w := httptest.NewRecorder()
	k.api.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		k.t.Fatalf("POST %s: %d %s", path, w.Code, w.Body)
	}
	answer, err := wire.Decode[T](w.Body.Bytes())
	k.Must(err)
	return answer
}

// Cell is one count with the kiosk's next revision.
func (k *FakeKiosk) Cell(period count.Period, m count.Measure, part count.Part, n int64) wire.Cell {
	k.rev++
	return wire.Cell{Epoch: 1, Period: period, Measure: m, Part: part, N: &n, Rev: k.rev}
}

// Day is a whole day: some visits in the morning and the afternoon, guests in
// the afternoon, and what the timetable said.
func (k *FakeKiosk) Day(date time.Time, morning, afternoon, guests int64, open bool) []wire.Cell {
	p := count.Period(date.Format(time.DateOnly))
	planned := int64(0)
	if open {
		planned = 1
	}
	return append(k.SoFar(date, morning, afternoon, guests), k.Cell(p, count.MeasureOpen, count.PartNone, planned))
}

// SoFar is a day that has not ended: its counts so far.
func (k *FakeKiosk) SoFar(date time.Time, morning, afternoon, guests int64) []wire.Cell {
	p := count.Period(date.Format(time.DateOnly))
	return []wire.Cell{
		k.Cell(p, count.MeasureBadgeVisits, count.PartMorning, morning),
		k.Cell(p, count.MeasureBadgeVisits, count.PartAfternoon, afternoon),
		k.Cell(p, count.MeasureGuests, count.PartAfternoon, guests),
		k.Cell(p, count.MeasureGuestsChild, count.PartAfternoon, guests/3),
		k.Cell(p, count.MeasureGuestsElder, count.PartAfternoon, guests/2),
	}
}

// Days are whole days from first up to and without until: open on weekdays,
// a little different each.
func (k *FakeKiosk) Days(first, until time.Time) []wire.Cell {
	var all []wire.Cell
	for d := first; d.Before(until); d = d.AddDate(0, 0, 1) {
		wave := int64(d.YearDay()*7%5) + int64(d.YearDay()*3%4)
		switch d.Weekday() {
		case time.Sunday, time.Saturday:
			all = append(all, k.Day(d, 0, 0, 0, false)...)
		case time.Tuesday:
			all = append(all, k.Day(d, 9+wave, 12+wave, 3+wave%3, true)...)
		default:
			all = append(all, k.Day(d, 4+wave, 6+wave, 1+wave%4, true)...)
		}
	}
	return all
}

// Persons are the figures of class B of a month or quarter.
func (k *FakeKiosk) Persons(p count.Period, fresh, known, regular int64) []wire.Cell {
	cells := []wire.Cell{
		k.Cell(p, count.MeasureUnique, count.PartNone, fresh+known), k.Cell(p, count.MeasureNew, count.PartNone, fresh),
		k.Cell(p, count.MeasureKnown, count.PartNone, known),
	}
	if p.AtLeast(count.PeriodQuarter) {
		cells = append(cells, k.Cell(p, count.MeasureRegular, count.PartNone, regular))
	}
	return cells
}

// Midnight is a civil day as central writes it: its midnight in UTC.
func Midnight(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// TwoRooms is one that counts and one that fell silent on 3 November.
func (v *Visitor) TwoRooms() (counts, silent *FakeKiosk) {
	v.t.Helper()
	v.Set(time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC))
	counts, silent = v.NewRoom("Hobbemaplein"), v.NewRoom("Paulus Potterstraat")
	v.Set(time.Date(2026, 10, 9, 9, 0, 0, 0, time.UTC))
	v.Together(map[*FakeKiosk][]int64{counts: {75, 40, 11}, silent: {60, 35, 10}})
	v.Set(time.Date(2026, 11, 3, 16, 0, 0, 0, time.UTC))
	silent.Report(silent.Days(Midnight(2026, 6, 1), Midnight(2026, 11, 3)))
	silent.Report(silent.Persons("2026Q3", 6, 35, 9))
	v.Set(Now)
	counts.Report(counts.Days(Midnight(2026, 6, 1), Midnight(2026, 11, 24)))
	counts.Report(counts.SoFar(Midnight(2026, 11, 24), 14, 9, 4))
	counts.Report(append(counts.Persons("2026Q4", 7, 48, 14), counts.Persons("2026-11", 2, 41, 0)...))
	counts.Report(counts.Persons("2026Q3", 9, 44, 13))
	return counts, silent
}

// Serve lets the site answer a request as it is.
func (o *Fixture) Serve(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	o.Site.ServeHTTP(w, r)
	return w
}
