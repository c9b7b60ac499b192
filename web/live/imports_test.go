package live_test

import (
	"os/exec"
	"strings"
	"testing"
)

// Of ours, the sockets know nothing of the room or the office.
func TestImports_StayInTheRoom(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "example.org/inloop/web/live").Output()
	if err != nil {
		t.Fatal(err)
	}
	allowed := map[string]bool{"web/live": true}
	for pkg := range strings.FieldsSeq(string(out)) {
		ours, found := strings.CutPrefix(pkg, "example.org/inloop/")
		if found && !allowed[ours] || pkg == "database/sql" {
			t.Errorf("imports %s", pkg)
		}
	}
}
