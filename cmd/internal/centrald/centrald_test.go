package centrald

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func TestLoadKey_MadeOnceAndKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sub", "key")
	var keys [8]string
	var starts sync.WaitGroup
	for i := range keys {
		starts.Go(func() { // replicas that start together
			key, err := loadKey(path)
			if err != nil {
				t.Error(err)
			}
			keys[i] = string(key)
		})
	}
	starts.Wait()
	for _, key := range keys {
		if key != keys[0] || key == "" {
			t.Fatal("two starts have two keys")
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("key file: %v, %v, want mode 0600", info.Mode(), err)
	}
	if rest, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".key-*")); len(rest) > 0 {
		t.Errorf("left behind: %v", rest)
	}
}

func TestLoadKey_RefusesWhatIsNone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(path, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := loadKey(path); !errors.Is(err, ErrConfig) {
		t.Errorf("got %v, want ErrConfig", err)
	}
}

func TestConfig_Address(t *testing.T) {
	for _, c := range []struct{ url, public, host string }{
		{"", "http://127.0.0.1:", "127.0.0.1"},
		{"https://kamers.example.nl", "https://kamers.example.nl", "kamers.example.nl"},
		{"https://kamers.example.nl:8443/", "https://kamers.example.nl:8443", "kamers.example.nl"},
	} {
		public, hosts, err := Config{Settings: Settings{URL: c.url}, Listener: listen(t)}.address()
		if err != nil || !strings.HasPrefix(public, c.public) || !slices.Contains(hosts, c.host) {
			t.Errorf("%q: %s for %v, %v", c.url, public, hosts, err)
		}
	}
	for _, url := range []string{"kamers.example.nl", "ftp://x", "https://x/path", "://"} {
		if _, _, err := (Config{Settings: Settings{URL: url}, Listener: listen(t)}).address(); !errors.Is(err, ErrConfig) {
			t.Errorf("%q: %v, want ErrConfig", url, err)
		}
	}
}

// TestRun_ServesAndEnds starts a centre on a fresh folder, asks it something
// and stops it.
func TestRun_ServesAndEnds(t *testing.T) {
	dir := t.TempDir()
	ctx, stop := context.WithCancel(t.Context())
	ready, ended := make(chan *Daemon, 1), make(chan error, 1)
	go func() {
		ended <- Run(ctx, Config{Settings: Settings{DB: filepath.Join(dir, "central.db"), Key: filepath.Join(dir, "key")}, Listener: listen(t),
			Log: slog.New(slog.DiscardHandler), Ready: func(o *Daemon) { ready <- o }})
	}()
	var o *Daemon
	select {
	case o = <-ready:
	case err := <-ended:
		t.Fatal(err)
	}
	for path, want := range map[string]int{"/healthz": 200, "/assets/base.css": 200, "/v1/sync": 405, "/nothing": 404} {
		answer, err := http.Get(o.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != want {
			t.Errorf("GET %s: %d, want %d", path, answer.StatusCode, want)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("ended with %v", err)
	}
}
