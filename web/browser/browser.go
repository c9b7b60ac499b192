package browser

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// ErrNoChromium says that no Chromium was found on this machine.
var ErrNoChromium = errors.New("no Chromium found")

// patience is how long the browser and a page have for anything they are told.
// Only what never happens takes so long: a machine with other work on it may
// need many times the usual blink, and that is no failure.
const patience = 2 * time.Minute

// Browser is a running Chromium, shared by the tests of one binary.
type Browser struct {
	root context.Context
	stop func()
}

// shared is the browser of this test binary: started by the first test that
// asks for one and closed by Main. It is the only state of the package.
var shared struct {
	sync.Mutex
	main    bool
	browser *Browser
	err     error
}

// Main runs the tests, closes the browser if one was started, does what else
// is to be done after, and exits.
func Main(m *testing.M, after ...func()) {
	shared.Lock()
	shared.main = true
	shared.Unlock()
	code := m.Run()
	shared.Lock()
	if shared.browser != nil {
		shared.browser.stop()
	}
	shared.Unlock()
	for _, do := range after {
		do()
	}
	os.Exit(code)
}

// Start returns the browser of this test binary. It skips t with -short, which
// asks for an answer in seconds, and when there is no Chromium; it fails t when
// CI is set or Chromium does not start.
func Start(t testing.TB) *Browser {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: starts Chromium")
	}
	shared.Lock()
	defer shared.Unlock()
	if !shared.main {
		t.Fatal("TestMain must call browser.Main, or the browser stays behind")
	}
	if shared.browser == nil && shared.err == nil {
		shared.browser, shared.err = launch()
	}
	switch {
	case errors.Is(shared.err, ErrNoChromium) && os.Getenv("CI") == "":
		t.Skipf("SKIPPED: %s: no Chromium here; `apt-get install chromium` makes it run", t.Name())
	case shared.err != nil:
		t.Fatalf("start Chromium: %v", shared.err)
	}
	return shared.browser
}

func launch() (*Browser, error) {
	path, err := find()
	if err != nil {
		return nil, err
	}
	profile, err := os.MkdirTemp("", "inloop-browser-")
	if err != nil {
		return nil, fmt.Errorf("make a profile: %w", err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.NoSandbox, // tests run as root, where Chromium has no sandbox
		chromedp.UserDataDir(profile),
		chromedp.WSURLReadTimeout(patience),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("autoplay-policy", "no-user-gesture-required"), // as the kiosk starts it
	)
	allocator, release := chromedp.NewExecAllocator(context.Background(), options...)
	root, cancel := chromedp.NewContext(allocator)
	stop := func() {
		_ = chromedp.Cancel(root)
		cancel()
		release()
		_ = os.RemoveAll(profile)
	}
	// The first action starts the browser.
	if err := chromedp.Do(root, chromedp.Navigate("about:blank")); err != nil {
		stop()
		return nil, fmt.Errorf("open the first tab: %w", err)
	}
	return &Browser{root: root, stop: stop}, nil
}

// find looks for Chromium: in $CHROMIUM, then by the names that distributions
// give it. The headless shell comes first: it is the same engine without the
// windows, tool bars and services of a browser around it, each of which would
// be started anew for every tab.
func find() (string, error) {
	for _, name := range []string{
		os.Getenv("CHROMIUM"), "chromium-headless-shell", "chrome-headless-shell",
		"chromium", "chromium-browser", "google-chrome",
	} {
		if name == "" {
			continue
		}
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", ErrNoChromium
}

// Page opens a tab of width by height CSS pixels with a cookie jar of its own.
// It is closed when t ends; if the page has thrown or complained on its console
// by then, t fails.
func (b *Browser) Page(t testing.TB, width, height int64) *Page {
	t.Helper()
	ctx, cancel := chromedp.NewContext(b.root, chromedp.WithNewBrowserContext())
	p := &Page{t: t, ctx: ctx, patience: patience}
	p.listen()
	p.Do(chromedp.EmulateViewport(width, height, chromedp.EmulateTouch))
	t.Cleanup(func() {
		p.complain()
		_ = chromedp.Cancel(ctx)
		cancel()
	})
	return p
}
