package main

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"example.org/inloop/cmd/internal/workbench"
)

// TestReader_EachCommandReachesTheReader runs the commands on a simulated chip,
// on which a badge lies.
func TestReader_EachCommandReachesTheReader(t *testing.T) {
	t.Setenv("LC_ALL", "nl_NL.UTF-8")
	for command, want := range map[string]string{"test": "Alles werkt", "bench": "kan niet minder dan"} {
		said, err := words(t, "reader", command, "--reader", "sim")
		if err != nil || !strings.Contains(said, want) {
			t.Errorf("reader %s: %v, does not say %q:\n%s", command, err, want, said)
		}
	}
	said, err := words(t, "reader", "keys", "--reader", "sim", "--key", filepath.Join(t.TempDir(), "key"))
	if !errors.Is(err, workbench.ErrReader) || !strings.Contains(said, "alleen op een scherm") {
		t.Errorf("reader keys on paper: %v\n%s", err, said)
	}
}
