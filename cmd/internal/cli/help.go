package cli

import (
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/alecthomas/kong"
)

// Help is the texts of one program, a file for each topic: help/visits-import.txt
// is on "visits import", and help/PROGRAM.txt on the program itself. The line
// {{settings}} in a text stands for the list of settings, {{file}} for an example
// of a file with them.
type Help struct {
	Program  string
	Texts    fs.FS
	Settings string
	File     string
}

// Print writes the text on a topic, given by its words; what has none of its own
// is told by the topic above it. No words are the program, and a topic that is
// none is ErrUsage.
func (h Help) Print(w io.Writer, words ...string) error {
	name := h.Program
	for n := len(words); n > 0; n-- {
		name = strings.Join(words[:n], "-")
		if text, err := fs.ReadFile(h.Texts, "help/"+name+".txt"); err == nil {
			return h.write(w, text)
		}
	}
	if len(words) > 0 {
		return fmt.Errorf("%w: no help on %q", ErrUsage, strings.Join(words, " "))
	}
	text, err := fs.ReadFile(h.Texts, "help/"+name+".txt")
	if err != nil {
		return fmt.Errorf("help on the program: %w", err)
	}
	return h.write(w, text)
}

func (h Help) write(w io.Writer, text []byte) error {
	_, err := strings.NewReplacer("{{settings}}\n", h.Settings, "{{file}}\n", h.File).WriteString(w, string(text))
	return err
}

// chosen returns the words of the command that was asked about. One that is
// chosen by saying nothing is told by what stands above it.
func chosen(k *kong.Context) []string {
	var words []string
	for _, p := range k.Path {
		if p.Command == nil {
			continue
		}
		if above := p.Command.Parent; above != nil && above.DefaultCmd == p.Command {
			continue
		}
		words = append(words, p.Command.Name)
	}
	return words
}
