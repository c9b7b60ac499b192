package screen_test

import (
	"os/exec"
	"strings"
	"testing"
)

// Of ours, the door knows the words of the room and the shared pages: no store, no chip, no network.
func TestImports_StayInTheRoom(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "example.org/inloop/web/screen").Output()
	if err != nil {
		t.Fatal(err)
	}
	allowed := map[string]bool{"kiosk": true, "web": true, "web/live": true, "web/screen": true}
	for pkg := range strings.FieldsSeq(string(out)) {
		ours, found := strings.CutPrefix(pkg, "example.org/inloop/")
		if found && !allowed[ours] || pkg == "database/sql" {
			t.Errorf("imports %s", pkg)
		}
	}
}
