package kioskd

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"example.org/inloop/cmd/internal/health"
	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/keyring"
	"example.org/inloop/kiosk/sqlite"
	"example.org/inloop/kiosk/timeline"
	"example.org/inloop/sync/central"
	"example.org/inloop/sync/central/api"
	"example.org/inloop/sync/central/sqlstore"
	"example.org/inloop/sync/uplink"
	"example.org/inloop/sync/wire"
)

// What a room may cost in which nobody does anything.
const (
	maxExchangeBytes = 1400
	maxMonthBytes    = 4_200_000
	maxWrittenADay   = 5_000_000
)

// wireTap is a network without sockets between a kiosk and what serves it, which
// counts the bytes of HTTP both ways.
type wireTap struct {
	dialled  chan net.Conn
	ended    chan struct{}
	bytes    atomic.Int64
	requests atomic.Int64
}

func newWireTap() *wireTap {
	return &wireTap{dialled: make(chan net.Conn), ended: make(chan struct{})}
}

func (w *wireTap) Accept() (net.Conn, error) {
	select {
	case c := <-w.dialled:
		return c, nil
	case <-w.ended:
		return nil, net.ErrClosed
	}
}
func (w *wireTap) Close() error   { close(w.ended); return nil }
func (w *wireTap) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 80} }

func (w *wireTap) dial(context.Context, string, string) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case w.dialled <- there:
		return countedConn{here, &w.bytes}, nil
	case <-w.ended:
		return nil, net.ErrClosed
	}
}

// countedConn counts what is read and written.
type countedConn struct {
	net.Conn
	bytes *atomic.Int64
}

func (c countedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.bytes.Add(int64(n))
	return n, err
}

func (c countedConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.bytes.Add(int64(n))
	return n, err
}

// serve serves a handler on the network until the returned function is called.
func (w *wireTap) serve(h http.Handler) (network *http.Transport, stop func()) {
	server := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		w.requests.Add(1)
		h.ServeHTTP(out, r)
	})}
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(w) }) // it ends with the listener
	network = &http.Transport{DialContext: w.dial, IdleConnTimeout: 90 * time.Second}
	return network, func() {
		network.CloseIdleConnections()
		_ = server.Close()
		serving.Wait()
	}
}

// idleRoom is a whole paired room in which nobody does anything, with the network
// keeping its clock: its store on the disk, its upkeep and its line to a centre.
type idleRoom struct {
	r    *Daemon
	stop func()
}

func openIdleRoom(t testing.TB, network http.RoundTripper, pairing kiosk.Pairing, keys keyring.Keys, grid time.Duration) idleRoom {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	dir := t.TempDir()
	clock := bubbleClock{time.Now().Add(-time.Hour)}
	tt := kiosk.Timetable{Zone: time.UTC, PartTimes: kiosk.DefaultPartTimes(), Week: map[time.Weekday][]kiosk.OpeningHours{}}
	for d := range time.Weekday(7) {
		tt.Week[d] = []kiosk.OpeningHours{{From: 10 * 60, Until: 17 * 60}}
	}
	store, err := sqlite.Open(ctx, sqlite.Config{Dir: dir, Keys: keys, Clock: clock, Timetable: tt})
	must(err)
	must(store.SetPairing(ctx, pairing))
	r := &Daemon{Store: store, urgent: make(chan struct{}, 1), cfg: Config{
		Settings: Settings{Data: dir}, Clock: clock, Timetable: tt, Log: slog.New(slog.DiscardHandler),
		Witness: func(kiosk.Moment) string { return timeline.SourceNTP },
	}}
	r.current.Store(&r.cfg)
	r.board = health.NewBoard(func([]kiosk.Health) {})
	r.board.Set("reader", kiosk.LevelGreen, "")
	r.opened.Store(store)
	line, err := NewUplink(store, clock, uplink.Config{
		Key: keys.Signing(), URL: "http://localhost", Client: &http.Client{Transport: network}, Anchor: r.anchor,
		Health: func() []wire.Health { return healthOf(r.board.All()) }, Trust: func() int { return int(store.Trust()) },
		Timing:   uplink.Timing{Grid: grid},
		OnHealth: func(h wire.Health) { r.board.Set(h.Part, kiosk.Level(h.Level), h.Reason) },
	})
	must(err)
	r.uplink.Store(line)
	r.board.Set("sync", kiosk.LevelGreen, "")
	var work sync.WaitGroup
	work.Go(func() { _ = r.keep(ctx) })
	work.Go(func() { r.send(ctx) })
	return idleRoom{r, func() {
		cancel()
		work.Wait()
		must(store.Close())
	}}
}

// idleCentre is a real centre with which a kiosk of these keys is paired.
func idleCentre(t testing.TB, key ed25519.PublicKey) (http.Handler, kiosk.Pairing, func()) {
	t.Helper()
	return idleCentreOn(t, key, filepath.Join(t.TempDir(), "central.db"))
}

// idleCentreOn is idleCentre on a file.
func idleCentreOn(t testing.TB, key ed25519.PublicKey, file string) (http.Handler, kiosk.Pairing, func()) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ctx := context.Background()
	held, err := sqlstore.Open(ctx, file)
	must(err)
	rules, err := central.New(central.Config{Store: held, Key: centreKey, HashPassword: func(string) (string, error) { return "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA", nil }})
	must(err)
	link, err := rules.NewInvitation(ctx, "Stichting Voorbeeld", "coordinator@example.org")
	must(err)
	session, err := rules.Accept(ctx, link, "four plain words together")
	must(err)
	account, err := rules.Session(ctx, session)
	must(err)
	waiting, err := rules.AnswerPairing(ctx, key)
	must(err)
	_, _, err = rules.Pair(ctx, account, waiting.Code, "De Vlinder")
	must(err)
	paired, err := rules.AnswerPairing(ctx, key)
	must(err)
	server, err := paired.Key()
	must(err)
	return api.New(rules, nil), kiosk.Pairing{Kiosk: paired.Kiosk, Room: paired.Room, ServerKey: server, At: time.Now()}, func() { must(held.Close()) }
}

// written is what this process has had written to disks, in bytes: what was
// flushed where the disk is one, else what was handed to the system.
func written(t testing.TB) (n int64) {
	t.Helper()
	file, err := os.Open("/proc/self/io")
	if err != nil {
		t.Skip("this system does not tell what a process writes: ", err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		var of int64
		if _, err := fmt.Sscanf(strings.TrimPrefix(lines.Text(), "wchar: "), "%d", &of); err == nil {
			n = max(n, of)
		}
		if _, err := fmt.Sscanf(strings.TrimPrefix(lines.Text(), "write_bytes: "), "%d", &of); err == nil {
			n = max(n, of)
		}
	}
	// The log of the files that a test asks for is no kiosk's.
	if log := flag.Lookup("test.testlogfile"); log != nil && log.Value.String() != "" {
		info, err := os.Stat(log.Value.String())
		if err != nil {
			t.Fatal(err)
		}
		n -= info.Size()
	}
	return n
}

// flush has a file written back as the system does by itself within a minute: what
// is mapped into memory is counted anew after that.
func flush(t testing.TB, path string) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err == nil {
		err = errors.Join(file.Sync(), file.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// folderSize is the size of the files of a folder, in bytes.
func folderSize(t testing.TB, dir string) (n int64) {
	t.Helper()
	err := filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err == nil {
			n += info.Size()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// idleTraffic is what a day of an idle room says over the network.
func idleTraffic(t *testing.T) (exchanges, size int64) {
	keys, err := keyring.Load(filepath.Join(t.TempDir(), "key"))
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		tap := newWireTap()
		handler, pairing, closeCentre := idleCentre(t, keys.Signing().Public().(ed25519.PublicKey))
		network, hangUp := tap.serve(handler)
		room := openIdleRoom(t, network, pairing, keys, 0)
		time.Sleep(time.Hour) // its start, and the first of what was counted
		synctest.Wait()
		began, before := tap.requests.Load(), tap.bytes.Load()
		time.Sleep(24 * time.Hour)
		synctest.Wait()
		exchanges, size = tap.requests.Load()-began, tap.bytes.Load()-before
		if got := room.r.board.All(); worstOf(got) != kiosk.LevelGreen {
			t.Errorf("the lights are %v", got)
		}
		room.stop()
		hangUp()
		closeCentre()
	})
	return exchanges, size
}

func worstOf(all []kiosk.Health) kiosk.Level {
	worst := kiosk.LevelGreen
	for _, h := range all {
		if h.Level.Worse(worst) {
			worst = h.Level
		}
	}
	return worst
}

// An idle day is 96 exchanges with the centre, each of at most 1.4 kB.
func TestIdle_TrafficOfADay(t *testing.T) {
	exchanges, size := idleTraffic(t)
	t.Logf("%d exchanges of %d bytes", exchanges, size/exchanges)
	if exchanges != 96 {
		t.Errorf("%d exchanges in a day, want 96", exchanges)
	}
	if each := size / exchanges; each > maxExchangeBytes {
		t.Errorf("%d bytes an exchange, want at most %d", each, maxExchangeBytes)
	}
	if month := size * 31; month > maxMonthBytes {
		t.Errorf("%d bytes in 31 days, want at most %d", month, maxMonthBytes)
	}
}

// idleWrites is what a day of an idle room has written to the disk, besides its
// nightly backup, and the size of that.
func idleWrites(t *testing.T) (size, backup int64) {
	keys, err := keyring.Load(filepath.Join(t.TempDir(), "key"))
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		// A centre that writes nothing: the numbers are the kiosk's.
		centre := &clockedCentre{t: t}
		room := openIdleRoom(t, centre, kiosk.Pairing{
			Kiosk: "kiosk_1", Room: "De Vlinder", ServerKey: centreKey.Public().(ed25519.PublicKey), At: time.Now(),
		}, keys, 0)
		nightly := filepath.Join(room.r.cfg.Data, "nightly")
		time.Sleep(12 * time.Hour)
		synctest.Wait()
		before, kept := written(t), folderSize(t, nightly)
		for range 24 * 4 {
			time.Sleep(15 * time.Minute)
			synctest.Wait()
			flush(t, filepath.Join(room.r.cfg.Data, "kiosk.db-shm"))
		}
		size, backup = written(t)-before, folderSize(t, nightly)-kept
		room.stop()
	})
	return size, backup
}

// An idle day writes little: each exchange is remembered before it leaves and
// closed after, by which time passes in the file too, and nothing else is new.
func TestIdle_WrittenInADay(t *testing.T) {
	size, backup := idleWrites(t)
	t.Logf("%d bytes written in a day, the nightly backup of %d among them", size, backup)
	if backup == 0 {
		t.Error("no nightly backup: it was not a whole day")
	}
	if size-backup > maxWrittenADay {
		t.Errorf("%d bytes written besides the nightly backup, want at most %d", size-backup, maxWrittenADay)
	}
}

// BenchmarkIdle lets a room in which nobody does anything report to a real centre,
// and says what 96 exchanges, a day, cost: bytes of HTTP, and bytes of the kiosk's
// log, which are most of what it writes. The tests above let a whole day pass.
func BenchmarkIdle(b *testing.B) {
	keys, err := keyring.Load(filepath.Join(b.TempDir(), "key"))
	if err != nil {
		b.Fatal(err)
	}
	tap := newWireTap()
	handler, pairing, closeCentre := idleCentre(b, keys.Signing().Public().(ed25519.PublicKey))
	defer closeCentre()
	network, hangUp := tap.serve(handler)
	defer hangUp()
	room := openIdleRoom(b, network, pairing, keys, 20*time.Millisecond)
	defer room.stop()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	next := func() {
		for was := tap.requests.Load(); tap.requests.Load() == was; {
			<-tick.C
		}
	}
	next() // what is new at a start
	next()
	log := filepath.Join(room.r.cfg.Data, "kiosk.db-wal")
	exchanges, size, before := tap.requests.Load(), tap.bytes.Load(), folderSize(b, log)
	var grown int64
	for b.Loop() { // a day each time
		for range 96 {
			next()
		}
		if grown == 0 { // later on it begins anew
			grown = folderSize(b, log) - before
		}
	}
	exchanges = tap.requests.Load() - exchanges
	each := float64(tap.bytes.Load()-size) / float64(exchanges)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(each, "B/exchange")
	b.ReportMetric(each*96*31/1e6, "MB/month")
	b.ReportMetric(float64(grown)/1e6, "MB-logged/day")
}
