package main

import (
	"os/exec"
	"strings"
	"testing"
)

// TestImports_NoTypeForAPerson holds the promise that names cannot reach the
// centre: its program does not even contain a type for one.
func TestImports_NoTypeForAPerson(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for dep := range strings.Lines(string(out)) {
		dep = strings.TrimSpace(dep)
		for _, never := range []string{"example.org/inloop/kiosk", "example.org/inloop/devices", "example.org/inloop/sync/uplink", "periph.io"} {
			if dep == never || strings.HasPrefix(dep, never+"/") {
				t.Errorf("the central program imports %s", dep)
			}
		}
	}
	if !strings.Contains(string(out), "example.org/inloop/sync/central\n") {
		t.Error("the list is not this program's: sync/central is not in it")
	}
}
