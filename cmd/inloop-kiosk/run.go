package main

import (
	"context"
	"errors"
	"io"
	"log/slog"

	"github.com/alecthomas/kong"

	"example.org/inloop/cmd/internal/cli"
)

const name = "inloop-kiosk"

// commandLine is the command line: every command, and the settings that go with all.
type commandLine struct {
	Config string `env:"INLOOP_CONFIG" placeholder:"FILE"`
	options

	Run       runCmd       `cmd:"" default:"1"`
	Visits    visitsCmd    `cmd:""`
	Reach     reachCmd     `cmd:""`
	Backup    backupCmd    `cmd:""`
	Restore   restoreCmd   `cmd:""`
	Unpair    unpairCmd    `cmd:""`
	Volunteer volunteerCmd `cmd:""`
	Reader    readerCmd    `cmd:"" name:"reader"`
	Help      helpCmd      `cmd:""`
}

// app is what a command works with.
type app struct {
	ctx      context.Context
	settings func() (settings, error)
	help     cli.Help
	out      io.Writer
	errs     io.Writer
	log      *slog.Logger
}

// run is the program: it takes its words and streams as arguments, so that
// tests run it whole.
func run(ctx context.Context, args []string, out, errs io.Writer) error {
	var c commandLine
	help := cli.Help{Program: name, Texts: helpTexts}
	return cli.Run(ctx, &c, help, args, out, errs, func(ctx context.Context, k *kong.Context) error {
		return k.Run(&app{
			ctx:      ctx,
			settings: func() (settings, error) { return load(c.Config, c.options) },
			help:     help,
			out:      out,
			errs:     errs,
			log:      slog.New(slog.NewTextHandler(errs, nil)),
		})
	})
}

// report tells the operator what went wrong and returns the exit status: 2
// when the words or the settings were off, 1 for everything else.
func report(w io.Writer, err error) int {
	status := cli.Report(w, name, err)
	if errors.Is(err, errSettings) {
		status = 2
	}
	return status
}
