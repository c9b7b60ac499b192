package main

import (
	"os/exec"
	"strings"
	"testing"
)

// TestImports_NothingOfTheCentre keeps the kiosk lean, and the centre's rules
// out of a box in the hall.
func TestImports_NothingOfTheCentre(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for dep := range strings.Lines(string(out)) {
		dep = strings.TrimSpace(dep)
		for _, never := range []string{"example.org/inloop/sync/central", "example.org/inloop/web/dashboard", "github.com/jackc/pgx"} {
			if dep == never || strings.HasPrefix(dep, never+"/") {
				t.Errorf("the kiosk's program imports %s", dep)
			}
		}
	}
	if !strings.Contains(string(out), "example.org/inloop/kiosk\n") {
		t.Error("the list is not this program's: kiosk is not in it")
	}
}
