package dashboard_test

import (
	"os/exec"
	"strings"
	"testing"
)

// TestImports_NoPersonNoDatabase holds the README's promise: the coordinator's
// site can name no person, reads no card, and asks central instead of a
// database.
func TestImports_NoPersonNoDatabase(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for _, dep := range strings.Fields(string(out)) {
		for _, never := range []string{
			"example.org/inloop/kiosk", "example.org/inloop/devices", "example.org/inloop/sync/uplink", "example.org/inloop/sync/central/sqlstore",
			"example.org/inloop/web/desk", "example.org/inloop/web/screen",
			"database/sql", "github.com/mattn/go-sqlite3", "github.com/jackc/pgx", "periph.io",
		} {
			if dep == never || strings.HasPrefix(dep, never+"/") {
				t.Errorf("depends on %s", dep)
			}
		}
	}
}
