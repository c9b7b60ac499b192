package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf16"

	"example.org/inloop/cmd/internal/office"
	"example.org/inloop/cmd/internal/room"
	"example.org/inloop/kiosk"
)

// tape keeps every byte that a room and its centre say to each other.
type tape struct {
	mu   sync.Mutex
	said bytes.Buffer
	n    int
}

func (r *tape) write(b []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.said.Write(b)
	r.n++
}

// between is a proxy to the centre that keeps all on tape: lines, headers and
// bodies, both ways.
func between(t *testing.T, centre string, r *tape) string {
	t.Helper()
	to, err := url.Parse(centre)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(to)
	proxy.ModifyResponse = func(answer *http.Response) error {
		dump, err := httputil.DumpResponse(answer, true)
		r.write(dump)
		return err
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		dump, err := httputil.DumpRequest(req, true)
		if err != nil {
			t.Error(err)
		}
		r.write(dump)
		req.Host = to.Host
		proxy.ServeHTTP(w, req)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// background runs a program until the test ends, and fails the test when the
// program does.
func background(t *testing.T, ready <-chan struct{}, run func(context.Context) error) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("program: %v", err)
		}
	})
	select {
	case <-ready:
	case err := <-ended:
		ended <- err
		t.Fatalf("program ended early: %v", err)
	case <-time.After(20 * time.Second):
		t.Fatal("program did not come up within 20 s")
	}
}

// until waits for a condition.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.NewTimer(20 * time.Second)
	defer deadline.Stop()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatalf("not within 20 s: %s", what)
		}
	}
}

// pairOf is a room and its centre, paired, with all that they say on tape.
func pairOf(t *testing.T) (*office.Office, *room.Room, *tape) {
	t.Helper()
	dir := t.TempDir()
	log := slog.New(slog.DiscardHandler)
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	d := &demo{dir: dir, out: io.Discard, log: log, zone: zone, secrets: secrets{Password: newPassword()}}
	ready := make(chan struct{})
	background(t, ready, func(ctx context.Context) error {
		return office.Run(ctx, office.Config{DB: filepath.Join(dir, "central.db"), Key: filepath.Join(dir, "central.key"), Listener: listen(t), Log: log,
			Ready: func(o *office.Office) { d.office = o; close(ready) }})
	})
	token, err := d.office.Central.NewInvitation(t.Context(), organisation, coordinator)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.office.Central.Accept(t.Context(), token, d.secrets.Password); err != nil {
		t.Fatal(err)
	}
	recorded := &tape{}
	open := make(chan struct{})
	background(t, open, func(ctx context.Context) error {
		return room.Run(ctx, room.Config{Name: firstRoom, Data: filepath.Join(dir, "data"), Key: filepath.Join(dir, "key"), Listener: listen(t),
			Reader: room.ReaderSim, Central: between(t, d.office.URL, recorded), Timetable: timetable(zone, time.Now()), Log: log,
			Ready: func(r *room.Room) { d.room = r; close(open) }})
	})
	if err := d.pair(t.Context(), d.room.Code, firstRoom); err != nil {
		t.Fatal(err)
	}
	return d.office, d.room, recorded
}

// TestTraffic_NoNameAndNoCard records all that leaves a room on a day on which
// people with names were enrolled, tapped and erased, and finds neither name
// nor card in it, however they may be written.
func TestTraffic_NoNameAndNoCard(t *testing.T) {
	_, r, recorded := pairOf(t)
	ctx := t.Context()
	names := []string{"Wilhelmina Zonderling", "Çiğdem Yıldızoğlu", "فاطمة الزهراء"}
	var cards []kiosk.UID
	for i, name := range names {
		uid := cardOf(77, i)
		cards = append(cards, uid)
		tapCard(t, r, uid)
		view, err := r.Store.View(ctx)
		if err != nil {
			t.Fatal(err)
		}
		sign, err := kiosk.NewSign(kiosk.Pictures()[i], "red")
		if err != nil {
			t.Fatal(err)
		}
		if len(view.Badges) != 1 {
			t.Fatalf("%d new badges, want the one that was tapped", len(view.Badges))
		}
		if _, err := r.Store.Enrol(ctx, 0, kiosk.Enrolment{Badge: view.Badges[0].No, Resident: kiosk.Resident{Sign: sign, Name: name, OnScreen: true, Language: "nl"}}); err != nil {
			t.Fatal(err)
		}
		if err := r.Store.AddGuest(ctx, 0, kiosk.Adult); err != nil {
			t.Fatal(err)
		}
	}
	until(t, "everything is sent", func() bool {
		s, err := r.Store.Sending(ctx)
		return err == nil && s.Paired && s.Waiting == 0 && !s.Last.IsZero()
	})
	recorded.mu.Lock()
	defer recorded.mu.Unlock()
	said := recorded.said.Bytes()
	if recorded.n < 4 || !bytes.Contains(said, []byte("badge_visits")) {
		t.Fatalf("%d messages on tape and no visit among them: nothing was proven", recorded.n)
	}
	for _, name := range names {
		for _, word := range append(strings.Fields(name), name) {
			never(t, said, word, []byte(word))
		}
	}
	for i, uid := range cards {
		never(t, said, "card "+string(rune('A'+i)), uid.Bytes())
	}
}

// never fails when secret stands in said in any of the ways in which programs
// write bytes.
func never(t *testing.T, said []byte, what string, secret []byte) {
	t.Helper()
	lower := bytes.ToLower(said)
	for encoding, written := range writings(secret) {
		if len(written) >= 4 && bytes.Contains(said, written) || len(written) >= 6 && bytes.Contains(lower, bytes.ToLower(written)) {
			t.Errorf("%s left the room as %s", what, encoding)
		}
	}
}

func writings(secret []byte) map[string][]byte {
	backwards := slices.Clone(secret)
	slices.Reverse(backwards)
	escaped, _ := json.Marshal(string(secret)) // a string is always encoded
	var ascii, utf16le bytes.Buffer
	for _, u := range utf16.Encode([]rune(string(secret))) {
		utf16le.Write([]byte{byte(u), byte(u >> 8)})
		if u < 128 {
			ascii.WriteByte(byte(u))
		} else {
			ascii.WriteString(`\u` + hex.EncodeToString([]byte{byte(u >> 8), byte(u)}))
		}
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write(secret) // to memory
	_ = z.Close()
	all := map[string][]byte{
		"itself": secret, "backwards": backwards, "hex": []byte(hex.EncodeToString(secret)), "hex backwards": []byte(hex.EncodeToString(backwards)),
		"hex with colons": []byte(strings.Join(pairs(hex.EncodeToString(secret)), ":")), "hex with spaces": []byte(strings.Join(pairs(hex.EncodeToString(secret)), " ")),
		"JSON": escaped[1 : len(escaped)-1], "JSON in ASCII": ascii.Bytes(), "UTF-16": utf16le.Bytes(),
		"a URL": []byte(url.QueryEscape(string(secret))), "base32": []byte(strings.TrimRight(base32.StdEncoding.EncodeToString(secret), "=")[:len(secret)]),
	}
	// Inside a longer text base64 begins at any of three places.
	for shift := range 3 {
		padded := append(make([]byte, shift), secret...)
		text := base64.StdEncoding.EncodeToString(padded)
		inner := text[(shift*8+5)/6 : len(padded)*8/6]
		all["base64"+strings.Repeat("'", shift)] = []byte(inner)
		all["base64 for URLs"+strings.Repeat("'", shift)] = []byte(strings.NewReplacer("+", "-", "/", "_").Replace(inner))
	}
	return all
}

func pairs(text string) []string {
	var all []string
	for i := 0; i < len(text); i += 2 {
		all = append(all, text[i:i+2])
	}
	return all
}

// TestNever_FindsEachWriting makes sure that the search above can fail.
func TestNever_FindsEachWriting(t *testing.T) {
	secret := []byte("Wilhelmina")
	for encoding, written := range writings(secret) {
		found := false
		for _, again := range writings(secret) {
			found = found || bytes.Contains(append([]byte("… "), written...), again)
		}
		if !found || len(written) < 4 {
			t.Errorf("%s: %q would not be found", encoding, written)
		}
	}
}

// tapCard lays a card on the simulated reader, through the page's own address.
func tapCard(t *testing.T, r *room.Room, uid kiosk.UID) {
	t.Helper()
	before := receipts(t, r)
	answer, err := http.PostForm(r.URL+"/sim/tap", url.Values{"uid": {hexOf(uid)}})
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusNoContent {
		t.Fatalf("tap: status %d", answer.StatusCode)
	}
	until(t, "the tap is written down", func() bool { return receipts(t, r) > before })
}

// receipts is how much the room has written down today.
func receipts(t *testing.T, r *room.Room) int {
	t.Helper()
	v, err := r.Store.View(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return len(v.Badges) + v.Visits + v.In
}
