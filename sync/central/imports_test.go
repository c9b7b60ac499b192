package central_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// The server has no type for a person because it imports no room's package.
func TestImports_NoRoomOnTheServer(t *testing.T) {
	const ours = "example.org/inloop/"
	for pkg, allowed := range map[string][]string{
		"sync/central":          {"sync/wire", "sync/central"},
		"sync/central/sqlstore": {"sync/wire", "sync/central", "sync/central/sqlstore"},
	} {
		out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", ours+pkg).Output()
		must(t, err)
		for dep := range strings.FieldsSeq(string(out)) {
			first, _, _ := strings.Cut(dep, "/")
			rest, mine := strings.CutPrefix(dep, ours)
			switch {
			case mine && !slices.Contains(allowed, rest):
				t.Errorf("%s imports %s", pkg, dep)
			case pkg == "sync/central" && !mine && strings.Contains(first, ".") && !strings.HasPrefix(dep, "golang.org/x/crypto/") && !strings.HasPrefix(dep, "golang.org/x/sys/"):
				t.Errorf("%s imports %s: want the standard library and argon2", pkg, dep)
			case pkg == "sync/central" && dep == "database/sql":
				t.Errorf("%s imports %s", pkg, dep)
			}
		}
	}
}
