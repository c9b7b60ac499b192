package kiosk_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestImports holds the promise of the package: every rule can be read and
// tested without a machine around it.
func TestImports(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	deps := strings.Fields(string(out))
	for _, dep := range deps {
		first, _, _ := strings.Cut(dep, "/")
		if strings.Contains(first, ".") && dep != "example.org/inloop/kiosk" {
			t.Errorf("imports %s, want the standard library alone", dep)
		}
	}
	for _, never := range []string{"database/sql", "net/http", "os/exec"} {
		if slices.Contains(deps, never) {
			t.Errorf("imports %s", never)
		}
	}
}
