package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.org/inloop/kiosk"
)

// A damaged file is mended by a start, without anybody: the room takes taps, and the
// light tells of it until somebody has seen it, over a restart too.
func TestRun_ADamagedFile(t *testing.T) {
	whole(t)
	b := box{filepath.Join(t.TempDir(), "data"), filepath.Join(t.TempDir(), "key")}
	b.enrolYesterday(t, 4)
	file := filepath.Join(b.data, "kiosk.db")
	data, err := os.ReadFile(file)
	must(t, err)
	for at := 4096*20 + 13; at < len(data); at += 4096 * 3 { // in many tables and indexes
		data[at] ^= 0x10
		data[at+1] ^= 0x40
	}
	must(t, os.WriteFile(file, data, 0o600))
	for range 2 {
		p := startPiWith(t, kiosk.LevelOrange, "--reader", "sim", "--data", b.data, "--key", b.key)
		p.data = b.data
		p.reader(kiosk.LevelGreen)
		p.looked()
		if said := p.simTapOf("04D1D2D3D4D5D6"); said != kiosk.GreetingUnknownBadge {
			t.Errorf("the door says %q to an unknown badge", said)
		}
		p.end()
		b.whole(t)
	}
	if aside, _ := filepath.Glob(filepath.Join(b.data, "replaced-*", "kiosk.db")); len(aside) != 1 {
		t.Errorf("kept aside: %v, want the damaged file, once", aside)
	}
}

// A file that is replaced under the running program is opened, without a restart, and
// never gets the log of the one that was there.
func TestRun_AFileThatIsReplaced(t *testing.T) {
	whole(t)
	b := box{filepath.Join(t.TempDir(), "data"), filepath.Join(t.TempDir(), "key")}
	b.enrolYesterday(t, 1)
	p := startPi(t, "--reader", "sim", "--data", b.data, "--key", b.key)
	p.data = b.data
	p.reader(kiosk.LevelGreen)
	p.looked()
	copied := filepath.Join(t.TempDir(), "copy")
	must(t, run(t.Context(), []string{"--data", b.data, "--key", b.key, "backup", copied}, &strings.Builder{}, &strings.Builder{}))
	before := p.rows()
	if said := p.simTap(1); said != kiosk.GreetingWelcome {
		t.Errorf("the door says %q", said)
	}
	must(t, os.Rename(copied, filepath.Join(b.data, "kiosk.db")))
	p.wait("the program that has noticed", func() bool { return strings.Contains(p.log.String(), "store works again") })
	p.wait("a green store", func() bool { return p.colour("store") == kiosk.LevelGreen })
	if got := p.rows(); got != before {
		t.Errorf("%d taps in the file that took the place, want its own %d", got, before)
	}
	p.wait("the desk", func() bool { return !strings.Contains(p.page(http.MethodGet, "/desk"), "weg of verwisseld") })
	if said := p.simTap(1); said != kiosk.GreetingWelcome {
		t.Errorf("afterwards the door says %q", said)
	}
	p.end()
	b.whole(t)
}
