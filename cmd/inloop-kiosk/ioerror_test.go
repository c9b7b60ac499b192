package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"example.org/inloop/kiosk"
)

// writable sets from outside how large the files of the program may become:
// none at all makes every write fail as a worn card's do, without a change of
// the program.
func (p *pi) writable(on bool) {
	p.t.Helper()
	limit := unix.Rlimit{Cur: 0, Max: unix.RLIM_INFINITY}
	if on {
		limit.Cur = unix.RLIM_INFINITY
	}
	if err := unix.Prlimit(p.cmd.Process.Pid, unix.RLIMIT_FSIZE, &limit, nil); err != nil {
		p.t.Fatalf("limit the size of files: %v", err)
	}
}

func (p *pi) simTap(uid string) {
	p.t.Helper()
	resp, err := p.client.PostForm("http://"+p.addr+"/sim/tap", url.Values{"uid": {uid}})
	if err != nil {
		p.t.Fatal(err)
	}
	_ = resp.Body.Close() // of no length
	if resp.StatusCode != http.StatusNoContent {
		p.t.Fatalf("tap: %s", resp.Status)
	}
}

// A write that fails is a red light, a door that says so and no row; once
// writing works again the kiosk heals by itself, and counts.
func TestRun_WritesThatFail(t *testing.T) {
	p := startPi(t, "--reader", "sim")
	p.reader(kiosk.Green, 5*time.Second)
	p.simTap("04A1B2C3D4E501")
	p.wait("the first tap", 5*time.Second, func() bool { return p.greeted() == 1 })
	if n := p.rows(); n != 1 {
		t.Fatalf("%d taps kept before the fault, want 1", n)
	}

	p.writable(false)
	p.simTap("04A1B2C3D4E502")
	red := p.wait("a red store", 5*time.Second, func() bool { return p.colour("store") == kiosk.Red })
	p.wait("the door says that it was not saved", 5*time.Second, func() bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		return len(p.kinds) == 2 && p.kinds[1] == string(kiosk.NotSaved)
	})
	if n := p.rows(); n != 1 {
		t.Errorf("%d taps kept while nothing can be written, want 1", n)
	}

	p.writable(true)
	green := p.wait("a green store", 20*time.Second, func() bool { return p.colour("store") == kiosk.Green })
	t.Logf("red after %s, green %s after writing works again", red.Round(time.Millisecond), green.Round(time.Millisecond))
	if n := p.rows(); n != 1 {
		t.Errorf("%d taps kept after healing, want 1: the one that failed was not promised", n)
	}
	p.simTap("04A1B2C3D4E502")
	p.wait("the tap that is tried again", 5*time.Second, func() bool { return p.greeted() == 3 })
	if n := p.rows(); n != 2 {
		t.Errorf("%d taps kept, want 2", n)
	}
	p.end()
	if strings.Contains(strings.ToUpper(p.log.String()), "A1B2C3") {
		t.Error("a card's number in the log")
	}
}
