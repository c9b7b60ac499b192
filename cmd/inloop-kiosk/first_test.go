package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/inloop/cmd/internal/kioskd"
	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/keyring"
	"example.org/inloop/kiosk/sqlite"
	"example.org/inloop/sync/uplink"
)

// The folder testdata/first holds what the first release said of the made-up
// room in kiosk/sqlite/testdata/first, and a settings file with every setting
// that it knew. None of it is ever written anew.

// firstBox is a copy of that room.
func firstBox(t *testing.T) box {
	t.Helper()
	from := filepath.Join("..", "..", "kiosk", "sqlite", "testdata", "first")
	b := box{data: filepath.Join(t.TempDir(), "data"), key: filepath.Join(t.TempDir(), "key")}
	must(t, os.Mkdir(b.data, 0o700))
	f, err := os.Open(filepath.Join(from, "kiosk.db.gz"))
	must(t, err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	must(t, err)
	data, err := io.ReadAll(z)
	must(t, err)
	must(t, os.WriteFile(filepath.Join(b.data, "kiosk.db"), data, 0o600))
	key, err := os.ReadFile(filepath.Join(from, "key"))
	must(t, err)
	must(t, os.WriteFile(b.key, key, 0o600))
	return b
}

// compareFirst fails unless got is what the first release made of it.
func compareFirst(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", "first", name)
	want, err := os.ReadFile(file)
	must(t, err)
	if got == string(want) {
		return
	}
	is, was := asCounted(t, got), asCounted(t, string(want))
	if slices.Equal(is, was) {
		return
	}
	for i := range min(len(is), len(was)) {
		if is[i] != was[i] {
			t.Errorf("%s, line %d: %q, from the first release %q", name, i+1, is[i], was[i])
			return
		}
	}
	t.Errorf("%s: %d lines, from the first release %d", name, len(is), len(was))
}

// asCounted are the lines of what was said without the measures that the first release
// did not count, and without those that nobody counts any more, or no room by itself.
func asCounted(t *testing.T, text string) (lines []string) {
	t.Helper()
	others := []string{"reactivated", "returning", "known", "regular", "reach_n", "reach_a", "reach_k", "all"}
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) > 0 && slices.Contains(others, words[0]) {
			continue
		}
		if strings.HasPrefix(line, `{"period"`) {
			var f map[string]any
			must(t, json.Unmarshal([]byte(line), &f))
			withheld, _ := f["withheld"].(map[string]any)
			for _, m := range others {
				delete(f, m)
				delete(withheld, m)
			}
			if len(withheld) == 0 {
				delete(f, "withheld")
			}
			same, err := json.Marshal(f)
			must(t, err)
			line = string(same)
		}
		lines = append(lines, line)
	}
	return lines
}

// TestFirst_CommandsSayTheSame asks that room what programs may ask of it. That two
// of its visits have no date is said on the other stream, beside what may lack them.
func TestFirst_CommandsSayTheSame(t *testing.T) {
	b := firstBox(t)
	for _, c := range []struct{ file, args string }{
		{"visits.jsonl", "visits --json --from 2025-09-22 --to 2025-10-15"},
		{"visits.txt", "visits --from 2025-10-15 --to 2025-10-15"},
		{"reach-2025Q3.json", "reach --json --quarter 2025Q3"},
		{"reach-2025Q3.txt", "reach --quarter 2025Q3"},
		{"reach-2024Q4.json", "reach --json --quarter 2024Q4"},
		{"reach-2025-09.json", "reach --json --month 2025-09"},
		{"volunteers.txt", "volunteer list"},
	} {
		var out, errs bytes.Buffer
		must(t, run(t.Context(), append([]string{"--data", b.data, "--key", b.key}, strings.Fields(c.args)...), &out, &errs))
		compareFirst(t, c.file, out.String())
		if told := strings.Contains(errs.String(), "wait for a date and may be of these days: 2;"); told == strings.HasPrefix(c.args, "volunteer") {
			t.Errorf("%s: says that two visits wait: %v: %q", c.args, told, &errs)
		}
	}
}

// TestFirst_HealthIsTheSame runs the kiosk on that room and asks how it is.
func TestFirst_HealthIsTheSame(t *testing.T) {
	b := firstBox(t)
	p := startPi(t, "--reader", "none", "--data", b.data, "--key", b.key)
	p.wait("the store is open", func() bool {
		return p.colour("store") == kiosk.LevelGreen && p.colour("clock") != "" && p.colour("disk") != ""
	})
	answer, err := http.Get("http://" + p.addr + "/healthz")
	must(t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	must(t, err)
	// Whether this machine's disk is nearly full is no matter of the program.
	said := strings.Replace(string(text), `{"part":"disk","colour":"orange","reason":"disk.low"}`, `{"part":"disk","colour":"green"}`, 1)
	compareFirst(t, "healthz.json", said)
	p.end()
}

// TestFirst_ThePendingRequestIsSentAgain: after a crash only the very bytes may
// be sent that were on their way.
func TestFirst_ThePendingRequestIsSentAgain(t *testing.T) {
	b := firstBox(t)
	var sent string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var request bytes.Buffer
		fmt.Fprintf(&request, "%s %s\n", r.Method, r.URL.Path)
		for _, name := range []string{"Content-Type", "Inloop-Kiosk", "Inloop-Key", "Inloop-Nonce", "Inloop-Signature"} {
			fmt.Fprintf(&request, "%s: %s\n", name, r.Header.Get(name))
		}
		body, _ := io.ReadAll(r.Body)
		fmt.Fprintf(&request, "\n%s\n", body)
		sent = request.String()
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	defer server.Close()
	keys, err := keyring.Load(b.key)
	must(t, err)
	clock, err := kioskd.NewSystemClock()
	must(t, err)
	store, err := sqlite.Open(t.Context(), sqlite.Config{Dir: b.data, Keys: keys, Clock: clock, Timetable: kiosk.Timetable{Zone: time.UTC}})
	must(t, err)
	defer store.Close()
	line, err := kioskd.NewUplink(store, clock, uplink.Config{Key: keys.Signing(), URL: server.URL})
	must(t, err)
	if err := line.Flush(context.Background()); err == nil {
		t.Error("a refusal was taken for an answer")
	}
	compareFirst(t, "request.txt", sent)
}

// TestFirst_EverySettingIsTaken loads a file with every setting of the first
// release.
func TestFirst_EverySettingIsTaken(t *testing.T) {
	s, err := loadSettings(t, filepath.Join("testdata", "first", "settings.toml"))
	must(t, err)
	compareFirst(t, "settings.json", printed(t, s))
}

// printed is what the program understood, as text.
func printed(t *testing.T, c kioskd.Config) string {
	t.Helper()
	week, exceptions := map[string]string{}, map[string]string{}
	for d, hours := range c.Timetable.Week {
		week[d.String()] = fmt.Sprint(hours)
	}
	for d, hours := range c.Timetable.Exceptions {
		exceptions[d.String()] = fmt.Sprint(hours)
	}
	text, err := json.MarshalIndent(map[string]any{
		"room": c.Room, "data": c.Data, "key": c.Key, "listen": c.Listen, "reader": c.Reader,
		"spi": c.Wiring.SPI, "chip": c.Wiring.Chip, "speed": c.Wiring.Speed.String(), "gain": c.Wiring.Gain,
		"irq": c.Wiring.IRQ, "reset": c.Wiring.Reset, "led": c.Wiring.LED, "buzzer": c.Wiring.Buzzer,
		"badges": c.Badges, "central": c.Central, "capacity": c.Capacity, "one_screen": c.OneScreen,
		"zone": c.Timetable.Zone.String(), "middag": c.Timetable.PartTimes.Afternoon.String(), "avond": c.Timetable.PartTimes.Evening.String(),
		"week": week, "exceptions": exceptions, "programme": fmt.Sprint(c.Activities),
	}, "", "  ")
	must(t, err)
	return string(text) + "\n"
}
