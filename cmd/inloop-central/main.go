// Command inloop-central runs the centre, which takes the counts of
// many rooms and shows coordinators how theirs are doing.
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
