package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"example.org/inloop/cmd/internal/cli"
	"example.org/inloop/cmd/internal/kioskd"
	"example.org/inloop/cmd/internal/settings"
	"example.org/inloop/cmd/internal/settings/settingstest"
	"example.org/inloop/sync/count"
)

// loadSettings reads settings as the program does: from a file, from the
// environment and from a command line.
func loadSettings(t *testing.T, file string, args ...string) (cfg kioskd.Config, err error) {
	t.Helper()
	var source settings.Source
	c := newCommandLine(&source)
	if file != "" {
		args = append(args, "--config", file)
	}
	err = cli.Run(t.Context(), &c, cli.Help{Program: name}, append(args, "run"), io.Discard, io.Discard, func(context.Context, *kong.Context) error {
		cfg, err = load(&source, c.Config)
		return err
	})
	return cfg, err
}

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "kiosk.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestSettings_EachReachesTheProgramFromEachSource gives every setting by flag,
// environment and file. A field of kioskd.Settings that nothing uses fails here.
func TestSettings_EachReachesTheProgramFromEachSource(t *testing.T) {
	settingstest.Reach(t, kioskd.Settings{}, func(t *testing.T, file string, args ...string) (set, made any, err error) {
		cfg, err := loadSettings(t, write(t, file), args...)
		set, cfg.Settings = cfg.Settings, kioskd.Settings{}
		return set, cfg, err
	}, ".", filepath.Join("..", "internal", "kioskd"))
}

var writeReadme = flag.Bool("readme", false, "write the list of settings into the README")

func TestSettings_ReadmeListsThem(t *testing.T) {
	settingstest.Readme(t, name, kioskd.Settings{}, *writeReadme)
}

// TestSettings_HelpShowsAFileThatIsTaken reads the example that the help shows.
func TestSettings_HelpShowsAFileThatIsTaken(t *testing.T) {
	var out bytes.Buffer
	if err := run(t.Context(), []string{"help", "settings"}, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), settings.File(kioskd.Settings{})) {
		t.Errorf("help settings does not show the file:\n%s", out.String())
	}
	if _, err := loadSettings(t, write(t, settings.File(kioskd.Settings{}))); err != nil {
		t.Fatal(err)
	}
}

func TestLoad_GivenBeforeFileBeforeDefault(t *testing.T) {
	path := write(t, `
listen = "127.0.0.1:9000"
reader = "none"
capacity = 12
`)
	s, err := loadSettings(t, path, "--listen", "127.0.0.1:9999")
	if err != nil {
		t.Fatal(err)
	}
	if s.Listen != "127.0.0.1:9999" || s.Reader != "none" || s.Capacity != 12 || s.SPI != "SPI0.0" {
		t.Errorf("got %+v, want the given address, the file's reader and capacity, the default port", s.Settings)
	}
}

func TestLoad_WeekExceptionsProgramme(t *testing.T) {
	path := write(t, `
[parts]
middag = "12:30"

[hours]
di = ["10:00-12:30", "13:30-17:00"]

[exceptions]
"2026-12-22" = []
"2026-12-23" = ["10:00-11:00"]

[[programme]]
day = "di"
from = "10:00"
until = "12:00"
title = "Koffie en kaarten"
`)
	s, err := loadSettings(t, path)
	if err != nil {
		t.Fatal(err)
	}
	day := func(text string) count.Day {
		d, err := count.ParseDay(text)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for text, want := range map[string]int{"2026-12-15": 2, "2026-12-16": 0, "2026-12-22": 0, "2026-12-23": 1} {
		if got := len(s.Timetable.Hours(day(text))); got != want {
			t.Errorf("%s: %d spans of opening hours, want %d", text, got, want)
		}
	}
	noon := day("2026-12-15").At(12*60+15, s.Timetable.Zone)
	if got := s.Timetable.Part(noon); got != count.PartMorning {
		t.Errorf("12:15 with middag from 12:30 is %s, want ochtend", got)
	}
	if len(s.Activities) != 1 || s.Activities[0].Weekday != time.Tuesday {
		t.Errorf("programme %+v, want one activity on Tuesday", s.Activities)
	}
}

func TestLoad_SaysWhatIsWrong(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"unknown key with its line", "\nreader = \"sim\"\nlisen = \"x\"\n", "line 3, column 1: lisen: no such setting"},
		{"unknown key in a table", "[parts]\nmidag = \"12:00\"\n", "line 2, column 1: parts.midag: no such setting"},
		{"no TOML", "reader = \n", "line 1, column 10: "},
		{"unknown key named as another's", "[[programme]]\nday=\"ma\"\nfrom=\"10:00\"\nuntil=\"11:00\"\ntitle=\"x\"\n[parts]\ntitle=\"x\"\n", "line 7, column 1: parts.title: no such setting"},
		{"unknown key in a list of tables", "[[programme]]\nday=\"ma\"\ntitel=\"x\"\n", "line 3, column 1: programme.1.titel: no such setting"},
		{"unknown key on one line", "parts = {midag = \"12:00\"}\n", "line 1, column 10: parts.midag: no such setting"},
		{"another kind of value", "\n[hours]\nma = \"10:00-17:00\"\n", `line 3, column 6: hours.ma: "10:00-17:00": want a list`},
		{"fewer than none", "capacity = -3\n", `line 1, column 12: capacity: "-3": want a number`},
		{"no such weekday", "[hours]\nmaa = []\n", `line 2, column 1: hours.maa: "maa": want a day`},
		{"hours backwards", "[hours]\ndi = []\nma = [\"12:00-10:00\"]\n", `line 3, column 7: hours.ma.1: "10:00": want a time after 12:00: it ends before it begins`},
		{"hours that overlap", "[hours]\nma = [\"10:00-12:00\", \"11:00-13:00\"]\n", `line 2, column 22: hours.ma.2: "11:00-13:00": want hours that begin when those ahead of them have ended, at 12:00`},
		{"hours with a letter for a digit", "[hours]\nma = [\"9:00-10:3O\"]\n", `line 2, column 7: hours.ma.1: "10:3O": want a time such as 09:30`},
		{"an evening past midnight", "[hours]\nvr = [\"20:00-01:00\"]\n", `hours.vr.1: "01:00": want a time after 20:00: it ends before it begins; for past midnight write 20:00-24:00 here and 00:00-01:00 at the next day`},
		{"an evening until midnight", "[exceptions]\n\"2026-12-31\" = [\"20:00-00:00\"]\n", `for until midnight write 20:00-24:00`},
		{"an activity past midnight", "[[programme]]\nday=\"vr\"\nfrom=\"22:00\"\nuntil=\"01:00\"\ntitle=\"Dansen\"\n", `programme.1.until: "01:00": want a time after 22:00`},
		{"the machine's own zone", "zone = \"Local\"\n", `line 1, column 8: zone: "Local": want a name such as Europe/Amsterdam`},
		{"a blank room", "room = \"  \\u200b\"\n", `line 1, column 8: room: "  \u200b": want the name of the room`},
		{"an empty room", "room = \"\"\n", `line 1, column 8: room: "": want the name of the room`},
		{"a blank title", "[[programme]]\nday=\"ma\"\nfrom=\"10:00\"\nuntil=\"11:00\"\ntitle=\" \"\n", `line 5, column 7: programme.1.title: " ": want a title`},
		{"no such day", "[exceptions]\n\"2026-02-30\" = []\n", `line 2, column 1: exceptions.2026-02-30: "2026-02-30": want a day such as`},
		{"no such time", "[parts]\nmiddag = \"25:00\"\n", `line 2, column 10: parts.middag: "25:00": want a time`},
		{"parts crossed", "[parts]\nmiddag = \"19:00\"\n", `line 2, column 10: parts.middag: "19:00": want a time before that of avond, which is 18:00`},
		{"no zone", "zone = \"Europe/Nergens\"\n", `line 1, column 8: zone: "Europe/Nergens": want a name such as Europe/Amsterdam`},
		{"activity without a title", "\n[[programme]]\nday=\"ma\"\nfrom=\"10:00\"\nuntil=\"11:00\"\n", `line 2, column 3: programme.1.title: "": want a title`},
		{"activity on no day", "[[programme]]\nday=\"maandag\"\n", `line 2, column 5: programme.1.day: "maandag": want a day`},
		{"no such reader", "reader = \"usb\"\n", `line 1, column 10: reader: "usb": want spi, sim or none`},
		{"no such chip", "\nchip = \"pn533\"\n", `line 2, column 8: chip: "pn533": want auto, mfrc522 or pn532`},
		{"no such gain", "gain = 40\n", `line 1, column 8: gain: "40": want 18, 23, 33`},
		{"no speed", "speed = \"fast\"\n", `line 1, column 9: speed: "fast": want one such as 4MHz`},
		{"too fast", "speed = \"20MHz\"\n", `line 1, column 9: speed: "20MHz": want 100kHz to 10MHz`},
		{"key among the data", "data = \"/srv\"\nkey = \"/srv/key\"\n", `line 2, column 7: key: "/srv/key": want a place that is not inside the data folder`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := loadSettings(t, write(t, c.text))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error that holds %q", err, c.want)
			}
		})
	}
}

// TestLoad_EmptyHoursAreNone takes a table without a line for what it says; of that
// the kiosk warns. Without the table the usual hours hold.
func TestLoad_EmptyHoursAreNone(t *testing.T) {
	for text, want := range map[string]int{"[hours]\n": 0, "hours = {}\n": 0, "": 5} {
		cfg, err := loadSettings(t, write(t, text))
		if err != nil || len(cfg.Timetable.Week) != want || (cfg.Hours == nil) != (want > 0) {
			t.Errorf("%q: %v, %v, want hours on %d days", text, cfg.Timetable.Week, err, want)
		}
	}
}

// TestLoad_TitlesAreCountedInCharacters takes 80 letters of two bytes each, and
// not one more.
func TestLoad_TitlesAreCountedInCharacters(t *testing.T) {
	title := func(letters int) string {
		return "[[programme]]\nday=\"ma\"\nfrom=\"10:00\"\nuntil=\"11:00\"\ntitle=\"" + strings.Repeat("ş", letters) + "\"\n"
	}
	if _, err := loadSettings(t, write(t, title(80))); err != nil {
		t.Errorf("80 letters: %v", err)
	}
	if _, err := loadSettings(t, write(t, title(81))); err == nil || !strings.Contains(err.Error(), "want a title of at most 80 characters") {
		t.Errorf("81 letters: %v", err)
	}
}

// TestLoad_FaultsOfFlagsAndEnvironment names the one in which the fault is.
func TestLoad_FaultsOfFlagsAndEnvironment(t *testing.T) {
	_, err := loadSettings(t, "", "--hours", `{ ma = ["10:00-9:00"] }`)
	if err == nil || !strings.Contains(err.Error(), `--hours: column 9: hours.ma.1: "09:00": want a time after 10:00`) {
		t.Errorf("flag: %v", err)
	}
	t.Setenv("INLOOP_GAIN", "4O")
	if _, err = loadSettings(t, ""); !errors.Is(err, kioskd.ErrConfig) || !strings.Contains(err.Error(), `INLOOP_GAIN: gain: "4O": want a whole number`) {
		t.Errorf("environment: %v", err)
	}
}

func TestHelp_EveryCommandHasAnExample(t *testing.T) {
	for _, args := range [][]string{
		{"--help"}, {"help"}, {"help", "settings"}, {"visits", "--help"}, {"visits", "import", "--help"}, {"reach", "--help"},
		{"backup", "--help"}, {"restore", "--help"}, {"unpair", "--help"}, {"volunteer", "--help"}, {"volunteer", "add", "--help"}, {"help", "volunteer", "add"}, {"help", "run"},
	} {
		var out, errs bytes.Buffer
		if err := run(context.Background(), args, &out, &errs); err != nil {
			t.Errorf("%v: %v", args, err)
		}
		if !strings.Contains(out.String(), "Example") {
			t.Errorf("%v shows no example:\n%s", args, out.String())
		}
	}
}

func TestRun_RefusesWordsThatAreOff(t *testing.T) {
	for _, args := range [][]string{
		{"vists"}, {"visits"}, {"visits", "--from", "2026-13-01", "--to", "2026-13-02"}, {"reach", "--month", "2026Q3"},
		{"reach", "--month", "2026-09", "--quarter", "2026Q3"}, {"backup"}, {"visits", "--from", "2026-02-02", "--to", "2026-02-01"},
	} {
		var out, errs bytes.Buffer
		err := run(context.Background(), args, &out, &errs)
		if err == nil {
			t.Errorf("%v was taken", args)
			continue
		}
		if code := report(&errs, err); code != 2 {
			t.Errorf("%v: exit status %d, want 2 (%v)", args, code, err)
		}
	}
}
