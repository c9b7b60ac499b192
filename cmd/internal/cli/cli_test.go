package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/alecthomas/kong"
)

// words is a command line with a default, a command of two words and a flag.
type words struct {
	Name string
	Run  struct{} `cmd:"" default:"1"`
	Box  struct {
		Add struct {
			What string `arg:""`
		} `cmd:""`
		List struct{} `cmd:""`
	} `cmd:""`
}

func texts() Help {
	return Help{Program: "prog", Texts: fstest.MapFS{
		"help/prog.txt":    {Data: []byte("on the program")},
		"help/run.txt":     {Data: []byte("on running")},
		"help/box.txt":     {Data: []byte("on boxes")},
		"help/box-add.txt": {Data: []byte("on adding to boxes")},
	}}
}

func TestRun_HelpIsPrintedInsteadOfWorking(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"--help", "on the program"},
		{"run --help", "on the program"}, // chosen by saying nothing, too
		{"box --help", "on boxes"},
		{"box add --help", "on adding to boxes"},
		{"box list --help", "on boxes"}, // has no text of its own
		{"--name x box --help", "on boxes"},
	} {
		t.Run(c.args, func(t *testing.T) {
			var out bytes.Buffer
			err := Run(t.Context(), &words{}, texts(), strings.Fields(c.args), &out, io.Discard, func(context.Context, *kong.Context) error {
				t.Error("worked all the same")
				return nil
			})
			if err != nil || out.String() != c.want {
				t.Errorf("printed %q, %v; want %q", out.String(), err, c.want)
			}
		})
	}
}

func TestRun_WordsThatAreOff(t *testing.T) {
	for _, args := range []string{"bux", "box", "box add", "--nome x", "run more"} {
		err := Run(t.Context(), &words{}, texts(), strings.Fields(args), io.Discard, io.Discard, func(context.Context, *kong.Context) error {
			t.Errorf("%q was taken", args)
			return nil
		})
		if !errors.Is(err, ErrUsage) {
			t.Errorf("%q: %v, want ErrUsage", args, err)
		}
	}
}

func TestRun_DoesWhatWasChosen(t *testing.T) {
	var w words
	err := Run(t.Context(), &w, texts(), []string{"--name", "x", "box", "add", "shoe"}, io.Discard, io.Discard,
		func(_ context.Context, k *kong.Context) error {
			if k.Command() != "box add <what>" || w.Name != "x" || w.Box.Add.What != "shoe" {
				t.Errorf("chosen %q with %+v", k.Command(), w)
			}
			return io.ErrUnexpectedEOF
		})
	if !errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, ErrUsage) {
		t.Errorf("%v, want the work's own error", err)
	}
}

func TestHelp_NoSuchTopic(t *testing.T) {
	var out bytes.Buffer
	if err := texts().Print(&out, "boxes", "many"); !errors.Is(err, ErrUsage) || !strings.Contains(err.Error(), `"boxes many"`) || out.Len() > 0 {
		t.Errorf("%v after %q, want ErrUsage that names the topic", err, out.String())
	}
	if err := texts().Print(&out, "box", "add"); err != nil || out.String() != "on adding to boxes" {
		t.Errorf("printed %q, %v", out.String(), err)
	}
}

func TestReport_ExitStatus(t *testing.T) {
	for _, c := range []struct {
		err    error
		status int
		says   string
	}{
		{ErrUsage, 2, "prog: usage\nTry: prog --help\n"},
		{io.EOF, 1, "prog: EOF\n"},
	} {
		var out bytes.Buffer
		if got := Fail(&out, "prog", c.err); got != c.status || out.String() != c.says {
			t.Errorf("%v: status %d and %q, want %d and %q", c.err, got, out.String(), c.status, c.says)
		}
	}
}
