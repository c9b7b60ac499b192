package settings

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// sample is a program's settings, one of each kind.
type sample struct {
	Name   string              `toml:"name" value:"TEXT" default:"door" help:"a text" example:"gate"`
	Size   int                 `toml:"size" value:"N" help:"a number"`
	TwoUp  bool                `toml:"two_up" help:"yes or no"`
	Own    string              `toml:"own" env:"OTHER_OWN" help:"a variable of its own" example:"mine"`
	Inner  inner               `toml:"inner" help:"a table" example:"word = 'x'\nmany = 2"`
	Lists  map[string][]string `toml:"lists" help:"lists by name" example:"a = ['x']"`
	Tables []inner             `toml:"tables" help:"many tables" example:"word = 'x'\nmany = 2"`
}

type inner struct {
	Word string `toml:"word"`
	Many int    `toml:"many"`
}

// load reads the settings of a file's text, an environment and a command line.
func load(t *testing.T, text string, env map[string]string, args ...string) (sample, *Source, error) {
	t.Helper()
	file := ""
	if text != "" {
		file = filepath.Join(t.TempDir(), "file.toml")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := &Source{Getenv: func(name string) string { return env[name] }}
	var line struct{ kong.Plugins }
	line.Plugins = kong.Plugins{s.Flags(sample{})}
	parser, err := kong.New(&line)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(args); err != nil {
		t.Fatal(err)
	}
	var got sample
	err = s.Load(file, &got)
	if err != nil && file != "" {
		err = errors.New(strings.ReplaceAll(err.Error(), file, "FILE"))
	}
	return got, s, err
}

func TestLoad_FlagsBeforeEnvironmentBeforeFileBeforeDefault(t *testing.T) {
	file := "name = \"file\"\nsize = 1\ntwo_up = true\n[lists]\na = [\"file\"]\nb = [\"file\"]\n"
	env := map[string]string{"INLOOP_SIZE": "2", "INLOOP_LISTS": `{a = ["env"]}`, "OTHER_OWN": "env", "INLOOP_NAME": ""}
	got, _, err := load(t, file, env, "--size", "3", "--no-two-up", "--inner", `{word = "flag"}`)
	if err != nil {
		t.Fatal(err)
	}
	if got.Name != "file" || got.Size != 3 || got.TwoUp || got.Own != "env" || got.Inner.Word != "flag" {
		t.Errorf("got %+v", got)
	}
	if len(got.Lists) != 1 || got.Lists["a"][0] != "env" {
		t.Errorf("lists %v, want those of the environment and no others", got.Lists)
	}
	if got, _, err := load(t, "name = \"\"\n", nil); err != nil || got.Name != "door" {
		t.Errorf("an empty text in the file: %q, %v, want the default", got.Name, err)
	}
}

func TestLoad_NamesPlaceNameFoundAndWanted(t *testing.T) {
	for _, c := range []struct {
		text string
		env  map[string]string
		args []string
		want string
	}{
		{text: "\n\nsyze = 3\n", want: "FILE: line 3, column 1: syze: no such setting"},
		{text: "[inner]\nwurd = \"x\"\n", want: "FILE: line 2, column 1: inner.wurd: no such setting"},
		{text: "[[tables]]\nword = \"x\"\n[[tables]]\nwurd = \"x\"\n", want: "FILE: line 4, column 1: tables.2.wurd: no such setting"},
		{text: "inner = {word = \"é\", wurd = \"x\"}\n", want: "FILE: line 1, column 22: inner.wurd: no such setting"},
		{text: "name = \n", want: "FILE: line 1, column 8: "},
		{text: "size = \"three\"\n", want: `FILE: line 1, column 8: size: "three": want a whole number such as 40`},
		{text: "name = 3\n", want: `FILE: line 1, column 8: name: 3: want a text between quotation marks`},
		{text: "two_up = 3\n", want: `FILE: line 1, column 10: two_up: 3: want true or false`},
		{text: "[lists]\na = \"x\"\n", want: `FILE: line 2, column 5: lists.a: "x": want a list such as`},
		{text: "[lists]\na = [\"x\",\n 3]\n", want: `FILE: line 3, column 2: lists.a.2: 3: want a text`},
		{text: "[[tables]]\nmany = 1\n[[tables]]\nmany = \"x\"\n", want: `FILE: line 4, column 8: tables.2.many: "x": want a whole number`},
		{text: "tables = [{many = 1}, {many = \"x\"}]\n", want: `FILE: line 1, column 31: tables.2.many: "x": want a whole number`},
		{text: "inner = 3\n", want: `FILE: line 1, column 9: inner: 3: want a table`},
		{env: map[string]string{"INLOOP_SIZE": "4O"}, want: `INLOOP_SIZE: size: "4O": want a whole number`},
		{args: []string{"--size", "4O"}, want: `--size: size: "4O": want a whole number`},
		{args: []string{"--lists", `{a = 3}`}, want: `--lists: column 6: lists.a: 3: want a list`},
		{args: []string{"--inner", `{wurd = ""}`}, want: `--inner: column 2: inner.wurd: no such setting`},
	} {
		_, _, err := load(t, c.text, c.env, c.args...)
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%q %v %v:\n got %v\nwant %s", c.text, c.env, c.args, err, c.want)
		}
	}
}

func TestLocate_FindsWhatTheProgramFoundOut(t *testing.T) {
	text := "name = \"file\"\n[lists]\nma = [\n  \"10\", # ten\n  \"11\",\n]\n[[tables]]\nword = \"x\"\n"
	_, s, err := load(t, text, map[string]string{"INLOOP_SIZE": "2"}, "--own", "x")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"name": "line 1, column 8: name", "lists.ma": "line 3, column 1", "lists.ma.2": "line 5, column 3", "lists.di": "line 2, column 2",
		"tables.1.word": "line 8, column 8", "tables.1.many": "line 7, column 3", "size": "INLOOP_SIZE: size", "own": "--own: own", "two_up": `two_up: "x"`,
	} {
		if got := s.Locate(Unfit(name, "x", "y")).Error(); !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}
