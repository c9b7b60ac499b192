package signal

import (
	"os/exec"
	"strings"
	"testing"
)

func TestImports_NothingOfOursButTheWords(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", ".").CombinedOutput()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, out)
	}
	for dep := range strings.FieldsSeq(string(out)) {
		switch dep {
		case "example.org/inloop/kiosk", "example.org/inloop/devices/signal":
			continue
		}
		if strings.HasPrefix(dep, "example.org/inloop/") {
			t.Errorf("imports %s", dep)
		}
	}
}
