package main

import "embed"

//go:embed help/*.txt
var helpTexts embed.FS

type helpCmd struct {
	Topic []string `arg:"" optional:""`
}

// Run prints what a person wrote on a command, or on the settings file.
func (c *helpCmd) Run(a *app) error { return a.help.Print(a.out, c.Topic...) }
