package web_test

import (
	"os/exec"
	"strings"
	"testing"
)

// Of ours, the shared assets need nothing.
func TestImports_StayInTheRoom(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "example.org/inloop/web").Output()
	if err != nil {
		t.Fatal(err)
	}
	allowed := map[string]bool{"web": true}
	for pkg := range strings.FieldsSeq(string(out)) {
		ours, found := strings.CutPrefix(pkg, "example.org/inloop/")
		if found && !allowed[ours] || pkg == "database/sql" {
			t.Errorf("imports %s", pkg)
		}
	}
}
