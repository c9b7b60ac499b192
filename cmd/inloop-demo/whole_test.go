package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"image/png"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"example.org/inloop/cmd/internal/health"
	"example.org/inloop/cmd/internal/kioskd"
	"example.org/inloop/cmd/internal/wiring"
	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite"
	"example.org/inloop/sync/central"
	"example.org/inloop/sync/count"
	"example.org/inloop/sync/wire"
	"example.org/inloop/web"
	"example.org/inloop/web/browser"
)

var pictures = flag.String("pictures", "", "folder for the README's pictures")

// pastFolder holds the made-up past that the tests of this binary share.
var pastFolder = filepath.Join(os.TempDir(), fmt.Sprintf("inloop-past-%d", os.Getpid()))

func TestMain(m *testing.M) {
	browser.Main(m, func() { _ = os.RemoveAll(pastFolder) })
}

// afternoon is a zone where it is the middle of the centre's day: the room is
// open whenever a test runs, and both sides mean the same day by today.
func afternoon(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(central.Zone)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().In(zone)
	_, offset := now.Zone()
	return time.FixedZone("afternoon", offset+(14-now.Hour())*60*60)
}

// running is the whole demo, started for a test in an afternoon.
func running(t *testing.T, dir string) *demo {
	t.Helper()
	d := &demo{dir: dir, zone: afternoon(t), out: io.Discard, log: slog.New(slog.DiscardHandler), keeps: true}
	ready := make(chan struct{})
	background(t, ready, func(ctx context.Context) error {
		return d.with(ctx, func(ctx context.Context) error {
			close(ready)
			<-ctx.Done()
			return nil
		})
	})
	return d
}

// memory is a folder in memory where there is one: the made-up past is
// thousands of durable writes.
func memory(t *testing.T) string {
	t.Helper()
	dir, remove, err := folder("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := remove(); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// shared plays the made-up past, once for all tests of this binary.
var shared = sync.OnceValue(func() error {
	d := &demo{dir: pastFolder, out: io.Discard, log: slog.New(slog.DiscardHandler)}
	var err error
	if d.zone, err = time.LoadLocation("Europe/Amsterdam"); err != nil {
		return err
	}
	return d.prepare(context.Background())
})

// withPast is a folder of its own that holds a copy of the shared past.
func withPast(t *testing.T) string {
	t.Helper()
	whole(t) // forty weeks are played first
	if err := shared(); err != nil {
		t.Fatal(err)
	}
	dir := memory(t)
	if err := os.CopyFS(dir, os.DirFS(pastFolder)); err != nil {
		t.Fatal(err)
	}
	// A copy has its own modes, and a key that others may read is refused.
	for _, room := range []string{"room", "second"} {
		if err := os.Chmod(filepath.Join(dir, "past", room, "key"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func (d *demo) tap(t *testing.T, uid string) {
	t.Helper()
	answer, err := http.PostForm(d.room.URL+"/sim/tap", url.Values{"uid": {uid}})
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusNoContent {
		t.Fatalf("tap: status %d", answer.StatusCode)
	}
}

// TestWhole_Faces goes through the whole job as its users would, in a real
// browser: a tap is greeted at the door, a volunteer signs in and sees who is
// in, the coordinator sees the number.
func TestWhole_Faces(t *testing.T) {
	b := browser.Start(t)
	d := running(t, withPast(t))
	shoot := func(p *browser.Page, name string) {
		if *pictures != "" {
			file := filepath.Join(*pictures, name)
			p.Picture(file)
			publish(t, file)
		}
	}
	until(t, "the centre knows the room", func() bool {
		_, err := d.room.Store.Pairing(t.Context())
		return err == nil
	})

	door := b.Page(t, 800, 480)
	door.Unhurried()
	door.Open(d.room.URL + "/door")
	door.Wait(`document.getElementById("door").dataset.kind === "idle"`)
	shoot(door, "idle.png")
	cards := d.cards()
	d.tap(t, cards[2].UID)
	door.Wait(`document.getElementById("door").dataset.kind === "unknown"`)
	for i, card := range cards[5:14] {
		d.tap(t, card.UID)
		picture := card.Label[strings.LastIndex(card.Label, " ")+1:]
		door.Wait(`document.getElementById("tile-picture").getAttribute("href") === "#sign-` + picture + `"`)
		if i == 0 {
			door.Do(chromedp.Sleep(time.Second)) // until the shape has come in
			shoot(door, "door.png")
		}
	}

	desk := b.Page(t, 1024, 768)
	desk.Open(d.room.URL + "/desk")
	d.tap(t, d.secrets.Badge)
	desk.Wait(`document.querySelector("[data-digit]") !== null`)
	for _, digit := range d.secrets.PIN {
		desk.Do(chromedp.Click("[data-digit='" + string(digit) + "']"))
	}
	desk.Wait(`document.body.dataset.face === "today"`)
	for _, band := range []kiosk.Band{kiosk.BandElder, kiosk.BandElder, kiosk.BandAdult, kiosk.BandChild} {
		button := `[id="band-` + string(band) + `"]`
		count := browser.Eval[int](desk, `Number(document.querySelector('`+button+` strong').innerText)`)
		desk.Do(chromedp.Click(button))
		desk.Wait(`Number(document.querySelector('` + button + ` strong').innerText) === ` + strconv.Itoa(count+1))
	}
	desk.Open(d.room.URL + "/desk")
	desk.Wait(`document.querySelectorAll(".today .person").length > 0`)
	shoot(desk, "desk.png")

	centre := b.Page(t, 1280, 1540)
	centre.Open(d.centre.URL + "/")
	centre.Do(chromedp.SendKeys("[name=name]", coordinator), chromedp.SendKeys("[name=password]", d.secrets.Password+"\r"))
	centre.Wait(`document.body.innerText.includes("` + firstRoom + `") && document.body.innerText.includes("` + secondRoom + `")`)
	centre.Wait(`Number(document.getElementById("tally-month").firstChild.data) > 0`) // today comes when its first part has ended
	centre.Wait(`!document.getAnimations().some(a => a.playState === "running")`)
	shoot(centre, "dashboard.png")
}

// publish makes a picture as small as PNG can have it, for everybody to read.
func publish(t *testing.T, file string) {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	picture, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	var small bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&small, picture); err != nil {
		t.Fatal(err)
	}
	if small.Len() < len(raw) {
		raw = small.Bytes()
	}
	if err := os.WriteFile(file, raw, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestWhole_EveryWelcomeIsInTheBook taps every kind of card and compares what
// the store says.
func TestWhole_EveryWelcomeIsInTheBook(t *testing.T) {
	r, _, _ := pairOf(t)
	for _, uid := range []string{"A1B2C3D4", "04112233445566", "0102030405060708090A", "88010203"} {
		before := receipts(t, r)
		postTap(t, r, uid, http.StatusNoContent)
		until(t, "the tap of a "+uid+" is written down", func() bool { return receipts(t, r) == before+1 })
	}
	before := receipts(t, r)
	postTap(t, r, "08AABBCC", http.StatusNoContent)
	postTap(t, r, "04112233445577", http.StatusNoContent)
	until(t, "the badge after the phone is written down", func() bool { return receipts(t, r) > before })
	if got := receipts(t, r); got != before+1 {
		t.Errorf("%d written down for a phone and a badge, want the badge alone", got-before)
	}
	for _, uid := range []string{"", "04", "0411223344", "zz", strings.Repeat("00", 600)} {
		postTap(t, r, uid, http.StatusBadRequest)
	}
}

func postTap(t *testing.T, r *kioskd.Daemon, uid string, want int) {
	t.Helper()
	answer, err := http.PostForm(r.URL+"/sim/tap", url.Values{"uid": {uid}})
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != want {
		t.Errorf("tap of %.20q: status %d, want %d", uid, answer.StatusCode, want)
	}
}

// TestWhole_GoesOnWhereItWas stops the demo and starts it again on the same
// folder.
func TestWhole_GoesOnWhereItWas(t *testing.T) {
	dir := withPast(t)
	counted := func() (visits int, pin string) {
		d := &demo{dir: dir, out: io.Discard, log: slog.New(slog.DiscardHandler), keeps: true}
		err := d.with(t.Context(), func(ctx context.Context) error {
			pin = d.secrets.PIN
			allGreen(t, d.room.URL) // of a kiosk that was paired before, too
			day := count.DayOf(time.Now(), d.zone)
			return d.room.Store.Visits(ctx, day-400, day, func(kiosk.Visit) error { visits++; return nil })
		})
		if err != nil {
			t.Fatal(err)
		}
		return visits, pin
	}
	visits, pin := counted()
	again, pinAgain := counted()
	if visits < 2500 || again != visits || pin != pinAgain {
		t.Errorf("%d visits and PIN kept %v, then %d visits", visits, pin == pinAgain, again)
	}
}

// TestRun_LeavesNothingBehind starts the program as make run does and stops it.
func TestRun_LeavesNothingBehind(t *testing.T) {
	whole(t)
	before := leftovers(t)
	ctx, stop := context.WithCancel(t.Context())
	var out lockedBuffer
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, nil, &out, io.Discard) }()
	until(t, "the demo says where everything is", func() bool { return strings.Contains(out.String(), "Ctrl-C ends it.") })
	for _, want := range []string{"/door", "/desk", "/sim/", "PIN ", "password ", "curl -d uid="} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("it does not print %q:\n%s", want, out.String())
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("ended with %v", err)
	}
	if after := leftovers(t); after != before {
		t.Errorf("folders of the demo: %d before, %d after", before, after)
	}
}

func leftovers(t *testing.T) int {
	t.Helper()
	n := 0
	for _, parent := range []string{"/dev/shm", os.TempDir()} {
		found, err := filepath.Glob(filepath.Join(parent, fmt.Sprintf("inloop-demo-%d-*", os.Getpid())))
		if err != nil {
			t.Fatal(err)
		}
		n += len(found)
	}
	return n
}

// TestRoom_SecondStartIsRefused runs two kiosks on one folder.
func TestRoom_SecondStartIsRefused(t *testing.T) {
	_, _, dir := pairOf(t)
	err := kioskd.Run(t.Context(), kioskd.Config{
		Settings: kioskd.Settings{Data: filepath.Join(dir, "data"), Key: filepath.Join(dir, "key"), Reader: wiring.ReaderNone}, Listener: listen(t),
		Timetable: timetable(time.UTC, time.Now()), Log: slog.New(slog.DiscardHandler),
	})
	if !errors.Is(err, sqlite.ErrLocked) {
		t.Errorf("second kiosk on the same folder: %v, want ErrLocked", err)
	}
}

// TestRoom_Health reads what a monitor would.
func TestRoom_Health(t *testing.T) {
	r, _, _ := pairOf(t)
	allGreen(t, r.URL)
}

// allGreen waits until each of the five parts is said to be well.
func allGreen(t *testing.T, address string) {
	t.Helper()
	until(t, "every light is green", func() bool {
		answer, err := http.Get(address + "/healthz")
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		var h health.State
		if err := json.NewDecoder(answer.Body).Decode(&h); err != nil {
			t.Fatal(err)
		}
		return h.Colour == kiosk.LevelGreen && len(h.Parts) == 5 // reader, store, clock, disk, sync
	})
}

// lockedBuffer is what a program under test prints into.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// TestDemo_TakenPortIsReplaced starts beside something that has the port.
func TestDemo_TakenPortIsReplaced(t *testing.T) {
	taken := listen(t)
	defer taken.Close()
	var out lockedBuffer
	d := &demo{out: &out}
	l, err := d.listen(t.Context(), taken.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if l.Addr().String() == taken.Addr().String() || !strings.Contains(out.String(), "is taken; "+l.Addr().String()) {
		t.Errorf("listens on %s and says %q", l.Addr(), out.String())
	}
}

// TestLights_EachReasonHasWords holds the wire's list of reasons beside the
// translations: the centre must be able to say whatever a kiosk may tell.
func TestLights_EachReasonHasWords(t *testing.T) {
	translations, err := web.NewTranslations()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range translations.Languages() {
		for _, reason := range wire.Reasons(wire.Newest) {
			id := "lights." + reason
			if text := l.T(id, nil); text == "" || text == id {
				t.Errorf("%s: no words for %s", l.Lang(), id)
			}
		}
	}
}

// TestRoom_OneScreenForHallAndDesk lets one page be both: a volunteer's badge
// turns it to the desk, a resident's tap takes it back and the names with it.
func TestRoom_OneScreenForHallAndDesk(t *testing.T) {
	d := &demo{dir: withPast(t), zone: time.UTC, log: slog.New(slog.DiscardHandler)}
	if err := d.prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	ready := make(chan struct{})
	background(t, ready, func(ctx context.Context) error {
		return kioskd.Run(ctx, kioskd.Config{
			Settings: kioskd.Settings{Data: d.first().data(), Key: d.first().key(), Reader: wiring.ReaderSim, OneScreen: true}, Listener: listen(t),
			Timetable: timetable(d.zone, time.Now()), Log: d.log, Ready: func(r *kioskd.Daemon) { d.room = r; close(ready) },
		})
	})
	page := browser.Start(t).Page(t, 800, 480)
	page.Open(d.room.URL + "/door")
	page.Wait(`document.getElementById("door").dataset.kind === "idle"`)
	// What lies on the reader in its first looks is no tap: a phone leaves no trace.
	d.tap(t, "08A1B2C3")
	page.Wait(`document.getElementById("door").dataset.kind === "phone"`)
	page.Wait(`document.getElementById("door").dataset.kind === "idle"`)
	d.tap(t, d.secrets.Badge)
	page.Wait(`location.pathname === "/desk" && document.querySelector("[data-digit]") !== null`)
	for _, digit := range d.secrets.PIN {
		page.Do(chromedp.Click("[data-digit='" + string(digit) + "']"))
	}
	page.Wait(`document.body.hasAttribute("data-names")`)
	d.tap(t, d.cards()[5].UID)
	page.Wait(`location.pathname === "/door" && document.getElementById("door").dataset.kind !== "idle"`)
	page.Open(d.room.URL + "/desk")
	page.Wait(`document.body.dataset.face === "front"`)

	// Without a reader the one screen counts by hand, and no longer.
	plug := func(chip string) {
		t.Helper()
		answer, err := http.PostForm(d.room.URL+"/sim/plug", url.Values{"chip": {chip}})
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
	}
	page.Open(d.room.URL + "/door")
	plug("none")
	page.Wait(`location.pathname === "/desk" && document.querySelector("#band-unasked") !== null`)
	page.Do(chromedp.Click("#band-unasked"))
	page.Wait(`[...document.querySelectorAll(".figure-number")].at(-1).textContent !== "0"`)
	plug("mfrc522")
	page.Wait(`location.pathname === "/door" && document.getElementById("door").dataset.kind === "idle"`)
}
