package main

import (
	"embed"
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"
)

//go:embed help/*.txt
var helpTexts embed.FS

type helpCmd struct {
	Topic []string `arg:"" optional:""`
}

func (c *helpCmd) Run(a *app) error { return printHelp(a.out, strings.Join(c.Topic, "-")) }

// topic names the help text of the command that was asked about.
func topic(k *kong.Context) string {
	var words []string
	for _, p := range k.Path {
		// The default command is what one gets by saying nothing: its help is
		// the program's.
		if p.Command != nil && p.Command.Name != "list" {
			words = append(words, p.Command.Name)
		}
	}
	if len(words) == 1 && words[0] == "run" {
		return ""
	}
	return strings.Join(words, "-")
}

func printHelp(w io.Writer, name string) error {
	if name == "" {
		name = "inloop-kiosk"
	}
	text, err := helpTexts.ReadFile("help/" + name + ".txt")
	if err != nil {
		return fmt.Errorf("%w: no help on %q; try inloop-kiosk help", errUsage, strings.ReplaceAll(name, "-", " "))
	}
	_, err = w.Write(text)
	return err
}
