package main

import (
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/keyring"
)

// page is what the desk shows, or answers to a form.
func (p *pi) page(method, path string) string {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), method, "http://"+p.addr+path, strings.NewReader(url.Values{}.Encode()))
	must(p.t, err)
	answer, err := p.client.Do(req)
	must(p.t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	must(p.t, err)
	return string(text)
}

// A room that has begun and whose database is not there is red, with a sign for each
// tap, until the database is there again: no other start is needed.
func TestRun_AbsenceIsNoFirstStart(t *testing.T) {
	for name, lose := range map[string]func(b box) (back func() error){
		"the file": func(b box) func() error {
			file := filepath.Join(b.data, "kiosk.db")
			must(t, os.Rename(file, file+".away"))
			return func() error { return os.Rename(file+".away", file) }
		},
		"the folder": func(b box) func() error {
			must(t, os.Rename(b.data, b.data+".away"))
			return func() error { return os.Rename(b.data+".away", b.data) }
		},
	} {
		t.Run(name, func(t *testing.T) {
			whole(t)
			t.Parallel()
			b := box{filepath.Join(t.TempDir(), "data"), filepath.Join(t.TempDir(), "key")}
			b.enrolYesterday(t, 1)
			back := lose(b)
			p := startPiWith(t, kiosk.LevelRed, "--reader", "sim", "--data", b.data, "--key", b.key)
			p.data = b.data
			p.reader(kiosk.LevelGreen)
			p.wait("the page that says so", func() bool {
				return strings.Contains(p.page(http.MethodGet, "/desk"), "Hier hoort het boek van de kamer te zijn")
			})
			if said := p.simTap(1); said != kiosk.GreetingNotSaved {
				t.Errorf("the door says %q, want %q", said, kiosk.GreetingNotSaved)
			}
			if entries, err := os.ReadDir(b.data); err == nil && len(entries) > 1 && name == "the folder" {
				t.Errorf("a folder is made where a disk may be missing: %v", entries)
			}
			must(t, back())
			p.wait("a green store", func() bool { return p.colour("store") == kiosk.LevelGreen })
			if said := p.simTap(1); said != kiosk.GreetingWelcome {
				t.Errorf("when it is back the door says %q, want %q", said, kiosk.GreetingWelcome)
			}
			p.end()
		})
	}
}

// Only somebody at the desk lets a room begin again, asked twice.
func TestRun_BeginsAgainWhenSomebodySaysSo(t *testing.T) {
	whole(t)
	b := box{filepath.Join(t.TempDir(), "data"), filepath.Join(t.TempDir(), "key")}
	b.enrolYesterday(t, 1)
	must(t, os.RemoveAll(b.data))
	p := startPiWith(t, kiosk.LevelRed, "--reader", "sim", "--data", b.data, "--key", b.key)
	p.data = b.data
	p.wait("the button", func() bool { return strings.Contains(p.page(http.MethodGet, "/desk"), "Begin opnieuw") })
	asked := p.page(http.MethodGet, "/desk/again")
	if !strings.Contains(asked, "Opnieuw beginnen?") || !strings.Contains(asked, "Ja, begin opnieuw") || p.colour("store") != kiosk.LevelRed {
		t.Errorf("it is not asked twice: %s", asked)
	}
	_ = p.page(http.MethodPost, "/desk/again")
	p.wait("a green store", func() bool { return p.colour("store") == kiosk.LevelGreen })
	p.end()
	// From now on it is a room that has begun.
	if _, err := keyring.LoadFor(filepath.Join(b.data, "kiosk.db"), b.key); err != nil {
		t.Error(err)
	}
	must(t, os.RemoveAll(b.data))
	if _, err := keyring.LoadFor(filepath.Join(b.data, "kiosk.db"), b.key); err == nil {
		t.Error("a room that began again may vanish in silence")
	}
}
