package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.org/inloop/sync/count"
)

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "kiosk.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLoad_GivenBeforeFileBeforeDefault(t *testing.T) {
	path := write(t, `
listen = "127.0.0.1:9000"
reader = "none"
capacity = 12
`)
	s, err := load(path, options{Listen: "127.0.0.1:9999"})
	if err != nil {
		t.Fatal(err)
	}
	if s.Listen != "127.0.0.1:9999" || s.Reader != "none" || s.Capacity != 12 || s.SPI != "SPI0.0" {
		t.Errorf("got %+v, want the given address, the file's reader and capacity, the default port", s.options)
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
	s, err := load(path, options{})
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
	if len(s.Programme) != 1 || s.Programme[0].Weekday != time.Tuesday {
		t.Errorf("programme %+v, want one activity on Tuesday", s.Programme)
	}
}

func TestLoad_SaysWhatIsWrong(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"unknown key with its line", "\nreader = \"sim\"\nlisen = \"x\"\n", "line 3: lisen: no such setting"},
		{"unknown key in a table", "[parts]\nmidag = \"12:00\"\n", "line 2: parts.midag: no such setting"},
		{"no TOML", "reader = \n", "line 1"},
		{"unknown key named as another's", "[[programme]]\nday=\"ma\"\nfrom=\"10:00\"\nuntil=\"11:00\"\ntitle=\"x\"\n[parts]\ntitle=\"x\"\n", "line 7: parts.title: no such setting"},
		{"unknown key in a list of tables", "[[programme]]\nday=\"ma\"\ntitel=\"x\"\n", "line 3: programme.titel: no such setting"},
		{"unknown key on one line", "parts = {midag = \"12:00\"}\n", ": parts.midag: no such setting"},
		{"another kind of value", "\n[hours]\nma = \"10:00-17:00\"\n", "line 3: hours.ma: want a list"},
		{"fewer than none", "capacity = -3\n", "line 1: capacity: -3"},
		{"no such weekday", "[hours]\nmaa = []\n", `line 2: hours.maa: day "maa"`},
		{"hours backwards", "[hours]\ndi = []\nma = [\"12:00-10:00\"]\n", "line 3: hours.ma: 12:00-10:00: ends before it begins"},
		{"hours that overlap", "[hours]\nma = [\"10:00-12:00\", \"11:00-13:00\"]\n", "begins before"},
		{"no such day", "[exceptions]\n\"2026-02-30\" = []\n", "2026-02-30"},
		{"no such time", "[parts]\nmiddag = \"25:00\"\n", "25:00"},
		{"parts crossed", "[parts]\nmiddag = \"19:00\"\n", "has to be before"},
		{"no zone", "zone = \"Europe/Nergens\"\n", "Europe/Nergens"},
		{"activity without a title", "\n[[programme]]\nday=\"ma\"\nfrom=\"10:00\"\nuntil=\"11:00\"\n", "line 2: programme.1: want a title"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := load(write(t, c.text), options{})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error that holds %q", err, c.want)
			}
		})
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
