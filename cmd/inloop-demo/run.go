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

const help = `inloop-demo [--data DIR] [--verbose]

Runs a made-up room, its kiosk with a simulated reader, and a centre, all on
this machine. Everything in it is made up. Ctrl-C ends it.

  --data DIR       keep everything in DIR and go on there the next time;
                   without it nothing is left behind
  --verbose        also print the programs' logs

Example:

  inloop-demo --data ./demo
`

type cli struct {
	Data    string `placeholder:"DIR"`
	Verbose bool
}

// run is the program. The first SIGINT or SIGTERM asks it to end, a second one
// ends it at once.
func run(ctx context.Context, args []string, out, errs io.Writer) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)

	var c cli
	helped := false
	parser, err := kong.New(&c, kong.Name("inloop-demo"), kong.Writers(out, errs),
		kong.Exit(func(int) { helped = true }),
		kong.Help(func(kong.HelpOptions, *kong.Context) error { _, err := io.WriteString(out, help); return err }))
	if err != nil {
		return fmt.Errorf("command line: %w", err)
	}
	if _, err = parser.Parse(args); helped {
		return nil
	} else if err != nil {
		return err
	}
	level := slog.LevelError
	if c.Verbose {
		level = slog.LevelInfo
	}
	log := slog.New(slog.NewTextHandler(errs, &slog.HandlerOptions{Level: level}))
	dir, remove, err := folder(c.Data)
	if err != nil {
		return err
	}
	d := &demo{dir: dir, out: out, log: log, keeps: c.Data != ""}
	return errors.Join(d.run(ctx), remove())
}

// folder is where everything of this run lies. Without a name it lies in
// memory where the machine has such a place: forty made-up weeks are thousands
// of durable writes.
func folder(name string) (dir string, remove func() error, err error) {
	if name != "" {
		if err := os.MkdirAll(name, 0o700); err != nil {
			return "", nil, fmt.Errorf("make data folder: %w", err)
		}
		return name, func() error { return nil }, nil
	}
	parent := ""
	if s, err := os.Stat("/dev/shm"); err == nil && s.IsDir() {
		parent = "/dev/shm"
	}
	if dir, err = os.MkdirTemp(parent, "inloop-demo-"); err != nil {
		// Memory may be closed to this user; the usual place is not.
		if dir, err = os.MkdirTemp("", "inloop-demo-"); err != nil {
			return "", nil, fmt.Errorf("make a folder for this run: %w", err)
		}
	}
	return dir, func() error { return os.RemoveAll(dir) }, nil
}

func report(w io.Writer, err error) int {
	fmt.Fprintf(w, "inloop-demo: %v\n", err)
	return 1
}
