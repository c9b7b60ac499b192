package main

import (
	"context"
	"embed"
	"io"
	"log/slog"
	_ "time/tzdata" // a container without zone files must not count in UTC

	"github.com/alecthomas/kong"

	"example.org/inloop/cmd/internal/cli"
)

const name = "inloop-central"

//go:embed help/*.txt
var helpTexts embed.FS

// commandLine is the command line: every command, and the settings that go with all.
type commandLine struct {
	DB     string `name:"db" env:"INLOOP_DB" default:"inloop-central.db"`
	Key    string `env:"INLOOP_CENTRAL_KEY" default:"inloop-central.key"`
	Listen string `env:"INLOOP_CENTRAL_LISTEN" default:"127.0.0.1:8090"`
	URL    string `name:"url" env:"INLOOP_CENTRAL_URL"`

	Run     runCmd     `cmd:"" default:"1"`
	Account accountCmd `cmd:""`
	Help    helpCmd    `cmd:""`
}

// app is what a command works with.
type app struct {
	ctx  context.Context
	cli  *commandLine
	help cli.Help
	out  io.Writer
	log  *slog.Logger
}

// run is the program.
func run(ctx context.Context, args []string, out, errs io.Writer) error {
	var c commandLine
	help := cli.Help{Program: name, Texts: helpTexts}
	return cli.Run(ctx, &c, help, args, out, errs, func(ctx context.Context, k *kong.Context) error {
		return k.Run(&app{ctx: ctx, cli: &c, help: help, out: out, log: slog.New(slog.NewTextHandler(errs, nil))})
	})
}

type helpCmd struct {
	Topic []string `arg:"" optional:""`
}

// Run prints what a person wrote on a command.
func (c *helpCmd) Run(a *app) error { return a.help.Print(a.out, c.Topic...) }
