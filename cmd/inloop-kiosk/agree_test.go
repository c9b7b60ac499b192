package main

import (
	"database/sql"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/dbfile/fsynctest"
)

// Whatever happens to the store, door, light, log and file say the same of a tap:
// not saved, red, told once, not there. When it is over they say the opposite.
func TestRun_DoorLightAndLogAgree(t *testing.T) {
	whole(t)
	env, fail := fsynctest.Environment(t)
	for _, pair := range env {
		name, value, _ := strings.Cut(pair, "=")
		t.Setenv(name, value)
	}
	for _, f := range []struct {
		name  string
		begin func(*pi) (end func())
	}{
		{"nothing is flushed", func(*pi) func() {
			fail(fsynctest.ForEver)
			return func() { fail(0) }
		}},
		{"another process has the file", func(p *pi) func() {
			db, err := sql.Open("sqlite3", "file:"+filepath.Join(p.data, "kiosk.db")+"?_txlock=immediate")
			must(p.t, err)
			tx, err := db.BeginTx(p.t.Context(), nil)
			must(p.t, err)
			return func() {
				must(p.t, tx.Rollback())
				must(p.t, db.Close())
			}
		}},
		{"the file is removed", func(p *pi) func() {
			file := filepath.Join(p.data, "kiosk.db")
			must(p.t, os.Rename(file, file+".away"))
			return func() { must(p.t, os.Rename(file+".away", file)) }
		}},
	} {
		t.Run(f.name, func(t *testing.T) {
			b := box{filepath.Join(t.TempDir(), "data"), filepath.Join(t.TempDir(), "key")}
			b.enrolYesterday(t, 1)
			p := startPi(t, "--reader", "sim", "--data", b.data, "--key", b.key)
			p.data = b.data
			p.reader(kiosk.LevelGreen)
			p.looked()
			before := p.rows()
			end := f.begin(p)
			if said := p.simTap(1); said != kiosk.GreetingNotSaved {
				t.Errorf("the door says %q, want %q", said, kiosk.GreetingNotSaved)
			}
			p.wait("a red store", func() bool { return p.colour("store") == kiosk.LevelRed })
			p.wait("a line in the log", func() bool { return strings.Contains(p.log.String(), "store failed") })
			p.door(string(kiosk.GreetingNotSaved))
			end()
			p.wait("a green store", func() bool { return p.colour("store") == kiosk.LevelGreen })
			if got := p.rows(); got != before {
				t.Errorf("%d taps are kept, want %d", got, before)
			}
			if said := p.simTap(1); said != kiosk.GreetingWelcome {
				t.Errorf("when it is over the door says %q, want %q", said, kiosk.GreetingWelcome)
			}
			if got := p.rows(); got != before+1 {
				t.Errorf("when it is over %d taps are kept, want %d", got, before+1)
			}
			p.end()
			b.whole(t)
			for _, text := range []string{"store failed", "store works again"} {
				if got := strings.Count(p.log.String(), text); got != 1 {
					t.Errorf("the log says %q %d times, want once", text, got)
				}
			}
		})
	}
}

// What a volunteer does agrees with the light as well: what the desk could not save is
// a red light, though nobody taps and the hour has nothing to write. Without a reader
// guests are counted by hand, by anybody.
func TestRun_DeskAndLightAgree(t *testing.T) {
	whole(t)
	env, fail := fsynctest.Environment(t)
	for _, pair := range env {
		name, value, _ := strings.Cut(pair, "=")
		t.Setenv(name, value)
	}
	b := box{filepath.Join(t.TempDir(), "data"), filepath.Join(t.TempDir(), "key")}
	b.enrolYesterday(t, 1)
	p := startPi(t, "--reader", "none", "--data", b.data, "--key", b.key)
	p.data = b.data
	guest := func() int {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+p.addr+"/desk/guest", strings.NewReader("band=18-64"))
		must(t, err)
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", "http://"+p.addr)
		answer, err := p.client.Do(req)
		must(t, err)
		must(t, answer.Body.Close())
		return answer.StatusCode
	}
	p.wait("a guest counted by hand", func() bool { return guest() == http.StatusOK })
	fail(fsynctest.ForEver)
	if got := guest(); got != http.StatusInternalServerError {
		t.Errorf("the desk says %d of a guest that was not saved", got)
	}
	if got := p.colour("store"); got != kiosk.LevelRed {
		t.Errorf("the light is %q", got)
	}
	fail(0)
	p.wait("a green store", func() bool { return p.colour("store") == kiosk.LevelGreen })
	if got := guest(); got != http.StatusOK {
		t.Errorf("when it is over: %d", got)
	}
	p.end()
}
