package main

import (
	"context"
	"embed"
	"fmt"
	"io"
	"log/slog"
	_ "time/tzdata" // a container without zone files must not count in UTC

	"github.com/alecthomas/kong"

	"example.org/inloop/cmd/internal/centrald"
	"example.org/inloop/cmd/internal/cli"
	"example.org/inloop/cmd/internal/settings"
)

const name = "inloop-central"

//go:embed help/*.txt
var helpTexts embed.FS

// commandLine is every command, and the settings that go with all: a flag for
// each field of centrald.Settings.
type commandLine struct {
	cli.Shared
	Config string `env:"INLOOP_CENTRAL_CONFIG" placeholder:"FILE"`
	kong.Plugins

	Run     runCmd     `cmd:"" default:"1"`
	Account accountCmd `cmd:""`
	Help    helpCmd    `cmd:""`
}

// newCommandLine is one whose flags for settings source finds.
func newCommandLine(source *settings.Source) commandLine {
	return commandLine{Plugins: kong.Plugins{source.Flags(centrald.Settings{})}}
}

// app is what a command works with.
type app struct {
	ctx  context.Context
	cfg  centrald.Config // without a listener
	help cli.Help
	out  io.Writer
}

// run is the program.
func run(ctx context.Context, args []string, out, errs io.Writer) error {
	var source settings.Source
	c := newCommandLine(&source)
	help := cli.Help{Program: name, Texts: helpTexts, Settings: settings.Listing(centrald.Settings{}), File: settings.File(centrald.Settings{})}
	return cli.Run(ctx, &c, help, args, out, errs, func(ctx context.Context, k *kong.Context) error {
		a := &app{ctx: ctx, help: help, out: out, cfg: centrald.Config{Log: slog.New(slog.NewTextHandler(errs, nil))}}
		var err error
		if a.cfg.Settings, err = load(&source, c.Config); err != nil {
			return err
		}
		return k.Run(a)
	})
}

// load reads all settings; one that cannot be used is named with its place.
func load(source *settings.Source, file string) (s centrald.Settings, err error) {
	if err = source.Load(file, &s); err != nil {
		err = fmt.Errorf("%w: %w", centrald.ErrConfig, err)
	}
	return s, err
}

type helpCmd struct {
	Topic []string `arg:"" optional:""`
}

// Run prints what a person wrote on a command.
func (c *helpCmd) Run(a *app) error { return a.help.Print(a.out, c.Topic...) }
