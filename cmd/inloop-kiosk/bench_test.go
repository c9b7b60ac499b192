package main

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// BenchmarkStart starts the built kiosk with a simulated reader, from exec to
// the first page, and reads its memory, beside a bare program that only serves
// a page over a SQLite file (testdata/bare).
func BenchmarkStart(b *testing.B) {
	dir := b.TempDir()
	kiosk, bare := build(b, dir, "."), build(b, dir, "./testdata/bare")
	var ours, theirs time.Duration
	var oursKB, theirsKB int
	for i := range b.N {
		data := filepath.Join(dir, strconv.Itoa(i))
		address := free(b)
		took, kb := start(b, "http://"+address+"/door", kiosk, "--data", data, "--key", data+".key", "--listen", address, "--reader", "sim")
		ours, oursKB = ours+took, oursKB+kb
		took, kb = start(b, "http://"+address+"/", bare, data+".db", address)
		theirs, theirsKB = theirs+took, theirsKB+kb
	}
	n := float64(b.N)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(ours.Microseconds())/1000/n, "ms-start")
	b.ReportMetric(float64(theirs.Microseconds())/1000/n, "ms-start-bare")
	b.ReportMetric(float64(oursKB)/1024/n, "MB")
	b.ReportMetric(float64(theirsKB)/1024/n, "MB-bare")
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

// start runs a program until its page answers, and returns how long that took
// and how much memory it then holds.
func start(b *testing.B, page, program string, args ...string) (took time.Duration, kb int) {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), program, args...)
	began := time.Now()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // it may be gone
		_ = cmd.Wait()                          // the bare one dies of the signal
	}()
	for {
		answer, err := http.Get(page)
		if err == nil {
			_ = answer.Body.Close()
			break
		}
		if time.Since(began) > 20*time.Second {
			b.Fatalf("%s serves nothing", program)
		}
	}
	return time.Since(began), resident(b, cmd.Process.Pid)
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
