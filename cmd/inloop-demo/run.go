package main

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/alecthomas/kong"

	"example.org/inloop/cmd/internal/cli"
)

const name = "inloop-demo"

//go:embed help/*.txt
var helpTexts embed.FS

type commandLine struct {
	cli.Shared
	Data    string `placeholder:"DIR"`
	Verbose bool
}

// run is the program.
func run(ctx context.Context, args []string, out, errs io.Writer) error {
	var c commandLine
	help := cli.Help{Program: name, Texts: helpTexts}
	return cli.Run(ctx, &c, help, args, out, errs, func(ctx context.Context, _ *kong.Context) error {
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
	})
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
	name = fmt.Sprintf("inloop-demo-%d-", os.Getpid())
	parent := ""
	if s, err := os.Stat("/dev/shm"); err == nil && s.IsDir() {
		parent = "/dev/shm"
	}
	if dir, err = os.MkdirTemp(parent, name); err != nil {
		// Memory may be closed to this user; the usual place is not.
		if dir, err = os.MkdirTemp("", name); err != nil {
			return "", nil, fmt.Errorf("make a folder for this run: %w", err)
		}
	}
	return dir, func() error { return os.RemoveAll(dir) }, nil
}
