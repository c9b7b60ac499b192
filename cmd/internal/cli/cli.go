package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// ErrUsage marks words on the command line that are off.
var ErrUsage = errors.New("usage")

// Shared are the flags of every program, to be embedded in its command line.
type Shared struct {
	Version kong.VersionFlag
}

// Run reads args into cli, a pointer to a struct as kong wants it, and lets do
// work with what was chosen; where help or the version was asked for, that is
// printed instead.
// do's context ends with the first SIGINT or SIGTERM; a second one ends the
// program at once. Words that are off are ErrUsage.
func Run(ctx context.Context, cli any, help Help, args []string, out, errs io.Writer, do func(context.Context, *kong.Context) error) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)

	helped := false
	parser, err := kong.New(cli, kong.Name(help.Program), kong.Writers(out, errs),
		kong.Exit(func(int) { helped = true }),
		kong.Vars{"version": version(help.Program, buildInfo())},
		kong.Help(func(_ kong.HelpOptions, k *kong.Context) error { return help.Print(out, chosen(k)...) }))
	if err != nil {
		return fmt.Errorf("command line: %w", err)
	}
	k, err := parser.Parse(args)
	if helped {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUsage, err)
	}
	return do(ctx, k)
}

// Fail tells the operator what went wrong and returns the exit status: 2 when
// the words were off, 1 for everything else.
func Fail(w io.Writer, program string, err error) int {
	fmt.Fprintf(w, "%s: %v\n", program, err)
	if errors.Is(err, ErrUsage) {
		fmt.Fprintf(w, "Try: %s --help\n", program)
		return 2
	}
	return 1
}
