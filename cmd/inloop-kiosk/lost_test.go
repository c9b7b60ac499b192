package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/keyring"
)

// Data that are deleted under the running program are missed without a tap; from then on
// every tap is told that it is not saved, and the page says what should be there.
func TestRun_DataThatAreDeletedWhileItRuns(t *testing.T) {
	for _, what := range []string{"the folder", "the file", "the file and its log"} {
		t.Run(what, func(t *testing.T) {
			whole(t)
			t.Parallel()
			b := box{filepath.Join(t.TempDir(), "data"), filepath.Join(t.TempDir(), "key")}
			b.enrolYesterday(t, 1)
			p := startPi(t, "--reader", "sim", "--data", b.data, "--key", b.key)
			p.data = b.data
			p.reader(kiosk.LevelGreen)
			p.looked()
			file := filepath.Join(b.data, "kiosk.db")
			switch what {
			case "the folder":
				must(t, os.RemoveAll(b.data))
			case "the file and its log":
				must(t, os.Remove(file+"-wal"))
				fallthrough
			case "the file":
				must(t, os.Remove(file))
			}
			after := p.wait("a red store", func() bool { return p.colour("store") == kiosk.LevelRed })
			t.Logf("red after %s", after)
			for person := range 3 {
				if said := p.simTap(person + 1); said != kiosk.GreetingNotSaved {
					t.Errorf("the door says %q, want %q", said, kiosk.GreetingNotSaved)
				}
			}
			p.wait("the page that says so", func() bool {
				return strings.Contains(p.page(http.MethodGet, "/desk"), "Hier hoort het boek van de kamer te zijn")
			})
			if p.colour("store") != kiosk.LevelRed {
				t.Error("the light is not red any more")
			}
			p.end()
		})
	}
}

// A key file that will not do is a red light that says so; nothing is written by it, in
// the room's file, sound or damaged; and when the right one is back the room goes on.
func TestRun_AKeyThatWillNotDo(t *testing.T) {
	for name, spoil := range map[string]func(key string) error{
		"missing":            os.Remove,
		"empty":              func(key string) error { return os.WriteFile(key, nil, 0o600) },
		"half":               func(key string) error { return os.Truncate(key, 16) },
		"read by others":     func(key string) error { return os.Chmod(key, 0o644) },
		"another room's":     anotherKey,
		"other, and damaged": anotherKey,
	} {
		t.Run(name, func(t *testing.T) {
			whole(t)
			t.Parallel()
			b := box{filepath.Join(t.TempDir(), "data"), filepath.Join(t.TempDir(), "key")}
			b.enrolYesterday(t, 1)
			file := filepath.Join(b.data, "kiosk.db")
			right, err := os.ReadFile(b.key)
			must(t, err)
			was, err := os.ReadFile(file)
			must(t, err)
			healed := kiosk.LevelGreen
			if strings.Contains(name, "damaged") {
				clear(was[len(was)-8192 : len(was)-4096])
				must(t, os.WriteFile(file, was, 0o600))
				healed = kiosk.LevelOrange
			}
			must(t, spoil(b.key))
			p := startPiWith(t, kiosk.LevelRed, "--reader", "sim", "--data", b.data, "--key", b.key)
			p.data = b.data
			p.reader(kiosk.LevelGreen)
			if said := p.simTap(1); said != kiosk.GreetingNotSaved {
				t.Errorf("the door says %q, want %q", said, kiosk.GreetingNotSaved)
			}
			p.wait("the page that says so", func() bool { return strings.Contains(p.page(http.MethodGet, "/desk"), "sleutel") })
			if now, err := os.ReadFile(file); err != nil || string(now) != string(was) {
				t.Errorf("the file has changed (%v)", err)
			}
			must(t, os.WriteFile(b.key, right, 0o600))
			must(t, os.Chmod(b.key, 0o600))
			p.wait("a store that saves", func() bool { return p.colour("store") == healed })
			if said := p.simTap(1); said != kiosk.GreetingWelcome && said != kiosk.GreetingFirst {
				t.Errorf("with the right key the door says %q", said)
			}
			p.end()
		})
	}
}

// anotherKey puts another room's key in the place of a key.
func anotherKey(key string) error {
	if err := os.Remove(key); err != nil {
		return err
	}
	k, err := keyring.Load(key)
	if err != nil {
		return err
	}
	return k.Begun(filepath.Dir(key))
}
