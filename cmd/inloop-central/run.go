package main

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"
	_ "time/tzdata" // a container without zone files must not count in UTC

	"github.com/alecthomas/kong"
)

//go:embed help/*.txt
var helpTexts embed.FS

// cli is the command line: every command, and the settings that go with all.
type cli struct {
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
	ctx context.Context
	cli *cli
	out io.Writer
	log *slog.Logger
}

// errUsage marks words on the command line that are off.
var errUsage = errors.New("usage")

// run is the program. The first SIGINT or SIGTERM asks it to end, a second one
// ends it at once.
func run(ctx context.Context, args []string, out, errs io.Writer) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)

	var c cli
	helped := false
	parser, err := kong.New(&c, kong.Name("inloop-central"), kong.Writers(out, errs),
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
	return k.Run(&app{ctx: ctx, cli: &c, out: out, log: slog.New(slog.NewTextHandler(errs, nil))})
}

// report tells the operator what went wrong and returns the exit status.
func report(w io.Writer, err error) int {
	fmt.Fprintf(w, "inloop-central: %v\n", err)
	if errors.Is(err, errUsage) {
		fmt.Fprintln(w, "Try: inloop-central --help")
		return 2
	}
	return 1
}

type helpCmd struct {
	Topic []string `arg:"" optional:""`
}

func (c *helpCmd) Run(a *app) error { return printHelp(a.out, strings.Join(c.Topic, "-")) }

// topic names the help text of the command that was asked about.
func topic(k *kong.Context) string {
	for _, p := range k.Path {
		if p.Command != nil && p.Command.Name != "run" {
			return p.Command.Name
		}
	}
	return ""
}

func printHelp(w io.Writer, name string) error {
	if name == "" {
		name = "inloop-central"
	}
	text, err := helpTexts.ReadFile("help/" + name + ".txt")
	if err != nil {
		return fmt.Errorf("%w: no help on %q; try inloop-central help", errUsage, name)
	}
	_, err = w.Write(text)
	return err
}
