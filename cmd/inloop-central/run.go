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
	kong.Plugins

	Run     runCmd     `cmd:"" default:"1"`
	Account accountCmd `cmd:""`
	Help    helpCmd    `cmd:""`
}

// app is what a command works with.
type app struct {
	ctx      context.Context
	settings centrald.Settings
	help     cli.Help
	out      io.Writer
	log      *slog.Logger
}

// run is the program.
func run(ctx context.Context, args []string, out, errs io.Writer) error {
	var source settings.Source
	c := commandLine{Plugins: kong.Plugins{source.Flags(centrald.Settings{})}}
	help := cli.Help{Program: name, Texts: helpTexts, Settings: settings.Listing(centrald.Settings{})}
	return cli.Run(ctx, &c, help, args, out, errs, func(ctx context.Context, k *kong.Context) error {
		a := &app{ctx: ctx, help: help, out: out, log: slog.New(slog.NewTextHandler(errs, nil))}
		if err := source.Load("", &a.settings); err != nil {
			return fmt.Errorf("%w: %w", centrald.ErrConfig, err)
		}
		return k.Run(a)
	})
}

type helpCmd struct {
	Topic []string `arg:"" optional:""`
}

// Run prints what a person wrote on a command.
func (c *helpCmd) Run(a *app) error { return a.help.Print(a.out, c.Topic...) }
