package main

import (
	"bytes"
	"context"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"example.org/inloop/cmd/internal/centrald"
	"example.org/inloop/cmd/internal/cli"
	"example.org/inloop/cmd/internal/settings"
	"example.org/inloop/cmd/internal/settings/settingstest"
)

// TestSettings_EachReachesTheProgramFromEachSource gives every setting by flag,
// environment and file. A field of centrald.Settings that nothing uses fails here.
func TestSettings_EachReachesTheProgramFromEachSource(t *testing.T) {
	settingstest.Reach(t, centrald.Settings{}, func(t *testing.T, text string, args ...string) (set, made any, err error) {
		file := filepath.Join(t.TempDir(), "central.toml")
		must(t, os.WriteFile(file, []byte(text), 0o600))
		var source settings.Source
		c := newCommandLine(&source)
		var got centrald.Settings
		err = cli.Run(t.Context(), &c, cli.Help{Program: name}, append(args, "--config", file, "run"), io.Discard, io.Discard, func(context.Context, *kong.Context) error {
			got, err = load(&source, c.Config)
			return err
		})
		return got, nil, err
	}, ".", filepath.Join("..", "internal", "centrald"))
}

// TestRun_TakesTheFileOfSettings lets a command fail on what the file says.
func TestRun_TakesTheFileOfSettings(t *testing.T) {
	file := filepath.Join(t.TempDir(), "central.toml")
	must(t, os.WriteFile(file, []byte("db = 3\n"), 0o600))
	err := run(t.Context(), []string{"--config", file, "account", "remove", "nadia"}, io.Discard, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "line 1, column 6: db: 3: want a text") {
		t.Errorf("got %v, want the fault with its place", err)
	}
}

var writeReadme = flag.Bool("readme", false, "write the list of settings into the README")

func TestSettings_ReadmeListsThem(t *testing.T) {
	settingstest.Readme(t, name, centrald.Settings{}, *writeReadme)
}

func TestSettings_HelpShowsThem(t *testing.T) {
	var out bytes.Buffer
	must(t, run(t.Context(), []string{"help", "settings"}, &out, io.Discard))
	if !strings.Contains(out.String(), settings.File(centrald.Settings{})) {
		t.Errorf("help settings does not show the file:\n%s", out.String())
	}
}
