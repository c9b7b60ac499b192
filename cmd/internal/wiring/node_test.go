package wiring

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// A bus has one owner, and who may not have it hears why.
func TestOwn_OneOwnerOfTheBus(t *testing.T) {
	node := filepath.Join(t.TempDir(), "spidev0.0")
	if _, err := own(node); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a node that is not there: %v", err)
	}
	if err := os.WriteFile(node, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	first, err := own(node)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := own(node); !errors.Is(err, ErrBusInUse) {
		t.Errorf("the second owner: %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second, err := own(node)
	if err != nil {
		t.Fatalf("after the first let go: %v", err)
	}
	_ = second.Close()
}
