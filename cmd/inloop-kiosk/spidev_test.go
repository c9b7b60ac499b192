package main

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	_ "github.com/mattn/go-sqlite3"

	"example.org/inloop/kiosk"
)

// pi is the unchanged program in a process of its own, and its door screen.
type pi struct {
	t      *testing.T
	addr   string
	data   string
	cmd    *exec.Cmd
	ended  chan error
	log    safeBuffer
	client http.Client

	mu    sync.Mutex
	kinds []string // of the greetings, in their order
	now   string   // what the door shows
	taps  uint64   // the last greeting's number
}

// safeBuffer is a log that is read while it grows.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// patience is how long a test waits for what is to come. It is reached by a test
// that fails, and by no other: a loaded machine is slow, not wrong.
const patience = 3 * time.Minute

// whole skips a test of the whole program where only quick ones are wanted.
func whole(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("runs the whole program")
	}
}

// programDir holds the program that the tests of this binary share.
var programDir = filepath.Join(os.TempDir(), fmt.Sprintf("inloop-kiosk-test-%d", os.Getpid()))

// programFile builds the program, once.
var programFile = sync.OnceValues(func() (string, error) {
	file := filepath.Join(programDir, "inloop-kiosk")
	if out, err := exec.Command("go", "build", "-o", file, ".").CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return file, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	_ = os.RemoveAll(programDir) // it is in the system's folder for such
	os.Exit(code)
}

// startPi takes the program, runs it on the spidev node, or as the settings
// say that are given, and opens its door.
func startPi(t *testing.T, settings ...string) *pi {
	t.Helper()
	return startPiWith(t, kiosk.LevelGreen, settings...)
}

// startPiWith is startPi for a program whose store comes to another colour.
func startPiWith(t *testing.T, store kiosk.Level, settings ...string) *pi {
	t.Helper()
	whole(t)
	program, err := programFile()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &pi{t: t, addr: l.Addr().String(), data: filepath.Join(dir, "data"), ended: make(chan error, 1)}
	_ = l.Close()
	p.client.Timeout = patience
	p.cmd = exec.Command(program, append([]string{"--data", p.data, "--key", filepath.Join(dir, "key"),
		"--listen", p.addr, "--reader", "spi", "--spi", "SPI0.0"}, settings...)...)
	p.cmd.Stderr = &p.log
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { p.ended <- p.cmd.Wait() }()
	t.Cleanup(func() {
		if p.cmd.ProcessState == nil {
			_ = p.cmd.Process.Kill()
			<-p.ended
		}
		if t.Failed() {
			t.Logf("log of the program:\n%s", p.log.String())
		}
	})
	p.wait("the store", func() bool { return p.colour("store") == store })
	p.watchDoor()
	return p
}

func (p *pi) watchDoor() {
	conn, answer, err := websocket.DefaultDialer.Dial("ws://"+p.addr+"/door/live", http.Header{"Origin": {"http://" + p.addr}})
	if err != nil {
		p.t.Fatal(err)
	}
	_ = answer.Body.Close() // of no length once the socket is up
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			var s struct {
				Kind string
				Tap  uint64
			}
			if conn.ReadJSON(&s) != nil {
				return
			}
			p.mu.Lock()
			p.now = s.Kind
			if s.Tap > p.taps {
				p.taps = s.Tap
				p.kinds = append(p.kinds, s.Kind)
			}
			p.mu.Unlock()
		}
	}()
	p.t.Cleanup(func() { _ = conn.Close(); <-done })
}

// wait polls a condition, and fails the test when it does not come true. It
// returns how long that took.
func (p *pi) wait(what string, is func() bool) time.Duration {
	p.t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for start := time.Now(); ; <-tick.C {
		if is() {
			return time.Since(start)
		}
		if time.Since(start) > patience {
			p.t.Fatalf("%s: not within %s", what, patience)
		}
	}
}

// colour asks /healthz for one part, "" when it does not answer.
func (p *pi) colour(part string) kiosk.Level {
	resp, err := p.client.Get("http://" + p.addr + "/healthz")
	if err != nil {
		return ""
	}
	defer resp.Body.Close()
	var h struct {
		Parts []struct {
			Part   string
			Colour kiosk.Level
		}
	}
	if json.NewDecoder(resp.Body).Decode(&h) != nil {
		return ""
	}
	for _, l := range h.Parts {
		if l.Part == part {
			return l.Colour
		}
	}
	return ""
}

func (p *pi) reader(want kiosk.Level) time.Duration {
	p.t.Helper()
	return p.wait("reader "+string(want), func() bool { return p.colour("reader") == want })
}

// door waits for what the screen shows; a greeting stays for five seconds.
func (p *pi) door(want string) {
	p.t.Helper()
	p.wait("door "+want, func() bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		return p.now == want
	})
}

func (p *pi) greeted() uint64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.taps
}

// rows counts the taps that are kept, read past the program from its file.
func (p *pi) rows() uint64 {
	p.t.Helper()
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(p.data, "kiosk.db")+"?mode=ro&_busy_timeout=2000")
	if err != nil {
		p.t.Fatal(err)
	}
	defer db.Close()
	var n uint64
	if err := db.QueryRowContext(p.t.Context(), "SELECT count(*) FROM tap").Scan(&n); err != nil {
		p.t.Fatal(err)
	}
	return n
}

// tap lays cards down until each is greeted and kept, and takes them away.
func (p *pi) tap(chip interface{ lay(...*airCard) }, what string, kept int, cards ...*airCard) {
	p.t.Helper()
	rows, taps := p.rows(), p.greeted()
	want := taps + uint64(max(kept, 1))
	start := time.Now()
	chip.lay(cards...)
	p.wait(what, func() bool { return p.greeted() >= want })
	took := time.Since(start)
	// The row comes first: it is there as soon as anybody was greeted.
	if got := p.rows() - rows; got != uint64(kept) {
		p.t.Errorf("%s: %d rows kept, want %d", what, got, kept)
	}
	chip.lay()
	p.t.Logf("%s: greeted after %s", what, took.Round(time.Millisecond))
}

// end asks the program to stop.
func (p *pi) end() {
	p.t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		p.t.Fatal(err)
	}
	select {
	case err := <-p.ended:
		if err != nil {
			p.t.Errorf("the program ended with %v", err)
		}
	case <-time.After(patience):
		p.t.Error("the program does not end")
	}
}

func TestSpidev_TapsAndCutsOfTheBus(t *testing.T) {
	node := newSpidev(t)
	node.link(t)
	chip := newAirChip(airHabits{})
	node.chip = chip
	p := startPi(t)
	p.reader(kiosk.LevelGreen)

	before, start := node.traffic(), time.Now()
	p.wait("idle polls", func() bool { return node.traffic().frames-before.frames >= 140 })
	after := node.traffic()
	polls := float64(after.frames-before.frames) / 7
	t.Logf("idle: %.1f polls a second, each %.2f ioctls and %.1f bytes", polls/time.Since(start).Seconds(),
		float64(after.ioctls-before.ioctls)/polls, float64(after.bytes-before.bytes)/polls)
	// One look at the chip's health in two seconds comes on top of 2 and 20.
	if float64(after.ioctls-before.ioctls)/polls > 2.1 || float64(after.bytes-before.bytes)/polls > 21 {
		t.Error("an idle poll costs more than 2 ioctls and 20 bytes")
	}

	p.tap(chip, "4 bytes", 1, newAirCard(0x1B, 0xBB, 0x89, 0x04))
	p.tap(chip, "7 bytes", 1, newAirCard(0x04, 0x8D, 0x24, 0x32, 0x27, 0x3B, 0x80))
	p.tap(chip, "10 bytes", 1, newAirCard(0x04, 1, 2, 3, 4, 5, 6, 7, 8, 9))
	p.tap(chip, "4 bytes that begin with 88", 1, newAirCard(0x88, 0x12, 0x34, 0x56))
	p.tap(chip, "two at once", 2, newAirCard(0x21, 0x22, 0x23, 0x24), newAirCard(0x04, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57))
	p.tap(chip, "a phone", 0, newAirCard(0x08, 0xDF, 0xBF, 0xF2))
	p.mu.Lock()
	if !slices.Contains(p.kinds, string(kiosk.GreetingPhone)) {
		t.Errorf("the door said %v, never phone", p.kinds)
	}
	p.mu.Unlock()

	cuts := []struct {
		name      string
		cut, mend func(*spidev)
	}{
		{"input/output error", func(n *spidev) { n.broken = syscall.EIO }, func(n *spidev) { n.broken = 0 }},
		{"MISO low", func(n *spidev) { n.grounded = true }, func(n *spidev) { n.grounded = false }},
		{"no permission", func(n *spidev) { n.broken, n.refused = syscall.EIO, syscall.EACCES }, func(n *spidev) { n.broken, n.refused = 0, 0 }},
		{"the node is away", func(n *spidev) { n.unlink(t); n.broken = syscall.ENODEV }, func(n *spidev) { n.broken = 0; n.link(t) }},
	}
	for i, c := range cuts {
		node.change(c.cut)
		red := p.reader(kiosk.LevelRed)
		if i == 0 { // each time the last greeting would have to go first
			p.door("away")
		}
		node.change(c.mend)
		green := p.reader(kiosk.LevelGreen)
		t.Logf("%s: red after %s, green after %s", c.name, red.Round(time.Millisecond), green.Round(time.Millisecond))
		if i == 0 {
			p.door("idle")
		}
		p.tap(chip, "after "+c.name, 1, newAirCard(0x31, byte(i), 0x33, 0x34))
	}
	p.end()
}

func TestSpidev_ChipsThatDiffer(t *testing.T) {
	node := newSpidev(t)
	node.link(t)
	p := startPi(t)
	for i, c := range []struct {
		name   string
		habits airHabits
	}{
		{"v1.0", airHabits{version: 0x91}},
		{"clone B2", airHabits{version: 0xB2}},
		{"counterfeit 12", airHabits{version: 0x12}},
		{"slow reset", airHabits{reset: 100 * time.Millisecond}},
		{"three times slower than the air", airHabits{slow: 3}},
		{"flags 3 ms late", airHabits{late: 3 * time.Millisecond}},
		{"timer runs on", airHabits{runsOn: true}},
		{"collisions counted in the UID", airHabits{collisions: "uid"}},
		{"collisions counted in the FIFO", airHabits{collisions: "fifo", lastBits: true}},
		{"bits after a collision kept", airHabits{keepsAfter: true}},
	} {
		chip := newAirChip(c.habits)
		node.change(func(n *spidev) { n.chip = chip })
		p.wait(c.name+" set up", chip.ready)
		n := byte(i)
		p.tap(chip, c.name+": 4 bytes", 1, newAirCard(0x41, n, 2, 3))
		p.tap(chip, c.name+": 10 bytes", 1, newAirCard(0x04, n, 2, 3, 4, 5, 6, 7, 8, 9))
		p.tap(chip, c.name+": two at once", 2, newAirCard(0x51, n, 0x23, 0x24), newAirCard(0x51, n, 0x23, 0xA4))
		p.tap(chip, c.name+": 7 bytes", 1, newAirCard(0x04, n, 0x24, 0x32, 0x27, 0x3B, 0x80))
	}
	p.end()
}

func TestSpidev_NodeThatComesLate(t *testing.T) {
	node := newSpidev(t)
	node.change(func(n *spidev) { n.refused = syscall.EACCES })
	p := startPi(t)
	p.reader(kiosk.LevelRed)
	p.door("away")
	node.link(t) // still not ours to open
	p.wait("a refusal in the log", func() bool { return p.log.String() != "" })
	if got := p.colour("reader"); got != kiosk.LevelRed {
		t.Errorf("the reader is %s without permission", got)
	}
	node.change(func(n *spidev) { n.refused = 0 })
	p.reader(kiosk.LevelGreen)
	p.tap(node.chip.(*airChip), "a card", 1, newAirCard(0x61, 0x62, 0x63, 0x64))
	if _, err := os.Stat("/sys/module/spidev"); err == nil {
		t.Log("this machine has the spidev module: the missing bufsiz was not tried")
	}
	p.end()
}
