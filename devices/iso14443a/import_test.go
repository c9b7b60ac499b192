package iso14443a

import (
	"os/exec"
	"strings"
	"testing"
)

func TestImports_NothingOfOurs(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", ".").CombinedOutput()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, out)
	}
	for dep := range strings.FieldsSeq(string(out)) {
		if strings.HasPrefix(dep, "example.org/inloop/") && dep != "example.org/inloop/devices/iso14443a" {
			t.Errorf("imports %s", dep)
		}
	}
}
