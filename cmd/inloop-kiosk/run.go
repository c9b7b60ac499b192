package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/alecthomas/kong"

	"example.org/inloop/cmd/internal/cli"
	"example.org/inloop/cmd/internal/kioskd"
	"example.org/inloop/cmd/internal/settings"
)

const name = "inloop-kiosk"

// commandLine is every command, and the settings that go with all: a flag for
// each field of kioskd.Settings.
type commandLine struct {
	cli.Shared
	Config string `env:"INLOOP_CONFIG" placeholder:"FILE"`
	kong.Plugins

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

// newCommandLine is one whose flags for settings source finds.
func newCommandLine(source *settings.Source) commandLine {
	return commandLine{Plugins: kong.Plugins{source.Flags(kioskd.Settings{})}}
}

// app is what a command works with.
type app struct {
	ctx      context.Context
	settings func() (kioskd.Config, error)
	file     string // of the settings, "" for none
	help     cli.Help
	out      io.Writer
	errs     io.Writer
	log      *slog.Logger
}

// run is the program: it takes its words and streams as arguments, so that
// tests run it whole.
func run(ctx context.Context, args []string, out, errs io.Writer) error {
	var source settings.Source
	c := newCommandLine(&source)
	help := cli.Help{Program: name, Texts: helpTexts, Settings: settings.Listing(kioskd.Settings{}), File: settings.File(kioskd.Settings{})}
	return cli.Run(ctx, &c, help, args, out, errs, func(ctx context.Context, k *kong.Context) error {
		return k.Run(&app{
			ctx:      ctx,
			settings: func() (kioskd.Config, error) { return load(&source, c.Config) },
			file:     c.Config,
			help:     help,
			out:      out,
			errs:     errs,
			log:      slog.New(slog.NewTextHandler(errs, nil)),
		})
	})
}

// load reads and checks all settings; one that cannot be used is named with its
// place.
func load(source *settings.Source, file string) (kioskd.Config, error) {
	var s kioskd.Settings
	if err := source.Load(file, &s); err != nil {
		return kioskd.Config{}, fmt.Errorf("%w: %w", kioskd.ErrConfig, err)
	}
	if s.Hours == nil && source.Gave("hours") {
		s.Hours = map[string][]string{} // a head without a line under it: none, and not the usual ones
	}
	cfg, err := kioskd.ConfigOf(s)
	if err == nil && s.Room == "" && source.Gave("room") {
		err = settings.Unfit("room", "", "the name of the room, or no such line")
	}
	if err != nil {
		return cfg, fmt.Errorf("%w: %w", kioskd.ErrConfig, source.Locate(err))
	}
	return cfg, nil
}

// report tells the operator what went wrong and returns the exit status: 2
// when the words or the settings were off, 1 for everything else.
func report(w io.Writer, err error) int {
	status := cli.Fail(w, name, err)
	if errors.Is(err, kioskd.ErrConfig) {
		status = 2
	}
	return status
}
