package main

import (
	"os/exec"
	"strings"
	"testing"
)

// TestImports_EachSideWithoutTheOther holds two promises to people: names
// cannot reach the centre, whose program contains no type for a person, and the
// box in the hall holds nothing of the centre. All other rules of who imports
// whom are depguard's, in .golangci.yml; these two hold by way of others too.
// The demo, which alone contains both, asks for them.
func TestImports_EachSideWithoutTheOther(t *testing.T) {
	const ours = "example.org/inloop/"
	for program, tt := range map[string]struct {
		has   string // or the list is not this program's
		never []string
	}{
		"inloop-central": {"sync/central", []string{ours + "kiosk", ours + "devices", ours + "sync/uplink", ours + "web/desk", ours + "web/screen", "periph.io"}},
		"inloop-kiosk":   {"kiosk", []string{ours + "sync/central", ours + "web/dashboard", "github.com/jackc/pgx"}},
	} {
		out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", ours+"cmd/"+program).Output()
		if err != nil {
			t.Fatalf("go list: %v", err)
		}
		found := false
		for dep := range strings.FieldsSeq(string(out)) {
			found = found || dep == ours+tt.has
			for _, never := range tt.never {
				if dep == never || strings.HasPrefix(dep, never+"/") {
					t.Errorf("%s contains %s", program, dep)
				}
			}
		}
		if !found {
			t.Errorf("the list of %s does not name %s", program, tt.has)
		}
	}
}
