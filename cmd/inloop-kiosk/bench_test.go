package main

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// BenchmarkStart starts the built kiosk with a simulated reader, from exec to
// the first page and to the first tap that is shown, and reads its memory, beside
// a bare program that only serves a page over a SQLite file (testdata/bare).
func BenchmarkStart(b *testing.B) {
	dir := b.TempDir()
	kiosk, bare := build(b, dir, "."), build(b, dir, "./testdata/bare")
	var ours, tapped, theirs time.Duration
	var oursKB, theirsKB int
	for i := range b.N {
		p := startKiosk(b, kiosk, filepath.Join(dir, strconv.Itoa(i)))
		ours, oursKB = ours+p.took, oursKB+resident(b, p.pid())
		tapped += p.firstTap(b)
		p.stop()
		address := free(b)
		q := start(b, "http://"+address+"/", bare, filepath.Join(dir, strconv.Itoa(i)+".db"), address)
		theirs, theirsKB = theirs+q.took, theirsKB+resident(b, q.pid())
		q.stop()
	}
	n := float64(b.N)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(ours.Microseconds())/1000/n, "ms-start")
	b.ReportMetric(float64(tapped.Microseconds())/1000/n, "ms-first-tap")
	b.ReportMetric(float64(theirs.Microseconds())/1000/n, "ms-start-bare")
	b.ReportMetric(float64(oursKB)/1024/n, "MB")
	b.ReportMetric(float64(theirsKB)/1024/n, "MB-bare")
}

// BenchmarkIdle lets the built kiosk poll a simulated reader for some seconds
// with fifty open screens and nobody there, and reads the share of one core that
// it took and the memory that it holds, beside the bare program.
func BenchmarkIdle(b *testing.B) {
	const screens, lasts = 50, 10 * time.Second
	dir := b.TempDir()
	kiosk, bare := build(b, dir, "."), build(b, dir, "./testdata/bare")
	var ours, theirs time.Duration
	var oursKB, theirsKB int
	for i := range b.N {
		p := startKiosk(b, kiosk, filepath.Join(dir, strconv.Itoa(i)))
		for range screens {
			defer p.screen(b).Close()
		}
		address := free(b)
		q := start(b, "http://"+address+"/", bare, filepath.Join(dir, strconv.Itoa(i)+".db"), address)
		<-time.After(2 * time.Second) // the start is over
		before, beforeBare := spent(b, p.pid()), spent(b, q.pid())
		<-time.After(lasts)
		ours, oursKB = ours+spent(b, p.pid())-before, oursKB+resident(b, p.pid())
		theirs, theirsKB = theirs+spent(b, q.pid())-beforeBare, theirsKB+resident(b, q.pid())
		p.stop()
		q.stop()
	}
	n := float64(b.N)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(100*ours.Seconds()/lasts.Seconds()/n, "%-of-a-core")
	b.ReportMetric(100*theirs.Seconds()/lasts.Seconds()/n, "%-bare")
	b.ReportMetric(float64(oursKB)/1024/n, "MB")
	b.ReportMetric(float64(theirsKB)/1024/n, "MB-bare")
}

// running is a program that was started.
type running struct {
	cmd   *exec.Cmd
	base  string // of its addresses
	began time.Time
	took  time.Duration // until its page answered
}

func (p *running) pid() int { return p.cmd.Process.Pid }

func (p *running) stop() {
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may be gone
	_ = p.cmd.Wait()                          // the bare one dies of the signal
}

func startKiosk(b *testing.B, program, data string) *running {
	b.Helper()
	address := free(b)
	p := start(b, "http://"+address+"/door", program, "--data", data, "--key", data+".key", "--listen", address, "--reader", "sim")
	p.base = "http://" + address
	return p
}

// screen opens a screen of a kiosk.
func (p *running) screen(b *testing.B) *websocket.Conn {
	b.Helper()
	c, answer, err := websocket.DefaultDialer.DialContext(b.Context(), strings.Replace(p.base, "http:", "ws:", 1)+"/door/live", http.Header{"Origin": {p.base}})
	if err != nil {
		b.Fatal(err)
	}
	_ = answer.Body.Close()
	return c
}

// firstTap lays a card down and gives the time from the start to its greeting.
func (p *running) firstTap(b *testing.B) time.Duration {
	b.Helper()
	c := p.screen(b)
	defer c.Close()
	answer, err := http.PostForm(p.base+"/sim/lay", url.Values{"uid": {"04A1B2C3D4E5F6"}})
	if err != nil {
		b.Fatal(err)
	}
	_ = answer.Body.Close()
	for {
		var state struct{ Tap uint64 }
		if err := c.ReadJSON(&state); err != nil {
			b.Fatal(err)
		}
		if state.Tap > 0 {
			return time.Since(p.began)
		}
	}
}

func build(b *testing.B, dir, pkg string) string {
	b.Helper()
	out := filepath.Join(dir, "program-"+filepath.Base(pkg)+"-")
	if text, err := exec.CommandContext(b.Context(), "go", "build", "-o", out, pkg).CombinedOutput(); err != nil {
		b.Fatalf("build %s: %v\n%s", pkg, err, text)
	}
	return out
}

func free(b *testing.B) string {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// start runs a program until its page answers.
func start(b *testing.B, page, program string, args ...string) *running {
	b.Helper()
	p := &running{cmd: exec.CommandContext(b.Context(), program, args...), began: time.Now()}
	if err := p.cmd.Start(); err != nil {
		b.Fatal(err)
	}
	for {
		answer, err := http.Get(page)
		if err == nil {
			_ = answer.Body.Close()
			p.took = time.Since(p.began)
			return p
		}
		if time.Since(p.began) > 20*time.Second {
			p.stop()
			b.Fatalf("%s serves nothing", program)
		}
	}
}

// spent is the processor time that a process has had (proc(5), stat, fields 14
// and 15 in hundredths of a second).
func spent(b *testing.B, pid int) time.Duration {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), ") ")
	var sum time.Duration
	for _, field := range strings.Fields(rest)[11:13] {
		n, err := strconv.Atoi(field)
		if err != nil {
			b.Fatal(err)
		}
		sum += time.Duration(n) * 10 * time.Millisecond
	}
	return sum
}

// resident is the memory that a process holds, in KB (proc(5), VmRSS).
func resident(b *testing.B, pid int) int {
	b.Helper()
	f, err := os.Open(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), "VmRSS:"); ok {
			kb, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(rest), " kB"))
			if err != nil {
				b.Fatal(err)
			}
			return kb
		}
	}
	b.Fatal("no VmRSS")
	return 0
}
