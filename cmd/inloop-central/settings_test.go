package main

import (
	"context"
	"io"
	"testing"

	"github.com/alecthomas/kong"

	"example.org/inloop/cmd/internal/centrald"
	"example.org/inloop/cmd/internal/cli"
	"example.org/inloop/cmd/internal/settings"
)

// loadSettings reads settings as the program does.
func loadSettings(t *testing.T, args ...string) (got centrald.Settings) {
	t.Helper()
	var source settings.Source
	c := commandLine{Plugins: kong.Plugins{source.Flags(centrald.Settings{})}}
	err := cli.Run(t.Context(), &c, cli.Help{Program: name}, append(args, "run"), io.Discard, io.Discard, func(context.Context, *kong.Context) error {
		return source.Load("", &got)
	})
	must(t, err)
	return got
}

// TestSettings_EachReachesTheProgram gives every setting, alone, by flag and by
// environment. A field of centrald.Settings that nothing is made of fails here.
func TestSettings_EachReachesTheProgram(t *testing.T) {
	usual := loadSettings(t)
	for _, s := range settings.Of(centrald.Settings{}) {
		t.Run(s.Name, func(t *testing.T) {
			byFlag := loadSettings(t, "--"+s.Flag, "other:1")
			t.Setenv(s.Env, "other:1")
			byEnvironment := loadSettings(t)
			if byFlag != byEnvironment {
				t.Errorf("by flag %+v, by environment %+v", byFlag, byEnvironment)
			}
			was, is := usual.Config(), byFlag.Config()
			// The address is where main listens: it is in no Config.
			if byFlag.Listen == usual.Listen && was.DB == is.DB && was.Key == is.Key && was.URL == is.URL {
				t.Errorf("%s does not reach the program", s.Name)
			}
		})
	}
}
