package sqlite

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// Who may be imported is the architecture (README): the store knows the rules
// of the room and nothing of chips, networks or pages.
func TestImports(t *testing.T) {
	for pkg, allowed := range map[string][]string{
		"example.org/inloop/kiosk":        {},
		"example.org/inloop/kiosk/sqlite": {"example.org/inloop/kiosk", "example.org/inloop/kiosk/reach"},
	} {
		out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", pkg).Output()
		if err != nil {
			t.Fatalf("go list %s: %v", pkg, err)
		}
		for dep := range strings.FieldsSeq(string(out)) {
			ours := strings.HasPrefix(dep, "example.org/inloop/")
			if dep != pkg && ours && !slices.Contains(allowed, dep) {
				t.Errorf("%s imports %s", pkg, dep)
			}
			if !ours && pkg == "example.org/inloop/kiosk" {
				t.Errorf("%s imports %s, want the standard library alone", pkg, dep)
			}
		}
	}
}
