package cli

import (
	"fmt"
	"runtime/debug"
	"strings"
)

// buildInfo is what the compiler noted in this program.
func buildInfo() *debug.BuildInfo {
	if info, ok := debug.ReadBuildInfo(); ok {
		return info
	}
	return &debug.BuildInfo{}
}

// version says of what a program was built: commit, its date, and the compiler.
func version(program string, info *debug.BuildInfo) string {
	noted := map[string]string{}
	for _, s := range info.Settings {
		noted[s.Key] = s.Value
	}
	commit, date := noted["vcs.revision"], noted["vcs.time"]
	if commit == "" { // built outside a checkout
		commit, date = "unknown", "unknown"
	}
	if noted["vcs.modified"] == "true" {
		commit += " with changes"
	}
	return strings.Join([]string{program, "commit  " + commit, "date    " + date, fmt.Sprintf("go      %s", info.GoVersion)}, "\n")
}
