package workbench

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"periph.io/x/conn/v3/physic"

	"example.org/inloop/cmd/internal/health"
	"example.org/inloop/cmd/internal/wiring"
	"example.org/inloop/devices/nfc"
	"example.org/inloop/devices/sim"
	"example.org/inloop/kiosk"
	"example.org/inloop/web"
)

// openWorkbench opens the workbench of a reader, with Dutch words for the operator.
func openWorkbench(t *testing.T, cfg Config, out io.Writer) (*Workbench, error) {
	t.Helper()
	t.Setenv("LC_ALL", "")
	t.Setenv("LC_MESSAGES", "")
	t.Setenv("LANG", "nl_NL.UTF-8")
	cfg.Out, cfg.Log = out, slog.New(slog.DiscardHandler)
	return Open(cfg)
}

// simulatedBench is that of a simulated chip, on which a badge lies.
func simulatedBench(t *testing.T, chip wiring.ChipModel, out io.Writer) *Workbench {
	t.Helper()
	w, err := openWorkbench(t, Config{Reader: wiring.ReaderSim, Wiring: wiring.Config{Chip: chip}}, out)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestTest_SaysWhatThereIs(t *testing.T) {
	for chip, want := range map[wiring.ChipModel][]string{
		"auto":  {"MFRC522 v2.0, versie 92", "goed bij 4MHz", "zelftest is goed", "33 dB", "veld staat aan", "7 bytes, 20 van 20", "Alles werkt"},
		"pn532": {"PN532, versie 1.6", "goed bij 1MHz", "zelftest is goed", "veld staat aan", "7 bytes, 20 van 20", "Alles werkt"},
	} {
		var printed strings.Builder
		if err := simulatedBench(t, chip, &printed).Test(t.Context()); err != nil {
			t.Errorf("%s: %v", chip, err)
		}
		out := printed.String()
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

func TestMeasure_StandsBesideItsMinimum(t *testing.T) {
	for chip, want := range map[wiring.ChipModel][]string{
		"mfrc522": {"2.0 opdrachten, 20 bytes (kan niet minder dan 0.43 ms, 2, 20)", "10.0 opdrachten, 126 bytes (kan niet minder dan 4.6 ms, 10, 126)"},
		"pn532":   {"! Er ligt een pas op de lezer", "pas van 7 bytes", "(kan niet minder dan 17 ms, 35, 269)"},
	} {
		var printed strings.Builder
		if err := simulatedBench(t, chip, &printed).Measure(t.Context()); err != nil {
			t.Errorf("%s: %v", chip, err)
		}
		out := printed.String()
		for _, w := range want {
			if !strings.Contains(out, w) {
				t.Errorf("%s: %q is not said:\n%s", chip, w, out)
			}
		}
		if lying := chip == wiring.ChipModelPN532; regexp.MustCompile("niemand: [0-9]").MatchString(out) == lying {
			t.Errorf("%s: a lying card and nobody are not told apart:\n%s", chip, out)
		}
	}
}

// stopper keeps what is printed, and stops when a text was.
type stopper struct {
	b    bytes.Buffer
	text string
	stop func()
}

func (s *stopper) Write(p []byte) (int, error) {
	if bytes.Contains(p, []byte(s.text)) {
		s.stop()
	}
	return s.b.Write(p)
}

type stillClock struct{}

func (stillClock) Now() kiosk.Moment { return kiosk.Moment{Wall: time.Unix(1.7e9, 0)} }

// What is printed may be kept by whoever reads it: a number only on a terminal.
func TestWatch_KeepsNumbersOffPaper(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	// The badge that lies there is told once, and then it is enough.
	out := &stopper{text: "7 bytes", stop: stop}
	if err := simulatedBench(t, wiring.ChipModelAny, out).Watch(ctx, stillClock{}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.b.String(), "7 bytes") || strings.Contains(out.b.String(), "A1B2C3") {
		t.Errorf("printed:\n%s", out.b.String())
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

func TestWatch_SaysWhenItIsMended(t *testing.T) {
	translations, err := web.NewTranslations()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := &Workbench{out: &out, text: translations.In("nl")}
	lit := w.lights()
	green, red := kiosk.Health{Part: nfc.HealthPart, Level: kiosk.LevelGreen}, kiosk.Health{Part: nfc.HealthPart, Level: kiosk.LevelRed, Reason: nfc.HealthPart + ".gone"}
	for _, l := range []kiosk.Health{green, red, green, green} {
		lit(l)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 2 || !strings.HasPrefix(lines[0], "X De lezer antwoordt niet") || lines[1] != "+ De lezer werkt weer." {
		t.Errorf("says %q", lines)
	}
}

func TestKeys_GoToAScreenOnly(t *testing.T) {
	var out bytes.Buffer
	err := simulatedBench(t, wiring.ChipModelAny, &out).Keys(t.Context(), filepath.Join(t.TempDir(), "key"))
	if !errors.Is(err, ErrReader) || !strings.Contains(out.String(), "alleen op een scherm") {
		t.Errorf("says %q, %v", out.String(), err)
	}
}

func TestKeys_OfARoomThatHasNone(t *testing.T) {
	translations, err := web.NewTranslations()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := &Workbench{out: &out, text: translations.In("nl")}
	file := filepath.Join(t.TempDir(), "key")
	if _, err := w.roomKeys(file); !errors.Is(err, ErrReader) || !strings.Contains(out.String(), file) {
		t.Errorf("says %q, %v", out.String(), err)
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("a key was made")
	}
}

func TestOpen_SaysWhatToTouch(t *testing.T) {
	translations, err := web.NewTranslations()
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
		{"MISO low", sim.Host{}, func(c *sim.MFRC522) { c.SetDefects(sim.Defects{MISO: sim.MISOLow}) }, "kijk naar draad 21 en 23"},
		{"MISO high", sim.Host{}, func(c *sim.MFRC522) { c.SetDefects(sim.Defects{MISO: sim.MISOHigh}) }, "kijk naar draad 21 en 23"},
		{"no chip", sim.Host{}, func(c *sim.MFRC522) { c.SetDefects(sim.Defects{Gone: true}) }, "kijk naar draad 21 en 23"},
		{"takes no writes", sim.Host{}, (*sim.MFRC522).Latch, "19, 21 en 23"},
		{"wires too long", garbled, func(*sim.MFRC522) {}, "draden"},
		{"port does not open", sim.Host{}, func(c *sim.MFRC522) { c.SetDefects(sim.Defects{Bus: true}) }, "gaat niet open"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			chip := sim.NewMFRC522(sim.NewField(), sim.MFRC522Options{Host: tt.host})
			tt.strike(chip)
			var out bytes.Buffer
			w := &Workbench{
				out: &out, log: slog.New(slog.DiscardHandler), text: translations.In("nl"),
				wiring: wiring.Config{Port: chip.Open, Chip: wiring.ChipModelMFRC522},
			}
			if _, err := w.open(t.Context()); !errors.Is(err, ErrReader) {
				t.Errorf("opened: %v", err)
			}
			if !strings.Contains(out.String(), tt.want) {
				t.Errorf("says %q, want %q", out.String(), tt.want)
			}
		})
	}
}

func TestOpen_SaysWhatStandsInTheWay(t *testing.T) {
	for _, tt := range []struct {
		cfg  Config
		want string
	}{
		{Config{Reader: wiring.ReaderSPI, Wiring: wiring.Config{SPI: "SPI7.3"}, Listen: "127.0.0.1:1"}, "/dev/spidev7.3"},
		{Config{Reader: "none"}, `reader = "spi"`},
	} {
		var out bytes.Buffer
		if _, err := openWorkbench(t, tt.cfg, &out); !errors.Is(err, ErrReader) || !strings.Contains(out.String(), tt.want) {
			t.Errorf("%+v: says %q, %v", tt.cfg, out.String(), err)
		}
	}
}

// Beside a running kiosk, which has the bus, a test prints the kiosk's view, and
// the rest stands aside.
func TestTest_AsksTheKioskThatHasTheBus(t *testing.T) {
	for name, tt := range map[string]struct {
		level        kiosk.Level
		reason, want string
		well         bool
	}{
		"it works":       {kiosk.LevelGreen, "", "+ De kiosk gebruikt de lezer, en die werkt.", true},
		"it is loose":    {kiosk.LevelRed, nfc.ReasonGone, "De paslezer is los", false},
		"it stood still": {kiosk.LevelOrange, nfc.ReasonStalled, "stond even stil", false},
	} {
		t.Run(name, func(t *testing.T) {
			board := health.NewBoard(func([]kiosk.Health) {})
			board.Set(nfc.HealthPart, tt.level, tt.reason)
			board.Set("store", kiosk.LevelRed, "store.full")
			server := httptest.NewServer(board)
			defer server.Close()
			var out bytes.Buffer
			w := simulatedBench(t, wiring.ChipModelAny, &out)
			w.busy, w.kiosk = true, server.Listener.Addr().String()
			if err := w.Test(t.Context()); (err == nil) != tt.well || !strings.Contains(out.String(), tt.want) {
				t.Errorf("says %q, %v", out.String(), err)
			}
			out.Reset()
			if err := w.Measure(t.Context()); !errors.Is(err, ErrReader) || !strings.Contains(out.String(), "systemctl stop inloop-kiosk") {
				t.Errorf("measures beside it: %q, %v", out.String(), err)
			}
		})
	}
	var out bytes.Buffer
	w := simulatedBench(t, wiring.ChipModelAny, &out)
	w.busy, w.kiosk = true, "127.0.0.1:1"
	if err := w.Test(t.Context()); !errors.Is(err, ErrReader) || !strings.Contains(out.String(), "127.0.0.1:1") {
		t.Errorf("where no kiosk answers it says %q, %v", out.String(), err)
	}
}
