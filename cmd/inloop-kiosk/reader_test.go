package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"periph.io/x/conn/v3/physic"

	"example.org/inloop/cmd/internal/kioskd"
	"example.org/inloop/devices/nfc"
	"example.org/inloop/devices/sim"
	"example.org/inloop/kiosk"
	"example.org/inloop/web"
)

// says runs the program and gives what it printed.
func says(t *testing.T, args ...string) (string, error) {
	t.Helper()
	t.Setenv("LC_ALL", "")
	t.Setenv("LC_MESSAGES", "")
	t.Setenv("LANG", "nl_NL.UTF-8")
	var out bytes.Buffer
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	err := run(ctx, args, &out, io.Discard)
	return out.String(), err
}

func TestReader_TestSaysWhatThereIs(t *testing.T) {
	for chip, want := range map[string][]string{
		"auto":  {"MFRC522 v2.0, versie 92", "goed bij 4MHz", "zelftest is goed", "33 dB", "veld staat aan", "7 bytes, 20 van 20", "Alles werkt"},
		"pn532": {"PN532, versie 1.6", "goed bij 1MHz", "zelftest is goed", "veld staat aan", "7 bytes, 20 van 20", "Alles werkt"},
	} {
		out, err := says(t, "reader", "test", "--reader", "sim", "--chip", chip)
		if err != nil {
			t.Errorf("%s: %v", chip, err)
		}
		for _, w := range want {
			if !strings.Contains(out, w) {
				t.Errorf("%s: %q is not said:\n%s", chip, w, out)
			}
		}
		if strings.Contains(out, "A1B2C3") {
			t.Errorf("%s: a number in what was printed:\n%s", chip, out)
		}
	}
}

func TestReader_BenchStandsBesideItsFloor(t *testing.T) {
	for chip, want := range map[string][]string{
		"mfrc522": {"2.0 opdrachten, 20 bytes (kan niet minder dan 0.43 ms, 2, 20)", "10.0 opdrachten, 126 bytes (kan niet minder dan 4.6 ms, 10, 126)"},
		"pn532":   {"pas van 7 bytes", "(kan niet minder dan 0.4 ms, 5, 46)"},
	} {
		out, err := says(t, "reader", "bench", "--reader", "sim", "--chip", chip)
		if err != nil {
			t.Errorf("%s: %v", chip, err)
		}
		for _, w := range want {
			if !strings.Contains(out, w) {
				t.Errorf("%s: %q is not said:\n%s", chip, w, out)
			}
		}
	}
}

// What is printed may be kept by whoever reads it: a number only on a terminal.
func TestReader_WatchKeepsNumbersOffPaper(t *testing.T) {
	var out bytes.Buffer
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	if err := run(ctx, []string{"reader", "watch", "--reader", "sim"}, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "7 bytes") || strings.Contains(out.String(), "A1B2C3") {
		t.Errorf("printed:\n%s", out.String())
	}
	f, err := os.Create(filepath.Join(t.TempDir(), "paper"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if terminal(f) {
		t.Error("a file is taken for a terminal")
	}
}

func TestReader_WatchSaysWhenItIsMended(t *testing.T) {
	catalogue, err := web.NewCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := &workbench{app: &app{out: &out}, localizer: catalogue.In("nl")}
	lit := w.lights()
	green, red := kiosk.Health{Part: nfc.Part, Level: kiosk.LevelGreen}, kiosk.Health{Part: nfc.Part, Level: kiosk.LevelRed, Reason: nfc.Part + ".gone"}
	for _, l := range []kiosk.Health{green, red, green, green} {
		lit(l)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 2 || !strings.HasPrefix(lines[0], "X De lezer antwoordt niet") || lines[1] != "+ De lezer werkt weer." {
		t.Errorf("says %q", lines)
	}
}

func TestReader_KeysGoToAScreenOnly(t *testing.T) {
	out, err := says(t, "reader", "keys", "--reader", "sim", "--key", filepath.Join(t.TempDir(), "key"))
	if !errors.Is(err, errReader) || !strings.Contains(out, "alleen op een scherm") {
		t.Errorf("says %q, %v", out, err)
	}
}

func TestReader_KeysOfARoomThatHasNone(t *testing.T) {
	catalogue, err := web.NewCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := &workbench{app: &app{out: &out}, localizer: catalogue.In("nl")}
	file := filepath.Join(t.TempDir(), "key")
	if _, err := w.roomKeys(file); !errors.Is(err, errReader) || !strings.Contains(out.String(), file) {
		t.Errorf("says %q, %v", out.String(), err)
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("a key was made")
	}
}

func TestReader_WhatToTouch(t *testing.T) {
	catalogue, err := web.NewCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	garbled := sim.Host{MostSpeed: 50 * physic.KiloHertz}
	for _, tt := range []struct {
		name   string
		host   sim.Host
		strike func(*sim.MFRC522)
		want   string
	}{
		{"MISO low", sim.Host{}, func(c *sim.MFRC522) { c.SetFaults(sim.Faults{MISO: sim.Low}) }, "kijk naar draad 21 en 23"},
		{"MISO high", sim.Host{}, func(c *sim.MFRC522) { c.SetFaults(sim.Faults{MISO: sim.High}) }, "kijk naar draad 21 en 23"},
		{"no chip", sim.Host{}, func(c *sim.MFRC522) { c.SetFaults(sim.Faults{Gone: true}) }, "kijk naar draad 21 en 23"},
		{"takes no writes", sim.Host{}, (*sim.MFRC522).Latch, "19, 21 en 23"},
		{"wires too long", garbled, func(*sim.MFRC522) {}, "draden"},
		{"port does not open", sim.Host{}, func(c *sim.MFRC522) { c.SetFaults(sim.Faults{Bus: true}) }, "gaat niet open"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			chip := sim.NewMFRC522(sim.NewField(), sim.MFRC522Options{Host: tt.host})
			tt.strike(chip)
			var out bytes.Buffer
			w := &workbench{
				app:       &app{ctx: t.Context(), out: &out, errs: io.Discard, log: slog.New(slog.DiscardHandler)},
				localizer: catalogue.In("nl"), wiring: kioskd.Wiring{Port: chip.Open, Chip: kioskd.ChipMFRC522},
			}
			if _, err := w.open(); !errors.Is(err, errReader) {
				t.Errorf("opened: %v", err)
			}
			if !strings.Contains(out.String(), tt.want) {
				t.Errorf("says %q, want %q", out.String(), tt.want)
			}
		})
	}
}

func TestReader_StandsAsideForTheKiosk(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	out, err := says(t, "reader", "test", "--listen", l.Addr().String())
	if !errors.Is(err, errReader) || !strings.Contains(out, "systemctl stop inloop-kiosk") {
		t.Errorf("says %q, %v", out, err)
	}
	out, err = says(t, "reader", "test", "--listen", "127.0.0.1:1", "--spi", "SPI7.3")
	if !errors.Is(err, errReader) || !strings.Contains(out, "/dev/spidev7.3") {
		t.Errorf("says %q, %v", out, err)
	}
	out, err = says(t, "reader", "test", "--reader", "none")
	if !errors.Is(err, errReader) || !strings.Contains(out, `reader = "spi"`) {
		t.Errorf("says %q, %v", out, err)
	}
}
