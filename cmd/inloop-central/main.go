// Command inloop-central runs the centre, which takes the counts of
// many rooms and shows a coordinator how hers are doing.
package main

import (
	"context"
	"os"

	"example.org/inloop/cmd/internal/command"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout, os.Stderr); err != nil {
		os.Exit(command.Report(os.Stderr, name, err))
	}
}
