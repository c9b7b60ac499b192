package cli

import (
	"bytes"
	"context"
	"io"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

func TestVersion_CommitDateAndGo(t *testing.T) {
	info := &debug.BuildInfo{GoVersion: "go1.26.8", Settings: []debug.BuildSetting{
		{Key: "vcs.revision", Value: "cc9fcc8"}, {Key: "vcs.time", Value: "2026-11-28T19:59:00Z"}, {Key: "vcs.modified", Value: "false"},
	}}
	want := "prog\ncommit  cc9fcc8\ndate    2026-11-28T19:59:00Z\ngo      go1.26.8"
	if got := version("prog", info); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	info.Settings[2].Value = "true"
	if got := version("prog", info); !strings.Contains(got, "cc9fcc8 with changes\n") {
		t.Errorf("changes are not told: %q", got)
	}
	if got := version("prog", &debug.BuildInfo{}); !strings.Contains(got, "commit  unknown\ndate    unknown") {
		t.Errorf("without a checkout: %q", got)
	}
}

func TestRun_VersionIsPrintedInsteadOfWorking(t *testing.T) {
	var line struct {
		Shared
		words
	}
	var out bytes.Buffer
	err := Run(t.Context(), &line, texts(), []string{"--version"}, &out, io.Discard, func(context.Context, *kong.Context) error {
		t.Error("worked all the same")
		return nil
	})
	if err != nil || !strings.HasPrefix(out.String(), "prog\ncommit  ") || !strings.Contains(out.String(), runtime.Version()) {
		t.Errorf("printed %q, %v", out.String(), err)
	}
}
