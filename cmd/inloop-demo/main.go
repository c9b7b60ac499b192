// Command inloop-demo runs a whole Inloop on one machine, with nothing to set
// up: a made-up room with forty weeks behind it, a simulated reader, and a
// centre that also knows a second room, which fell silent.
package main

import (
	"context"
	"os"

	cli1 "example.org/inloop/cmd/internal/cli"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout, os.Stderr); err != nil {
		os.Exit(cli1.Fail(os.Stderr, name, err))
	}
}
