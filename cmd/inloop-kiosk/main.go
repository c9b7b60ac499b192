// Command inloop-kiosk runs the check-in kiosk of one neighbourhood room, and
// answers questions about its visits while it runs.
package main

import (
	"context"
	"os"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout, os.Stderr); err != nil {
		os.Exit(report(os.Stderr, err))
	}
}
