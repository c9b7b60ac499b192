package dashboard_test

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

	"example.org/inloop/sync/central"
	"example.org/inloop/sync/central/sqlstore"
	"example.org/inloop/sync/wire"
	"example.org/inloop/web"
	"example.org/inloop/web/dashboard"
)

// office is a real central over SQLite with the site in front of it, and a
// clock that the test sets.
type office struct {
	t       testing.TB
	central *central.Office
	api     http.Handler
	site    *dashboard.Site
	clock   atomic.Pointer[time.Time]
	kiosks  byte
}

// now is a Tuesday afternoon in the rooms' zone.
var now = time.Date(2026, 11, 24, 13, 10, 0, 0, time.UTC)

func newOffice(t testing.TB) *office {
	t.Helper()
	o := &office{t: t}
	o.set(now)
	store, err := sqlstore.Open(t.Context(), filepath.Join(t.TempDir(), "central.db"))
	o.must(err)
	t.Cleanup(func() { o.must(store.Close()) })
	log := slog.New(slog.DiscardHandler)
	o.central, err = central.New(central.Config{
		Store: store, Key: key(0), Log: log, Now: func() time.Time { return *o.clock.Load() },
	})
	o.must(err)
	o.api = central.NewAPI(o.central)
	catalogue, err := web.NewCatalogue()
	o.must(err)
	o.site, err = dashboard.New(dashboard.Config{
		Central: o.central, Catalogue: catalogue, Log: log, Hosts: []string{"127.0.0.1", "example.com"},
	})
	o.must(err)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		o.must(o.site.Close(ctx))
	})
	return o
}

// secureSite is the site as it stands behind a proxy that ends https.
func (o *office) secureSite() *dashboard.Site {
	o.t.Helper()
	catalogue, err := web.NewCatalogue()
	o.must(err)
	site, err := dashboard.New(dashboard.Config{
		Central: o.central, Catalogue: catalogue, Log: slog.New(slog.DiscardHandler), Secure: true, Hosts: []string{"example.com"},
	})
	o.must(err)
	o.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		o.must(site.Close(ctx))
	})
	return site
}

func (o *office) set(now time.Time) { o.clock.Store(&now) }

func (o *office) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

func key(n byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(append(make([]byte, ed25519.SeedSize-1), n))
}

// password is nobody's.
const password = "een lange zin voor de test"

// visitor is somebody with a browser: signed in, or not.
type visitor struct {
	*office
	session string
	account central.Account
}

// coordinator signs a new account of an organisation in.
func (o *office) coordinator(organisation, name string) *visitor {
	o.t.Helper()
	link, err := o.central.NewInvitation(o.t.Context(), organisation, name)
	o.must(err)
	v := &visitor{office: o}
	v.session, err = o.central.Accept(o.t.Context(), link, password)
	o.must(err)
	v.account, err = o.central.Session(o.t.Context(), v.session)
	o.must(err)
	return v
}

func (o *office) nobody() *visitor { return &visitor{office: o} }

// ask sends a request as a browser would and returns the answer, redirects and
// all. form is "" for none.
func (v *visitor) ask(method, target, form string) *httptest.ResponseRecorder {
	v.t.Helper()
	r := httptest.NewRequest(method, target, bytes.NewBufferString(form))
	if form != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if v.session != "" {
		r.AddCookie(&http.Cookie{Name: "inloop", Value: v.session})
	}
	w := httptest.NewRecorder()
	v.site.ServeHTTP(w, r)
	return w
}

// page returns a page that must be there.
func (v *visitor) page(target string) string {
	v.t.Helper()
	w := v.ask(http.MethodGet, target, "")
	if w.Code != http.StatusOK {
		v.t.Fatalf("GET %s: %d\n%s", target, w.Code, w.Body)
	}
	return w.Body.String()
}

// kiosk is a room's kiosk as central sees it: a key and the last token.
type kiosk struct {
	*office
	room  central.Room
	key   ed25519.PrivateKey
	token string
	seq   int64
	rev   int64
}

// code makes a new kiosk and has it ask for a code.
func (o *office) code() (*kiosk, string) {
	o.t.Helper()
	o.kiosks++
	k := &kiosk{office: o, key: key(o.kiosks)}
	public := k.key.Public().(ed25519.PublicKey)
	answer := exchange[wire.PairAnswer](k, wire.PairPath, wire.Unpaired, wire.PairRequest{Version: wire.Version, PublicKey: base64.StdEncoding.EncodeToString(public)})
	return k, answer.Code
}

// room pairs a new room with a new kiosk.
func (v *visitor) room(name string) *kiosk {
	v.t.Helper()
	k, code := v.code()
	var err error
	k.room, _, err = v.central.Pair(v.t.Context(), v.account, code, name)
	v.must(err)
	return k
}

func (k *kiosk) place() string { return fmt.Sprintf("/rooms/%d", k.room.ID) }

// report sends cells, and lights when any are given.
func (k *kiosk) report(cells []wire.Cell, lights ...wire.Light) {
	k.t.Helper()
	if lights == nil {
		lights = []wire.Light{{Part: "reader", Colour: "green"}, {Part: "store", Colour: "green"}, {Part: "clock", Colour: "green"}}
	}
	for first := true; first || len(cells) > 0; first = false {
		batch := cells[:min(len(cells), wire.MaxRows)]
		cells = cells[len(batch):]
		k.seq++
		answer := exchange[wire.Answer](k, wire.SyncPath, k.room.Kiosk.ID, wire.Request{
			Version: wire.Version, Epoch: wire.Epoch{Ordinal: 1, ID: fmt.Sprintf("%032d", k.room.ID)}, Seq: k.seq, Token: k.token,
			Clock: wire.Clock{Time: *k.clock.Load(), Trust: 2}, Lights: lights, Cells: append([]wire.Cell{}, batch...),
		})
		k.token = answer.NextToken
		for i, r := range answer.Results {
			if r.Status != wire.Accepted {
				k.t.Fatalf("cell %+v: %+v", batch[i], r)
			}
		}
	}
}

// exchange signs a message, sends it to central and reads the answer.
func exchange[T any](k *kiosk, path, id string, message any) T {
	k.t.Helper()
	body, err := json.Marshal(message)
	k.must(err)
	r := httptest.NewRequest(http.MethodPost, path, bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	wire.NewEnvelope(path, id, k.key.Public().(ed25519.PublicKey)).Sign(r.Header, k.key, body)
	w := httptest.NewRecorder()
	k.api.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		k.t.Fatalf("POST %s: %d %s", path, w.Code, w.Body)
	}
	answer, err := wire.Decode[T](w.Body.Bytes())
	k.must(err)
	return answer
}

// cell is one count with the kiosk's next revision.
func (k *kiosk) cell(period wire.Period, m wire.Measure, part wire.Part, n int64) wire.Cell {
	k.rev++
	return wire.Cell{Epoch: 1, Period: period, Measure: m, Part: part, N: &n, Rev: k.rev}
}

// day is a whole day: some visits in the morning and the afternoon, guests in
// the afternoon, and what the timetable said.
func (k *kiosk) day(date time.Time, morning, afternoon, guests int64, open bool) []wire.Cell {
	p := wire.Period(date.Format(time.DateOnly))
	planned := int64(0)
	if open {
		planned = 1
	}
	return append(k.so(date, morning, afternoon, guests), k.cell(p, wire.Open, wire.NoPart, planned))
}

// so is a day that has not ended: its counts so far.
func (k *kiosk) so(date time.Time, morning, afternoon, guests int64) []wire.Cell {
	p := wire.Period(date.Format(time.DateOnly))
	return []wire.Cell{
		k.cell(p, wire.BadgeVisits, wire.Morning, morning),
		k.cell(p, wire.BadgeVisits, wire.Afternoon, afternoon),
		k.cell(p, wire.Guests, wire.Afternoon, guests),
		k.cell(p, wire.GuestsChild, wire.Afternoon, guests/3),
		k.cell(p, wire.GuestsElder, wire.Afternoon, guests/2),
	}
}

// days are whole days from first up to and without until: open on weekdays,
// a little different each.
func (k *kiosk) days(first, until time.Time) []wire.Cell {
	var all []wire.Cell
	for d := first; d.Before(until); d = d.AddDate(0, 0, 1) {
		wave := int64(d.YearDay()*7%5) + int64(d.YearDay()*3%4)
		switch d.Weekday() {
		case time.Sunday, time.Saturday:
			all = append(all, k.day(d, 0, 0, 0, false)...)
		case time.Tuesday:
			all = append(all, k.day(d, 9+wave, 12+wave, 3+wave%3, true)...)
		default:
			all = append(all, k.day(d, 4+wave, 6+wave, 1+wave%4, true)...)
		}
	}
	return all
}

// persons are the figures of class B of a month or quarter.
func (k *kiosk) persons(p wire.Period, fresh, back, returning int64) []wire.Cell {
	return []wire.Cell{
		k.cell(p, wire.Unique, wire.NoPart, fresh+back+returning), k.cell(p, wire.New, wire.NoPart, fresh),
		k.cell(p, wire.Reactivated, wire.NoPart, back), k.cell(p, wire.Returning, wire.NoPart, returning),
	}
}

// reach is the figure of class C of a quarter.
func (k *kiosk) reach(p wire.Period, n, a, few int64) []wire.Cell {
	return []wire.Cell{
		k.cell(p, wire.ReachN, wire.NoPart, n), k.cell(p, wire.ReachA, wire.NoPart, a), k.cell(p, wire.ReachK, wire.NoPart, few),
	}
}

// withheld is a quarter of which the kiosk may not send the reach.
func (k *kiosk) withheld(p wire.Period) []wire.Cell {
	cells := k.reach(p, 0, 0, 0)
	for i := range cells {
		cells[i].N = nil
	}
	return cells
}

func day(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// twoRooms is one that counts and one that fell silent on 3 November.
func (v *visitor) twoRooms() (counts, silent *kiosk) {
	v.t.Helper()
	v.set(time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC))
	counts, silent = v.room("Hobbemaplein"), v.room("Paulus Potterstraat")
	v.set(time.Date(2026, 11, 3, 16, 0, 0, 0, time.UTC))
	silent.report(silent.days(day(2026, 6, 1), day(2026, 11, 3)))
	silent.report(silent.persons("2026Q3", 6, 4, 31))
	silent.report(silent.withheld("2026Q3"))
	v.set(now)
	counts.report(counts.days(day(2026, 6, 1), day(2026, 11, 24)))
	counts.report(counts.so(day(2026, 11, 24), 14, 9, 4))
	counts.report(append(counts.persons("2026Q4", 7, 5, 43), counts.persons("2026-11", 2, 3, 38)...))
	counts.report(append(counts.persons("2026Q3", 9, 4, 40), counts.reach("2026Q3", 75, 30, 10)...))
	return counts, silent
}

func serve(o *office, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	o.site.ServeHTTP(w, r)
	return w
}
