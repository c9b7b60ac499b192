package reach_test

import (
	"os/exec"
	"strings"
	"testing"
)

// TestImports holds the rule of the house: reach knows the words of the room
// and the standard library, and nothing else.
func TestImports(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for dep := range strings.FieldsSeq(string(out)) {
		first, _, _ := strings.Cut(dep, "/")
		ours := dep == "example.org/inloop/kiosk" || dep == "example.org/inloop/kiosk/reach"
		standard := !strings.Contains(first, ".")
		sql := dep == "database/sql" || dep == "net/http"
		if !ours && !standard || sql {
			t.Errorf("reach depends on %s", dep)
		}
	}
}
