package desk_test

import (
	"os/exec"
	"strings"
	"testing"
)

// TestImports_StayInTheRoom holds the desk to its place: the
// words of the room and the shared pages, no store, no chip, no network.
func TestImports_StayInTheRoom(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "example.org/inloop/web/desk").Output()
	must(t, err)
	allowed := map[string]bool{"kiosk": true, "kiosk/reach": true, "web": true, "web/live": true, "web/desk": true}
	for pkg := range strings.FieldsSeq(string(out)) {
		ours, found := strings.CutPrefix(pkg, "example.org/inloop/")
		if found && !allowed[ours] || pkg == "database/sql" {
			t.Errorf("imports %s", pkg)
		}
	}
}
