package main

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"example.org/inloop/kiosk"
)

// A test of the reader beside the running kiosk leaves the chip to it, and prints
// what the kiosk says.
func TestSpidev_ATestBesideTheKioskAsksIt(t *testing.T) {
	node := newSpidev(t)
	chip := newAirChip(airHabits{})
	node.chip = chip
	node.link(t)
	p := startPi(t)
	p.reader(kiosk.LevelGreen)
	program, err := programFile()
	if err != nil {
		t.Fatal(err)
	}
	beside := exec.CommandContext(t.Context(), program, "--data", t.TempDir(), "--key", filepath.Join(t.TempDir(), "key"),
		"--listen", p.addr, "--reader", "spi", "--spi", "SPI0.0", "reader", "test")
	beside.Env = append(beside.Environ(), "LC_ALL=en_GB.UTF-8")
	out, err := beside.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "The kiosk uses the reader, and it works.") {
		t.Errorf("says %q, %v", out, err)
	}
	p.tap(chip, "still read by the kiosk", 1, newAirCard(0x31, 0x32, 0x33, 0x34))
	p.end()
	node.unlink(t)
}
