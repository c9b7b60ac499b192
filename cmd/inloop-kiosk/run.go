package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// cli is the command line: every command, and the settings that go with all.
type cli struct {
	Config string `env:"INLOOP_CONFIG" placeholder:"FILE"`
	options

	Run       runCmd       `cmd:"" default:"1"`
	Visits    visitsCmd    `cmd:""`
	Reach     reachCmd     `cmd:""`
	Backup    backupCmd    `cmd:""`
	Restore   restoreCmd   `cmd:""`
	Volunteer volunteerCmd `cmd:""`
	Help      helpCmd      `cmd:""`
}

// app is what a command works with.
type app struct {
	ctx      context.Context
	settings func() (settings, error)
	in       io.Reader
	out      io.Writer
	errs     io.Writer
	log      *slog.Logger
}

// errUsage marks words on the command line that are off.
var errUsage = errors.New("usage")

// run is the program: it takes its words and streams as arguments, so that
// tests run it whole. The first SIGINT or SIGTERM asks it to end, a second one
// ends it at once.
func run(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)

	var c cli
	helped := false
	parser, err := kong.New(&c, kong.Name("inloop-kiosk"), kong.Writers(out, errs),
		kong.Exit(func(int) { helped = true }),
		kong.Help(func(_ kong.HelpOptions, k *kong.Context) error { return printHelp(out, topic(k)) }))
	if err != nil {
		return fmt.Errorf("command line: %w", err)
	}
	k, err := parser.Parse(args)
	if helped {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	return k.Run(&app{
		ctx:      ctx,
		settings: func() (settings, error) { return load(c.Config, c.options) },
		in:       in,
		out:      out,
		errs:     errs,
		log:      slog.New(slog.NewTextHandler(errs, nil)),
	})
}

// report tells the operator what went wrong and returns the exit status: 2
// when the words or the settings were off, 1 for everything else.
func report(w io.Writer, err error) int {
	fmt.Fprintf(w, "inloop-kiosk: %v\n", err)
	if errors.Is(err, errUsage) {
		fmt.Fprintln(w, "Try: inloop-kiosk --help")
		return 2
	}
	if errors.Is(err, errSettings) {
		return 2
	}
	return 1
}
